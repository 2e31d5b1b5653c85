package authz

import (
	"slices"
	"strings"
	"testing"

	"quipu/internal/fault"
	"quipu/internal/i18n"
)

// TestWords: everything in the table has words in every language.
func TestWords(t *testing.T) {
	for _, lang := range i18n.Langs {
		var words []string
		for _, a := range Actions {
			words = append(words, a.In(lang))
		}
		for _, r := range Roles {
			words = append(words, r.In(lang))
		}
		for _, r := range []Reach{None, Own, World} {
			words = append(words, r.In(lang))
		}
		for action := range purposes {
			words = append(words, Purposes(PurposesOf(action)).In(lang))
		}
		words = append(words, Purpose("").In(lang), Place("").In(lang), Place("ESMAD").In(lang))
		for _, w := range words {
			if w == "" || strings.Contains(w, "⟦") || strings.Contains(w, "_") {
				t.Errorf("%s: %q is no word", lang, w)
			}
		}
	}
}

// TestAnotherPurpose: who could do it for something else is told so; who could not, is not.
func TestAnotherPurpose(t *testing.T) {
	for _, c := range []struct {
		role    Role
		purpose string
		action  Action
		office  string
		key     string
	}{
		{Window, "election", Register, "ESMAD", "authz.purpose"}, {Window, "assistance", Transfer, "ESMAD", "authz.purpose"},
		{Window, "election", Register, "USPAT", "authz.refused"}, {Window, "registry", ReadSealed, "ESMAD", "authz.refused"},
		{Auditor, "election", Read, "ESMAD", "authz.refused"}, {Supervisor, "", Read, "ESMAD", "authz.purpose"},
	} {
		err := Check(Actor{Role: c.role, Office: "ESMAD", Purpose: c.purpose}, c.action, c.office)
		if !fault.Is(err, c.key) {
			t.Errorf("%s for %q: %s at %s: %v, want %s", c.role, c.purpose, c.action, c.office, err, c.key)
		}
	}
}

func TestPurposesFor(t *testing.T) {
	for role, want := range map[Role][]string{Window: {"registry", "act", "assistance", "election"}, Auditor: nil, Admin: nil, Statistician: nil} {
		if got := PurposesFor(role); !slices.Equal(got, want) {
			t.Errorf("%s works for %v, want %v", role, got, want)
		}
	}
}
