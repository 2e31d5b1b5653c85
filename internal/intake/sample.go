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
		c.Order, c.Serials = civil.OrderOf(func(yield func(string) bool) { m.cells(i, func(s string) { yield(s) }) })
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
