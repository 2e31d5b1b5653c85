// Package lang is the language of plans: expressions as R writes them, the values that they give, and
// how a call finds its arguments. It knows vectors, lists, tables and functions, and nothing of
// estimators: those are tables of functions that a session is given (see package calls). There is no
// way to files, programs or the network in this language.
package lang

import (
	"maps"
	"sync/atomic"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// Data finds the table of a name that is not a variable: its columns, or an error.
type Data func(name string) (*frame.Frame, error)

// Session is the state in which calls are evaluated: variables, options, data.
type Session struct {
	// Lenient follows R where we refuse: a design without weights counts every row as one.
	Lenient bool
	// Level of intervals, 0 for 0.95, and when a figure may be published.
	Level   float64
	Publish estimate.Thresholds

	Options Options
	Seed    uint64 // of set.seed, 0 without one

	vars      map[string]Value
	data      Data
	functions map[string]Function

	// of a function of the plan: what its arguments are that were not given, worked out when they are
	// first used (nil: they must be given)
	defaults map[string]formula.Expr

	depth int           // of functions of the plan that call one another
	calls *atomic.Int64 // of these in all
}

// Options are those of R's package survey that change figures.
type Options struct {
	Lonely   design.Lonely
	InAll    bool
	OneStage bool
	MSE      bool
}

// New starts a session that knows the language and the functions of some tables. data may be nil.
func New(data Data, tables ...map[string]Function) *Session {
	s := &Session{vars: map[string]Value{}, data: data, functions: map[string]Function{}, Options: Options{Lonely: design.Fail}}
	for _, table := range append([]map[string]Function{languageFunctions(), vectorFunctions(), controlFunctions()}, tables...) {
		maps.Copy(s.functions, table)
	}
	return s
}

// Set gives a variable a value.
func (s *Session) Set(name string, v Value) { s.vars[name] = v }

// Unset takes a variable away.
func (s *Session) Unset(name string) { delete(s.vars, name) }

// Variable is the value of a variable, nil where there is none.
func (s *Session) Variable(name string) Value { return s.vars[name] }

// Function is a function that is known by a name.
func (s *Session) Function(name string) (f Function, ok bool) {
	f, ok = s.functions[name]
	return f, ok
}

// Confidence is that of intervals where a call names none.
func (s *Session) Confidence() float64 {
	if s.Level == 0 {
		return 0.95
	}
	return s.Level
}

// SoundLevel refuses a level of intervals that is none.
func SoundLevel(level float64) error {
	if level > 0 && level < 1 {
		return nil
	}
	return fault.New(fault.Invalid, "plan.level", "level", level)
}

// Lookup is the value of a variable, or a table of data.
func (s *Session) Lookup(name string) (Value, error) {
	if v, ok := s.vars[name]; ok {
		return v, nil
	}
	if e, ok := s.defaults[name]; ok {
		if e == nil {
			return nil, fault.New(fault.Invalid, "formula.argument", "function", "function", "argument", name)
		}
		v, err := s.Eval(e)
		if err == nil {
			s.vars[name] = v
		}
		return v, err
	}
	if s.data != nil {
		f, err := s.data(name)
		if err == nil && f != nil {
			s.vars[name] = f
			return f, nil
		} else if err != nil && fault.KindOf(err) != fault.NotFound {
			return nil, err
		}
	}
	switch name {
	case "T":
		return conditions(true), nil
	case "F":
		return conditions(false), nil
	case "pi":
		return formulaNumber(formula.Name("pi"))
	}
	return nil, fault.New(fault.NotFound, "formula.unknown_name", "name", name)
}

// Run evaluates lines one after another; the value is that of the last.
func (s *Session) Run(lines ...string) (v Value, err error) {
	for _, line := range lines {
		all, err := formula.ParseAll(line)
		if err != nil {
			return nil, err
		}
		for _, e := range all {
			if v, err = s.Eval(e); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

// Function is a call that is known: the names of its arguments in R's order, "..." for any
// number of others, and what it does.
type Function struct {
	Formals []string
	Run     func(s *Session, a *Args) (Value, error)
}

// Eval evaluates an expression.
func (s *Session) Eval(e formula.Expr) (Value, error) {
	switch x := e.(type) {
	case formula.Name:
		return s.Lookup(string(x))
	case formula.Null:
		return nil, nil
	case formula.Call:
		return s.Call(x)
	case formula.Function:
		return &Closure{x, s}, nil
	}
	return formulaNumber(e)
}

func (s *Session) Call(c formula.Call) (Value, error) {
	if c.Fun == "~" {
		return Quoted{c}, nil
	}
	if e := s.defaults[c.Fun]; e != nil && s.vars[c.Fun] == nil {
		if _, err := s.Lookup(c.Fun); err != nil {
			return nil, err
		}
	}
	if f, ok := s.vars[c.Fun].(Callable); ok {
		return f.Call(s, c)
	}
	if c.Fun == formula.Applied {
		return s.applied(c)
	}
	if f, ok := s.functions[c.Fun]; ok {
		a, err := Match(c, f.Formals)
		if err != nil {
			return nil, err
		}
		a.Session = s
		return f.Run(s, a)
	}
	return s.arithmetic(c)
}

// applied calls a function that an expression gives.
func (s *Session) applied(c formula.Call) (Value, error) {
	v, err := s.Eval(c.Args[0].Value)
	if err != nil {
		return nil, err
	}
	f, ok := v.(Callable)
	if !ok {
		return nil, fault.New(fault.Invalid, "plan.not_function", "what", c.Args[0].Value.String())
	}
	return f.Call(s, formula.Call{Fun: c.Args[0].Value.String(), Args: c.Args[1:]})
}
