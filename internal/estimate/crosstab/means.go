package crosstab

import (
	"math"
	"slices"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/glm"
	"quipu/internal/estimate/tail"
	"quipu/internal/fault"
)

// MeanIsZero tests the mean of y, a value a row, on the degrees of freedom of the design
// less 1; for paired values y is their difference.
func MeanIsZero(d *design.Design, y []float64) (Test, error) {
	w := d.Weights()
	for i, v := range y {
		if w[i] != 0 && math.IsNaN(v) {
			return Test{}, fault.New(fault.Invalid, "inference.missing_value", "row", i+1)
		}
	}
	m, v, err := estimate.NumberMean(d, y)
	if err != nil {
		return Test{}, err
	}
	t := newTest("Design-based one-sample t-test")
	t.N = d.Count()
	return t.student("mean", m, math.Sqrt(v), d.DF()-1)
}

// GroupsAlike tests whether the means of two groups are the same, as the slope of a linear
// model y ~ group.
func GroupsAlike(d *design.Design, f *formula.Formula) (Test, error) {
	gaussian, err := glm.FindFamily("gaussian", "")
	if err != nil {
		return Test{}, err
	}
	s, err := glm.FromFormula(d, f, gaussian, nil)
	if err != nil {
		return Test{}, err
	}
	if len(s.X) != 2 {
		return Test{}, fault.New(fault.Invalid, "inference.two_groups", "formula", f.TermName(0), "groups", len(s.X))
	}
	m, err := glm.Fit(d, s)
	if err != nil {
		return Test{}, err
	}
	groups := distinct(s.X[1], m.Design.Weights())
	if len(groups) != 2 || groups[0] < 0 || groups[1] > 2 || groups[1] != groups[0]+1 {
		return Test{}, fault.New(fault.Invalid, "inference.two_groups", "formula", f.TermName(0), "groups", len(groups))
	}
	t := newTest("Design-based t-test")
	t.N = m.N
	return t.student("difference in mean", m.Coef[1], math.Sqrt(m.Cov.At(1, 1)), m.DF)
}

// distinct are the values of rows with weight, each once, in ascending order.
func distinct(x, w []float64) []float64 {
	var all []float64
	for i, v := range x {
		if w[i] != 0 {
			all = append(all, v)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// student refers an estimate to its error.
func (t Test) student(name string, value, se, df float64) (Test, error) {
	if !(df > 0) {
		return Test{}, fault.New(fault.Invalid, "inference.no_df", "df", df)
	}
	half := tail.StudentQuantile(.975, df) * se
	t.Statistic, t.Parameter = Figure{"t", value / se}, []Figure{{"df", df}}
	t.P = tail.TwoSided(value/se, df)
	t.Estimate = &Figure{name, value}
	t.Interval = [2]float64{value - half, value + half}
	return t, nil
}
