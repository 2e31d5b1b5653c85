// Package name has the names of persons as offices meet them: two surnames, particles,
// married surnames, accents, several scripts, and words that clerks type for "none".
//
// A Name keeps what the document says. Everything made for comparing is derived from it and
// never replaces it: Fold, Tokens, Key, SearchText and MRZ; Romanise for other scripts;
// Sound, Variants and Core for one token or a few; Likeness for two full names.
package name

import (
	"strings"
	"unicode"
)

// Name is a person's name in the form of the document: NFC, case and accents kept. Any
// part may be empty. Paternal holds the only surname of a person who has one. Married is
// the husband's surname without the "de" that joins it.
type Name struct {
	Given, Paternal, Maternal, Married string
}

// Display is the form of lists: "Quispe Mamani de Flores, Rosa".
func (n Name) Display() string {
	surnames := n.surnames()
	if surnames == "" || n.Given == "" {
		return surnames + n.Given
	}
	return surnames + ", " + n.Given
}

// Natural is the spoken order: "Rosa Quispe Mamani de Flores".
func (n Name) Natural() string { return join(n.Given, n.surnames()) }

func (n Name) surnames() string {
	s := join(n.Paternal, n.Maternal)
	if n.Married == "" {
		return s
	}
	if s == strings.ToUpper(s) && s != "" {
		return join(s, "DE "+n.Married)
	}
	return join(s, "de "+n.Married)
}

// Key is the exact-name key: folded paternal, maternal and given names with "|" between,
// their tokens one space apart. A part that is missing (see Missing) is empty. Equal keys
// are equal names but for case, accents and punctuation; the married surname is left out
// because it comes and goes.
func (n Name) Key() string {
	return known(n.Paternal) + "|" + known(n.Maternal) + "|" + known(n.Given)
}

// SearchText is the folded tokens of all parts, given names first, for an index. Parts
// that are missing are left out.
func (n Name) SearchText() string {
	return join(known(n.Given), known(n.Paternal), known(n.Maternal), known(n.Married))
}

// Empty reports whether no part says anything.
func (n Name) Empty() bool { return n.SearchText() == "" }

// known is the folded part, or "" when it is a filler or has no letter: the number of a
// row or a date that slid into the column is nobody's name.
func known(part string) string {
	if f := Fold(part); !fillers[f] && !allX(f) && strings.ContainsFunc(f, unicode.IsLetter) {
		return f
	}
	return ""
}

func join(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		if p != "" && b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p)
	}
	return b.String()
}
