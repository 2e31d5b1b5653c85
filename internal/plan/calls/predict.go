package calls

import (
	"math"
	"slices"
	"strconv"

	"quipu/internal/estimate"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/glm"
	"quipu/internal/fault"
	"quipu/internal/plan/lang"
)

// predictionFunctions are what is asked of a model once it is fitted.
func predictionFunctions() map[string]function {
	return map[string]function{
		"predict":      {[]string{"object", "newdata", "total", "type", "se.fit", "vcov", "..."}, predict},
		"svypredmeans": {[]string{"adjustmodel", "groupfactor", "predictat"}, predictedMeans},
		"psrsq":        {[]string{"object", "method", "..."}, pseudoR2},
		"svyolr":       {[]string{"formula", "design", "start", "...", "na.action", "method"}, svyolr},
		"svykm":        {[]string{"formula", "design", "se", "..."}, svykm},
		"AIC":          {[]string{"object", "...", "k"}, information},
		"anova":        {[]string{"object", "object2", "test", "method", "integrate", "...", "object1"}, anova},
	}
}

// Predicted are predictions with their error.
type Predicted struct {
	*glm.Prediction
	n, psus int
	publish estimate.Thresholds
	bare    bool // without errors
}

// Outcome has a row for each row of the data, named by its number.
func (p *Predicted) Outcome() *lang.Outcome {
	o := &lang.Outcome{Type: "stat", Vcov: rows(p.Cov)}
	for _, e := range p.estimates() {
		low, high := estimate.Interval(e.Estimate, e.SE, math.Inf(1), 0.95)
		o.Rows = append(o.Rows, lang.Row{Term: e.Term, Values: map[string][]float64{"estimate": {e.Estimate}, "se": {e.SE}, "cv": {e.CV}, "ci95_normal": {low, high}, "ci_low": {e.Low}, "ci_high": {e.High}}})
	}
	return o
}

func (p *Predicted) estimates() (out []estimate.Estimate) {
	for i, r := range p.Rows {
		e := estimate.Estimate{Term: strconv.Itoa(r + 1), Estimate: p.Value[i], SE: p.SE[i], Low: p.Low[i], High: p.High[i], DF: p.DF, Deff: na, N: p.n, PSUs: p.psus}
		if p.bare {
			e.SE, e.Low, e.High = na, na, na
		}
		e.CV = e.SE / math.Abs(e.Estimate)
		e.Verdict = p.publish.Judge(e)
		out = append(out, e)
	}
	return out
}

// Judged are the means with their verdict; a predictor near 0 is no figure that is too uncertain.
func (p *Predicted) Judged() []estimate.Estimate {
	if !p.Response {
		return nil
	}
	return p.estimates()
}

// AsResult is for contrasts of predictions.
func (p *Predicted) AsResult() estimate.Result {
	return estimate.Result{Estimates: p.estimates(), Cov: p.Cov, DF: p.DF, Level: 0.95}
}

// frame is R's as.data.frame: the value and its error.
func (p *Predicted) frame() (lang.Value, error) {
	name := "link"
	if p.Response {
		name = "response"
	}
	return lang.TableOf([]frame.Column{frame.Numbers(name, p.Value), frame.Numbers("SE", lang.Figure(p, "se").Num)}, len(p.Value))
}

// modelOf evaluates an argument that must be a fitted model.
func modelOf(a *lang.Args, name string) (*Model, error) {
	v, err := a.Need(name)
	if err != nil {
		return nil, err
	}
	m, ok := v.(*Model)
	if !ok {
		return nil, a.Misfit(name)
	}
	return m, nil
}

func predict(s *lang.Session, a *lang.Args) (lang.Value, error) {
	m, err := modelOf(a, "object")
	if err != nil {
		return nil, err
	}
	kind, err := a.Choice("type", "link", "response")
	if err != nil {
		return nil, err
	}
	o := glm.Asking{Response: kind == "response", Level: m.Level, AsR: s.Lenient}
	if o.Cov, err = a.Bool("vcov", false); err != nil {
		return nil, err
	}
	if o.Total, err = a.Number("total", 0); err != nil {
		return nil, err
	}
	se, err := a.Bool("se.fit", true)
	if err != nil {
		return nil, err
	}
	scope, err := predictOn(s, a, m, &o)
	if err != nil {
		return nil, err
	}
	p, err := m.Predict(scope, o)
	if err != nil {
		return nil, err
	}
	return &Predicted{Prediction: p, n: m.N, psus: m.Design.PSUs(), publish: s.Publish, bare: !se}, nil
}

// mostPredicted is for how many rows covariances are worked out at once.
const mostPredicted = 2000

