package calls

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
	"quipu/internal/plan/lang"
)

// Stat is the result of means, totals, ratios, variances, contrasts. Of says which: stat,
// ratio, variance or by.
type Stat struct {
	estimate.Result
	Of     string
	By     *estimate.ByResult // of a by, else nil
	Design *design.Design
}

// Outcome gives the figures; ci95_t is filled in by Comparable, which knows the design.
func (s *Stat) Outcome() *lang.Outcome {
	o := &lang.Outcome{Type: s.Of}
	for _, e := range s.Estimates {
		low, high := estimate.Interval(e.Estimate, e.SE, math.Inf(1), 0.95)
		v := map[string][]float64{"estimate": {e.Estimate}, "se": {e.SE}, "cv": {e.CV}, "ci95_normal": {low, high}}
		if !math.IsNaN(e.Deff) {
			v["deff"] = []float64{e.Deff}
		}
		o.Rows = append(o.Rows, lang.Row{Term: e.Term, Values: v})
	}
	o.Vcov = rows(s.Cov)
	if s.By != nil {
		for _, l := range s.By.Levels {
			m := map[string]string{}
			for i, name := range s.By.By {
				m[name] = l[i]
			}
			o.Levels = append(o.Levels, m)
		}
	}
	return o
}

// Picked says that x[i] are some of the estimates.
func (*Stat) Picked() {}

// rows are those of a matrix.
func rows(m *mat.SymDense) [][]float64 {
	if m == nil {
		return nil
	}
	n := m.SymmetricDim()
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
		for j := range out[i] {
			out[i][j] = m.At(i, j)
		}
	}
	return out
}

// OutcomeOf are the figures of a value, or an error where it has none.
func OutcomeOf(v lang.Value) (*lang.Outcome, error) {
	switch x := v.(type) {
	case lang.Outcomer:
		return x.Outcome(), nil
	case *frame.Frame:
		return frameOutcome{x}.Outcome(), nil
	case *lang.List:
		return figuresOf(x)
	case *distribution:
		return nil, fault.New(fault.Invalid, "plan.cdf_points")
	}
	return nil, fault.New(fault.Invalid, "plan.no_estimate")
}

// figuresOf are the figures of a list: its numbers by name, or what its results have one after another.
func figuresOf(l *lang.List) (*lang.Outcome, error) {
	o := &lang.Outcome{Type: "list", Single: map[string]float64{}, Lists: map[string][]float64{}}
	for i, v := range l.Values {
		switch x := v.(type) {
		case *lang.Vector:
			if x.Len() == 1 && x.Kind != lang.Text {
				o.Single[l.Names[i]] = x.Num[0]
			}
			o.Lists[l.Names[i]] = x.Num
		case *distribution:
			return nil, fault.New(fault.Invalid, "plan.cdf_points")
		case lang.Outcomer:
			for _, r := range x.Outcome().Rows {
				r.Term = l.Names[i] + "=" + r.Term
				o.Rows = append(o.Rows, r)
			}
		}
	}
	return o, nil
}

// judged are values that know of their figures which may be published.
type judged interface{ Judged() []estimate.Estimate }

// Judged are the figures of a value with the verdicts that it knows; ok is false when it knows none.
func Judged(v lang.Value) (all []estimate.Estimate, ok bool) {
	switch x := v.(type) {
	case *Stat:
		return x.Estimates, true
	case *lang.List:
		return judgedOf(x), true
	case judged:
		return x.Judged(), true
	}
	return nil, false
}

// judgedOf are the figures of the results in a list, each with its own verdict.
func judgedOf(l *lang.List) (out []estimate.Estimate) {
	for i, v := range l.Values {
		if st, ok := v.(*Stat); ok {
			for _, e := range st.Estimates {
				e.Term = l.Names[i] + "=" + e.Term
				out = append(out, e)
			}
		}
	}
	return out
}
