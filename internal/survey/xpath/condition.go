package xpath

import "strconv"

// Condition is an expression that people can be told: comparisons of questions with values,
// joined by and, or, not.
type Condition struct {
	Op    string      // and, or, not, =, !=, <, <=, >, >=, includes, answered, unanswered
	Parts []Condition // of and, or, not

	Question string // of the rest: the name of the question
	Value    string
}

// Condition gives the expression as one; ok is false where it says more than that.
func (e *Expr) Condition() (c Condition, ok bool) { return condition(e.root) }

// mirrored are the comparisons with their sides changed.
var mirrored = map[string]string{"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

func condition(n node) (Condition, bool) {
	switch n := n.(type) {
	case binary:
		if n.op == "and" || n.op == "or" {
			return both(n)
		}
		if mirrored[n.op] == "" {
			return Condition{}, false
		}
		if r, ok := n.l.(ref); ok && !r.saved {
			return compared(r, n.op, n.r)
		}
		if r, ok := n.r.(ref); ok && !r.saved {
			return compared(r, mirrored[n.op], n.l)
		}
	case call:
		return called(n)
	}
	return Condition{}, false
}

// both joins two conditions; those of the same word stand in one row.
func both(n binary) (Condition, bool) {
	out := Condition{Op: n.op}
	for _, side := range []node{n.l, n.r} {
		c, ok := condition(side)
		if !ok {
			return out, false
		}
		if c.Op == n.op {
			out.Parts = append(out.Parts, c.Parts...)
		} else {
			out.Parts = append(out.Parts, c)
		}
	}
	return out, true
}

func compared(r ref, op string, with node) (Condition, bool) {
	c := Condition{Op: op, Question: r.name}
	switch v := with.(type) {
	case str:
		c.Value = v.value
	case num:
		c.Value = strconv.FormatFloat(v.value, 'f', -1, 64)
	default:
		return c, false
	}
	if c.Value == "" {
		c.Op = map[string]string{"=": "unanswered", "!=": "answered"}[op]
	}
	return c, c.Op != ""
}

func called(n call) (Condition, bool) {
	switch {
	case n.name == "not" && len(n.args) == 1:
		c, ok := condition(n.args[0])
		return Condition{Op: "not", Parts: []Condition{c}}, ok
	case n.name == "selected" && len(n.args) == 2:
		r, is := n.args[0].(ref)
		v, text := n.args[1].(str)
		return Condition{Op: "includes", Question: r.name, Value: v.value}, is && text && !r.saved
	}
	return Condition{}, false
}
