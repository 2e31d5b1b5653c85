package name

import (
	"maps"
	"strings"
	"unicode"
)

// cyrillicPlain is how names from Russian are mostly written in English; ICAO's table is
// mrzCyrillic.
var cyrillicPlain = map[rune]string{
	'А': "A", 'Б': "B", 'В': "V", 'Г': "G", 'Ґ': "G", 'Ѓ': "G", 'Д': "D", 'Ђ': "DJ", 'Е': "E", 'Ё': "E",
	'Є': "YE", 'Ж': "ZH", 'З': "Z", 'Ѕ': "DZ", 'И': "I", 'І': "I", 'Ї': "I", 'Й': "Y", 'Ј': "J", 'К': "K",
	'Ќ': "K", 'Л': "L", 'Љ': "LJ", 'М': "M", 'Н': "N", 'Њ': "NJ", 'О': "O", 'П': "P", 'Р': "R", 'С': "S",
	'Т': "T", 'Ћ': "C", 'У': "U", 'Ў': "U", 'Ф': "F", 'Х': "KH", 'Ц': "TS", 'Ч': "CH", 'Џ': "DZ", 'Ш': "SH",
	'Щ': "SHCH", 'Ъ': "", 'Ы': "Y", 'Ь': "", 'Э': "E", 'Ю': "YU", 'Я': "YA",
	'Ә': "A", 'Ғ': "G", 'Қ': "K", 'Ң': "N", 'Ө': "O", 'Ұ': "U", 'Ү': "U", 'Һ': "H", 'Ҷ': "J", 'Ӣ': "I", 'Ӯ': "U", 'Ҳ': "H",
}

// What Ukrainian and Belarusian, Serbian and Macedonian, and Bulgarian write otherwise.
var (
	ukrainian = map[rune]string{'Г': "H", 'И': "Y"}
	serbian   = map[rune]string{'Х': "H", 'Ц': "C", 'Ж': "Z", 'Ч': "C", 'Ш': "S"}
)

// cyrillicOf chooses the table by letters that only some languages have.
func cyrillicOf(s string) map[rune]string {
	up := strings.ToUpper(s)
	var special map[rune]string
	switch {
	case strings.ContainsAny(up, "ӘҒҚҢӨҰҮҺ"):
	case strings.ContainsAny(up, "ІЇЄҐЎ") || strings.Contains(up, "СЬК"):
		special = ukrainian
	case strings.ContainsAny(up, "ЈЉЊЋЂЏЌЃЅ"):
		special = serbian
	}
	if special == nil {
		return cyrillicPlain
	}
	table := maps.Clone(cyrillicPlain)
	maps.Copy(table, special)
	return table
}

func romanCyrillic(run []rune, table map[rune]string) string {
	var b strings.Builder
	for i, c := range run {
		c = unicode.ToUpper(c)
		last := i == len(run)-1
		if c == 'Й' && last && i > 0 && strings.ContainsRune("ИЫ", unicode.ToUpper(run[i-1])) {
			// The common ending of surnames: Зеленский is ZELENSKY.
			text := strings.TrimSuffix(strings.TrimSuffix(b.String(), "I"), "Y")
			return text + "Y"
		}
		b.WriteString(table[c])
	}
	return b.String()
}

var greek = map[rune]string{
	'Α': "A", 'Β': "V", 'Γ': "G", 'Δ': "D", 'Ε': "E", 'Ζ': "Z", 'Η': "I", 'Θ': "TH", 'Ι': "I", 'Κ': "K", 'Λ': "L", 'Μ': "M",
	'Ν': "N", 'Ξ': "X", 'Ο': "O", 'Π': "P", 'Ρ': "R", 'Σ': "S", 'Τ': "T", 'Υ': "Y", 'Φ': "F", 'Χ': "CH", 'Ψ': "PS", 'Ω': "O",
}

// greekPairs are two letters that have one sound; MP and NT begin a word as B and D.
var greekPairs = map[string]string{
	"ΟΥ": "OU", "ΑΥ": "AV", "ΕΥ": "EV", "ΓΓ": "NG", "ΓΚ": "GK", "ΓΧ": "NCH", "ΜΠ": "MP", "ΝΤ": "NT",
}

func romanGreek(run []rune) string {
	letters := []rune(strings.ToUpper(withoutMarks(string(run))))
	var b strings.Builder
	for i := 0; i < len(letters); i++ {
		if i+1 < len(letters) {
			pair := string(letters[i : i+2])
			t, ok := greekPairs[pair]
			switch {
			case ok && i == 0 && pair == "ΜΠ":
				t = "B"
			case ok && i == 0 && pair == "ΝΤ":
				t = "D"
			case ok && i == 0 && pair == "ΓΚ":
				t = "G"
			}
			if ok {
				b.WriteString(t)
				i++
				continue
			}
		}
		b.WriteString(greek[letters[i]])
	}
	return b.String()
}
