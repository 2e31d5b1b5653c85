package calls

import (
	"math"

	"quipu/internal/estimate"
	"quipu/internal/estimate/ordinal"
	"quipu/internal/estimate/tail"
	"quipu/internal/plan/lang"
)

// Ordinal is a model of answers in order; Level is that of its intervals.
type Ordinal struct {
	*ordinal.Model
	level float64
}

// Outcome has a row for each coefficient, and for each cut between neighbouring answers.
func (m *Ordinal) Outcome() *lang.Outcome {
	o := &lang.Outcome{Type: "ordinal", Vcov: rows(m.Cov), Single: map[string]float64{"deviance": m.Deviance, "residual_df": m.DF}}
	for i, b := range m.Coef {
		se := math.Sqrt(m.Cov.At(i, i))
		low, high := estimate.Interval(b, se, m.DF, m.level)
		o.Rows = append(o.Rows, lang.Row{Term: m.Names[i], Values: map[string][]float64{"estimate": {b}, "se": {se}, "t": {b / se},
			"p_value": {tail.TwoSided(b/se, m.DF)}, "ci_low": {low}, "ci_high": {high}}})
	}
	return o
}

// Judged is nothing: a coefficient near 0 is no figure that is too uncertain to publish.
func (m *Ordinal) Judged() []estimate.Estimate { return nil }

// Warnings tell of replicates without a fit.
func (m *Ordinal) Warnings() []string {
	if m.Replicates > 0 {
		return []string{"inference.warning.replicates"}
	}
	return nil
}

// Part gives what R's svyolr object calls by that name.
func (m *Ordinal) Part(name string) (lang.Value, bool) {
	k := len(m.Coef) - m.Cuts
	switch name {
	case "coefficients":
		return &lang.Vector{Num: m.Coef[:k], Names: m.Names[:k]}, true
	case "zeta":
		return &lang.Vector{Num: m.Coef[k:], Names: m.Names[k:]}, true
	case "deviance":
		return lang.Numbers(m.Deviance), true
	case "df.residual":
		return lang.Numbers(m.DF), true
	case "var":
		return covarianceOf(m), true
	}
	return nil, false
}

// AsResult is the model as estimates, for contrasts of its coefficients.
func (m *Ordinal) AsResult() estimate.Result {
	r := estimate.Result{Cov: m.Cov, DF: m.Design.DF()}
	for i, b := range m.Coef {
		r.Estimates = append(r.Estimates, estimate.Estimate{Term: m.Names[i], Estimate: b, SE: math.Sqrt(m.Cov.At(i, i)), DF: r.DF, Deff: na, N: m.N, PSUs: m.Design.PSUs()})
	}
	r.Finish(estimate.Options{})
	return r
}

// svyolr takes the control of R's search and needs none: it ends where the likelihood is largest.
func svyolr(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, err := a.Design("design")
	if err != nil {
		return nil, err
	}
	f, err := a.Formula("formula")
	if err != nil {
		return nil, err
	}
	if err := soundModel(s, d, f); err != nil {
		return nil, err
	}
	method, err := a.Choice("method", ordinal.Methods...)
	if err != nil {
		return nil, err
	}
	m, err := ordinal.Fit(d, f, s.ScopeOf(d), method)
	if err != nil {
		return nil, err
	}
	return &Ordinal{m, s.Confidence()}, nil
}