// predictOn is the scope of the new data; without any those of the model, which only R lists one by one.
func predictOn(s *lang.Session, a *lang.Args, m *Model, o *glm.Asking) (formula.Scope, error) {
	v, err := a.Value("newdata")
	if err != nil {
		return formula.Scope{}, err
	}
	f, ok := v.(*frame.Frame)
	switch {
	case v == nil && !s.Lenient:
		return formula.Scope{}, fault.New(fault.Invalid, "plan.predict_rows")
	case v == nil:
		o.Fitted = true
		return s.ScopeOf(m.Design), nil
	case !ok:
		return formula.Scope{}, a.Misfit("newdata")
	case o.Cov && f.N() > mostPredicted:
		return formula.Scope{}, fault.New(fault.Invalid, "plan.predict_many", "rows", f.N(), "most", mostPredicted)
	}
	return s.Scope(f), nil
}

func predictedMeans(s *lang.Session, a *lang.Args) (lang.Value, error) {
	m, err := modelOf(a, "adjustmodel")
	if err != nil {
		return nil, err
	}
	f, err := a.Formula("groupfactor")
	if err != nil {
		return nil, err
	}
	if len(f.Variables) != 1 || f.Response != nil {
		return nil, a.Misfit("groupfactor")
	}
	group, err := formula.Full(f.Variables[0], s.ScopeOf(m.Design))
	if err != nil {
		return nil, err
	}
	var at []string
	if v, err := a.Value("predictat"); err != nil {
		return nil, err
	} else if x, ok := v.(*lang.Vector); ok {
		for i := range x.Len() {
			at = append(at, lang.TextAt(x, i))
		}
	} else if v != nil {
		return nil, a.Misfit("predictat")
	}
	return statOf(a, "stat", m.Design, func() (estimate.Result, error) {
		r, err := m.Margins(group, at, glm.Asking{AsR: s.Lenient, Level: s.Confidence()})
		if err == nil {
			r.Finish(estimate.Options{Level: s.Confidence(), Publish: s.Publish})
		}
		return r, err
	})
}

func pseudoR2(_ *lang.Session, a *lang.Args) (lang.Value, error) {
	m, err := modelOf(a, "object")
	if err != nil {
		return nil, err
	}
	method, err := a.Choice("method", "Cox-Snell", "Nagelkerke")
	if err != nil {
		return nil, err
	}
	r, err := m.PseudoR2(method == "Nagelkerke")
	return lang.Numbers(r), err
}

// information is Akaike's criterion with the design effects in the place of the number of coefficients
// (Lumley and Scott 2015): the deviance and k times their sum.
func information(_ *lang.Session, a *lang.Args) (lang.Value, error) {
	m, err := modelOf(a, "object")
	if err != nil {
		return nil, err
	}
	k, err := a.Number("k", 2)
	if err != nil {
		return nil, err
	}
	if m.Family.Name == "gaussian" || len(m.Labels) == 0 || len(a.Rest) > 0 {
		return nil, fault.New(fault.Invalid, "plan.information")
	}
	r, err := m.RatioTest(m.Labels, false, false, false, 0)
	if err != nil {
		return nil, err
	}
	sum := 0.0
	for _, e := range r.Effects {
		sum += e
	}
	return &lang.Vector{Num: []float64{sum, m.Deviance + k*sum, sum / float64(len(r.Effects))}, Names: []string{"eff.p", "AIC", "deltabar"}}, nil
}

// anova compares two models of which one has all terms of the other.
func anova(s *lang.Session, a *lang.Args) (lang.Value, error) {
	v, err := a.Need("object")
	if err != nil {
		return nil, err
	}
	if l, ok := v.(*Loglinear); ok {
		return l.against(a)
	}
	one, err := modelOf(a, "object")
	if err != nil {
		return nil, err
	}
	other, err := modelOf(a, "object2")
	if err != nil {
		return nil, err
	}
	if len(one.Labels) > len(other.Labels) {
		one, other = other, one
	}
	for _, t := range one.Labels {
		if !slices.Contains(other.Labels, t) {
			return nil, fault.New(fault.Invalid, "plan.anova_nested", "term", t)
		}
	}
	var terms []string
	for _, t := range other.Labels {
		if !slices.Contains(one.Labels, t) {
			terms = append(terms, t)
		}
	}
	test, err := a.Choice("test", "F", "Chisq")
	if err != nil {
		return nil, err
	}
	df := 0.0
	if test == "Chisq" {
		df = math.Inf(1)
	}
	method, err := a.Choice("method", "LRT", "Wald")
	if err != nil {
		return nil, err
	}
	if method == "Wald" {
		w, err := other.Test(terms, false, nil, df)
		return &WaldTest{w}, err
	}
	r, err := other.RatioTest(terms, false, false, false, df)
	return &RatioTest{r}, err
}
