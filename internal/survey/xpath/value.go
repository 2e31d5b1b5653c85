package xpath

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// A value is a bool, float64, string or []*Node.
type value any

// String is the value as text. A number that is none is "", as clients write it.
func toString(v value) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		switch {
		case math.IsNaN(v):
			return ""
		case v == 0: // also -0
			return "0"
		case math.IsInf(v, 1):
			return "Infinity"
		case math.IsInf(v, -1):
			return "-Infinity"
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []*Node:
		if len(v) > 0 {
			return v[0].Value()
		}
	}
	return ""
}

// toNumber is the value as a number, not a number where it is none. A date counts as days
// since 1970-01-01, a moment as days with their fraction.
func toNumber(v value) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case bool:
		if v {
			return 1
		}
		return 0
	}
	s := strings.TrimSpace(toString(v))
	if s == "" {
		return math.NaN()
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && plain(s) {
		return f
	}
	if t, date, ok := moment(s, time.UTC); ok {
		if date {
			return float64(t.Unix() / 86400)
		}
		return float64(t.UnixMilli()) / 86_400_000
	}
	return math.NaN()
}

// plain keeps out what Go takes for a number and XPath does not: 0x1p4, inf, 1_000.
func plain(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789+-.eE", r) }) < 0
}

func toBool(v value) bool {
	switch v := v.(type) {
	case bool:
		return v
	case float64:
		return v != 0 && !math.IsNaN(v)
	case string:
		return v != ""
	case []*Node:
		return len(v) > 0
	}
	return false
}

// moment reads a date or a date with a time; a time without a zone is in loc.
func moment(s string, loc *time.Location) (t time.Time, date, ok bool) {
	if len(s) < 10 || s[4] != '-' {
		return t, false, false
	}
	if len(s) == 10 {
		t, err := time.Parse(time.DateOnly, s)
		return t, true, err == nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999Z07", "2006-01-02T15:04Z07:00",
		"2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04:05.999999999"} {
		if t, err := time.ParseInLocation(layout, s, loc); err == nil {
			return t, false, true
		}
	}
	return t, false, false
}

// equal compares as XPath 1.0 does, two sets by whether a pair of their nodes agrees.
func equal(l, r value) bool {
	ln, lset := l.([]*Node)
	rn, rset := r.([]*Node)
	switch {
	case isBool(l) || isBool(r):
		return toBool(l) == toBool(r)
	case lset && rset:
		for _, a := range ln {
			for _, b := range rn {
				if same(a.Value(), b.Value()) {
					return true
				}
			}
		}
		return len(ln) == 0 && len(rn) == 0
	case lset:
		return anyOf(ln, r)
	case rset:
		return anyOf(rn, l)
	}
	return same(l, r)
}

func isBool(v value) bool { _, ok := v.(bool); return ok }

// anyOf compares a set with a plain value. A question without an answer equals ”: clients
// hand out "" for it, also where its element is missing.
func anyOf(set []*Node, v value) bool {
	if len(set) == 0 {
		return same("", v)
	}
	for _, n := range set {
		if same(n.Value(), v) {
			return true
		}
	}
	return false
}

// same compares two plain values: as numbers when one is a number, otherwise as text.
func same(l, r value) bool {
	_, ln := l.(float64)
	_, rn := r.(float64)
	if ln || rn {
		return toNumber(l) == toNumber(r)
	}
	return toString(l) == toString(r)
}

// less compares two values by op, as numbers (a date is one).
func less(op string, l, r value) bool {
	a, b := toNumber(l), toNumber(r)
	switch op {
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	}
	return a >= b
}
