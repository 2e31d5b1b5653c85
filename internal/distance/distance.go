// Package distance compares short strings: Jaro-Winkler and optimal string
// alignment, each in one machine word where the strings fit, and a signature of 16 bytes
// that says without looking at the strings how alike they can be at most.
//
// Strings are compared letter by letter; ASCII, as name.Fold leaves Latin names, is fast.
package distance

import "unicode/utf8"

// word is the longest string in bytes that the bit-parallel forms take.
const word = 64

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// short reports whether both strings fit the bit-parallel forms.
func short(a, b string) bool {
	return len(a) <= word && len(b) <= word && ascii(a) && ascii(b)
}

// masks has, for each letter, the places where it stands in a string.
type masks [utf8.RuneSelf]uint64

func (m *masks) fill(s string) {
	for i := range len(s) {
		m[s[i]] |= 1 << i
	}
}
