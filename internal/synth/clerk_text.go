package synth

import (
	"math/rand/v2"
	"strings"

	"quipu/internal/name"
)

// variant is another way to write or say a name.
type variant struct {
	text     string
	nickname bool
}

func (t *tables) loadVariants() {
	t.variants = map[string][]variant{}
	add := func(of, text string, nick bool) { t.variants[of] = append(t.variants[of], variant{text, nick}) }
	for _, r := range readTable("nicknames.csv") {
		of, text := name.Fold(r[0]), r[1]
		nick := r[2] == "hypocoristic"
		add(of, text, nick)
		if !nick {
			add(name.Fold(text), r[0], false) // a spelling goes both ways, a nickname does not
		}
	}
}

// respell writes one of the names in another spelling that is current for it.
func (k *clerk) respell(_ *Person, w *Row) bool {
	for _, c := range [...]int{colPaternal, colGiven, colMaternal} {
		if k.vary(w, c, false) {
			return true
		}
	}
	return false
}

func (k *clerk) nickname(_ *Person, w *Row) bool { return k.vary(w, colGiven, true) }

// vary puts a variant in the place of the whole of a name, or of its first word.
func (k *clerk) vary(w *Row, col int, nick bool) bool {
	first, rest, _ := strings.Cut(w[col], " ")
	if v := k.variantOf(w[col], nick); v != "" {
		w[col] = v
		return true
	}
	if v := k.variantOf(first, nick); v != "" {
		w[col] = strings.TrimSpace(v + " " + rest)
		return true
	}
	return false
}

func (k *clerk) variantOf(s string, nick bool) string {
	var fit []string
	for _, v := range k.g.t.variants[name.Fold(s)] {
		if v.nickname == nick && v.text != s {
			fit = append(fit, v.text)
		}
	}
	if len(fit) == 0 {
		return ""
	}
	return pick(k.r, fit)
}

// inside draws a place in a name of three letters or more, not its first letter.
func inside(r *rand.Rand, s []rune) int {
	if len(s) < 3 {
		return 0
	}
	return 1 + r.IntN(len(s)-1)
}

func swapLetters(r *rand.Rand, s string) string {
	b := []rune(s)
	if i := inside(r, b); i > 0 && i+1 < len(b) && b[i] != ' ' && b[i+1] != ' ' {
		b[i], b[i+1] = b[i+1], b[i]
	}
	return string(b)
}

func dropLetter(r *rand.Rand, s string) string {
	b := []rune(s)
	if i := inside(r, b); i > 0 && len(b) > 3 {
		b = append(b[:i], b[i+1:]...)
	}
	return strings.TrimSpace(string(b))
}

// near has, for each key, the ones beside it on a Spanish keyboard.
var near = map[rune]string{
	'A': "SQZ", 'B': "VN", 'C': "XV", 'D': "SF", 'E': "WR", 'F': "DG", 'G': "FH", 'H': "GJ", 'I': "UO", 'J': "HK",
	'K': "JL", 'L': "KÑ", 'M': "N", 'N': "BM", 'O': "IP", 'P': "O", 'Q': "WA", 'R': "ET", 'S': "AD", 'T': "RY",
	'U': "YI", 'V': "CB", 'W': "QE", 'X': "ZC", 'Y': "TU", 'Z': "XA", 'Ñ': "L",
}

func wrongLetter(r *rand.Rand, s string) string {
	b := []rune(s)
	if i := inside(r, b); i > 0 && near[b[i]] != "" {
		b[i] = pick(r, []rune(near[b[i]]))
	}
	return string(b)
}

// ear has what Spanish speakers of Peru hear alike, either way.
var ear = [][2]string{
	{"V", "B"}, {"B", "V"}, {"S", "Z"}, {"Z", "S"}, {"CI", "SI"}, {"CE", "SE"}, {"SE", "CE"}, {"SI", "CI"}, {"LL", "Y"}, {"Y", "LL"},
	{"HUA", "GUA"}, {"GUA", "HUA"}, {"GE", "JE"}, {"GI", "JI"}, {"JE", "GE"}, {"QU", "K"}, {"CC", "C"}, {"K", "C"},
	{"RR", "R"}, {"X", "J"}, {"I", "Y"}, {"EZ", "ES"}, {"ES", "EZ"}, {"ÉZ", "ES"}, {"H", ""}, {"E", "I"}, {"O", "U"},
}

// byEar writes a name as it sounds, at one place.
func byEar(r *rand.Rand, s string) string {
	at := r.IntN(len(ear))
	for i := range ear {
		e := ear[(at+i)%len(ear)]
		if n := strings.Count(s, e[0]); n > 0 {
			return replaceNth(s, e[0], e[1], r.IntN(n))
		}
	}
	return s
}

func replaceNth(s, old, with string, n int) string {
	at := 0
	for range n {
		at += strings.Index(s[at:], old) + len(old)
	}
	i := strings.Index(s[at:], old)
	if i < 0 {
		return s
	}
	return s[:at+i] + with + s[at+i+len(old):]
}
