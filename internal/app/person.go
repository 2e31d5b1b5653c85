package app

import (
	"context"
	"time"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/seal"
	"quipu/internal/store"
)

// Rights is what the actor may do on a person's page.
type Rights struct{ Detail, Sealed, Edit, Transfer, ReadLog bool }

// PersonPage is a person as one officer may see him: what the officer has no right to is
// not in it, and sealed values are opened only for who may read them.
type PersonPage struct {
	Person  registry.Person
	Changes []change.Change // in log order
	Hidden  int             // fields that the record holds and the officer may not see
	Rights  Rights
	Reads   []store.Read // newest first, for those who may see who looked
	AsOf    time.Time    // zero for the present
}

// Person opens a person's page, as it stands or as it was known at a past moment, and
// logs the read.
func (a *App) Person(ctx context.Context, actor Actor, person string, asOf time.Time) (*PersonPage, error) {
	page := &PersonPage{AsOf: asOf}
	var key *seal.DataKey
	err := a.db.View(ctx, func(tx *store.Tx) (err error) {
		page.Changes, err = tx.Changes(ctx, change.Ref{Kind: change.Person, ID: person})
		if err != nil || len(page.Changes) == 0 {
			return notFound(err, "person", person)
		}
		page.Rights = rightsOver(actor, registry.Load(page.Changes))
		if !asOf.IsZero() {
			page.Changes = change.KnownAt(page.Changes, asOf.UnixMicro())
		}
		if page.Rights.Sealed {
			if key, err = a.sealKey(ctx, tx, person, false); err != nil {
				return err
			}
		}
		if page.Rights.ReadLog {
			page.Reads, err = tx.ReadsOf(ctx, person, 50)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := authz.Check(actor, authz.Read, officeOf(registry.Load(page.Changes))); err != nil {
		return nil, err
	}
	if err := page.trim(key); err != nil {
		return nil, err
	}
	page.Person = registry.Load(page.Changes)
	detail := "ordinary"
	if page.Rights.Sealed && key != nil {
		detail = "sealed"
	} else if page.Rights.Detail {
		detail = "detail"
	}
	return page, a.logReads(ctx, actor, store.Read{Action: "read", Person: person, Detail: detail})
}

func notFound(err error, what, which string) error {
	if err != nil {
		return err
	}
	return fault.New(fault.NotFound, "app.not_found", "what", what, "which", which)
}

func officeOf(p registry.Person) string { return registry.Summarise(&p).Office }

func rightsOver(actor Actor, p registry.Person) Rights {
	office := officeOf(p)
	return Rights{
		Detail: authz.May(actor, authz.ReadDetail, office), Sealed: authz.May(actor, authz.ReadSealed, office),
		Edit: authz.May(actor, authz.Edit, office), Transfer: authz.May(actor, authz.Transfer, actor.Office),
		ReadLog: authz.May(actor, authz.ReadLog, office),
	}
}

// trim takes out of the changes what the officer may not see, and opens what he may.
func (p *PersonPage) trim(key *seal.DataKey) error {
	hidden := map[string]bool{}
	for i := range p.Changes {
		c := &p.Changes[i]
		kept := make([]change.Set, 0, len(c.Sets))
		for _, s := range c.Sets {
			if !p.Rights.see(tierOf(s.Field, s.Value)) {
				hidden[s.Field] = true
				continue
			}
			if seal.Sealed(s.Value.Text) {
				text, err := openSealed(key, s.Field, s.Value.Text)
				if err != nil {
					return err
				}
				s.Value.Text = text
			}
			kept = append(kept, s)
		}
		c.Sets = kept
	}
	p.Hidden = len(hidden)
	return nil
}

// tierOf is the tier of a value. A doubt quotes the value that it is about, so it is as
// delicate as that.
func tierOf(field string, v change.Value) registry.Tier {
	f := registry.Lookup(field)
	if f == nil {
		return registry.T1
	}
	if about := registry.Lookup(v.Part("field")); f.Key == "doubt" && about != nil {
		return max(f.Tier, about.Tier)
	}
	return f.Tier
}

// see reports whether the rights reach to a tier.
func (r Rights) see(t registry.Tier) bool {
	return t == registry.T1 || t == registry.T2 && r.Detail || t == registry.T3 && r.Sealed
}

// veil takes out of conflicts what the other officer wrote and this one may not read.
func (r Rights) veil(conflicts []change.Conflict) []change.Conflict {
	for i := range conflicts {
		if c := &conflicts[i]; !r.see(tierOf(c.Field, c.Theirs.Value)) {
			c.Theirs.Value = change.Value{}
		}
	}
	return conflicts
}

// openSealed opens one value. A value whose key was destroyed stays closed for good.
func openSealed(key *seal.DataKey, field, text string) (string, error) {
	if key == nil {
		return "", nil
	}
	return key.Open(field, text)
}
