package intake

import (
	"strings"

	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/registry"
)

// learn finds out from the sample how the values of a column are written.
func (m *Mapping) learn(i int) {
	c := &m.Columns[i]
	switch {
	case c.Target == "birth_place":
		c.Scheme = m.schemeOf(i)
	case c.Target == "birth_place:inei":
		c.Scheme = code.INEI
	case c.Target == "birth_place:reniec":
		c.Scheme = code.RENIEC
	case isDate(c.Target):
		c.Order, c.Serials = m.orderOf(i)
	}
}

// isDate reports whether a target holds dates that are read in the column's order.
func isDate(target string) bool {
	switch target {
	case "registration.opened", "document.issued", "document.expires":
		return true
	}
	f := registry.Lookup(target)
	return f != nil && f.Kind == registry.KDate
}

// cells calls yield with every cell of the sample's column that holds something.
func (m *Mapping) cells(i int, yield func(string)) {
	for _, row := range m.sample {
		if i < len(row) && strings.TrimSpace(row[i]) != "" {
			yield(strings.TrimSpace(row[i]))
		}
	}
}

// orderOf decides the order of day and month for a whole column: one part above 12 tells
// it for all. A few odd cells do not outvote the rest.
func (m *Mapping) orderOf(i int) (civil.Order, civil.Serials) {
	var day, month, serial, all int
	m.cells(i, func(s string) {
		all++
		a, b, ok := firstParts(s)
		switch {
		case len(s) == 5 && s >= "10000" && s <= "60000" && strings.Trim(s, "0123456789") == "":
			serial++
		case ok && a > 12 && a <= 31 && b <= 12:
			day++
		case ok && b > 12 && b <= 31 && a <= 12:
			month++
		}
	})
	serials := civil.NoSerials
	if serial > 0 && 2*serial >= all {
		serials = civil.Serials1900
	}
	switch {
	case month > 10*day:
		return civil.MDY, serials
	case day > 0 && month*10 <= day:
		return civil.DMY, serials
	}
	return civil.OrderUnknown, serials
}

// firstParts are the first two numbers of a date of three parts that begins with one or
// two digits, "7/4/1968"; ok is false for any other text.
func firstParts(s string) (a, b int, ok bool) {
	parts := strings.FieldsFunc(s, func(c rune) bool { return c == '/' || c == '-' || c == '.' })
	if len(parts) != 3 || len(parts[0]) > 2 || len(parts[1]) > 2 {
		return 0, 0, false
	}
	for _, p := range parts[:2] {
		if strings.Trim(p, "0123456789") != "" {
			return 0, 0, false
		}
	}
	return number(parts[0]), number(parts[1]), true
}

func number(digits string) int {
	n := 0
	for i := range len(digits) {
		n = n*10 + int(digits[i]-'0')
	}
	return n
}

// schemeOf tells the numbering of bare place codes: by the header, else by the codes
// that only one numbering has.
func (m *Mapping) schemeOf(i int) string {
	words := " " + heading(m.Columns[i].Header) + " "
	switch {
	case strings.Contains(words, " INEI "):
		return code.INEI
	case strings.Contains(words, " RENIEC "):
		return code.RENIEC
	}
	var inei, reniec int
	m.cells(i, func(s string) {
		_, a := code.RecogniseUbigeo(code.INEI, s)
		_, b := code.RecogniseUbigeo(code.RENIEC, s)
		switch {
		case !isPlaceCode(s) || a == b:
		case a:
			inei++
		default:
			reniec++
		}
	})
	switch {
	case inei > 10*reniec:
		return code.INEI
	case reniec > 10*inei:
		return code.RENIEC
	}
	return ""
}

// isPlaceCode reports whether a text is five or six digits: a place code in one of the
// numberings, perhaps without its leading zero.
func isPlaceCode(s string) bool {
	return (len(s) == 5 || len(s) == 6) && strings.Trim(s, "0123456789") == ""
}

// typeOf decides what a column headed just "type" is about.
func (m *Mapping) typeOf(i int) string {
	var document, kind int
	m.cells(i, func(s string) {
		if _, ok := code.List("doc_type").Recognise(s); ok {
			document++
		}
		if _, ok := code.List("reg_kind").Recognise(s); ok {
			kind++
		}
	})
	if document > kind && m.has("document.number") && !m.has("document.type") {
		return "document.type"
	}
	return "registration.kind"
}
