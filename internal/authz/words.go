package authz

import (
	"slices"
	"strings"

	"quipu/internal/code"
	"quipu/internal/i18n"
	"quipu/internal/place"
)

// In names the action in a language, as what somebody does: "search", "see who looked".
func (a Action) In(lang i18n.Lang) string { return i18n.T(lang, "authz.action."+string(a)) }

// In names the role in a language.
func (r Role) In(lang i18n.Lang) string {
	if r == Operator { // nobody's account, so that the code list has not got it
		return i18n.T(lang, "authz.role.operator")
	}
	return code.List("role").Label(string(r), string(lang))
}

// In says in a language how far a right goes.
func (r Reach) In(lang i18n.Lang) string {
	return i18n.T(lang, [...]string{"authz.reach.none", "authz.reach.own", "authz.reach.world"}[r])
}

// Purpose is what somebody works for; codes of the list "purpose".
type Purpose string

// In names the purpose in a language.
func (p Purpose) In(lang i18n.Lang) string {
	if p == "" {
		return i18n.T(lang, "authz.purpose.none")
	}
	return code.List("purpose").Label(string(p), string(lang))
}

// Purposes are several, in the order of the table.
type Purposes []string

// In names them in a language, with commas.
func (ps Purposes) In(lang i18n.Lang) string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = Purpose(p).In(lang)
	}
	return strings.Join(out, ", ")
}

// Place is the code of an office in a refusal.
type Place string

// In names the office in a language.
func (p Place) In(lang i18n.Lang) string {
	if p == "" {
		return i18n.T(lang, "authz.place.any")
	}
	if o, ok := place.Network().Office(string(p)); ok {
		return o.Name(string(lang))
	}
	return string(p)
}

// PurposesFor lists for what a role may work with people, in the order of the table of
// search, which every work with people begins with; none for who does not.
func PurposesFor(r Role) Purposes {
	return slices.DeleteFunc(slices.Clone(purposes[Search]), func(p string) bool {
		for action, allowed := range purposes {
			if slices.Contains(allowed, p) && table[r][action] > None {
				return false
			}
		}
		return true
	})
}
