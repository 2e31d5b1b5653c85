package name

import "strings"

// near says what must stand beside a match for its rule to hold.
type near uint8

const (
	anything near = iota
	edge          // the token begins or ends there
	vowel         // A E I O U Y
	front         // E I Y
	back          // a vowel but I: what stands before the GN of BOLOGNESI, not before that of IGNACIO
	other         // neither a vowel nor the edge
	closed        // not a vowel
	deep          // three letters or more before
)

// soundRule writes out for match, of which only the first take letters are used up; 0 is
// all of them.
type soundRule struct {
	match       string
	take        int
	left, right near
	out         string
}

// soundRules are tried in their order at the letter they begin with; a letter that has
// none that holds stands for itself. X in a key is the sound of CH and SH.
var soundRules = [26][]soundRule{
	// The silent H does not make ZAHARA a ZARA.
	0:         {{match: "AHA", take: 2, out: "AH"}},
	'E' - 'A': {{match: "EHE", take: 2, out: "EH"}},
	'U' - 'A': {{match: "UHU", take: 2, out: "UH"}},
	'C' - 'A': {
		{match: "CCH", out: "X"},
		{match: "CC", left: edge, out: "K"}, // CCENTE, CCAHUANA
		{match: "CC", right: front, out: "S"},
		{match: "CC", out: "K"},
		{match: "CHR", take: 2, out: "K"}, // CHRISTIAN, but CHAVEZ
		{match: "CHL", take: 2, out: "K"},
		{match: "CH", out: "X"},
		{match: "CZ", out: "X"},
		{match: "CK", out: "K"},
		{match: "C", right: front, out: "S"},
		{match: "C", out: "K"},
	},
	'D' - 'A': {
		{match: "DJ", out: "J"},
		{match: "DG", right: front, out: "J"},
	},
	'G' - 'A': {
		{match: "GU", right: front, out: "G"},
		{match: "GUA", take: 2, out: "U"}, // GUAMAN, HUAMAN, WAMAN
		{match: "GH", out: "G"},
		{match: "GLI", left: vowel, right: vowel, out: "LI"},
		{match: "GLI", left: vowel, right: edge, out: "LI"},
		{match: "GN", left: back, right: vowel, out: "N"},
		{match: "GG", right: front, out: "J"},
		{match: "G", right: front, out: "J"},
	},
	'H' - 'A': {{match: "H"}},
	'I' - 'A': {
		{match: "IHI", take: 2, out: "IH"},
		{match: "I", left: edge, right: vowel, out: "Y"},
		{match: "I", left: vowel, right: vowel, out: "Y"},
		{match: "IE", left: other, right: edge, out: "I"}, // STEPHANIE, STEFANY
	},
	'L' - 'A': {
		{match: "LL", right: closed, out: "L"},              // CORNELL, HUILLCA
		{match: "LLER", take: 2, left: vowel, out: "L"},     // MILLER
		{match: "LLEN", take: 2, left: vowel, out: "L"},     // ELLEN
		{match: "LLEY", take: 2, left: vowel, out: "L"},     // KELLEY
		{match: "LLY", left: vowel, right: edge, out: "LI"}, // NELLY
		{match: "LLI", left: vowel, right: edge, out: "LI"}, // MARTINELLI
		{match: "LL", out: "Y"},
		{match: "LH", right: vowel, out: "Y"}, // CARVALHO, CARBALLO
	},
	'M' - 'A': {
		{match: "MAGN", left: edge, out: "MAGN"},
		{match: "M", left: deep, right: edge, out: "N"}, // WILLIAM, WILLIAN
	},
	'O' - 'A': {
		{match: "OHO", take: 2, out: "OH"},
		{match: "OU", right: closed, out: "O"},
	},
	'P' - 'A': {
		{match: "PH", out: "F"},
		{match: "PF", out: "F"},
		{match: "PS", left: edge, out: "S"},
	},
	'Q' - 'A': {
		{match: "QU", right: front, out: "K"},
		{match: "Q", out: "K"},
	},
	'S' - 'A': {
		{match: "SCH", out: "X"},
		{match: "SH", out: "X"},
		{match: "SC", right: front, out: "S"},
		{match: "SZ", out: "S"},
		{match: "ST", take: 1, left: edge, out: "ES"}, // STEFANY, ESTEFANI
		{match: "SP", take: 1, left: edge, out: "ES"},
		{match: "SM", take: 1, left: edge, out: "ES"},
		{match: "SC", take: 1, left: edge, out: "ES"},
		{match: "SK", take: 1, left: edge, out: "ES"},
	},
	'T' - 'A': {
		{match: "TSCH", out: "X"},
		{match: "TCH", out: "X"},
		{match: "TZ", right: edge, out: "S"}, // SCHULTZ, SCHULZ
	},
	'V' - 'A': {{match: "V", out: "B"}},
	'W' - 'A': {
		{match: "WILL", left: edge, right: vowel, out: "UIL"},
		{match: "W", out: "U"},
	},
	'X' - 'A': {
		{match: "X", left: edge, right: vowel, out: "J"}, // XIMENA, XAVIER
		{match: "X", left: edge, out: "S"},
		{match: "X", out: "KS"},
	},
	'Y' - 'A': {
		{match: "YH", left: edge, right: vowel, out: "Y"},
		{match: "Y", left: edge, right: vowel, out: "Y"},
		{match: "Y", left: vowel, right: vowel, out: "Y"},
		{match: "Y", out: "I"},
	},
	'Z' - 'A': {
		{match: "ZH", out: "X"},
		{match: "Z", out: "S"},
	},
}

