package calls

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/estimate"
	"quipu/internal/estimate/crosstab"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/proportion"
	"quipu/internal/estimate/quantile"
	"quipu/internal/plan/lang"
)

// inferenceFunctions are quantiles, intervals of shares, tests and models.
func inferenceFunctions() map[string]function {
	return map[string]function{
		"svyquantile": {[]string{"x", "design", "quantiles", "alpha", "interval.type", "na.rm", "ci", "se", "qrule", "df", "..."}, svyquantile},
		"svyciprop":   {[]string{"formula", "design", "method", "level", "df", "..."}, svyciprop},
		"svychisq":    {[]string{"formula", "design", "statistic", "na.rm", "..."}, svychisq},
		"svyttest":    {[]string{"formula", "design", "..."}, svyttest},
		"svyranktest": {[]string{"formula", "design", "test", "..."}, svyranktest},
		"svyglm":      {[]string{"formula", "design", "subset", "family", "start", "rescale", "...", "deff", "influence"}, svyglm},
		"regTermTest": {[]string{"model", "test.terms", "null", "df", "method", "lrt.approximation"}, regTermTest},
	}
}

// asked are the design of a call and the variables of a formula over it.
func asked(a *lang.Args, name string) (*design.Design, []formula.Variable, error) {
	d, err := a.Design("design")
	if err != nil {
		return nil, nil, err
	}
	vars, err := variables(a, name, d)
	return d, vars, err
}

// option is an argument that a function takes among "...".
func option(a *lang.Args, name string) formula.Expr {
	for _, r := range a.Rest {
		if r.Name == name {
			return r.Value
		}
	}
	return nil
}

// dropping reports whether na.rm = TRUE is among the further arguments.
func dropping(a *lang.Args) bool {
	b, _ := option(a, "na.rm").(formula.Bool)
	n, _ := option(a, "na.rm").(formula.Name)
	return bool(b) || n == "T"
}

// Quantiles are quantiles of several variables.
type Quantiles struct {
	Names []string
	Of    [][]quantile.Estimate
	Level float64
	DF    float64
	N     int
	PSUs  int

	Jackknife bool // the error comes from the share below, because a jackknife has none of a quantile
}

// Warnings tell of that.
func (q *Quantiles) Warnings() []string {
	if q.Jackknife {
		return []string{"plan.warning.jackknife"}
	}
	return nil
}

// Outcome lists variable by variable.
func (q *Quantiles) Outcome() *lang.Outcome {
	o := &lang.Outcome{Type: "quantile"}
	for i, name := range q.Names {
		for _, e := range q.Of[i] {
			o.Rows = append(o.Rows, lang.Row{Term: name, Values: map[string][]float64{"p": {e.P}, "estimate": {e.Quantile},
				"se": {e.SE}, "ci_low": {e.Low}, "ci_high": {e.High}}})
		}
	}
	return o
}

// Terms are the names of R's coef: with the probability where there are several.
func (q *Quantiles) Terms() []string {
	var out []string
	for i, name := range q.Names {
		for _, e := range q.Of[i] {
			if len(q.Of[i]) > 1 {
				out = append(out, name+"."+strconv.FormatFloat(e.P, 'g', 15, 64))
				continue
			}
			out = append(out, name)
		}
	}
	return out
}

// AsResult has one estimate for each variable and probability.
func (q *Quantiles) AsResult() estimate.Result {
	r, terms := estimate.Result{Level: q.Level, DF: q.DF}, q.Terms()
	for i := range q.Of {
		for _, e := range q.Of[i] {
			r.Estimates = append(r.Estimates, estimate.Estimate{Term: terms[len(r.Estimates)], Estimate: e.Quantile, SE: e.SE,
				CV: e.SE / math.Abs(e.Quantile), Low: e.Low, High: e.High, DF: q.DF, Deff: na, N: q.N, PSUs: q.PSUs})
			last := &r.Estimates[len(r.Estimates)-1]
			last.Verdict = estimate.Thresholds{}.Judge(*last)
		}
	}
	return r
}

// Cov is known along its diagonal alone.
func (q *Quantiles) Cov() [][]float64 {
	r := q.AsResult()
	v := make([][]float64, len(r.Estimates))
	for i := range v {
		v[i] = slices.Repeat([]float64{na}, len(v))
		v[i][i] = r.Estimates[i].SE * r.Estimates[i].SE
	}
	return v
}

// Confint gives the intervals as they were found.
func (q *Quantiles) Confint(float64, float64) *lang.Vector { return intervalsOf(q.AsResult()) }

func intervalsOf(r estimate.Result) *lang.Vector {
	n := len(r.Estimates)
	out := &lang.Vector{Rows: n, Num: make([]float64, 2*n)}
	for i, e := range r.Estimates {
		out.Num[i], out.Num[n+i] = e.Low, e.High
	}
	return out
}

