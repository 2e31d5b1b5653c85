// Package plan evaluates calls of estimators as statisticians write them, R's:
//
//	d <- svydesign(ids = ~psu, strata = ~city, weights = ~w, data = pilot)
//	svyby(~age, ~city, subset(d, sends == 1), svymean)
//
// It is the one path from text to estimators: for reference cases, for plans of
// `quipu survey analyse` and for the analysis builder. A plan without such calls is put
// into them first (see Plan). Only calls that are listed here are known; there is no way to
// files, programs or the network in this language.
package plan

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

	vars      map[string]Value
	data      Data
	functions map[string]function
	options   options
	seed      uint64

	// of a function of the plan: what its arguments are that were not given, worked out when they are
	// first used (nil: they must be given)
	defaults map[string]formula.Expr

	depth int           // of functions of the plan that call one another
	calls *atomic.Int64 // of these in all
}

// options are those of R's package survey that change figures.
type options struct {
	lonely   design.Lonely
	inAll    bool
	oneStage bool
	mse      bool
}

// New starts a session. data may be nil.
func New(data Data) *Session {
	s := &Session{vars: map[string]Value{}, data: data, functions: map[string]function{}, options: options{lonely: design.Fail}}
	for _, table := range []map[string]function{languageFunctions(), designFunctions(), estimateFunctions(), inferenceFunctions(), partFunctions(),
		weightFunctions(), vectorFunctions(), controlFunctions(), predictionFunctions(), distributionFunctions(), loglinearFunctions(), itemFunctions()} {
		maps.Copy(s.functions, table)
	}
	return s
}

// Set gives a variable a value.
func (s *Session) Set(name string, v Value) { s.vars[name] = v }

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

// function is a call that is known: the names of its arguments in R's order, "..." for any
// number of others, and what it does.
type function struct {
	formals []string
	run     func(s *Session, a *Args) (Value, error)
}

// Eval evaluates an expression.
func (s *Session) Eval(e formula.Expr) (Value, error) {
	switch x := e.(type) {
	case formula.Name:
		return s.Lookup(string(x))
	case formula.Null:
		return nil, nil
	case formula.Call:
		return s.call(x)
	case formula.Function:
		return &closure{x, s}, nil
	}
	return formulaNumber(e)
}

func (s *Session) call(c formula.Call) (Value, error) {
	if c.Fun == "~" {
		return Lang{c}, nil
	}
	if e := s.defaults[c.Fun]; e != nil && s.vars[c.Fun] == nil {
		if _, err := s.Lookup(c.Fun); err != nil {
			return nil, err
		}
	}
	if f, ok := s.vars[c.Fun].(callable); ok {
		return f.call(s, c)
	}
	if c.Fun == formula.Applied {
		return s.applied(c)
	}
	if f, ok := s.functions[c.Fun]; ok {
		a, err := match(c, f.formals)
		if err != nil {
			return nil, err
		}
		a.s = s
		return f.run(s, a)
	}
	return s.arithmetic(c)
}

// applied calls a function that an expression gives.
func (s *Session) applied(c formula.Call) (Value, error) {
	v, err := s.Eval(c.Args[0].Value)
	if err != nil {
		return nil, err
	}
	f, ok := v.(callable)
	if !ok {
		return nil, fault.New(fault.Invalid, "plan.not_function", "what", c.Args[0].Value.String())
	}
	return f.call(s, formula.Call{Fun: c.Args[0].Value.String(), Args: c.Args[1:]})
}