// Sound is a key that tokens which sound alike to a Spanish ear have in common: VASQUEZ and
// BASQUES, HUAMAN and GUAMAN, CCAHUANA and KAWANA, JHON and JON, SATOU and SATO. It takes
// one token of Tokens. Rules that need a table, such as the Chinese WONG and HUANG, are
// with Variants. Letters other than A to Z stay as they are; a key is never empty unless
// the token is.
func Sound(token string) string {
	var stack [64]byte
	key := AppendSound(stack[:0], token)
	if string(key) == token {
		return token
	}
	return string(key)
}

// LooseSound is Sound without the difference of O and U, and of E and I, which Quechua and
// Aymara do not make and clerks mix up: ROJAS and RUJAS, MENDOZA and MINDOZA. It joins more
// names that are not one.
func LooseSound(token string) string { return loose(Sound(token)) }

// looseVowels takes together O and U, E and I, and what two systems make of the Korean vowels.
var looseVowels = strings.NewReplacer("EO", "O", "EU", "O", "U", "O", "I", "E", "Y", "E")

func loose(key string) string { return looseVowels.Replace(key) }

// AppendSound appends Sound(token) to dst.
func AppendSound(dst []byte, token string) []byte {
	start := len(dst)
	for i := 0; i < len(token); {
		c := token[i]
		if c < 'A' || c > 'Z' {
			dst = append(dst, c)
			i++
			continue
		}
		r := soundRuleAt(token, i)
		if r == nil {
			dst = appendSounds(dst, start, token[i:i+1])
			i++
			continue
		}
		dst = appendSounds(dst, start, r.out)
		if i += r.take; r.take == 0 {
			i += len(r.match)
		}
	}
	if len(dst) == start {
		dst = append(dst, token...)
	}
	return dst
}

// appendSounds writes double letters once, and M before P and B as the ear has it.
func appendSounds(dst []byte, start int, sounds string) []byte {
	for i := range len(sounds) {
		c, n := sounds[i], len(dst)
		if n > start {
			if dst[n-1] == c {
				continue
			}
			if dst[n-1] == 'N' && (c == 'P' || c == 'B') {
				dst[n-1] = 'M'
			}
		}
		dst = append(dst, c)
	}
	return dst
}

func soundRuleAt(token string, i int) *soundRule {
	rules := soundRules[token[i]-'A']
	for k := range rules {
		r := &rules[k]
		end := i + len(r.match)
		if end <= len(token) && token[i:end] == r.match && r.left.holds(token, i-1, i) && r.right.holds(token, end, 0) {
			return r
		}
	}
	return nil
}

// holds looks at the letter at place at, which may lie outside the token; before is how many letters
// stand before the match.
func (n near) holds(token string, at, before int) bool {
	inside := at >= 0 && at < len(token)
	switch n {
	case edge:
		return !inside
	case vowel:
		return inside && isVowel(token[at])
	case front:
		return inside && (token[at] == 'E' || token[at] == 'I' || token[at] == 'Y')
	case back:
		return inside && isVowel(token[at]) && token[at] != 'I'
	case other:
		return inside && !isVowel(token[at])
	case closed:
		return !inside || !isVowel(token[at])
	case deep:
		return before >= 3
	}
	return true
}

func isVowel(c byte) bool {
	switch c {
	case 'A', 'E', 'I', 'O', 'U', 'Y':
		return true
	}
	return false
}
