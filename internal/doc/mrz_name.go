package doc

import (
	"strings"

	"quipu/internal/name"
)

// readNames splits the name field at its first "<<". A field that is full to its last
// character may have been cut: Doc 9303 asks that a cut field end in a letter.
func readNames(field string) (primary, secondary string, truncated bool) {
	truncated = field[len(field)-1] != '<'
	primary, secondary, _ = strings.Cut(strings.Trim(field, "<"), "<<")
	return primary, strings.TrimLeft(secondary, "<"), truncated
}

// SurnameSplit is a proposal of how a surname group divides. The zone does not say it:
// only a person can.
type SurnameSplit struct {
	Paternal, Maternal string
	Married            string // a husband's surname after the own ones, as package name finds it
	Sure               bool   // one or two plain words, not cut; never with more
}

// Surnames proposes the split of the surname group, with spaces for fillers.
func (m MRZ) Surnames() SurnameSplit {
	words := strings.FieldsFunc(m.Primary, func(r rune) bool { return r == '<' })
	n, sure := name.Surnames(strings.Join(words, " "))
	cut := m.Truncated && m.Secondary == ""
	return SurnameSplit{
		Paternal: n.Paternal, Maternal: n.Maternal, Married: n.Married,
		Sure: sure && len(words) <= 2 && !cut,
	}
}

// GivenNames is the second group with spaces for fillers.
func (m MRZ) GivenNames() string {
	return strings.Join(strings.FieldsFunc(m.Secondary, func(r rune) bool { return r == '<' }), " ")
}
