package registry

import (
	"slices"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
)

// Consent is the person's word on one purpose, for the version of the text that was read
// and the language in which it was read, ISO 639-3, "" when that was not noted.
type Consent struct {
	Purpose, Version   string
	Language           string
	Granted, Withdrawn civil.Date
	Evidence           string
}

// Consents lists what the person has said, by purpose.
func Consents(p *Person) []Consent {
	var out []Consent
	for _, it := range p.Items("consent") {
		v := it.Value
		out = append(out, Consent{v.Part("purpose"), v.Part("version"), v.Part("language"), dateOf(v.Part("granted")), dateOf(v.Part("withdrawn")), v.Part("evidence")})
	}
	slices.SortFunc(out, func(a, b Consent) int {
		if a.Purpose < b.Purpose {
			return -1
		}
		return 1
	})
	return out
}

// Consented reports whether the consent for a purpose is given and not withdrawn.
func Consented(p *Person, purpose string) bool {
	return slices.ContainsFunc(Consents(p), func(c Consent) bool {
		return c.Purpose == purpose && c.Granted.Known() && !c.Withdrawn.Known()
	})
}

// Grant records consent for a purpose (list consent_purpose) to a version of the text, read
// in a language.
func Grant(cur *Person, purpose, version, language, evidence string, asOf civil.Date) (change.Change, error) {
	if err := living(cur); err != nil {
		return change.Change{}, err
	}
	f := byKey["consent"]
	parts, _, err := CheckItem(f, map[string]string{"purpose": purpose, "version": version, "language": language, "granted": asOf.String(), "evidence": evidence}, asOf)
	if err != nil {
		return change.Change{}, err
	}
	c := cur.begin("consent", "")
	if field, v := ItemField(f, parts), (change.Value{Parts: parts}); !Consented(cur, parts["purpose"]) || cur.Fields[field].Value.Part("version") != parts["version"] {
		c.Sets = []change.Set{cur.put(field, v)}
	}
	return c, nil
}

// WithdrawConsent ends the consent for a purpose. For research, review lists the fields
// of the optional profile that are held and must be looked at again.
func WithdrawConsent(cur *Person, purpose, evidence, note string, asOf civil.Date) (c change.Change, review []string, err error) {
	if err := standing(cur); err != nil {
		return c, nil, err
	}
	if !Consented(cur, purpose) {
		return c, nil, fault.New(fault.Conflict, "registry.no_consent").On("consent")
	}
	c = cur.begin("consent_withdraw", note)
	for _, it := range cur.Items("consent") {
		if it.Value.Part("purpose") != purpose {
			continue
		}
		parts := map[string]string{}
		for k, v := range it.Value.Parts {
			parts[k] = v
		}
		parts["withdrawn"], parts["evidence"] = asOf.String(), or(tidy(evidence, false), parts["evidence"])
		c.Sets = append(c.Sets, cur.put("consent/"+it.ID, change.Value{Parts: parts}))
	}
	if purpose == "research" {
		review = profileHeld(cur)
	}
	return c, review, nil
}

// profileHeld lists the fields of the optional profile that hold something.
func profileHeld(p *Person) []string {
	var out []string
	for i := range Dictionary {
		if f := &Dictionary[i]; f.Section == Profile && !p.Fields[f.Key].Value.Empty() {
			out = append(out, f.Key)
		}
	}
	return out
}
