package lang

import (
	"math"

	"quipu/internal/estimate"
)

// Outcomer is what an estimator gives: its figures can be shown and compared.
type Outcomer interface{ Outcome() *Outcome }

// Outcome is a result in the form of reference cases. Type is stat, ratio, variance, by,
// table, quantile, proportion_ci, test, wald_test, glm or numeric.
type Outcome struct {
	Type   string
	Rows   []Row
	Vcov   [][]float64
	Levels []map[string]string   // of the groups of a by
	Single map[string]float64    // figures of the whole: p_value, F, ddf, dispersion, ...
	Named  map[string]NamedGroup // figures of the whole with names: statistic, parameter, estimate
	Lists  map[string][]float64  // observed, expected, conf_int
	Text   map[string]string     // method
	More   bool                  // the rows say more than the estimates made of them
}

// NamedGroup are numbers with names, in their order.
type NamedGroup struct {
	Names  []string
	Values []float64
}

// Row is one term with its figures: estimate, se, cv, ci95_normal, ci95_t, deff, p, ...
type Row struct {
	Term   string
	Keys   map[string]string // of a table: the level of each variable
	Values map[string][]float64
}

// Number is a single figure of a row, NaN when it is not there.
func (r Row) Number(name string) float64 {
	if v := r.Values[name]; len(v) == 1 {
		return v[0]
	}
	return math.NaN()
}

// Outcome of a vector: its numbers by name.
func (v *Vector) Outcome() *Outcome {
	o := &Outcome{Type: "numeric"}
	if v.Names == nil && len(v.Num) > 1 {
		o.Rows = []Row{{Term: "value", Values: map[string][]float64{"estimate": v.Num}}}
		return o
	}
	for i, x := range v.Num {
		name := v.Name(i)
		if name == "" {
			name = "value"
		}
		o.Rows = append(o.Rows, Row{Term: name, Values: map[string][]float64{"estimate": {x}}})
	}
	return o
}

// WithIntervals adds ci95_t to the rows of means, totals and contrasts, with df of the
// design that the statistic was asked of.
func (o *Outcome) WithIntervals(df float64) *Outcome {
	if o.Type != "stat" {
		return o
	}
	for _, r := range o.Rows {
		low, high := estimate.Interval(r.Number("estimate"), r.Number("se"), df, 0.95)
		r.Values["ci95_t"] = []float64{low, high}
	}
	return o
}

// Vectored are outcomes that are a vector where one is asked for, such as a table of counts.
type Vectored interface{ AsVector() *Vector }

// Termed are outcomes whose figures have other names as a vector than as rows.
type Termed interface{ Terms() []string }

// Coefficients are the estimates of an outcome as a vector.
func Coefficients(o Outcomer) *Vector {
	if v, ok := o.(*Vector); ok {
		return v
	}
	if t, ok := o.(Vectored); ok {
		return t.AsVector()
	}
	return Figure(o, "estimate")
}

// Figure is one figure of every row.
func Figure(o Outcomer, name string) *Vector {
	v := &Vector{}
	for _, r := range o.Outcome().Rows {
		v.Num = append(v.Num, r.Number(name))
		v.Names = append(v.Names, r.Term)
	}
	if q, ok := o.(Termed); ok {
		v.Names = q.Terms()
	}
	return v
}
