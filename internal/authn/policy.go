package authn

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"quipu/internal/fault"
)

// Lengths in characters. OWASP ASVS 5.0, 6.2.1 and 6.2.9: at least 8, 15 recommended, and
// 64 or more must be accepted. There are no rules about kinds of characters (6.2.5) and
// nothing expires (6.2.10).
const (
	MinPassword = 12
	MaxPassword = 256
)

//go:embed common.txt
var commonText string

// common holds the frequent passwords by their stem, so that "Dragon2024!" is found by
// "dragon".
var common = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for line := range strings.Lines(commonText) {
		line = strings.ToLower(strings.TrimSpace(line))
		for _, f := range append(forms(line), forms(unit(line))...) {
			out[f] = true
		}
	}
	return out
})

// contextWords are the product's own words and those for a password (ASVS 6.2.11); a
// country's and an office's come from the caller.
var contextWords = []string{"quipu", "consulado", "consulate", "consular", "consul", "embajada", "embassy",
	"ministerio", "ministry", "registro", "register", "contrasena", "password", "passwort", "clave", "secreto"}

// CheckPassword holds a new password against the policy. own are words that make it easy
// to guess for this user: login, names, e-mail, office, city, country. The fault is
// authn.password_short, _long, _simple, _common, _leaked or _own.
func CheckPassword(password string, own ...string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return refuse("authn.password_short", "length", n, "min", MinPassword)
	case n > MaxPassword:
		return refuse("authn.password_long", "length", n, "max", MaxPassword)
	}
	if simple(strings.ToLower(password)) {
		return refuse("authn.password_simple")
	}
	for _, f := range append(forms(password), forms(unit(strings.ToLower(password)))...) {
		if common()[f] {
			return refuse("authn.password_common")
		}
	}
	if leaked(password) {
		return refuse("authn.password_leaked")
	}
	if w := mostlyOneOf(foldPassword(password), append(words(own), contextWords...)); w != "" {
		return refuse("authn.password_own", "word", w)
	}
	return nil
}

func refuse(key string, args ...any) error {
	return fault.New(fault.Invalid, key, args...).On("password")
}

// forms are the ways in which a password is compared with the list: as it is and with
// figures read as letters, each also without what was put at its ends.
func forms(s string) []string {
	lower, folded := strings.ToLower(s), foldPassword(s)
	out := []string{lower, folded}
	for _, f := range []string{stem(lower), stem(folded)} {
		if utf8.RuneCountInString(f) >= 4 {
			out = append(out, f)
		}
	}
	return out
}

var leet = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

// foldPassword makes a password comparable: lower case, no accents, figures that stand
// for letters turned back, except at the ends, where they are only appended.
func foldPassword(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(s))
	core := strings.TrimRightFunc(s, notLetter)
	return leet.Replace(core) + s[len(core):]
}

// stem is what is left without the figures and marks at both ends.
func stem(s string) string { return strings.TrimFunc(s, notLetter) }

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

// unit is the shortest piece of which s is a repetition: "abcabc" gives "abc".
func unit(s string) string {
	if i := strings.Index((s + s)[min(1, len(s)):], s); i >= 0 && i+1 < len(s) {
		return s[:i+1]
	}
	return s
}

// simple reports passwords of fewer than five different characters, and those that are
// mostly steps along the alphabet, the digits or a keyboard's row.
func simple(s string) bool {
	const rows = "abcdefghijklmnopqrstuvwxyz 01234567890 qwertyuiop asdfghjkl zxcvbnm qwertz azerty 1q2w3e4r5t6y7u8i9o0p 1qaz2wsx3edc4rfv5tgb"
	distinct := map[rune]bool{}
	steps, last := 0, rune(0)
	for _, r := range s {
		distinct[r] = true
		if last != 0 && (strings.Contains(rows, string([]rune{last, r})) || strings.Contains(rows, string([]rune{r, last})) || r == last) {
			steps++
		}
		last = r
	}
	return len(distinct) < 5 || 4*steps >= 3*(utf8.RuneCountInString(s)-1)
}

// words splits what the caller knows of the user into comparable words of four letters or more.
func words(own []string) []string {
	var out []string
	for _, s := range own {
		for w := range strings.FieldsFuncSeq(norm.NFC.String(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if w = foldPassword(w); utf8.RuneCountInString(w) >= 4 {
				out = append(out, w)
			}
		}
	}
	return out
}

// mostlyOneOf returns the first word that occurs in the password, when all of the words
// together leave fewer than six letters of it.
func mostlyOneOf(folded string, list []string) string {
	rest, first := folded, ""
	for _, w := range list {
		if strings.Contains(rest, w) {
			rest = strings.ReplaceAll(rest, w, " ")
			if first == "" {
				first = w
			}
		}
	}
	letters := 0
	for _, r := range rest {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	if first != "" && letters < 6 {
		return first
	}
	return ""
}
