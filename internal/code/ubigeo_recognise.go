package code

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"quipu/internal/name"
)

// RecogniseUbigeo finds the place that a text means in a scheme: a six-digit code (five
// when a spreadsheet ate the leading zero), "DEPARTMENT/PROVINCE/DISTRICT" in either
// order with / , - or > between, "PROVINCE/DISTRICT", or the name alone of a district
// when it is the only one so called. A name that is also a department's or province's
// and not a district's means that.
func RecogniseUbigeo(scheme, text string) (Ubigeo, bool) {
	if scheme != INEI && scheme != RENIEC {
		return Ubigeo{}, false
	}
	text = strings.TrimSpace(text)
	if c, ok := ubigeoDigits(scheme, text); ok {
		return Ubigeo{scheme, c}, true
	}
	keys := ubigeoKeys[scheme]()
	parts := ubigeoParts(text)
	if c, ok := keys[strings.Join(parts, "/")]; ok && c != "" {
		return Ubigeo{scheme, c}, true
	}
	slices.Reverse(parts)
	c := keys[strings.Join(parts, "/")]
	return Ubigeo{scheme, c}.orNone()
}

func (u Ubigeo) orNone() (Ubigeo, bool) {
	if u.Code == "" {
		return Ubigeo{}, false
	}
	return u, true
}

func ubigeoDigits(scheme, text string) (string, bool) {
	if len(text) == 5 {
		text = "0" + text
	}
	if len(text) != 6 || strings.Trim(text, "0123456789") != "" {
		return "", false
	}
	return text, ubigeoList(scheme).Has(text)
}

// ubigeoParts folds a written place into its names, in the order written.
func ubigeoParts(text string) []string {
	var out []string
	for p := range strings.SplitSeq(ubigeoMarks.Replace(text), "/") {
		if p = name.Fold(p); p != "" {
			out = append(out, cmp.Or(otherSpellings()[p], p))
		}
	}
	return out
}

var ubigeoMarks = strings.NewReplacer(" - ", "/", ",", "/", ">", "/", ";", "/", "|", "/")

// otherSpellings holds the lists' aliases, folded → the folded name they stand for (CUZCO
// → CUSCO). Both schemes use the same names.
var otherSpellings = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, it := range ubigeoList(INEI).items {
		for _, a := range it.Aliases {
			out[name.Fold(a)] = name.Fold(it.ES)
		}
	}
	return out
})

// ubigeoKeys holds, for each scheme, folded paths → code; "" marks an ambiguous one.
var ubigeoKeys = map[string]func() map[string]string{
	INEI:   sync.OnceValue(func() map[string]string { return buildUbigeoKeys(ubigeoList(INEI)) }),
	RENIEC: sync.OnceValue(func() map[string]string { return buildUbigeoKeys(ubigeoList(RENIEC)) }),
}

func buildUbigeoKeys(t *Table) map[string]string {
	keys := map[string]string{}
	// Districts claim their names first, then provinces and departments take what is
	// left: in Peru a bare place name in a form is a district.
	for _, level := range []string{"district", "province", "department"} {
		for k, c := range keysOfLevel(t, level) {
			if _, taken := keys[k]; !taken {
				keys[k] = c
			}
		}
	}
	return keys
}

// keysOfLevel gives each place of a level its path and every tail of it: A/B/C, B/C, C.
func keysOfLevel(t *Table, level string) map[string]string {
	keys := map[string]string{}
	for _, it := range t.items {
		if it.Field("level") != level {
			continue
		}
		parts := ubigeoParts(pathOf(t, it))
		for k := range parts {
			key := strings.Join(parts[k:], "/")
			if old, taken := keys[key]; taken && old != it.Code {
				keys[key] = ""
			} else {
				keys[key] = it.Code
			}
		}
	}
	return keys
}
