package registry

import (
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
)

// Link says what one person is to another. Relation is a code of the list relation: what
// the other is to the first, so "mother" reads "the other is the first's mother". Inverse
// is what the first is to the other, needed only when it does not follow.
type Link struct {
	Relation, Inverse string
	Household         bool // they live under the same roof
	Authority         bool // the other holds parental authority over the first
	From, To          civil.Date
	Evidence          string
	Prov              change.Provenance
}

// inverses are the relations whose inverse follows from the relation alone.
var inverses = map[string]string{
	"spouse": "spouse", "partner": "partner", "sibling": "sibling", "father": "child", "mother": "child",
	"grandparent": "grandchild", "grandchild": "grandparent",
	"other_relative": "other_relative", "non_relative": "non_relative",
}

// oneSided are the relations that are kept with the person they protect, and there only.
var oneSided = map[string]bool{"guardian": true, "curator": true, "support_person": true}

// Inverse is what a person of the given sex is to somebody who is `relation` to him or
// her. It is not ok when that cannot be told: a parent whose sex is not stated.
func Inverse(relation, sex string) (inverse string, ok bool) {
	switch {
	case relation == "child" && sex == "F":
		return "mother", true
	case relation == "child" && sex == "M":
		return "father", true
	}
	inverse, ok = inverses[relation]
	return inverse, ok
}

// Relate links two persons of the register: one change for each. The second has no sets
// when the relation is kept with the first only.
func Relate(a, b *Person, link Link, asOf civil.Date) (ofA, ofB change.Change, err error) {
	for _, p := range []*Person{a, b} {
		if err := standing(p); err != nil {
			return ofA, ofB, err
		}
	}
	f := byKey["family"]
	relation, _, err := Check(f, f.Part("relation"), link.Relation, asOf)
	if err != nil {
		return ofA, ofB, err
	}
	inverse, ok := link.Inverse, true
	if inverse == "" && !oneSided[relation] {
		inverse, ok = Inverse(relation, a.Text("sex"))
	}
	if !ok {
		return ofA, ofB, fault.New(fault.Invalid, "registry.inverse_needed").On("family.relation")
	}
	if ofA, err = a.relative(b, relation, link, link.Authority, asOf); err != nil {
		return ofA, ofB, err
	}
	ofB = b.begin("relate", "")
	if inverse != "" {
		ofB, err = b.relative(a, inverse, link, false, asOf)
	}
	return ofA, ofB, err
}

// relative is the change that notes the other as a relative of p.
func (p *Person) relative(other *Person, relation string, link Link, authority bool, asOf civil.Date) (change.Change, error) {
	yes := map[bool]string{true: "yes"}
	day := func(d civil.Date) string {
		if !d.Known() {
			return ""
		}
		return d.String()
	}
	in := Input{Field: "family/new", Prov: link.Prov, Value: change.Group("relation", relation, "person", other.Entity.ID,
		"name", other.Name().Natural(), "birth_date", day(other.date("birth_date")),
		"household", yes[link.Household], "authority", yes[authority],
		"from", day(link.From), "to", day(link.To), "evidence", link.Evidence)}
	sets, _, err := apply(p, []Input{in}, asOf)
	c := p.begin("relate", "")
	c.Sets = sets
	return c, err
}
