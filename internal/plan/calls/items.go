package calls

import (
	"fmt"
	"strings"

	"quipu/internal/estimate"
	"quipu/internal/estimate/crosstab"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
	"quipu/internal/plan/lang"
)

// itemFunctions are of several questions that belong together, and of one against what is known of it.
func itemFunctions() map[string]function {
	return map[string]function{
		"svykappa":    {[]string{"formula", "design", "..."}, svykappa},
		"svycralpha":  {[]string{"formula", "design", "na.rm"}, svycralpha},
		"svygofchisq": {[]string{"formula", "p", "design", "..."}, svygofchisq},
		"svybys":      {[]string{"formula", "bys", "design", "FUN", "..."}, svybys},
		"svyprcomp":   {[]string{"formula", "design", "center", "scale.", "tol", "scores", "..."}, svyprcomp},
	}
}

// svykappa is Cohen's kappa of two factors with the same levels, (o - e)/(1 - e) of the shares
// of agreement observed and expected, by the delta method.
func svykappa(_ *lang.Session, a *lang.Args) (lang.Value, error) {
	d, vars, err := asked(a, "formula")
	if err != nil {
		return nil, err
	}
	if len(vars) != 2 {
		return nil, a.Misfit("formula")
	}
	one, other := vars[0].Column.AsFactor(), vars[1].Column.AsFactor()
	n := len(one.Levels)
	if n != len(other.Levels) {
		return nil, fault.New(fault.Invalid, "inference.kappa_levels", "one", n, "other", len(other.Levels))
	}
	both, err := formula.Cross([]*frame.Column{&one, &other})
	if err != nil {
		return nil, err
	}
	o, err := statOptions(a)
	if err != nil {
		return nil, err
	}
	o.DropMissing = dropping(a)
	r, err := estimate.Mean(d, []formula.Variable{{Name: "a", Column: &one}, {Name: "b", Column: &other}, {Name: "c", Column: both}}, o)
	if err != nil {
		return nil, err
	}
	var observed, expected []string
	for i := range r.Estimates {
		r.Estimates[i].Term = fmt.Sprint("p", i)
	}
	for k := range n {
		observed = append(observed, fmt.Sprint("p", 2*n+k*(n+1)))
		expected = append(expected, fmt.Sprintf("p%d*p%d", k, n+k))
	}
	e := strings.Join(expected, "+")
	kappa, err := formula.Parse(fmt.Sprintf("(%s-(%s))/(1-(%s))", strings.Join(observed, "+"), e, e))
	if err != nil {
		return nil, err
	}
	out, err := estimate.Contrasts(&r, []estimate.Contrast{{Name: "kappa", Expr: kappa}})
	if err != nil {
		return nil, err
	}
	return &Stat{Result: out, Of: "stat", Design: d}, nil
}

// svycralpha is Cronbach's alpha of items that are added up: K/(K-1) (1 - sum of their variances over
// that of their sum).
func svycralpha(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, vars, err := asked(a, "formula")
	if err != nil {
		return nil, err
	}
	if len(vars) < 2 {
		return nil, a.Misfit("formula")
	}
	drop, err := a.Bool("na.rm", false)
	if err != nil {
		return nil, err
	}
	sum := make([]float64, d.Frame().N())
	for _, v := range vars {
		if err := soundNumber(s, v.Name, v.Column); err != nil {
			return nil, err
		}
		for i, x := range formula.AsNumbers(v.Column) {
			sum[i] += x
		}
	}
	o := estimate.Options{DropMissing: drop}
	total, err := estimate.Variance(d, []formula.Variable{{Name: "sum", Column: &frame.Column{Kind: frame.Number, Num: sum}}}, o)
	if err != nil {
		return nil, err
	}
	each, err := estimate.Variance(d, vars, o)
	if err != nil {
		return nil, err
	}
	k, items := len(vars), 0.0
	for i := range k {
		items += each.Estimates[i*k+i].Estimate
	}
	return &lang.Vector{Num: []float64{float64(k) / float64(k-1) * (1 - items/total.Estimates[0].Estimate)}, Names: []string{"alpha"}}, nil
}

