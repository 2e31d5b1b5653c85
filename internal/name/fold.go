package name

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold makes the key for comparing names. Latin letters become A to Z (Ñ is N, Ü is U, ß
// is SS, Æ is AE), apostrophes vanish (O'Higgins is OHIGGINS), every other mark between
// words is one space. Letters of other scripts stay, in NFKC and upper case.
func Fold(s string) string {
	if isFolded(s) {
		return s
	}
	var stack [64]byte
	if b, ok := foldSpanish(stack[:0], s); ok {
		return string(b)
	}
	return foldAny(s)
}

// Tokens is Fold, split at the spaces. Particles are tokens of their own.
func Tokens(s string) []string { return strings.Fields(Fold(s)) }

func isFolded(s string) bool {
	space := true
	for i := range len(s) {
		c := s[i]
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && (c != ' ' || space) {
			return false
		}
		space = c == ' '
	}
	return !space || s == ""
}

// latin1 folds U+00C0 to U+00FF by their second byte; × and ÷ are spaces.
var latin1 = [64]string{
	"A", "A", "A", "A", "A", "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I", "I",
	"D", "N", "O", "O", "O", "O", "O", " ", "O", "U", "U", "U", "U", "Y", "TH", "SS",
	"A", "A", "A", "A", "A", "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I", "I",
	"D", "N", "O", "O", "O", "O", "O", " ", "O", "U", "U", "U", "U", "Y", "TH", "Y",
}

// foldSpanish appends the folded s when it is of ASCII and composed letters of Latin-1,
// which is nearly every name of a register; not ok otherwise.
func foldSpanish(b []byte, s string) (_ []byte, ok bool) {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'A' && c <= 'Z' || c >= '0' && c <= '9':
			b = append(b, c)
		case c >= 'a' && c <= 'z':
			b = append(b, c-('a'-'A'))
		case c == '\'' || c == '`':
		case c < 0x80:
			b = appendSpace(b)
		case c == 0xC3 && i+1 < len(s) && s[i+1]&0xC0 == 0x80:
			i++
			if t := latin1[s[i]&0x3F]; t == " " {
				b = appendSpace(b)
			} else {
				b = append(b, t...)
			}
		default:
			return nil, false
		}
	}
	if n := len(b); n > 0 && b[n-1] == ' ' {
		b = b[:n-1]
	}
	return b, true
}

func appendSpace(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] != ' ' {
		b = append(b, ' ')
	}
	return b
}

// letters folds the Latin letters that have no decomposition.
var letters = map[rune]string{
	'ß': "SS", 'ẞ': "SS", 'Æ': "AE", 'æ': "AE", 'Œ': "OE", 'œ': "OE", 'Ø': "O", 'ø': "O",
	'Ð': "D", 'ð': "D", 'Đ': "D", 'đ': "D", 'Þ': "TH", 'þ': "TH", 'Ł': "L", 'ł': "L",
	'ı': "I", 'Ħ': "H", 'ħ': "H", 'Ŧ': "T", 'ŧ': "T", 'Ŋ': "N", 'ŋ': "N", 'ĸ': "K",
	'Ɨ': "I", 'ɨ': "I", 'Ʉ': "U", 'ʉ': "U",
}

// before is what stands right before a combining mark.
type before int

const (
	nothing before = iota
	latinLetter
	otherLetter
)

// foldAny is Fold for any text at all.
func foldAny(s string) string {
	// The spacing accents used as apostrophes would decompose under NFKC; NFC only unites
	// their several code points.
	s = strings.Map(func(c rune) rune {
		if isApostrophe(c) || unicode.Is(unicode.Cf, c) {
			return -1
		}
		return c
	}, norm.NFC.String(s))
	b := make([]byte, 0, len(s))
	prev := nothing
	for _, c := range norm.NFKC.String(s) {
		switch {
		case c == utf8.RuneError || isApostrophe(c) || c == '·': // Catalan l·l is one sound
		case unicode.IsMark(c):
			if prev == otherLetter {
				b = utf8.AppendRune(b, c)
			}
		case unicode.Is(unicode.Latin, c) && unicode.IsLetter(c):
			b, prev = appendLatin(b, c), latinLetter
		case unicode.IsLetter(c):
			b, prev = utf8.AppendRune(b, unicode.ToUpper(c)), otherLetter
		case unicode.Is(unicode.Nd, c):
			b, prev = utf8.AppendRune(b, c), nothing
		default:
			b, prev = appendSpace(b), nothing
		}
	}
	if n := len(b); n > 0 && b[n-1] == ' ' {
		b = b[:n-1]
	}
	return norm.NFKC.String(string(b))
}

// appendLatin takes the accents off one letter.
func appendLatin(b []byte, c rune) []byte {
	for _, d := range norm.NFKD.String(string(c)) {
		switch t, special := letters[d]; {
		case special:
			b = append(b, t...)
		case !unicode.IsMark(d) && !isApostrophe(d):
			b = utf8.AppendRune(b, unicode.ToUpper(d))
		}
	}
	return b
}