func svyquantile(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, vars, err := asked(a, "x")
	if err != nil {
		return nil, err
	}
	probs, err := a.Numbers("quantiles")
	if err != nil {
		return nil, err
	}
	if probs == nil {
		return nil, a.Misfit("quantiles")
	}
	o, drop, err := quantileOptions(a, d)
	if err != nil {
		return nil, err
	}
	if d, err = estimate.Within(d, vars, drop); err != nil {
		return nil, err
	}
	q := &Quantiles{Jackknife: d.Replicated() && jackknife(d), Level: 1 - o.Alpha, DF: d.DF(), N: d.Count(), PSUs: d.PSUs()}
	if o.DF != 0 {
		q.DF = o.DF
	}
	for _, v := range vars {
		if err := soundNumber(s, v.Name, v.Column); err != nil {
			return nil, err
		}
		x, err := quantile.Of(d, formula.AsNumbers(v.Column), probs, o)
		if err != nil {
			return nil, err
		}
		q.Names, q.Of = append(q.Names, v.Name), append(q.Of, x)
	}
	return q, nil
}

func quantileOptions(a *lang.Args, d *design.Design) (o quantile.Options, drop bool, err error) {
	rule, err := a.Choice("qrule", estimate.Names(quantile.Rules)...)
	if err != nil {
		return o, false, err
	}
	last := quantile.Score
	if d.Replicated() {
		last = quantile.Replicates
	}
	iv, err := a.Choice("interval.type", string(quantile.Mean), string(quantile.Beta), string(quantile.XLogit), string(quantile.Asin), string(last))
	if err != nil {
		return o, false, err
	}
	o.Rule, o.Interval = quantile.Rule(rule), quantile.Interval(iv)
	if d.Replicated() && o.Interval != quantile.Replicates {
		o.Interval = quantile.Mean // R's survey 4.1.1 forgets the scale on its way
	}
	if o.Alpha, err = a.Number("alpha", 1-a.Session.Confidence()); err != nil {
		return o, false, err
	}
	if o.DF, err = a.Number("df", 0); err != nil {
		return o, false, err
	}
	if err := lang.SoundLevel(1 - o.Alpha); err != nil {
		return o, false, err
	}
	ci, err := a.Bool("ci", true)
	if err != nil {
		return o, false, err
	}
	o.Bare = !ci
	drop, err = a.Bool("na.rm", false)
	return o, drop, err
}

// Proportion is a share with its interval.
type Proportion struct {
	Name string
	proportion.Estimate
	DF, Level float64
	N, PSUs   int
}

// Outcome has the one row.
func (p *Proportion) Outcome() *lang.Outcome {
	return &lang.Outcome{Type: "proportion_ci", Rows: []lang.Row{{Term: p.Name, Values: map[string][]float64{"estimate": {p.P},
		"se": {p.SE}, "ci_low": {p.Low}, "ci_high": {p.High}}}}}
}

// AsResult is the share as an estimate with that interval.
func (p *Proportion) AsResult() estimate.Result {
	e := estimate.Estimate{Term: p.Name, Estimate: p.P, SE: p.SE, CV: p.SE / p.P, Low: p.Low, High: p.High, DF: p.DF, Deff: na, N: p.N, PSUs: p.PSUs}
	e.Verdict = estimate.Thresholds{}.Judge(e)
	return estimate.Result{Estimates: []estimate.Estimate{e}, DF: p.DF, Level: p.Level}
}

// Confint gives the interval as it was found.
func (p *Proportion) Confint(float64, float64) *lang.Vector { return intervalsOf(p.AsResult()) }

func svyciprop(_ *lang.Session, a *lang.Args) (lang.Value, error) {
	d, vars, err := asked(a, "formula")
	if err != nil {
		return nil, err
	}
	if len(vars) != 1 {
		return nil, a.Misfit("formula")
	}
	method, err := a.Choice("method", estimate.Names(proportion.Methods)...)
	if err != nil {
		return nil, err
	}
	o := proportion.Options{Method: proportion.Method(method), DropMissing: dropping(a), AsR: a.Session.Lenient}
	if o.Level, err = a.Number("level", a.Session.Confidence()); err != nil {
		return nil, err
	}
	if err := lang.SoundLevel(o.Level); err != nil {
		return nil, err
	}
	if o.DF, err = a.Number("df", 0); err != nil {
		return nil, err
	}
	p, err := proportion.Of(d, indicator(vars[0]), o)
	if err != nil {
		return nil, err
	}
	if d, err = estimate.Within(d, vars, true); err != nil {
		return nil, err
	}
	return &Proportion{Name: vars[0].Name, Estimate: p, DF: d.DF(), Level: o.Level, N: d.Count(), PSUs: d.PSUs()}, nil
}

// indicator is 0 and 1 of a condition, of numbers as they are, of a factor with two levels
// whether it has the second.
func indicator(v formula.Variable) []float64 {
	x := formula.AsNumbers(v.Column)
	if len(v.Column.Levels) == 2 && !v.Column.IsLogical() {
		out := make([]float64, len(x))
		for i := range out {
			out[i] = math.NaN()
			if k := v.Column.Code[i]; k >= 0 {
				out[i] = float64(k)
			}
		}
		return out
	}
	return x
}

