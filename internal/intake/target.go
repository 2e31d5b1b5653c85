package intake

import (
	"slices"
	"strings"

	"quipu/internal/doc"
	"quipu/internal/registry"
)

// composed are the targets that are not scalar fields of the dictionary.
var composed = []string{
	"surnames", "full_name", "birth_day", "birth_month", "birth_year", "birth_place:inei", "birth_place:reniec",
	"document.type", "document.number", "document.issuer", "document.issued", "document.expires",
	"registration.office", "registration.opened", "registration.kind",
	"address.lines", "address.city", "address.region", "address.postcode", "address.country",
	"phone", "phone:whatsapp", "email", "language",
	"emergency_contact.name", "emergency_contact.phone", "emergency_contact.relation", "emergency_contact.email",
}

// Targets lists where a column can go, in the order in which a row is read.
func Targets() []string {
	var out []string
	for i := range registry.Dictionary {
		f := &registry.Dictionary[i]
		if !f.Derived && !f.IsGroup() {
			out = append(out, f.Key)
		}
	}
	out = append(out, composed...)
	for _, t := range doc.Types() {
		if t != doc.TypeNone {
			out = append(out, "document:"+t)
		}
	}
	return out
}

func knownTarget(t string) bool { return slices.Contains(Targets(), t) }

// repeats reports whether several columns may have the target.
func repeats(t string) bool {
	return t == "" || t == "phone" || t == "phone:whatsapp" || t == "email" || t == "language"
}

// needsName are the targets of which a list must have one.
var needsName = []string{"surname_paternal", "surname_maternal", "surnames", "full_name", "given_names"}

// documentType is the type of a target "document:TYPE".
func documentType(t string) (string, bool) { return strings.CutPrefix(t, "document:") }
