package xpath

import (
	"math"
	"strings"
)

var sets = map[string]*function{
	"count": {1, 1, "count(path)", func(s scope, c call) value { return float64(len(s.set(c, 0))) }, false, false},
	"count-non-empty": {1, 1, "count-non-empty(path)", func(s scope, c call) value {
		n := 0.0
		for _, one := range s.set(c, 0) {
			if one.Value() != "" {
				n++
			}
		}
		return n
	}, false, false},
	"position": {0, 1, "position(..)", func(s scope, c call) value {
		if len(c.args) == 0 {
			return float64(s.pos)
		}
		if set := s.set(c, 0); len(set) > 0 {
			return float64(set[0].Position())
		}
		return math.NaN()
	}, false, false},
	"last":    {0, 0, "last()", func(s scope, _ call) value { return float64(s.size) }, false, false},
	"current": {0, 0, "current()", func(s scope, _ call) value { return []*Node{s.origin} }, false, false},
	"instance": {1, 1, "instance('list')", func(s scope, c call) value {
		if s.env.Instance == nil {
			return []*Node(nil)
		}
		if doc := s.env.Instance(s.text(c, 0)); doc != nil {
			return []*Node{doc}
		}
		return varies("instance")(s, c) // a file that is not here
	}, false, false},
	"pulldata":       {4, 4, "pulldata(file, column, key column, key)", pulldata, false, false},
	"indexed-repeat": {3, 7, "indexed-repeat(question, repeat, index)", indexedRepeat, false, false},
	"randomize":      {1, 2, "randomize(path, seed)", func(s scope, c call) value { return s.arg(c, 0) }, false, false},
	"name": {0, 1, "name(path)", func(s scope, c call) value {
		at := []*Node{s.at}
		if len(c.args) > 0 {
			at = s.set(c, 0)
		}
		if len(at) == 0 {
			return ""
		}
		return at[0].Name
	}, false, false},
}

// pulldata looks up the first row of a file whose key is the one that is asked for; "" where there
// is none, as clients do.
func pulldata(s scope, c call) value {
	var doc *Node
	if s.env.Instance != nil {
		doc = s.env.Instance(s.text(c, 0))
	}
	if doc == nil || len(doc.Children) == 0 { // a file that is not here
		return varies("pulldata")(s, c)
	}
	column, by, key := s.text(c, 1), s.text(c, 2), s.text(c, 3)
	for _, row := range doc.Children[0].Children {
		if k := row.Child(by); k != nil && k.Value() == key {
			if v := row.Child(column); v != nil {
				return v.Value()
			}
			return ""
		}
	}
	return ""
}

var choices = map[string]*function{
	"selected": {2, 2, "selected(question, 'choice')", func(s scope, c call) value {
		want := strings.TrimSpace(s.text(c, 1))
		for _, one := range strings.Fields(s.text(c, 0)) {
			if one == want {
				return true
			}
		}
		return false
	}, false, false},
	"selected-at": {2, 2, "selected-at(question, place from 0)", func(s scope, c call) value {
		all, at := strings.Fields(s.text(c, 0)), s.number(c, 1)
		if at < 0 || at >= float64(len(all)) || math.IsNaN(at) {
			return ""
		}
		return all[int(at)]
	}, false, false},
	"count-selected": {1, 1, "count-selected(question)", func(s scope, c call) value {
		return float64(len(strings.Fields(s.text(c, 0))))
	}, false, false},
	"jr:choice-name": {2, 2, "jr:choice-name(value, 'question')", func(s scope, c call) value {
		if s.env.ChoiceName == nil {
			return ""
		}
		return s.env.ChoiceName(s.text(c, 0), s.text(c, 1), s.origin)
	}, false, true}, // by the language that was shown
}

// indexedRepeat gives the answer to a question in the repeat of that index; up to three
// repeats in one another.
func indexedRepeat(s scope, c call) value {
	target := s.everywhere(c, 0)
	for i := 1; i+1 < len(c.args); i += 2 {
		want := s.number(c, i+1)
		var in []*Node
		for _, r := range s.everywhere(c, i) {
			if float64(r.Position()) == want {
				in = append(in, r)
			}
		}
		var kept []*Node
		for _, t := range target {
			for p := t.Parent; p != nil; p = p.Parent {
				if contains(in, p) {
					kept = append(kept, t)
					break
				}
			}
		}
		target = kept
	}
	return target
}

// everywhere gives all nodes of an argument of indexed-repeat, which speaks of repeats in
// which the expression may stand itself.
func (s scope) everywhere(c call, i int) []*Node {
	p, ok := c.args[i].(path)
	if !ok || !p.absolute {
		return s.set(c, i)
	}
	env := *s.env
	if env.Document == nil {
		env.Document = s.origin.document()
	}
	set, _ := scope{env: &env, at: s.at}.path(p).([]*Node)
	return set
}
