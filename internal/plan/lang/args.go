package lang

import (
	"math"
	"slices"
	"strings"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// Args are the arguments of a call, matched to the names that the function knows.
type Args struct {
	Call    formula.Call
	Session *Session
	Given   map[string]formula.Expr // as they are written, by the function's own names
	Rest    []formula.Arg           // what the function takes as "..."
}

// Match assigns arguments as R does: by full name, by the beginning of a name that fits one
// argument before "...", then by place.
func Match(c formula.Call, formals []string) (*Args, error) {
	a := &Args{Call: c, Given: map[string]formula.Expr{}}
	dots := slices.Index(formals, "...")
	used := make([]bool, len(c.Args))
	for i, arg := range c.Args {
		if arg.Name != "" && slices.Contains(formals, arg.Name) && arg.Name != "..." {
			a.Given[arg.Name], used[i] = arg.Value, true
		}
	}
	for i, arg := range c.Args {
		if used[i] || arg.Name == "" {
			continue
		}
		var fits []string
		for k, f := range formals {
			if _, taken := a.Given[f]; !taken && strings.HasPrefix(f, arg.Name) && (dots < 0 || k < dots) {
				fits = append(fits, f)
			}
		}
		if len(fits) == 1 {
			a.Given[fits[0]], used[i] = arg.Value, true
		}
	}
	next := 0
	for i, arg := range c.Args {
		if used[i] {
			continue
		}
		for next < len(formals) && formals[next] != "..." {
			if _, taken := a.Given[formals[next]]; !taken {
				break
			}
			next++
		}
		switch {
		case arg.Name == "" && next < len(formals) && formals[next] != "...":
			a.Given[formals[next]] = arg.Value
		case dots >= 0:
			a.Rest = append(a.Rest, arg)
		default:
			name := arg.Name
			if name == "" && arg.Value != nil {
				name = arg.Value.String()
			}
			return nil, fault.New(fault.Invalid, "plan.argument_unknown", "function", c.Fun, "argument", name, "arguments", strings.Join(formals, ", "))
		}
	}
	return a, nil
}

// Has reports whether an argument was given and is not NULL.
func (a *Args) Has(name string) bool {
	e, ok := a.Given[name]
	_, null := e.(formula.Null)
	return ok && e != nil && !null
}

// Expr is an argument as it is written; nil when it was not given.
func (a *Args) Expr(name string) formula.Expr {
	if !a.Has(name) {
		return nil
	}
	return a.Given[name]
}

// Value evaluates an argument; nil when it was not given.
func (a *Args) Value(name string) (Value, error) {
	if !a.Has(name) {
		return nil, nil
	}
	return a.Session.Eval(a.Given[name])
}

// values evaluates what the function takes as "...".
func (a *Args) values() ([]Value, error) {
	var all []Value
	for _, r := range a.Rest {
		v, err := a.Session.Eval(r.Value)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// Need evaluates an argument that must be there.
func (a *Args) Need(name string) (Value, error) {
	v, err := a.Value(name)
	if err == nil && v == nil {
		err = a.Misfit(name)
	}
	return v, err
}

// Misfit is the error of an argument that is missing or of the wrong kind.
func (a *Args) Misfit(name string) error {
	return fault.New(fault.Invalid, "formula.argument", "function", a.Call.Fun, "argument", name)
}

// Design evaluates an argument that must be a design; it gets the options in force.
func (a *Args) Design(name string) (*design.Design, error) {
	v, err := a.Need(name)
	if err != nil {
		return nil, err
	}
	d, ok := v.(*design.Design)
	if !ok {
		return nil, a.Misfit(name)
	}
	return d.WithLonely(a.Session.Options.Lonely, a.Session.Options.InAll).WithOneStage(a.Session.Options.OneStage), nil
}

// Bool evaluates a condition; def when it was not given.
func (a *Args) Bool(name string, def bool) (bool, error) {
	v, err := a.Value(name)
	if err != nil || v == nil {
		return def, err
	}
	x, ok := v.(*Vector)
	if !ok || x.Len() != 1 || x.Kind == Text || math.IsNaN(x.Num[0]) {
		return def, a.Misfit(name)
	}
	return x.Num[0] != 0, nil
}

// Number evaluates a number; def when it was not given.
func (a *Args) Number(name string, def float64) (float64, error) {
	v, err := a.Value(name)
	if err != nil || v == nil {
		return def, err
	}
	x, ok := v.(*Vector)
	if !ok || x.Len() != 1 || x.Kind == Text {
		return def, a.Misfit(name)
	}
	return x.Num[0], nil
}

// Numbers evaluates numbers; nil when they were not given.
func (a *Args) Numbers(name string) ([]float64, error) {
	v, err := a.Value(name)
	if err != nil || v == nil {
		return nil, err
	}
	x, ok := v.(*Vector)
	if !ok || x.Kind == Text {
		return nil, a.Misfit(name)
	}
	return x.Num, nil
}

// Text evaluates a text; def when it was not given.
func (a *Args) Text(name, def string) (string, error) {
	v, err := a.Value(name)
	if err != nil || v == nil {
		return def, err
	}
	x, ok := v.(*Vector)
	if !ok || x.Len() == 0 || x.Kind != Text {
		return def, a.Misfit(name)
	}
	return x.Str[0], nil
}

// Choice evaluates a text that is one of several, or the beginning of one.
func (a *Args) Choice(name string, choices ...string) (string, error) {
	t, err := a.Text(name, choices[0])
	if err != nil {
		return "", err
	}
	var fits []string
	for _, c := range choices {
		if c == t {
			return c, nil
		}
		if strings.HasPrefix(c, t) {
			fits = append(fits, c)
		}
	}
	if len(fits) != 1 {
		return "", fault.New(fault.Invalid, "plan.choice", "argument", name, "value", t, "choices", strings.Join(choices, ", "))
	}
	return fits[0], nil
}

// Formula is an argument that must be a formula.
func (a *Args) Formula(name string) (*formula.Formula, error) {
	v, err := a.Need(name)
	if err != nil {
		return nil, err
	}
	l, ok := v.(Quoted)
	if !ok {
		return nil, a.Misfit(name)
	}
	return formula.FormulaOf(l.Expr)
}

// Texts are the expressions of "~a + b" as texts, which is how designs take columns; the
// formula ~1 or ~0 gives "1".
func (a *Args) Texts(name string) ([]string, error) {
	if !a.Has(name) {
		return nil, nil
	}
	f, err := a.Formula(name)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, v := range f.Variables {
		if _, number := v.(formula.Num); number && !a.Session.Lenient { // ~w - 11 takes a term away, it does not subtract
			return nil, fault.New(fault.Invalid, "plan.formula_number", "argument", name, "formula", a.Given[name].String())
		}
		if n, ok := v.(formula.Name); ok {
			out = append(out, string(n))
			continue
		}
		out = append(out, v.String())
	}
	if len(out) == 0 {
		out = []string{"1"}
	}
	return out, nil
}

// ScopeOf is the scope of the columns of a design: what is worked out of all rows, such as a
// mean, is of those that are in it.
func (s *Session) ScopeOf(d *design.Design) formula.Scope {
	scope := s.Scope(d.Frame())
	scope.In = d.Present()
	return scope
}

// Scope is where expressions over the columns of f are evaluated: variables of the session
// are known there, too.
func (s *Session) Scope(f *frame.Frame) formula.Scope {
	return formula.Scope{Frame: f, Outer: func(name string) (*frame.Column, bool) {
		v, ok := s.vars[name].(*Vector)
		if !ok {
			return nil, false
		}
		return v.AsColumn(), true
	}}
}
