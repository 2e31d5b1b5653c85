package calls

import (
	"quipu/internal/estimate"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/glm"
	"quipu/internal/fault"
	"quipu/internal/plan/lang"
)

// Model is a fitted model; Level is that of the intervals of its coefficients.
type Model struct {
	*glm.Model
	Level float64
}

// Warnings tell what was left out, and what to look at.
func (m *Model) Warnings() (keys []string) {
	if len(m.Aliased) > 0 {
		keys = append(keys, "inference.warning.aliased")
	}
	if m.Certain {
		keys = append(keys, "inference.warning.certain")
	}
	if m.Replicates > 0 {
		keys = append(keys, "inference.warning.replicates")
	}
	return keys
}

// Outcome has a row for each coefficient.
func (m *Model) Outcome() *lang.Outcome {
	o := &lang.Outcome{Type: "glm", Vcov: rows(m.Cov), Single: map[string]float64{"residual_df": m.DF, "deviance": m.Deviance, "dispersion": m.Dispersion}}
	for _, c := range m.Table(m.Level, 0) {
		o.Rows = append(o.Rows, lang.Row{Term: c.Name, Values: map[string][]float64{"estimate": {c.Estimate}, "se": {c.SE},
			"t": {c.T}, "p_value": {c.P}, "ci_low": {c.Low}, "ci_high": {c.High}}})
	}
	return o
}

// AsResult is the model as estimates, for contrasts of its coefficients.
func (m *Model) AsResult() estimate.Result {
	r := estimate.Result{Cov: m.Cov, DF: m.Design.DF()}
	for _, c := range m.Table(0.95, 0) {
		r.Estimates = append(r.Estimates, estimate.Estimate{Term: c.Name, Estimate: c.Estimate, SE: c.SE, DF: r.DF, Deff: na, N: m.N, PSUs: m.Design.PSUs()})
	}
	r.Finish(estimate.Options{})
	return r
}

// Confint gives the intervals of the coefficients, Student's with df, or the residuals' own.
func (m *Model) Confint(level, df float64) *lang.Vector {
	if df != df {
		df = m.DF
	}
	t := m.Table(level, df)
	out := &lang.Vector{Rows: len(t), Num: make([]float64, 2*len(t))}
	for i, c := range t {
		out.Num[i], out.Num[len(t)+i] = c.Low, c.High
	}
	return out
}

// WaldTest is a test of terms of a model.
type WaldTest struct{ glm.Wald }

// Outcome has figures of the whole alone.
func (w *WaldTest) Outcome() *lang.Outcome {
	return &lang.Outcome{Type: "wald_test", Single: map[string]float64{"F": w.F, "df": w.DF, "ddf": w.DDF, "p_value": w.P}}
}

// RatioTest is a test of terms of a model by its deviance.
type RatioTest struct{ glm.Ratio }

// Outcome has figures of the whole, and the design effects.
func (r *RatioTest) Outcome() *lang.Outcome {
	return &lang.Outcome{Type: "ratio_test", Single: map[string]float64{"chisq": r.Chi, "df": r.DF, "ddf": r.DDF, "p_value": r.P}, Lists: map[string][]float64{"lambda": r.Effects}}
}

func svyglm(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, err := a.Design("design")
	if err != nil {
		return nil, err
	}
	if e := a.Expr("subset"); e != nil {
		in, err := formula.Condition(e, s.ScopeOf(d))
		if err != nil {
			return nil, err
		}
		d = d.Subset(in)
	}
	f, err := a.Formula("formula")
	if err != nil {
		return nil, err
	}
	if err := soundModel(s, d, f); err != nil {
		return nil, err
	}
	family, err := familyOf(a)
	if err != nil {
		return nil, err
	}
	var offset []float64
	if e := option(a, "offset"); e != nil {
		c, err := formula.Full(e, s.ScopeOf(d))
		if err != nil {
			return nil, err
		}
		offset = formula.AsNumbers(c)
	}
	spec, err := glm.FromFormula(d, f, family, offset)
	if err != nil {
		return nil, err
	}
	if spec.Start, err = a.Numbers("start"); err != nil {
		return nil, err
	}
	rescale, err := a.Bool("rescale", true)
	if err != nil {
		return nil, err
	}
	spec.Raw = !rescale
	m, err := glm.Fit(d, spec)
	if err != nil {
		return nil, err
	}
	if !s.Lenient && !(m.DF > 0) {
		return nil, fault.New(fault.Invalid, "plan.no_df", "coefficients", len(m.Table(s.Confidence(), 0)), "df", d.DF())
	}
	return &Model{m, s.Confidence()}, nil
}

