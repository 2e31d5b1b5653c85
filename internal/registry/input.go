package registry

import (
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/id"
)

// Input is one field as a person gave it. Field is "sex", "document/7QK3WZ0A" for an
// item that is there, or "document/new" for one that is not; an empty Value takes the
// field away. Base is the version that the author saw, zero when there was none.
type Input struct {
	Field string
	Value change.Value
	Base  id.Change
	Prov  change.Provenance
}

// DraftOf is the record that inputs would make, as far as they can be read: for looking
// for the same person while somebody still types. What is refused is left out.
func DraftOf(in []Input, asOf civil.Date) Person {
	p := Person{}
	country := ""
	for _, i := range in {
		if i.Field == "residence_country" {
			country, _, _ = Check(byKey[i.Field], nil, i.Value.Text, asOf) //nolint:errcheck // what cannot be read yet is no country
		}
	}
	for _, i := range in {
		if s, _, err := prepare(&p, i, asOf, country); err == nil && !s.Value.Empty() {
			p = p.with([]change.Set{s})
		}
	}
	return p
}
