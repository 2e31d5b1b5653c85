package plan

import (
	"fmt"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// withReplicates estimates any expression of the columns and .weights, such as
// quote(sum(.weights*x)/sum(.weights)), with the error that replicates give it.
func withReplicates(s *Session, a *Args) (Value, error) {
	d, err := a.Design("design")
	if err != nil {
		return nil, err
	}
	if !d.Replicated() {
		return nil, fault.New(fault.Invalid, "plan.needs_replicates", "function", "withReplicates")
	}
	v, err := a.Need("theta")
	if err != nil {
		return nil, err
	}
	l, ok := v.(Lang)
	if !ok {
		return nil, a.misfit("theta")
	}
	x := &expression{e: l.Expr, s: s, d: d}
	for i := range d.Frame().N() {
		if p := d.Present(); p == nil || p[i] {
			x.rows = append(x.rows, i)
		}
	}
	x.f = d.Frame().Rows(x.rows)
	first, err := x.Value(d.Weights())
	if err != nil {
		return nil, err
	}
	x.terms = len(first)
	r, err := estimate.Of(d, x)
	if err != nil {
		return nil, err
	}
	return &Stat{Result: r, Of: "stat", Design: d}, nil
}

// expression is a statistic of the rows that are there.
type expression struct {
	e     formula.Expr
	s     *Session
	d     *design.Design
	rows  []int
	f     *frame.Frame
	terms int
}

// weightsName is what R calls the weights in such an expression.
const weightsName = ".weights"

func (x *expression) Terms() []string {
	if x.terms == 1 {
		return []string{"contrast"} // as contrasts without a name are called
	}
	names := make([]string, x.terms)
	for i := range names {
		names[i] = fmt.Sprint(i + 1)
	}
	return names
}

func (x *expression) Value(w []float64) ([]float64, error) {
	here := make([]float64, len(x.rows))
	for i, r := range x.rows {
		here[i] = w[r]
	}
	f, err := x.f.With(frame.Numbers(weightsName, here))
	if err != nil {
		return nil, err
	}
	c, err := formula.Eval(x.e, x.s.Scope(f))
	if err != nil {
		return nil, err
	}
	return formula.AsNumbers(c), nil
}

// Influence is asked of linearised designs alone, which an expression is refused for.
func (x *expression) Influence(_, _ []float64) ([][]float64, error) {
	return nil, fault.New(fault.Invalid, "plan.needs_replicates", "function", "withReplicates")
}
