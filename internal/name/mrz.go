package name

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The transliterations that ICAO Doc 9303 part 3, section 6 recommends. Where it leaves a
// choice: Ñ is N, Ä AE, Ö OE; Ü is UE, but U in Spanish GÜE and GÜI, as Spanish-speaking
// States print it. A letter with an accent that is not here loses the accent.
var mrzLatin = map[rune]string{
	'Ä': "AE", 'Å': "AA", 'Æ': "AE", 'Ö': "OE", 'Ø': "OE", 'Œ': "OE", 'ẞ': "SS", 'ß': "SS", 'Þ': "TH",
	'Ð': "D", 'Đ': "D", 'Ħ': "H", 'ı': "I", 'Ĳ': "IJ", 'ĸ': "Q", 'Ł': "L", 'Ŋ': "N", 'Ŧ': "T",
}

// mrzCyrillic has the value for no particular language where the table gives several.
var mrzCyrillic = map[rune]string{
	'А': "A", 'Б': "B", 'В': "V", 'Г': "G", 'Ґ': "G", 'Ѓ': "G", 'Д': "D", 'Ђ': "D", 'Е': "E", 'Ё': "E",
	'Є': "IE", 'Ж': "ZH", 'З': "Z", 'Ѕ': "DZ", 'И': "I", 'І': "I", 'Ї': "I", 'Й': "I", 'Ј': "J", 'К': "K",
	'Ќ': "K", 'Л': "L", 'Љ': "LJ", 'М': "M", 'Н': "N", 'Њ': "NJ", 'О': "O", 'П': "P", 'Р': "R", 'С': "S",
	'Т': "T", 'Ћ': "C", 'У': "U", 'Ў': "U", 'Ф': "F", 'Х': "KH", 'Ц': "TS", 'Ч': "CH", 'Џ': "DZ", 'Ш': "SH",
	'Щ': "SHCH", 'Ъ': "IE", 'Ы': "Y", 'Ь': "", 'Э': "E", 'Ю': "IU", 'Я': "IA", 'Ѣ': "IE", 'Ѫ': "U", 'Ѵ': "Y",
}

// MRZ transliterates one part of a name to A–Z, with "<" where there was a space, hyphen
// or comma. Apostrophes, full stops and digits are left out, and so are letters that
// have no transliteration here. It does not fill or shorten: that is the document's.
func MRZ(s string) string {
	if u := strings.ToUpper(s); isFolded(u) && !strings.ContainsAny(u, "0123456789") {
		return strings.ReplaceAll(u, " ", "<")
	}
	runes := []rune(strings.ToUpper(norm.NFC.String(Clean(s))))
	var b strings.Builder
	gap := false
	for i, c := range runes {
		t := mrzLetter(runes, i, c)
		if t == "<" {
			gap = b.Len() > 0
			continue
		}
		if gap && t != "" {
			b.WriteByte('<')
			gap = false
		}
		b.WriteString(t)
	}
	return b.String()
}

// mrzLetter is the transliteration of runes[i], which is c.
func mrzLetter(runes []rune, i int, c rune) string {
	switch {
	case c >= 'A' && c <= 'Z':
		return string(c)
	case c == 'Ü':
		if i > 0 && runes[i-1] == 'G' && i+1 < len(runes) && strings.ContainsRune("EIÉÍ", runes[i+1]) {
			return "U"
		}
		return "UE"
	case c == '-' || c == ',' || c == '/' || c == '<' || unicode.IsSpace(c):
		return "<"
	}
	if t, ok := mrzLatin[c]; ok {
		return t
	}
	if t, ok := mrzCyrillic[c]; ok {
		return t
	}
	return onlyAZ(norm.NFKD.String(string(c)))
}

func onlyAZ(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c < 'A' || c > 'Z' {
			return -1
		}
		return c
	}, s)
}
