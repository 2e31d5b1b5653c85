package node

import (
	"slices"
	"strings"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/registry"
	"quipu/internal/seal"
)

// Rights is what the actor may do on a person's page.
type Rights struct{ Detail, Sealed, Edit, Transfer, ReadLog bool }

// OfficeOf is the office where the person is registered, "" for none.
func OfficeOf(p registry.Person) string {
	e, _ := registry.Latest(&p)
	return e.Office
}

// RightsOver is what the actor may do with a person of that office.
func RightsOver(actor Actor, p registry.Person) Rights {
	office := OfficeOf(p)
	return Rights{
		Detail: authz.May(actor, authz.ReadDetail, office), Sealed: authz.May(actor, authz.ReadSealed, office),
		Edit: authz.May(actor, authz.Edit, office), Transfer: authz.May(actor, authz.Transfer, actor.Office),
		ReadLog: authz.May(actor, authz.ReadLog, office),
	}
}

// TierOf is the tier of a value. A doubt quotes the value that it is about, so it is as
// delicate as that.
func TierOf(field string, v change.Value) registry.Tier {
	if strings.HasPrefix(field, "settled/") { // it names the field about which somebody decided
		field = v.Part("field")
	}
	f := registry.Lookup(field)
	if f == nil {
		return registry.T1
	}
	if about := registry.Lookup(v.Part("field")); f.Key == "doubt" && about != nil {
		return max(f.Tier, about.Tier)
	}
	return f.Tier
}

// See reports whether the rights reach to a tier.
func (r Rights) See(t registry.Tier) bool {
	return t == registry.T1 || t == registry.T2 && r.Detail || t == registry.T3 && r.Sealed
}

// Veil takes out of conflicts what the other officer wrote and this one may not read.
func (r Rights) Veil(conflicts []change.Conflict) []change.Conflict {
	for i := range conflicts {
		if c := &conflicts[i]; !r.See(TierOf(c.Field, c.Theirs.Value)) {
			c.Theirs.Value = change.Value{}
		}
	}
	return conflicts
}

// OpenRecord opens the sealed values of a person, those that wait for a decision as well.
func OpenRecord(keys seal.DataKeys, p *registry.Person) (err error) {
	for f, h := range p.Fields {
		if !seal.Sealed(h.Value.Text) {
			continue
		}
		if h.Value.Text, err = OpenSealed(keys, f, h.Value.Text); err != nil {
			return err
		}
		p.Fields[f] = h
	}
	p.Contested = slices.Clone(p.Contested)
	for i := range p.Contested {
		if x := &p.Contested[i]; seal.Sealed(x.Value.Text) {
			if x.Value.Text, err = OpenSealed(keys, x.Field, x.Value.Text); err != nil {
				return err
			}
		}
	}
	return nil
}
