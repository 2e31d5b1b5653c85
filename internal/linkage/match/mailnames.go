package match

import (
	"strings"

	"quipu/internal/distance"
	"quipu/internal/linkage"
	"quipu/internal/name"
)

// mailNames fills names that are missing from the e-mail beside them, in lists whose e-mails
// carry names: nmoran@ is MORAN to somebody called Noah. Whether they do is learnt from the
// rows that have all three, and only what is a name in the lists is taken for one.
type mailNames struct {
	given, surname, mail int // columns
	names                map[string]bool
}

// mostOften is the share of the e-mails of named people that must hold one of the names.
const mostOften = 0.5

// learnMailNames learns from rows of columns; nil when there are no such columns, or the
// e-mails carry no names.
func learnMailNames(columns []column, rows [][]string) *mailNames {
	m := &mailNames{given: -1, surname: -1, mail: -1, names: map[string]bool{}}
	for i, c := range columns {
		switch c.field.Kind {
		case linkage.GivenNames:
			m.given = i
		case linkage.Surname:
			m.surname = i
		case linkage.Email:
			m.mail = i
		}
	}
	if m.given < 0 || m.surname < 0 || m.mail < 0 {
		return nil
	}
	all, carry := 0, 0
	for _, r := range rows {
		g, s := name.Fold(r[m.given]), name.Fold(r[m.surname])
		for _, w := range strings.Fields(g + " " + s) {
			if len(w) > 2 {
				m.names[w] = true
			}
		}
		if words := mailWords(r[m.mail]); g != "" && s != "" && len(words) > 0 {
			all++
			if whole := strings.Join(words, ""); holds(whole, g) || holds(whole, s) {
				carry++
			}
		}
	}
	if float64(carry) < mostOften*float64(all) || all == 0 {
		return nil
	}
	return m
}

// holds reports whether letters hold the first word of a name of three letters or more.
func holds(letters, folded string) bool {
	w, _, _ := strings.Cut(folded, " ")
	return len(w) > 2 && strings.Contains(letters, w)
}

// mailWords are the runs of letters before the @ of an e-mail, in capitals.
func mailWords(mail string) []string {
	local, _, ok := strings.Cut(mail, "@")
	if !ok {
		return nil
	}
	return strings.FieldsFunc(name.Fold(local), func(c rune) bool { return c < 'A' || c > 'Z' })
}

// fill puts a name that is missing in its place.
func (m *mailNames) fill(row []string) {
	if m == nil || (row[m.given] != "") == (row[m.surname] != "") {
		return
	}
	words := mailWords(row[m.mail])
	empty, known := m.given, row[m.surname]
	if row[m.surname] == "" {
		empty, known = m.surname, row[m.given]
	}
	known, _, _ = strings.Cut(name.Fold(known), " ")
	if known == "" {
		return
	}
	row[empty] = m.other(words, known)
}

// other is the name beside a known one, "" when it cannot be told.
func (m *mailNames) other(words []string, known string) string {
	switch len(words) {
	case 1:
		w := words[0]
		if rest := strings.TrimPrefix(w, known); rest != w && (m.names[rest] || len(rest) == 1) {
			return rest
		}
		if rest := strings.TrimSuffix(w, known); rest != w && (m.names[rest] || len(rest) == 1) {
			return rest
		}
		if w[0] == known[0] && m.names[w[1:]] {
			return w[1:]
		}
	case 2:
		for i, w := range words {
			if beside := words[1-i]; (w == known || len(w) == 1 && w[0] == known[0] || len(w) > 3 && distance.OSA(w, known) == 1) && (m.names[beside] || len(beside) == 1) {
				return beside
			}
		}
	}
	return ""
}
