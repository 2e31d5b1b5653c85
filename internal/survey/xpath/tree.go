package xpath

import "strings"

// Expr is an expression that was read.
type Expr struct {
	Source string
	root   node
}

// node is a part of an expression.
type node interface{ span() (from, to int) }

type at struct{ from, to int }

func (a at) span() (int, int) { return a.from, a.to }

type num struct {
	at
	value float64
}

type str struct {
	at
	value string
}

// ref is ${name}.
type ref struct {
	at
	name  string
	saved bool // ${last-saved#name}
}

type call struct {
	at
	name string
	fn   *function
	args []node
}

type binary struct {
	at
	op   string
	l, r node
}

type neg struct {
	at
	x node
}

// path walks from base, from the root of the document, or from where it stands.
type path struct {
	at
	base     node // nil when the path stands alone
	absolute bool
	steps    []step
}

// step is one step of a path.
type step struct {
	axis  string // child, parent, self, attribute, ancestor, descendant ...
	name  string // "*" for any, "node()" for any node
	preds []node
}

// filter keeps the nodes of x for which all predicates hold.
type filter struct {
	at
	x     node
	preds []node
}

// visit calls do with every part, a whole before its parts, and with whether it stands in a
// predicate.
func visit(n node, inside bool, do func(n node, inPredicate bool)) {
	if n == nil {
		return
	}
	do(n, inside)
	switch n := n.(type) {
	case call:
		for _, a := range n.args {
			visit(a, inside, do)
		}
	case binary:
		visit(n.l, inside, do)
		visit(n.r, inside, do)
	case neg:
		visit(n.x, inside, do)
	case path:
		visit(n.base, inside, do)
		for _, s := range n.steps {
			for _, p := range s.preds {
				visit(p, true, do)
			}
		}
	case filter:
		visit(n.x, inside, do)
		for _, p := range n.preds {
			visit(p, true, do)
		}
	}
}

// Ref is a ${name} in an expression, also in a text of it.
type Ref struct {
	Name      string
	LastSaved bool
	From, To  int  // bytes of the source
	Predicate bool // it stands in a predicate
	Instance  bool // ... of a secondary instance
	Indexed   int  // which argument of indexed-repeat() it is, from 0; -1 outside of one
}

// Refs gives the references to questions, in order.
func (e *Expr) Refs() []Ref {
	var out []Ref
	var walk func(n node, r Ref)
	walk = func(n node, r Ref) {
		switch n := n.(type) {
		case ref:
			r.Name, r.LastSaved, r.From, r.To = n.name, n.saved, n.from, n.to
			out = append(out, r)
		case str:
			out = append(out, e.quoted(n, r)...)
		case call:
			for i, a := range n.args {
				in := r
				if n.name == "indexed-repeat" {
					in.Indexed = i
				}
				walk(a, in)
			}
		case binary:
			walk(n.l, r)
			walk(n.r, r)
		case neg:
			walk(n.x, r)
		case path:
			if n.base != nil {
				walk(n.base, r)
			}
			in := r
			in.Predicate, in.Instance = true, in.Instance || secondary(n.base)
			for _, s := range n.steps {
				for _, p := range s.preds {
					walk(p, in)
				}
			}
		case filter:
			walk(n.x, r)
			in := r
			in.Predicate, in.Instance = true, in.Instance || secondary(n.x)
			for _, p := range n.preds {
				walk(p, in)
			}
		}
	}
	if e != nil && e.root != nil {
		walk(e.root, Ref{Indexed: -1})
	}
	return out
}

// quoted gives the references inside of a text: jr:choice-name takes the path of a question so.
func (e *Expr) quoted(n str, r Ref) []Ref {
	var out []Ref
	for i := n.from; i < n.to; i++ {
		rest := e.Source[i:n.to]
		if !strings.HasPrefix(rest, "${") {
			continue
		}
		end := strings.IndexByte(rest, '}')
		if end < 0 {
			break
		}
		name, saved := strings.CutPrefix(rest[2:end], lastSaved)
		if nameLen(name) == len(name) && name != "" {
			r.Name, r.LastSaved, r.From, r.To = name, saved, i, i+end+1
			out = append(out, r)
		}
	}
	return out
}

// secondary reports whether n begins in a secondary instance.
func secondary(n node) bool {
	switch n := n.(type) {
	case call:
		return n.name == "instance"
	case path:
		return secondary(n.base)
	case filter:
		return secondary(n.x)
	}
	return false
}

// Call is a function called in an expression, with what is said of its arguments.
type Call struct {
	Name string
	Text []string // of its arguments that are literals, "" for others
	From int      // byte of the source
}

