package account

import (
	"slices"

	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/place"
)

// CheckValue holds what a field of an account is to say against the rules: the same for whoever
// writes it, and for the hub that takes it from a node. What officers do with their own keys and
// passwords is noted under fields of its own, which say nothing that is checked.
func CheckValue(field, text string) error {
	ok := true
	switch field {
	case "name":
		return checkName(text)
	case "role":
		ok = authz.Known(authz.Role(text))
	case "office":
		_, ok = place.Network().Office(text)
	case "lang":
		_, ok = i18n.Known(text)
	case "state":
		ok = slices.Contains([]string{active, closed}, text)
	}
	if !ok {
		return fault.New(fault.Invalid, "values.form", "field", field).On(field)
	}
	return nil
}
