package calls

import (
	"math"

	"quipu/internal/estimate"
	"quipu/internal/estimate/crosstab"
	"quipu/internal/estimate/formula"
	"quipu/internal/plan/lang"
)

// loglinearFunctions are log-linear models of tables; update and anova take them, too.
func loglinearFunctions() map[string]function {
	return map[string]function{"svyloglin": {[]string{"formula", "design", "..."}, svyloglin}, "deviance": {[]string{"object", "..."}, devianceOf}}
}

// Loglinear is a model of a table with the right side of its formula.
type Loglinear struct {
	*crosstab.Loglinear
	right formula.Expr
}

// Outcome has a row for each coefficient but the constant.
func (l *Loglinear) Outcome() *lang.Outcome {
	o := &lang.Outcome{Type: "loglinear", Single: map[string]float64{"deviance": l.Deviance, "df": l.DF, "n": float64(l.N)}}
	for i, name := range l.Names {
		se := math.Sqrt(l.Cov.At(i, i))
		o.Rows = append(o.Rows, lang.Row{Term: name, Values: map[string][]float64{"estimate": {l.Coef[i]}, "se": {se}, "p_value": {l.P(i)}}})
	}
	if len(l.Names) > 0 {
		o.Vcov = rows(l.Cov)
	}
	return o
}

// Judged is nothing: a coefficient near 0 is no figure that is too uncertain to publish.
func (l *Loglinear) Judged() []estimate.Estimate { return nil }

// Part gives the deviance and the degrees of freedom of the design.
func (l *Loglinear) Part(name string) (lang.Value, bool) {
	switch name {
	case "df.null":
		return lang.Numbers(l.Null), true
	case "n":
		return lang.Numbers(float64(l.N)), true
	case "deviance":
		return lang.Numbers(l.Deviance), true
	case "var":
		return covarianceOf(l), true
	}
	return nil, false
}

// withConstant are the coefficients, the constant first.
func (l *Loglinear) withConstant() *lang.Vector {
	return &lang.Vector{Num: append([]float64{l.Constant}, l.Coef...), Names: append([]string{"(Intercept)"}, l.Names...)}
}

func svyloglin(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, vars, err := asked(a, "formula")
	if err != nil {
		return nil, err
	}
	f, err := a.Formula("formula")
	if err != nil {
		return nil, err
	}
	for _, v := range f.Variables {
		if _, name := v.(formula.Name); !name || f.Response != nil {
			return nil, a.Misfit("formula")
		}
	}
	v, err := a.Need("formula")
	if err != nil {
		return nil, err
	}
	l, err := crosstab.NewLoglinear(d, f, vars)
	if err != nil {
		return nil, err
	}
	return &Loglinear{l, rightOf(v.(lang.Quoted).Expr)}, nil // Formula has seen that it is one
}

// rightOf is the right side of a formula.
func rightOf(e formula.Expr) formula.Expr {
	if c, ok := e.(formula.Call); ok && c.Fun == "~" {
		return c.Args[len(c.Args)-1].Value
	}
	return e
}

// renewed puts what a formula was in the place of its dot: ~ . + a:b.
func renewed(e, old formula.Expr) formula.Expr {
	switch x := e.(type) {
	case formula.Name:
		if x == "." {
			return formula.Call{Fun: "(", Args: []formula.Arg{{Value: old}}}
		}
	case formula.Call:
		out := formula.Call{Fun: x.Fun}
		for _, a := range x.Args {
			if a.Value != nil {
				a.Value = renewed(a.Value, old)
			}
			out.Args = append(out.Args, a)
		}
		return out
	}
	return e
}

// again is update(model, ~ . + a:b).
func (l *Loglinear) again(a *lang.Args) (lang.Value, error) {
	if len(a.Rest) != 1 {
		return nil, a.Misfit("formula")
	}
	v, err := a.Session.Eval(a.Rest[0].Value)
	if err != nil {
		return nil, err
	}
	lang, ok := v.(lang.Quoted)
	if !ok {
		return nil, a.Misfit("formula")
	}
	right := renewed(rightOf(lang.Expr), l.right)
	f, err := formula.FormulaOf(right)
	if err != nil {
		return nil, err
	}
	m, err := l.Update(f)
	return &Loglinear{m, right}, err
}

// NestedTest compares two log-linear models.
type NestedTest struct{ crosstab.Nested }

// Outcome has both statistics with the tails of Rao and Scott's second correction first.
func (n *NestedTest) Outcome() *lang.Outcome {
	return &lang.Outcome{Type: "loglinear_test", Single: map[string]float64{"deviance": n.Deviance, "score": n.Score, "df": n.DF,
		"p_value": n.OfDeviance.F, "p_chisq": n.OfDeviance.Chisq, "p_saddlepoint": n.OfDeviance.Saddlepoint, "p_lincom": n.OfDeviance.Lincom,
		"score_p_value": n.OfScore.F, "score_p_chisq": n.OfScore.Chisq, "score_p_saddlepoint": n.OfScore.Saddlepoint, "score_p_lincom": n.OfScore.Lincom},
		Lists: map[string][]float64{"lambda": n.Effects}}
}

// Part gives what R's anova.svyloglin object calls by that name: p are those of the integral, the
// first correction, the second, the saddlepoint.
func (n *NestedTest) Part(name string) (lang.Value, bool) {
	list := func(stat string, x float64, t crosstab.Tails) *lang.List {
		return &lang.List{Names: []string{stat, "p"}, Values: []lang.Value{lang.Numbers(x), lang.Numbers(t.Lincom, t.Chisq, t.F, t.Saddlepoint)}}
	}
	switch name {
	case "dev":
		return list("dev", n.Deviance, n.OfDeviance), true
	case "score":
		return list("chisq", n.Score, n.OfScore), true
	case "a":
		return lang.Numbers(n.Effects...), true
	case "p":
		return lang.Numbers(n.DF), true
	}
	return nil, false
}

func (l *Loglinear) against(a *lang.Args) (lang.Value, error) {
	name := "object2"
	if !a.Has(name) {
		name = "object1"
	}
	v, err := a.Need(name)
	if err != nil {
		return nil, err
	}
	m, ok := v.(*Loglinear)
	if !ok {
		return nil, a.Misfit(name)
	}
	n, err := crosstab.Compare(l.Loglinear, m.Loglinear)
	return &NestedTest{n}, err
}

func devianceOf(_ *lang.Session, a *lang.Args) (lang.Value, error) {
	v, err := a.Need("object")
	if err != nil {
		return nil, err
	}
	if p, ok := v.(lang.Parted); ok {
		if x, ok := p.Part("deviance"); ok {
			return x, nil
		}
	}
	return nil, a.Misfit("object")
}
