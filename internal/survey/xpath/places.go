package xpath

import "slices"

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
}

// Places gives the plain paths of the expression, in order: what a ${name} becomes for a client.
func (e *Expr) Places() []Place {
	var out []Place
	e.each(func(n node, at spot) bool {
		in := Place{Predicate: at.predicate, Indexed: at.indexed}
		switch n := n.(type) {
		case call:
			if n.name == "jr:choice-name" && len(n.args) == 2 {
				out = append(out, quotedPlace(n.args[1], in)...)
			}
		case path:
			p, ok := plainPath(n, in)
			if ok {
				out = append(out, p)
			}
			return ok
		}
		return false
	})
	slices.SortFunc(out, func(a, b Place) int { return a.From - b.From })
	return out
}

// quotedPlace is the path inside of a text.
func quotedPlace(n node, in Place) []Place {
	t, ok := n.(str)
	if !ok {
		return nil
	}
	inner, err := Parse(t.value)
	if err != nil {
		return nil
	}
	out := inner.Places()
	if len(out) != 1 {
		return nil
	}
	p := out[0]
	p.From, p.To, p.Predicate, p.Indexed = t.from+1, t.to-1, in.Predicate, in.Indexed
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
	e.each(func(n node, at spot) bool {
		p, ok := n.(path)
		if !ok || at.predicate || p.base != nil || p.absolute || len(p.steps) < 2 || p.steps[0].axis != "self" {
			return false
		}
		rest := p
		rest.steps = p.steps[1:]
		if place, ok := plainPath(rest, Place{Indexed: -1}); ok && place.Up == 0 {
			out = append(out, place)
		}
		return false
	})
	return out
}
