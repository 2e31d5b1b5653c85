package doc

import "strings"

// span is a run of characters of one line, [from, to).
type span struct{ line, from, to int }

func (s span) of(lines []string) string {
	if s.to == 0 {
		return ""
	}
	return lines[s.line][s.from:s.to]
}

func (s span) width() int { return s.to - s.from }

// layout says where the fields of a format stand (ICAO Doc 9303 parts 4 to 6); a zero
// span is a field that the format lacks.
type layout struct {
	name         string
	lines, width int

	code, issuer, number, numberCheck, nationality span
	birth, birthCheck, sex, expiry, expiryCheck    span
	optional, optionalCheck, optional2, names      span
	composite                                      span
	composed                                       []span // what the composite check digit covers
	overflow                                       bool   // long numbers run over into the optional data
}

var layouts = []layout{
	{
		name: "TD1", lines: 3, width: 30, overflow: true,
		code: span{0, 0, 2}, issuer: span{0, 2, 5}, number: span{0, 5, 14}, numberCheck: span{0, 14, 15},
		optional: span{0, 15, 30},
		birth:    span{1, 0, 6}, birthCheck: span{1, 6, 7}, sex: span{1, 7, 8},
		expiry: span{1, 8, 14}, expiryCheck: span{1, 14, 15}, nationality: span{1, 15, 18},
		optional2: span{1, 18, 29}, composite: span{1, 29, 30}, names: span{2, 0, 30},
		composed: []span{{0, 5, 30}, {1, 0, 7}, {1, 8, 15}, {1, 18, 29}},
	},
	{
		name: "TD2", lines: 2, width: 36, overflow: true,
		code: span{0, 0, 2}, issuer: span{0, 2, 5}, names: span{0, 5, 36},
		number: span{1, 0, 9}, numberCheck: span{1, 9, 10}, nationality: span{1, 10, 13},
		birth: span{1, 13, 19}, birthCheck: span{1, 19, 20}, sex: span{1, 20, 21},
		expiry: span{1, 21, 27}, expiryCheck: span{1, 27, 28},
		optional: span{1, 28, 35}, composite: span{1, 35, 36},
		composed: []span{{1, 0, 10}, {1, 13, 20}, {1, 21, 35}},
	},
	{
		name: "TD3", lines: 2, width: 44,
		code: span{0, 0, 2}, issuer: span{0, 2, 5}, names: span{0, 5, 44},
		number: span{1, 0, 9}, numberCheck: span{1, 9, 10}, nationality: span{1, 10, 13},
		birth: span{1, 13, 19}, birthCheck: span{1, 19, 20}, sex: span{1, 20, 21},
		expiry: span{1, 21, 27}, expiryCheck: span{1, 27, 28},
		optional: span{1, 28, 42}, optionalCheck: span{1, 42, 43}, composite: span{1, 43, 44},
		composed: []span{{1, 0, 10}, {1, 13, 20}, {1, 21, 43}},
	},
}

// readNumber returns the document number, the optional data left, and the number's check
// digit. A number of more than nine characters has "<" in the place of its check digit
// and goes on in the optional data, its check digit after it and then a "<".
func (l layout) readNumber(lines []string) (number, optional string, check byte) {
	number, optional = l.number.of(lines), l.optional.of(lines)
	check = l.numberCheck.of(lines)[0]
	if !l.overflow || check != '<' || strings.Contains(number, "<") {
		return number, optional, check
	}
	rest, after, _ := strings.Cut(optional, "<")
	if len(rest) < 2 {
		return number, optional, check
	}
	last := len(rest) - 1
	return number + rest[:last], after, rest[last]
}

// checks verifies every check digit of the format.
func (l layout) checks(lines []string, number string, numberCheck byte) []Check {
	out := []Check{newCheck("number", number, numberCheck)}
	add := func(field, text string, at span) {
		if at.to > 0 {
			out = append(out, newCheck(field, text, at.of(lines)[0]))
		}
	}
	add("birth", l.birth.of(lines), l.birthCheck)
	add("expiry", l.expiry.of(lines), l.expiryCheck)
	add("optional", l.optional.of(lines), l.optionalCheck)
	add("composite", l.compose(lines), l.composite)
	return out
}

func (l layout) compose(lines []string) string {
	var b strings.Builder
	for _, s := range l.composed {
		b.WriteString(s.of(lines))
	}
	return b.String()
}

// newCheck compares a check digit. An empty optional field may have "<" for its "0".
func newCheck(field, text string, got byte) Check {
	c := Check{Field: field, Expected: CheckDigit(text), Got: got}
	c.OK = c.Got == c.Expected || field == "optional" && got == '<' && strings.Trim(text, "<") == ""
	return c
}

// CheckDigit is the check digit of ICAO Doc 9303-3: weights 7, 3, 1 from the left, digits
// for themselves, A to Z for 10 to 35, "<" for 0; the sum modulo 10. It finds every single
// wrong character but those whose values are equal modulo 10 (such as "A" and "0").
func CheckDigit(s string) byte {
	weights := [3]int{7, 3, 1}
	sum := 0
	for i := range len(s) {
		sum += weights[i%3] * charValue(s[i])
	}
	return byte('0' + sum%10)
}

func charValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10
	}
	return 0
}