// familyOf reads quasibinomial, quasibinomial(), quasibinomial(link = "probit") or "poisson".
func familyOf(a *lang.Args) (glm.Family, error) {
	name, link, variance := "gaussian", "", ""
	switch e := a.Expr("family").(type) {
	case nil:
	case formula.Name:
		name = string(e)
	case formula.Str:
		name = string(e)
	case formula.Call:
		name = e.Fun
		for i, g := range e.Args {
			to := &link
			if g.Name == "variance" || g.Name == "" && i == 1 {
				to = &variance
			}
			switch l := g.Value.(type) {
			case formula.Str:
				*to = string(l)
			case formula.Name:
				*to = string(l)
			}
		}
	default:
		return glm.Family{}, a.Misfit("family")
	}
	if name == "quasi" {
		return glm.Quasi(variance, link)
	}
	return glm.FindFamily(name, link)
}

func regTermTest(_ *lang.Session, a *lang.Args) (lang.Value, error) {
	v, err := a.Need("model")
	if err != nil {
		return nil, err
	}
	m, ok := v.(*Model)
	if !ok {
		return nil, a.Misfit("model")
	}
	method, err := a.Choice("method", "Wald", "WorkingWald", "LRT")
	if err != nil {
		return nil, err
	}
	t, err := a.Need("test.terms")
	if err != nil {
		return nil, err
	}
	terms, constant, ok := termsOf(t)
	if !ok {
		return nil, a.Misfit("test.terms")
	}
	null, err := a.Numbers("null")
	if err != nil {
		return nil, err
	}
	df, err := a.Number("df", 0)
	if err != nil {
		return nil, err
	}
	if method != "Wald" {
		if null != nil {
			return nil, a.Misfit("null")
		}
		tail, err := a.Choice("lrt.approximation", "saddlepoint", "integration")
		if err != nil {
			return nil, err
		}
		r, err := m.RatioTest(terms, constant, method == "WorkingWald", tail == "integration", df)
		return &RatioTest{r}, err
	}
	w, err := m.Test(terms, constant, null, df)
	return &WaldTest{w}, err
}

// Part gives what R's svyglm object calls by that name.
func (m *Model) Part(name string) (lang.Value, bool) {
	switch name {
	case "df.residual":
		return lang.Numbers(m.DF), true
	case "deviance":
		return lang.Numbers(m.Deviance), true
	case "coefficients":
		return lang.Coefficients(m), true
	case "cov.unscaled":
		return covarianceOf(m), true
	case "iter":
		return lang.Numbers(float64(m.Rounds)), true
	}
	return nil, false
}

// Part gives what R's htest object calls by that name.
func (t *TestResult) Part(name string) (lang.Value, bool) {
	o := t.Outcome()
	switch name {
	case "p.value":
		p := lang.Numbers(t.P)
		if t.Observed != nil { // made of Pearson's statistic, whose name it keeps in R
			p.Names = []string{"X-squared"}
		}
		return p, true
	case "statistic", "parameter", "estimate":
		g, ok := o.Named[name]
		if !ok {
			return nil, true
		}
		return &lang.Vector{Num: g.Values, Names: g.Names}, true
	case "conf.int":
		return lang.Numbers(o.Lists["conf_int"]...), true
	case "observed", "expected":
		return &lang.Vector{Num: o.Lists[name], Rows: len(t.Rows), Cols: t.Columns}, true
	case "method":
		return lang.Texts(t.Method), true
	}
	return nil, false
}

// Part gives what R's regTermTest object calls by that name.
func (w *WaldTest) Part(name string) (lang.Value, bool) {
	x, ok := map[string]float64{"Ftest": w.F, "df": w.DF, "ddf": w.DDF, "p": w.P}[name]
	return lang.Numbers(x), ok
}

// Part gives what R's regTermTestLRT object calls by that name.
func (r *RatioTest) Part(name string) (lang.Value, bool) {
	if name == "lambda" {
		return lang.Numbers(r.Effects...), true
	}
	x, ok := map[string]float64{"chisq": r.Chi, "df": r.DF, "ddf": r.DDF, "p": r.P}[name]
	return lang.Numbers(x), ok
}

// Part gives the parts of R's summary of a table: the table, and the test of its variables.
func (s *tableSummary) Part(name string) (lang.Value, bool) {
	switch name {
	case "table":
		return s.table, true
	case "statistic":
		return s.test, true
	}
	return nil, false
}
