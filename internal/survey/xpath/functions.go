package xpath

import (
	"maps"
	"math"
	"slices"

	"quipu/internal/distance"
)

// function is one that expressions may call.
type function struct {
	least, most int    // arguments; most is -1 where there is no bound
	usage       string // for a person who gave too few
	run         func(scope, call) value
	server      bool // the server cannot reckon it
	varying     bool // it gives something else each time
}

var functions = table(logic, texts, numbers, dates, sets, choices)

func table(groups ...map[string]*function) map[string]*function {
	out := map[string]*function{}
	for _, g := range groups {
		maps.Copy(out, g)
	}
	for name, usage := range elsewhere {
		out[name] = &function{least: 0, most: -1, usage: usage, server: true, run: varies(name)}
	}
	return out
}

// elsewhere are functions of clients that the server does not know: they look into files of
// the client, into its device, or give something else each time.
var elsewhere = map[string]string{
	"search": "search(file)", "area": "area(geoshape)", "distance": "distance(geotrace)",
	"digest": "digest(text, algorithm)", "property": "property(name)", "extract-signed": "extract-signed(text, key)",
	"jr:itext": "jr:itext(id)", "base64-decode": "base64-decode(text)", "intersects": "intersects(geotrace)", "here": "here()",
}

// Supported reports whether the server can reckon the expression; if not, name is the first
// function that it does not know.
func (e *Expr) Supported() (name string, ok bool) {
	for _, c := range e.Calls() {
		if functions[c.Name].server {
			return c.Name, false
		}
	}
	return "", true
}

// Varying reports whether the expression gives something else each time or at another time, so
// that what a client reckoned cannot be reckoned again.
func (e *Expr) Varying() bool {
	return slices.ContainsFunc(e.Calls(), func(c Call) bool { return functions[c.Name].varying })
}

// Nearest is the word among those known that is most like the given one, "" among none.
func Nearest(word string, known []string) string {
	best, least := "", math.MaxInt
	for _, k := range known {
		if d := distance.OSA(word[:min(len(word), 64)], k); d < least {
			best, least = k, d
		}
	}
	return best
}

// arg reckons the argument i; "" where it is missing.
func (s scope) arg(c call, i int) value {
	if i >= len(c.args) {
		return ""
	}
	return s.eval(c.args[i])
}

func (s scope) text(c call, i int) string    { return toString(s.arg(c, i)) }
func (s scope) number(c call, i int) float64 { return toNumber(s.arg(c, i)) }

func (s scope) set(c call, i int) []*Node {
	set, _ := s.arg(c, i).([]*Node)
	return set
}

// all gives the values of all arguments, a set as many.
func (s scope) all(c call, from int) []value {
	var out []value
	for i := from; i < len(c.args); i++ {
		v := s.arg(c, i)
		set, ok := v.([]*Node)
		if !ok {
			out = append(out, v)
		}
		for _, n := range set {
			out = append(out, n.Value())
		}
	}
	return out
}

var logic = map[string]*function{
	"true":  {0, 0, "true()", func(scope, call) value { return true }, false, false},
	"false": {0, 0, "false()", func(scope, call) value { return false }, false, false},
	"not":   {1, 1, "not(expression)", func(s scope, c call) value { return !toBool(s.arg(c, 0)) }, false, false},
	"boolean": {1, 1, "boolean(expression)", func(s scope, c call) value {
		return toBool(s.arg(c, 0))
	}, false, false},
	"boolean-from-string": {1, 1, "boolean-from-string(text)", func(s scope, c call) value {
		t := s.text(c, 0)
		return t == "true" || t == "1"
	}, false, false},
	"if": {3, 3, "if(condition, then, else)", func(s scope, c call) value {
		if toBool(s.arg(c, 0)) {
			return s.arg(c, 1)
		}
		return s.arg(c, 2)
	}, false, false},
	"coalesce": {1, -1, "coalesce(first, second)", func(s scope, c call) value {
		for i := range c.args {
			if t := s.text(c, i); t != "" {
				return t
			}
		}
		return ""
	}, false, false},
	"once": {1, 1, "once(expression)", func(s scope, c call) value {
		if now := s.at.Value(); now != "" {
			return now
		}
		return s.arg(c, 0)
	}, false, true},
	"checklist": {2, -1, "checklist(least, most, condition, ...)", func(s scope, c call) value {
		n := 0.0
		for i := 2; i < len(c.args); i++ {
			if toBool(s.arg(c, i)) {
				n++
			}
		}
		return within(n, s.number(c, 0), s.number(c, 1))
	}, false, false},
	"weighted-checklist": {2, -1, "weighted-checklist(least, most, condition, weight, ...)", func(s scope, c call) value {
		n := 0.0
		for i := 2; i+1 < len(c.args); i += 2 {
			if toBool(s.arg(c, i)) {
				n += s.number(c, i+1)
			}
		}
		return within(n, s.number(c, 0), s.number(c, 1))
	}, false, false},
}

// within reports whether n lies between the bounds; -1 is no bound.
func within(n, least, most float64) bool {
	return (least == -1 || n >= least) && (most == -1 || n <= most)
}
