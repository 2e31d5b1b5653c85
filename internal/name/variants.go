package name

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed variants.csv
var variantsCSV string

// stands is what one token may stand for: the same name in its full or usual form, and
// the form that another language gives to it.
type stands struct {
	strong, weak []string // strong has the token itself first
	others       []string // both without the token itself
}

// variants has every token of variants.csv that stands for another.
var variants = sync.OnceValue(func() map[string]stands {
	direct := map[string]stands{}
	for line := range strings.Lines(variantsCSV) {
		kind, rest, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ",")
		name, list, more := strings.Cut(rest, ",")
		if !ok || !more || kind == "kind" {
			continue
		}
		for v := range strings.FieldsSeq(list) {
			s := direct[v]
			if kind == "translation" {
				s.weak = append(s.weak, name)
			} else {
				s.strong = append(s.strong, name)
			}
			direct[v] = s
		}
	}
	all := make(map[string]stands, len(direct))
	for token := range direct {
		all[token] = closure(direct, token)
	}
	return all
})

// closure follows token from variant to name: BOB is ROBERT, and ROBERT is ROBERTO in
// Spanish. Translations are not followed on, lest all the Johns of Europe be one.
func closure(direct map[string]stands, token string) stands {
	strong := []string{token}
	var weak []string
	for i := 0; i < len(strong); i++ {
		s := direct[strong[i]]
		for _, name := range s.strong {
			if !slices.Contains(strong, name) {
				strong = append(strong, name)
			}
		}
		for _, name := range s.weak {
			if !slices.Contains(weak, name) {
				weak = append(weak, name)
			}
		}
	}
	return stands{strong, weak, slices.Concat(strong[1:], weak)}
}

// Variants are the names that a token of Tokens may stand for, other than itself: BETO is
// ALBERTO, HUMBERTO or ROBERTO, KISPE is QUISPE, JUANCA is "JUAN CARLOS". Forms of other
// languages come last. It is nil when none is known; the caller must not change it.
func Variants(token string) []string { return variants()[token].others }

// Variant is the one name that a token stands for, and the token itself when that is none
// or more than one.
func Variant(token string) string {
	if s := variants()[token].strong; len(s) == 2 {
		return s[1]
	}
	return token
}

// SameVariant reports whether two tokens of Tokens are one name as far as the tables know:
// equal, one a nickname or spelling of the other (PEPE, JOSE), both of the same (BILL,
// WILLY), or one the form that another language gives to the other (JOHN, JUAN).
func SameVariant(a, b string) bool {
	strong, weak := variantOf(a, b)
	return strong || weak
}

// variantOf says as what two tokens are one name: strong within a language, weak between two.
func variantOf(a, b string) (strong, weak bool) {
	if a == b {
		return true, false
	}
	all := variants()
	x, okX := all[a]
	y, okY := all[b]
	switch {
	case !okX && !okY:
		return false, false
	case !okX:
		return slices.Contains(y.strong, a), slices.Contains(y.weak, a)
	case !okY:
		return slices.Contains(x.strong, b), slices.Contains(x.weak, b)
	}
	return meet(x.strong, y.strong), meet(x.weak, y.strong) || meet(x.strong, y.weak)
}

func meet(a, b []string) bool {
	for _, x := range a {
		if slices.Contains(b, x) {
			return true
		}
	}
	return false
}
