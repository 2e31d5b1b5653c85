package name

import (
	"strings"
	"unicode"

	"github.com/gosimple/unidecode"
	"golang.org/x/text/unicode/norm"
)

// Romanise writes a name of any script in Latin capitals, so that it can be compared with
// the form on a passport or on another list. Names in Latin letters come back as they are.
// It is a likely spelling, not the document's (which MRZ gives): scripts that leave vowels
// out are guessed at, Chinese characters are read in Mandarin unless they begin with a
// Japanese surname.
func Romanise(s string) string {
	if !needsLatin(s) {
		return s
	}
	s = norm.NFKC.String(s)
	reading := reading{cyrillic: cyrillicOf(s), foreign: strings.ContainsAny(s, "・·‧")}
	var b strings.Builder
	var run []rune
	var of Writing
	flush := func() {
		if len(run) > 0 {
			b.WriteString(reading.roman(of, run))
			run = run[:0]
		}
	}
	for _, c := range s {
		w := scriptOf(c)
		switch {
		case c == '・' || c == '·' || c == '‧':
			flush()
			b.WriteByte(' ')
		case c == '々' && of == Han, c == 'ー' && len(run) > 0,
			w == None && len(run) > 0 && (unicode.IsMark(c) || c == '\u200C' || c == '\u200D'):
			run = append(run, c)
		case w == None || w == Latin:
			flush()
			b.WriteRune(c)
		default:
			if w != of {
				flush()
			}
			of, run = w, append(run, c)
		}
	}
	flush()
	return strings.Join(strings.Fields(b.String()), " ")
}

func needsLatin(s string) bool {
	for _, c := range s {
		if c >= 0x80 {
			if w := scriptOf(c); w != None && w != Latin {
				return true
			}
		}
	}
	return false
}

// reading is what the whole text tells about its parts: the language of Cyrillic letters,
// and the dot that is written between the names of foreigners only.
type reading struct {
	cyrillic map[rune]string
	foreign  bool
}

// roman writes one run of letters of one script.
func (r reading) roman(of Writing, run []rune) string {
	switch of {
	case Cyrillic:
		return romanCyrillic(run, r.cyrillic)
	case Greek:
		return romanGreek(run)
	case Arabic:
		return romanArabic(run)
	case Hebrew:
		return romanHebrew(run)
	case Hangul:
		return romanHangul(run)
	case Kana:
		return romanKana(run)
	case Han:
		if r.foreign {
			return decoded(string(run))
		}
		return romanHan(run)
	}
	if indic(run[0]) {
		return romanIndic(run)
	}
	return decoded(string(run))
}

// decoded is the general table, for scripts that have no rules of their own here.
func decoded(s string) string {
	return onlyAZ(strings.ToUpper(strings.ReplaceAll(unidecode.Unidecode(s), " ", "")))
}
