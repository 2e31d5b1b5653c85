package civil

import (
	"strings"
	"unicode"
)

// withoutTime cuts a time of day off the end.
func withoutTime(s string) string {
	i := strings.IndexByte(s, ':')
	for i > 0 && s[i-1]-'0' <= 9 {
		i--
	}
	if i > 0 {
		return s[:i]
	}
	return s
}

// tokenise splits folded text into words and numbers. An empty place between two slashes
// is the number 0. It is not ok when a number has more than eight digits.
func tokenise(s string) (out []token, ok bool) {
	slash := false
	for i := 0; i < len(s); {
		start := i
		switch c := s[i]; {
		case c-'0' <= 9:
			n := 0
			for i < len(s) && s[i]-'0' <= 9 {
				n = n*10 + int(s[i]-'0')
				i++
				if i-start > 8 {
					return nil, false
				}
			}
			out = append(out, token{group: group{n, i - start}})
			if i-start == 3 && i < len(s) && strings.IndexByte("-?_*", s[i]) >= 0 && strings.Trim(s[i:], "-?_* ") == "" {
				out = append(out, token{word: "decada-abierta"}) // 196-, 196?
			}
			slash = false
		case c >= 'a' && c <= 'z' || c >= 0x80:
			for i < len(s) && (s[i] >= 'a' && s[i] <= 'z' || s[i] >= 0x80) {
				i++
			}
			out = append(out, token{word: s[start:i]})
			slash = false
		case c == '?' && strings.HasPrefix(s[i:], "??"):
			for i < len(s) && s[i] == '?' {
				i++
			}
			out = append(out, token{group: group{0, i - start}})
			slash = false
		default:
			if c == '/' && slash {
				out = append(out, token{group: group{0, 2}})
			}
			slash = slash || c == '/'
			i++
		}
	}
	return out, true
}

// foldText lowers case, drops the accents of Spanish and its neighbours, and makes wide
// digits narrow.
func foldText(s string) string {
	return strings.Map(func(c rune) rune {
		if c < 0x80 {
			return unicode.ToLower(c)
		}
		if c >= '\uFF10' && c <= '\uFF19' {
			return c - '\uFF10' + '0'
		}
		c = unicode.ToLower(c)
		if p := plainLetter(c); p != 0 {
			return p
		}
		if unicode.Is(unicode.Mn, c) {
			return -1
		}
		if unicode.IsPunct(c) || unicode.IsSpace(c) || c == '−' {
			return dashes(c)
		}
		return c
	}, s)
}

const (
	accented = "áàâãäéèêëíìîïóòôõöúùûüñçªº°"
	plain    = "aaaaaeeeeiiiiooooouuuuncaoo"
)

func plainLetter(c rune) rune {
	i := 0
	for _, a := range accented {
		if a == c {
			return rune(plain[i])
		}
		i++
	}
	return 0
}

func dashes(c rune) rune {
	if unicode.Is(unicode.Pd, c) || c == '−' {
		return '-'
	}
	return ' '
}

// squeeze takes out ASCII punctuation and spaces, all that is left of it in folded text.
func squeeze(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return c
		}
		if c < 0x80 {
			return -1
		}
		return c
	}, s)
}