// svygofchisq holds the shares of a factor against given ones.
func svygofchisq(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, vars, err := asked(a, "formula")
	if err != nil {
		return nil, err
	}
	p, err := a.Numbers("p")
	if err != nil {
		return nil, err
	}
	r, err := estimate.Total(d, vars, estimate.Options{DropMissing: dropping(a)})
	if err != nil {
		return nil, err
	}
	t, err := crosstab.AgainstGiven(&r, p)
	return &TestResult{t}, err
}

// svybys is svyby by one variable after another.
func svybys(s *lang.Session, a *lang.Args) (lang.Value, error) {
	f, err := a.Formula("bys")
	if err != nil {
		return nil, err
	}
	out := &lang.List{}
	for _, by := range f.Variables {
		c := formula.Call{Fun: "svyby", Args: []formula.Arg{{Name: "formula", Value: a.Given["formula"]}, {Name: "by", Value: formula.Call{Fun: "~", Args: []formula.Arg{{Value: by}}}},
			{Name: "design", Value: a.Given["design"]}, {Name: "FUN", Value: a.Given["FUN"]}}}
		v, err := s.Call(formula.Call{Fun: c.Fun, Args: append(c.Args, a.Rest...)})
		if err != nil {
			return nil, err
		}
		out.Names, out.Values = append(out.Names, by.String()), append(out.Values, v)
	}
	return out, nil
}

// Components are the principal components of several variables.
type Components struct{ crosstab.Components }

// Outcome has a row for each component: its standard deviation, and the share of the variance.
func (c *Components) Outcome() *lang.Outcome {
	o := &lang.Outcome{Type: "components", Lists: map[string][]float64{}}
	for j, sd := range c.SD {
		name := fmt.Sprint("PC", j+1)
		o.Rows = append(o.Rows, lang.Row{Term: name, Values: map[string][]float64{"sdev": {sd}, "share": {c.Share(j)}, "loadings": c.Loadings[j]}})
	}
	return o
}

// Part gives what R's svyprcomp object calls by that name. x, the scores of single people, are for
// further steps of a plan.
func (c *Components) Part(name string) (lang.Value, bool) {
	switch name {
	case "sdev":
		return lang.Numbers(c.SD...), true
	case "rotation":
		out := &lang.Vector{Rows: len(c.Names)}
		for j := range c.SD {
			out.Num, out.Cols = append(out.Num, c.Loadings[j]...), append(out.Cols, fmt.Sprint("PC", j+1))
		}
		return out, true
	case "center":
		return &lang.Vector{Num: c.Centre, Names: c.Names}, true
	case "scale":
		return &lang.Vector{Num: c.Scale, Names: c.Names}, true
	case "x":
		out := &lang.Vector{}
		for j := range c.SD {
			out.Num, out.Cols = append(out.Num, c.Scores(j)...), append(out.Cols, fmt.Sprint("PC", j+1))
		}
		out.Rows = len(out.Num) / max(1, len(c.SD))
		return out, true
	}
	return nil, false
}

func svyprcomp(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, vars, err := asked(a, "formula")
	if err != nil {
		return nil, err
	}
	centre, err := a.Bool("center", true)
	if err != nil {
		return nil, err
	}
	scale, err := a.Bool("scale.", false)
	if err != nil {
		return nil, err
	}
	for _, v := range vars {
		if err := soundNumber(s, v.Name, v.Column); err != nil {
			return nil, err
		}
	}
	if a.Has("tol") {
		return nil, a.Misfit("tol")
	}
	c, err := crosstab.Principal(d, vars, centre, scale)
	if err != nil {
		return nil, err
	}
	return &Components{c}, nil
}
