package synth

import (
	"sync"

	"quipu/internal/name"
)

// Origins are the codes that SurnameOrigin gives, in the order of a report; "" stands for
// a surname that is in no table.
var Origins = []string{"qu", "ay", "es", "jp", "cn", "it", ""}

// SurnameOrigin is the language area whose published table of surnames has the surname, ""
// when none does: for asking whether the register treats people of all names alike. It says
// nothing about a person, and nobody may keep it with one.
func SurnameOrigin(surname string) string {
	words := name.Tokens(surname)
	if len(words) == 0 {
		return ""
	}
	of := originOf()
	if o, ok := of[name.Fold(surname)]; ok {
		return o
	}
	return of[words[len(words)-1]] // DE LA CRUZ: the particle says nothing
}

var originOf = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, row := range readTable("surnames.csv") {
		if key := name.Fold(row[0]); out[key] == "" {
			out[key] = row[2]
		}
	}
	return out
})
