package xpath

import "strings"

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
	e.each(func(n node, at spot) bool {
		r := Ref{Predicate: at.predicate, Instance: at.instance, Indexed: at.indexed}
		switch n := n.(type) {
		case ref:
			r.Name, r.LastSaved, r.From, r.To = n.name, n.saved, n.from, n.to
			out = append(out, r)
		case str:
			out = append(out, e.quoted(n, r)...)
		}
		return false
	})
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

// Call is a function called in an expression, with what is said of its arguments.
type Call struct {
	Name string
	Text []string // of its arguments that are literals, "" for others
	From int      // byte of the source
}

// Calls gives the functions that are called, in order.
func (e *Expr) Calls() []Call {
	var out []Call
	e.each(func(n node, _ spot) bool {
		c, ok := n.(call)
		if !ok {
			return false
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
		return false
	})
	return out
}

// Names gives the elements that the expression names beside itself, outside of predicates:
// in a choice filter, the columns of the list.
func (e *Expr) Names() []string {
	var out []string
	e.each(func(n node, at spot) bool {
		p, ok := n.(path)
		if !ok || at.predicate || p.base != nil || p.absolute {
			return false
		}
		if s := p.steps[0]; s.axis == "child" && s.name != "*" && s.name != "node()" {
			out = append(out, s.name)
		}
		return false
	})
	return out
}
