package doc

import "strings"

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
	Married            string // a third part that begins with "DE", as married women write it
	Sure               bool   // one or two plain words, not cut; never with more
}

// particles stay with the word that follows them.
var particles = map[string]bool{
	"DE": true, "DEL": true, "LA": true, "LAS": true, "LOS": true, "SAN": true, "SANTA": true, "Y": true,
	"DA": true, "DAS": true, "DO": true, "DOS": true, "DI": true, "VAN": true, "VON": true, "DER": true, "DEN": true,
}

// Surnames proposes the split of the surname group, with spaces for fillers.
func (m MRZ) Surnames() SurnameSplit {
	words := strings.FieldsFunc(m.Primary, func(r rune) bool { return r == '<' })
	units := joinParticles(words)
	full := m.Truncated && m.Secondary == ""
	out := SurnameSplit{Sure: len(words) > 0 && len(words) <= 2 && !full}
	switch n := len(units); {
	case n == 0:
		return SurnameSplit{}
	case n >= 3 && strings.HasPrefix(units[n-1], "DE "):
		out.Married = units[n-1]
		units = units[:n-1]
	}
	out.Paternal = units[0]
	out.Maternal = strings.Join(units[1:], " ")
	return out
}

// GivenNames is the second group with spaces for fillers.
func (m MRZ) GivenNames() string {
	return strings.Join(strings.FieldsFunc(m.Secondary, func(r rune) bool { return r == '<' }), " ")
}

func joinParticles(words []string) []string {
	var units []string
	open := false
	for _, w := range words {
		if open {
			units[len(units)-1] += " " + w
		} else {
			units = append(units, w)
		}
		open = particles[w]
	}
	return units
}