// Calls gives the functions that are called, in order.
func (e *Expr) Calls() []Call {
	var out []Call
	if e == nil || e.root == nil {
		return nil
	}
	visit(e.root, false, func(n node, _ bool) {
		c, ok := n.(call)
		if !ok {
			return
		}
		one := Call{Name: c.name, From: c.from}
		for _, a := range c.args {
			text := ""
			if s, ok := a.(str); ok {
				text = s.value
			}
			one.Text = append(one.Text, text)
		}
		out = append(out, one)
	})
	return out
}

// Names gives the elements that the expression names beside itself, outside of predicates:
// in a choice filter, the columns of the list.
func (e *Expr) Names() []string {
	var out []string
	visit(e.root, false, func(n node, inside bool) {
		p, ok := n.(path)
		if !ok || inside || p.base != nil || p.absolute {
			return
		}
		if s := p.steps[0]; s.axis == "child" && s.name != "*" && s.name != "node()" {
			out = append(out, s.name)
		}
	})
	return out
}

// Place is a plain path in an expression: only names and "..".
type Place struct {
	From, To  int // bytes of the source
	Absolute  bool
	Current   bool // from current()
	LastSaved bool // in the answers that were saved last
	Up        int  // steps up
	Names     []string
	Predicate bool
	Indexed   int // which argument of indexed-repeat() it is, from 0; -1 outside of one
	Quoted    bool
}

// Places gives the plain paths of the expression: what a ${name} becomes for a client.
func (e *Expr) Places() []Place {
	var out []Place
	var walk func(n node, in Place)
	walk = func(n node, in Place) {
		switch n := n.(type) {
		case call:
			for i, a := range n.args {
				if t, ok := a.(str); ok && n.name == "jr:choice-name" && i == 1 {
					out = append(out, e.quotedPlace(t, in)...)
				}
				inside := in
				if n.name == "indexed-repeat" {
					inside.Indexed = i
				}
				walk(a, inside)
			}
		case binary:
			walk(n.l, in)
			walk(n.r, in)
		case neg:
			walk(n.x, in)
		case path:
			if p, ok := plainPath(n, in); ok {
				out = append(out, p)
				return
			}
			if n.base != nil {
				walk(n.base, in)
			}
			inside := in
			inside.Predicate = true
			for _, s := range n.steps {
				for _, p := range s.preds {
					walk(p, inside)
				}
			}
		case filter:
			walk(n.x, in)
			inside := in
			inside.Predicate = true
			for _, p := range n.preds {
				walk(p, inside)
			}
		}
	}
	if e != nil && e.root != nil {
		walk(e.root, Place{Indexed: -1})
	}
	return out
}

// quotedPlace is the path inside of a text.
func (e *Expr) quotedPlace(t str, in Place) []Place {
	inner, err := Parse(t.value)
	if err != nil {
		return nil
	}
	out := inner.Places()
	if len(out) != 1 {
		return nil
	}
	p := out[0]
	p.From, p.To, p.Quoted, p.Predicate, p.Indexed = t.from+1, t.to-1, true, in.Predicate, in.Indexed
	return []Place{p}
}

// plainPath reports whether a path has only names and "..", in that order from its end.
func plainPath(n path, in Place) (Place, bool) {
	p := in
	p.From, p.To, p.Absolute = n.from, n.to, n.absolute
	if c, ok := n.base.(call); ok {
		switch {
		case c.name == "current":
			p.Current = true
		case c.name == "instance" && len(c.args) == 1:
			id, _ := c.args[0].(str)
			p.LastSaved = id.value == "__last-saved"
			if !p.LastSaved {
				return p, false
			}
		default:
			return p, false
		}
	} else if n.base != nil {
		return p, false
	}
	for _, s := range n.steps {
		switch {
		case len(s.preds) > 0:
			return p, false
		case s.axis == "parent" && s.name == "node()" && len(p.Names) == 0:
			p.Up++
		case s.axis == "child" && s.name != "*" && s.name != "node()":
			p.Names = append(p.Names, s.name)
		default:
			return p, false
		}
	}
	return p, len(p.Names) > 0
}

// SelfPlaces gives the paths that begin with ".": in a filter of the answers of a repeat, what
// is asked of each instance.
func (e *Expr) SelfPlaces() []Place {
	var out []Place
	visit(e.root, false, func(n node, inside bool) {
		p, ok := n.(path)
		if !ok || inside || p.base != nil || p.absolute || len(p.steps) < 2 || p.steps[0].axis != "self" {
			return
		}
		rest := p
		rest.steps = p.steps[1:]
		if place, ok := plainPath(rest, Place{Indexed: -1}); ok && place.Up == 0 {
			out = append(out, place)
		}
	})
	return out
}
