package plan

import (
	"fmt"
	"strings"

	"quipu/internal/estimate"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// svykappa is Cohen's kappa of two factors with the same levels, (o - e)/(1 - e) of the shares
// of agreement observed and expected, by the delta method.
func svykappa(_ *Session, a *Args) (Value, error) {
	d, vars, err := a.asked("formula")
	if err != nil {
		return nil, err
	}
	if len(vars) != 2 {
		return nil, a.misfit("formula")
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
	o, err := a.statOptions()
	if err != nil {
		return nil, err
	}
	o.DropMissing = a.dropping()
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
