package linkage

import (
	"strings"

	"quipu/internal/name"
)

// encoder turns the values of a record into the slots of a row.
type encoder struct {
	plan  *plan
	words *words
	buf   []string
}

func newEncoder(p *plan) *encoder { return &encoder{plan: p, words: newWords()} }

// row encodes one record; value gives the text of a field.
func (e *encoder) row(value func(field int) string, dst []uint32) {
	for i := range e.plan.cmps {
		c := &e.plan.cmps[i]
		e.one(c, e.text(c, value), dst[c.at:c.at+c.n])
	}
}

// text is what a comparison compares, its columns put together.
func (e *encoder) text(c *comparer, value func(int) string) string {
	if len(c.Fields) == 1 {
		return value(c.Fields[0])
	}
	parts := e.buf[:0]
	for _, f := range c.Fields {
		if v := value(f); v != "" || c.op == opDate {
			parts = append(parts, v)
		}
	}
	e.buf = parts
	if c.op == opDate {
		return strings.Join(parts, "-")
	}
	return strings.Join(parts, " ")
}

// one encodes the text of one comparison.
func (e *encoder) one(c *comparer, s string, dst []uint32) {
	clear(dst)
	if s == "" {
		return
	}
	switch c.op {
	case opName:
		e.name(s, dst)
	case opBag:
		e.bag(c.Kind, s, dst)
	case opDate:
		dst[0] = packDate(s)
	case opDoc:
		packDoc(s, c.Checked, dst)
	case opPhone:
		dst[0] = packPhone(s)
	case opEmail:
		packEmail(s, dst)
	case opSex:
		dst[0] = e.words.add(sexOf(s))
	case opWord:
		dst[0] = e.words.add(glue(name.Fold(s)))
	}
}

// small are the words of a name that come and go: DE LA CRUZ, CRUZ.
var small = map[string]bool{"DE": true, "DEL": true, "LA": true, "LAS": true, "LOS": true, "Y": true, "E": true, "DA": true, "DAS": true,
	"DO": true, "DOS": true, "DI": true, "VON": true, "VAN": true, "DER": true, "DEN": true, "ZU": true, "VDA": true, "VIUDA": true}

// glued are beginnings of surnames written in one word: DELACRUZ.
var glued = []string{"DELA", "DELOS", "DELAS", "DEL"}

func (e *encoder) name(s string, dst []uint32) {
	if name.Missing(s) {
		return
	}
	tokens := e.core(s)
	if len(tokens) == 0 {
		return
	}
	first := tokens[0]
	if len(tokens) == 1 {
		for _, g := range glued {
			if strings.HasPrefix(first, g) && len(first) >= len(g)+4 {
				first = first[len(g):]
				break
			}
		}
	}
	dst[0] = e.words.add(first)
	if len(tokens) > 1 {
		dst[1] = e.words.add(tokens[1])
	}
	dst[2] = e.words.add(glue(name.Fold(s)))
}

// core are the words of a name without the small ones, unless there is nothing else.
func (e *encoder) core(s string) []string {
	all := name.Tokens(s)
	kept := all[:0:0]
	for _, t := range all {
		if !small[t] {
			kept = append(kept, t)
		}
	}
	if len(kept) == 0 {
		return all
	}
	return kept
}

func glue(folded string) string { return strings.ReplaceAll(folded, " ", "") }

// bag keeps the words of a text: of a full name and an address the first, of longer texts
// those that say most.
func (e *encoder) bag(k Kind, s string, dst []uint32) {
	if k == FullName && name.Missing(s) {
		return
	}
	tokens := e.core(s)
	if len(tokens) == 0 {
		return
	}
	dst[0] = e.words.add(glue(name.Fold(s)))
	n := 2
	for _, t := range tokens {
		if n == len(dst) {
			break
		}
		dst[n] = e.words.add(t)
		dst[1] |= 1 << (e.words.hash[dst[n]] >> 59)
		n++
	}
}

// sexOf reads the sex as lists have it: the first letter decides, in Spanish and English.
func sexOf(s string) string {
	f := name.Fold(s)
	switch {
	case f == "":
		return ""
	case f == "M" || f == "F" || f == "H":
		return f
	case strings.HasPrefix(f, "MUJ") || strings.HasPrefix(f, "FEM") || strings.HasPrefix(f, "WOM"):
		return "F"
	case strings.HasPrefix(f, "MAS") || strings.HasPrefix(f, "HOM") || strings.HasPrefix(f, "VAR") || f == "MALE" || f == "MAN":
		return "M"
	}
	return f
}