// TestResult is the result of a test.
type TestResult struct{ crosstab.Test }

// Confint gives the interval of the estimate, where there is one.
func (t *TestResult) Confint(level, _ float64) *lang.Vector {
	if t.Estimate == nil || len(t.Parameter) == 0 {
		return lang.Numbers(na, na)
	}
	se := t.Estimate.Value / t.Statistic.Value
	low, high := estimate.Interval(t.Estimate.Value, math.Abs(se), t.Parameter[0].Value, level)
	return &lang.Vector{Rows: 1, Num: []float64{low, high}}
}

// Outcome names statistic, degrees of freedom and estimate as R does.
func (t *TestResult) Outcome() *lang.Outcome {
	o := &lang.Outcome{Type: "test", Single: map[string]float64{"p_value": t.P}, Named: map[string]lang.NamedGroup{}, Lists: map[string][]float64{}, Text: map[string]string{"method": t.Method}}
	o.Named["statistic"] = named(t.Statistic)
	o.Named["parameter"] = named(t.Parameter...)
	if t.Estimate != nil {
		o.Named["estimate"] = named(*t.Estimate)
	}
	if !math.IsNaN(t.Interval[0]) {
		o.Lists["conf_int"] = t.Interval[:]
	}
	if t.Observed != nil {
		o.Lists["observed"], o.Lists["expected"] = t.Observed, t.Expected
	}
	return o
}

func named(all ...crosstab.Figure) (g lang.NamedGroup) {
	for _, f := range all {
		g.Names, g.Values = append(g.Names, f.Name), append(g.Values, f.Value)
	}
	return g
}

func svychisq(_ *lang.Session, a *lang.Args) (lang.Value, error) {
	d, vars, err := asked(a, "formula")
	if err != nil {
		return nil, err
	}
	if len(vars) != 2 {
		return nil, a.Misfit("formula")
	}
	stat, err := a.Choice("statistic", estimate.Names(crosstab.Statistics)...)
	if err != nil {
		return nil, err
	}
	t, err := crosstab.Association(d, vars[0].Column, vars[1].Column, crosstab.Statistic(stat))
	return &TestResult{t}, err
}

// compared reads y ~ g: the design, the formula and the values of y.
func compared(a *lang.Args) (d *design.Design, f *formula.Formula, y *frame.Column, err error) {
	if d, err = a.Design("design"); err != nil {
		return nil, nil, nil, err
	}
	if f, err = a.Formula("formula"); err != nil {
		return nil, nil, nil, err
	}
	if f.Response == nil {
		return nil, nil, nil, a.Misfit("formula")
	}
	if y, err = formula.Full(f.Response, a.Session.ScopeOf(d)); err != nil {
		return nil, nil, nil, err
	}
	name := f.Response.String()
	if err := soundNumber(a.Session, name, y); err != nil {
		return nil, nil, nil, err
	}
	return d, f, y, soundValues(a.Session, d, []formula.Variable{{Name: name, Column: y}})
}

func svyttest(_ *lang.Session, a *lang.Args) (lang.Value, error) {
	d, f, y, err := compared(a)
	if err != nil {
		return nil, err
	}
	switch len(f.Terms) {
	case 0:
	case 1:
		t, err := crosstab.GroupsAlike(d, f)
		return &TestResult{t}, err
	default:
		return nil, a.Misfit("formula")
	}
	if d, err = estimate.Within(d, []formula.Variable{{Column: y}}, dropping(a)); err != nil {
		return nil, err
	}
	t, err := crosstab.MeanIsZero(d, formula.AsNumbers(y))
	return &TestResult{t}, err
}

func svyranktest(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, f, y, err := compared(a)
	if err != nil {
		return nil, err
	}
	if len(f.Variables) != 1 {
		return nil, a.Misfit("formula")
	}
	g, err := f.Values(s.ScopeOf(d))
	if err != nil {
		return nil, err
	}
	kind, err := a.Choice("test", estimate.Names(crosstab.RankTests)...)
	if err != nil {
		return nil, err
	}
	t, err := crosstab.Ranks(d, formula.AsNumbers(y), g[0].Column, crosstab.RankTest(kind))
	return &TestResult{t}, err
}

// termsOf reads the terms to be tested: a formula, or their labels.
func termsOf(v lang.Value) (terms []string, constant, ok bool) {
	switch t := v.(type) {
	case *lang.Vector:
		return t.Str, false, t.Kind == lang.Text
	case lang.Quoted:
		f, err := formula.FormulaOf(t.Expr)
		if err != nil {
			return nil, false, false
		}
		for i := range f.Terms {
			terms = append(terms, f.TermName(i))
		}
		return terms, strings.Contains(" "+strings.NewReplacer("~", " ", "+", " ").Replace(t.Expr.String())+" ", " 1 "), true
	}
	return nil, false, false
}
