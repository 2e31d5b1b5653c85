package xpath

import (
	"math"
	"time"

	"quipu/internal/fault"
)

// Env is what expressions see besides the node at which they stand.
type Env struct {
	Now        time.Time                                     // of the interview, in its zone
	Document   *Node                                         // the node above the root element; found from the node when nil
	Instance   func(id string) *Node                         // the document of a secondary instance, nil where there is none
	Ref        func(r Ref, from *Node) []*Node               // the nodes that ${name} means at a node; an error where nil
	ChoiceName func(value, question string, at *Node) string // the label of a choice
}

// scope is where a part of an expression is reckoned.
type scope struct {
	env    *Env
	at     *Node // .
	origin *Node // current()
	pos    int   // position(), from 1
	size   int   // last()
}

// failure carries an error out of the depth of an expression.
type failure struct{ err *fault.Error }

// value reckons an expression at a node.
func (e *Expr) value(env *Env, at *Node) (value, error) { return e.from(env, at, at) }

// from reckons an expression at a node for another, which current() gives.
func (e *Expr) from(env *Env, at, origin *Node) (v value, err error) {
	defer func() {
		switch f := recover().(type) {
		case nil:
		case failure:
			err = f.err
		default:
			panic(f)
		}
	}()
	return scope{env: env, at: at, origin: origin, pos: 1, size: 1}.eval(e.root), nil
}

// String reckons an expression as text; a number that is none is "".
func (e *Expr) String(env *Env, at *Node) (string, error) {
	v, err := e.value(env, at)
	return toString(v), err
}

// Bool reckons an expression as true or false.
func (e *Expr) Bool(env *Env, at *Node) (bool, error) {
	v, err := e.value(env, at)
	return toBool(v), err
}

// Number reckons an expression as a number; NaN where it is none.
func (e *Expr) Number(env *Env, at *Node) (float64, error) {
	v, err := e.value(env, at)
	return toNumber(v), err
}

// Nodes gives the nodes of a path, nil for another expression.
func (e *Expr) Nodes(env *Env, at *Node) ([]*Node, error) {
	v, err := e.value(env, at)
	set, _ := v.([]*Node)
	return set, err
}

func (s scope) eval(n node) value {
	switch n := n.(type) {
	case num:
		return n.value
	case str:
		return n.value
	case neg:
		return -toNumber(s.eval(n.x))
	case binary:
		return s.binary(n)
	case call:
		return n.fn.run(s, n)
	case path:
		return s.path(n)
	case filter:
		set, _ := s.eval(n.x).([]*Node)
		return s.keep(set, n.preds)
	case ref:
		if s.env.Ref == nil {
			panic(failure{fault.New(fault.Invalid, "xpath.no_ref", "name", n.name)})
		}
		return seen(s.env.Ref(Ref{Name: n.name, LastSaved: n.saved, From: n.from, To: n.to}, s.at))
	}
	return nil
}

func (s scope) binary(n binary) value {
	switch n.op {
	case "or":
		return toBool(s.eval(n.l)) || toBool(s.eval(n.r))
	case "and":
		return toBool(s.eval(n.l)) && toBool(s.eval(n.r))
	}
	l, r := s.eval(n.l), s.eval(n.r)
	switch n.op {
	case "=":
		return equal(l, r)
	case "!=":
		return !equal(l, r)
	case "<", "<=", ">", ">=":
		return less(n.op, l, r)
	case "|":
		a, _ := l.([]*Node)
		b, _ := r.([]*Node)
		return append(append([]*Node(nil), a...), b...)
	}
	a, b := toNumber(l), toNumber(r)
	switch n.op {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	case "div":
		return a / b
	}
	return math.Mod(a, b)
}

// seen leaves out what is not relevant.
func seen(set []*Node) []*Node {
	var out []*Node
	for _, n := range set {
		if !n.Hidden() {
			out = append(out, n)
		}
	}
	return out
}

// BoolFrom reckons a choice filter: "." is a choice, current() the question.
func (e *Expr) BoolFrom(env *Env, choice, question *Node) (ok bool, err error) {
	v, err := e.from(env, choice, question)
	return toBool(v), err
}
