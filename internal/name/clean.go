package name

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Clean makes a name fit to be kept: NFC, no space at the ends, one space between words,
// one kind of apostrophe and of hyphen, nothing invisible. Case, accents and ñ stay.
func Clean(s string) string {
	if isClean(s) {
		return s
	}
	s = norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, c := range s {
		switch {
		case unicode.IsSpace(c) || unicode.Is(unicode.Cc, c):
			space = b.Len() > 0
			continue
		case isInvisible(c):
			continue
		case isApostrophe(c):
			c = '\''
		case unicode.Is(unicode.Pd, c) || c == '−':
			c = '-'
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(c)
	}
	return norm.NFC.String(b.String())
}

// isClean knows the common text that Clean would return as it is.
func isClean(s string) bool {
	space := true
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= 0x7F || c == '`' || c == ' ' && space {
			return false
		}
		space = c == ' '
	}
	return !space || s == ""
}

// isApostrophe takes in the accents that keyboards give for an apostrophe: D´Angelo.
func isApostrophe(c rune) bool {
	switch c {
	case '\'', '`', '´', '‘', '’', '‛', 'ʼ', 'ʻ', 'ʹ', '′', '＇':
		return true
	}
	return false
}

// isInvisible is true for formatting characters, but not for the two joiners that some
// scripts need to be written right.
func isInvisible(c rune) bool {
	return unicode.Is(unicode.Cf, c) && c != '\u200C' && c != '\u200D'
}
