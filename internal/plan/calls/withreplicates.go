package calls

import (
	"fmt"
	"slices"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
	"quipu/internal/plan/lang"
)

// withReplicates estimates any expression of the columns and .weights, such as
// quote(sum(.weights*x)/sum(.weights)), or any function of the weights and the data, such as
// function(w, data) weighted.mean(data$x, w), with the error that replicates give it.
func withReplicates(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, err := a.Design("design")
	if err != nil {
		return nil, err
	}
	if !d.Replicated() {
		return nil, fault.New(fault.Invalid, "plan.needs_replicates", "function", "withReplicates")
	}
	x := &expression{s: s, d: d}
	if err := x.ask(a); err != nil {
		return nil, err
	}
	if x.even, err = a.Bool("scale.weights", false); err != nil {
		return nil, err
	}
	for i := range d.Frame().N() {
		if p := d.Present(); p == nil || p[i] {
			x.rows = append(x.rows, i)
		}
	}
	x.f = d.Frame().Rows(x.rows)
	first, err := x.evaluate(d.Weights())
	if err != nil {
		return nil, err
	}
	if len(first.Num) == 0 {
		return nil, a.Misfit("theta")
	}
	x.terms, x.names = len(first.Num), first.Names
	return statOf(a, "stat", d, func() (estimate.Result, error) { return estimate.Of(d, x) })
}

// expression is a statistic of the rows that are there.
type expression struct {
	e     formula.Expr // in columns and .weights
	fun   lang.Value   // or a function of weights and data
	more  []formula.Arg
	s     *lang.Session
	d     *design.Design
	rows  []int
	f     *frame.Frame
	even  bool // weights that add up to 1
	terms int
	names []string
}

// ask reads theta. What a function uses of the session is looked up beforehand, because replicates
// are worked out at the same time.
func (x *expression) ask(a *lang.Args) error {
	if f, ok := a.Expr("theta").(formula.Name); ok {
		if _, known := a.Session.Function(string(f)); known {
			return a.Misfit("theta")
		}
	}
	v, err := a.Need("theta")
	if err != nil {
		return err
	}
	switch t := v.(type) {
	case lang.Quoted:
		x.e = t.Expr
		return nil
	case *lang.Closure:
		x.fun, x.more = t, a.Rest
		for _, n := range formula.Names(t.Function) {
			a.Session.Lookup(n) //nolint:errcheck // most are names of columns, or of the function's own
		}
		return nil
	}
	return a.Misfit("theta")
}

// weightsName is what R calls the weights in such an expression.
const weightsName = ".weights"

func (x *expression) Terms() []string {
	if len(x.names) == x.terms && !slices.Contains(x.names, "") {
		return x.names
	}
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
	v, err := x.evaluate(w)
	if err != nil {
		return nil, err
	}
	if len(v.Num) != x.terms {
		return nil, fault.New(fault.Invalid, "plan.replicate_length", "values", len(v.Num), "expected", x.terms)
	}
	return v.Num, nil
}

func (x *expression) evaluate(w []float64) (*lang.Vector, error) {
	here := make([]float64, len(x.rows))
	for i, r := range x.rows {
		here[i] = w[r]
	}
	if x.even {
		sum := tally.Sum(here)
		for i := range here {
			here[i] /= sum
		}
	}
	if x.fun == nil {
		f, err := x.f.With(frame.Numbers(weightsName, here))
		if err != nil {
			return nil, err
		}
		c, err := formula.Eval(x.e, x.s.Scope(f))
		if err != nil {
			return nil, err
		}
		return &lang.Vector{Num: formula.AsNumbers(c)}, nil
	}
	v, err := x.s.Apply(x.fun, []lang.Value{&lang.Vector{Num: here}, x.f}, x.more)
	if err != nil {
		return nil, err
	}
	if o, ok := v.(lang.Outcomer); ok {
		v = lang.Coefficients(o)
	}
	n, ok := v.(*lang.Vector)
	if !ok || n.Kind == lang.Text {
		return nil, fault.New(fault.Invalid, "plan.replicate_number")
	}
	return n, nil
}

// Influence is asked of linearised designs alone, which an expression is refused for.
func (x *expression) Influence(_, _ []float64) ([][]float64, error) {
	return nil, fault.New(fault.Invalid, "plan.needs_replicates", "function", "withReplicates")
}
