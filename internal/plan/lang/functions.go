package lang

import (
	"errors"
	"maps"
	"sync/atomic"

	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// Bounds of functions that plans bring along: how deep they call one another, and how often in all.
const (
	deepestCall = 40
	mostCalls   = 3_000_000
)

// controlFunctions are what the bodies of functions are made of.
func controlFunctions() map[string]Function {
	return map[string]Function{
		"if": {[]string{"test", "yes", "no"}, choose}, "return": {[]string{"value"}, giveBack},
		"with": {[]string{"data", "expr", "..."}, with}, "sapply": {[]string{"X", "FUN", "..."}, applied}, "vapply": {[]string{"X", "FUN", "FUN.VALUE", "..."}, applied},
		"tapply": {[]string{"X", "INDEX", "FUN", "..."}, groupwise},
	}
}

// Callable are values that can be called: functions of a plan, and distributions.
type Callable interface {
	Call(s *Session, c formula.Call) (Value, error)
}

// Closure is a function that was written in a plan, with the session that it was written in.
type Closure struct {
	formula.Function
	home *Session
}

// given is a value in the place of an argument.
const given = "\x00given "

// returned carries the value of return() out of a body.
type returned struct{ v Value }

func (returned) Error() string { return "return outside of a function" }

func (f *Closure) Call(s *Session, c formula.Call) (Value, error) {
	names := make([]string, len(f.Formals))
	for i, a := range f.Formals {
		names[i] = a.Name
	}
	a, err := Match(c, names)
	if err != nil {
		return nil, err
	}
	a.Session = s
	child, err := f.home.child(s, c.Fun)
	if err != nil {
		return nil, err
	}
	if child.defaults = maps.Clone(child.defaults); child.defaults == nil {
		child.defaults = map[string]formula.Expr{}
	}
	for _, p := range f.Formals {
		delete(child.vars, p.Name) // an argument hides what is called the same outside
		delete(child.defaults, p.Name)
		if p.Name == "..." {
			return nil, fault.New(fault.Invalid, "plan.function_dots")
		}
		if e := a.Given[p.Name]; e == nil {
			child.defaults[p.Name] = p.Value
		} else if child.vars[p.Name], err = s.Eval(e); err != nil {
			return nil, err
		}
	}
	v, err := child.Eval(f.Body)
	var r returned
	if errors.As(err, &r) {
		return r.v, nil
	}
	return v, err
}

// child is a session for the body of a function: what it assigns is seen nowhere else.
func (s *Session) child(caller *Session, name string) (*Session, error) {
	c := *s
	c.vars = maps.Clone(s.vars)
	c.depth, c.calls = caller.depth+1, caller.calls
	if c.calls == nil {
		c.calls = new(atomic.Int64)
	}
	if c.depth > deepestCall || c.calls.Add(1) > mostCalls {
		return nil, fault.New(fault.Invalid, "plan.function_endless", "function", name)
	}
	return &c, nil
}

// Apply calls a function with values: one of a plan, or one that is known by its name.
func (s *Session) Apply(f Value, values []Value, more []formula.Arg) (Value, error) {
	child, err := s.child(s, "FUN")
	if err != nil {
		return nil, err
	}
	c := formula.Call{Fun: "FUN"}
	for i, v := range values {
		name := given + string(rune('a'+i))
		child.vars[name] = v
		c.Args = append(c.Args, formula.Arg{Value: formula.Name(name)})
	}
	c.Args = append(c.Args, more...)
	if g, ok := f.(Callable); ok {
		return g.Call(child, c)
	}
	if n, ok := f.(Quoted); ok {
		if name, ok := n.Expr.(formula.Name); ok {
			c.Fun = string(name)
			return child.Call(c)
		}
	}
	return nil, fault.New(fault.Invalid, "plan.not_function", "what", "FUN")
}

// function evaluates an argument that must be a function, or the name of one.
func (a *Args) function(name string) (Value, error) {
	e := a.Expr(name)
	if n, ok := e.(formula.Name); ok {
		if v, ok := a.Session.vars[string(n)].(Callable); ok {
			return v, nil
		}
		return Quoted{n}, nil
	}
	v, err := a.Need(name)
	if err != nil {
		return nil, err
	}
	if _, ok := v.(Callable); !ok {
		return nil, a.Misfit(name)
	}
	return v, nil
}

func choose(s *Session, a *Args) (Value, error) {
	yes, err := a.Bool("test", false)
	if err != nil {
		return nil, err
	}
	if !a.Has("test") {
		return nil, a.Misfit("test")
	}
	if yes {
		return a.Value("yes")
	}
	return a.Value("no")
}

func giveBack(s *Session, a *Args) (Value, error) {
	v, err := a.Value("value")
	if err == nil && s.depth == 0 {
		err = fault.New(fault.Invalid, "formula.unknown_function", "function", "return")
	} else if err == nil {
		err = returned{v}
	}
	return nil, err
}

// with evaluates an expression with the columns of a table as variables.
func with(s *Session, a *Args) (Value, error) {
	v, err := a.Need("data")
	if err != nil {
		return nil, err
	}
	f, ok := v.(*frame.Frame)
	if !ok {
		return nil, a.Misfit("data")
	}
	if a.Expr("expr") == nil {
		return nil, a.Misfit("expr")
	}
	child, err := s.child(s, "with")
	if err != nil {
		return nil, err
	}
	for _, name := range f.Names() {
		c, err := f.Col(name)
		if err != nil {
			return nil, err
		}
		child.vars[name] = VectorOf(c)
	}
	return child.Eval(a.Given["expr"])
}

// applied is sapply and vapply over the elements of a vector.
func applied(s *Session, a *Args) (Value, error) {
	v, err := a.Need("X")
	if err != nil {
		return nil, err
	}
	x, ok := v.(*Vector)
	if !ok {
		return nil, a.Misfit("X")
	}
	f, err := a.function("FUN")
	if err != nil {
		return nil, err
	}
	var each []Value
	for i := range x.Len() {
		one := x.Take([]int{i})
		one.Names = nil
		v, err := s.Apply(f, []Value{one}, a.Rest)
		if err != nil {
			return nil, err
		}
		each = append(each, v)
	}
	names := x.Names
	if x.Kind == Text && names == nil {
		names = x.Str
	}
	return a.joined(each, names)
}

// groupwise is tapply: a function of the values of each group.
func groupwise(s *Session, a *Args) (Value, error) {
	x, err := a.Need("X")
	if err != nil {
		return nil, err
	}
	by, err := a.Need("INDEX")
	if err != nil {
		return nil, err
	}
	values, ok := x.(*Vector)
	index, ok2 := by.(*Vector)
	if !ok || !ok2 || values.Len() != index.Len() {
		return nil, a.Misfit("INDEX")
	}
	f, err := a.function("FUN")
	if err != nil {
		return nil, err
	}
	g := index.AsColumn().AsFactor()
	rows := make([][]int, len(g.Levels))
	for i, k := range g.Code {
		if k >= 0 {
			rows[k] = append(rows[k], i)
		}
	}
	var each []Value
	for _, r := range rows {
		v, err := s.Apply(f, []Value{values.Take(r)}, a.Rest)
		if err != nil {
			return nil, err
		}
		each = append(each, v)
	}
	return a.joined(each, g.Levels)
}

// joined makes a vector of single numbers, with names.
func (a *Args) joined(each []Value, names []string) (Value, error) {
	out := &Vector{Names: names}
	for _, v := range each {
		if o, ok := v.(Outcomer); ok {
			v = Coefficients(o)
		}
		x, ok := v.(*Vector)
		if !ok || x.Kind == Text || x.Len() != 1 {
			return nil, a.Misfit("FUN")
		}
		out.Num = append(out.Num, x.Num[0])
	}
	return out, nil
}
