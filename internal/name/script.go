package name

import "unicode"

// Writing is the script of a text.
type Writing string

// The scripts that decide how a name is read. Mixed is two at once, such as a Latin name
// with a Cyrillic letter in it; None has no letters.
const (
	None     Writing = ""
	Latin    Writing = "latin"
	Han      Writing = "han"
	Kana     Writing = "kana"
	Hangul   Writing = "hangul"
	Cyrillic Writing = "cyrillic"
	Greek    Writing = "greek"
	Arabic   Writing = "arabic"
	Hebrew   Writing = "hebrew"
	Other    Writing = "other"
	Mixed    Writing = "mixed"
)

// Script says in which script s is written. Kana with Chinese characters is Kana, because
// that shows the name to be Japanese.
func Script(s string) Writing {
	out := None
	for _, c := range s {
		w := scriptOf(c)
		switch {
		case w == None || w == out:
		case out == None:
			out = w
		case out == Han && w == Kana, out == Kana && w == Han:
			out = Kana
		default:
			return Mixed
		}
	}
	return out
}

func scriptOf(c rune) Writing {
	switch {
	case c < 0x80:
		if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			return Latin
		}
		return None
	case c == 'ー' || c == 'ｰ':
		return Kana
	case !unicode.IsLetter(c) || c == 'ª' || c == 'º':
		return None
	case unicode.Is(unicode.Latin, c):
		return Latin
	case unicode.Is(unicode.Han, c):
		return Han
	case unicode.In(c, unicode.Hiragana, unicode.Katakana):
		return Kana
	case unicode.Is(unicode.Hangul, c):
		return Hangul
	case unicode.Is(unicode.Cyrillic, c):
		return Cyrillic
	case unicode.Is(unicode.Greek, c):
		return Greek
	case unicode.Is(unicode.Arabic, c):
		return Arabic
	case unicode.Is(unicode.Hebrew, c):
		return Hebrew
	}
	return Other
}
