package app

import (
	"context"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/seal"
	"quipu/internal/store"
)

// PersonPage is a person as one officer may see him: what the officer has no right to is
// not in it, and sealed values are opened only for who may read them.
type PersonPage struct {
	Person  registry.Person
	Changes []change.Change // in log order
	Hidden  int             // fields that the record holds and the officer may not see
	Sealed  bool            // the record holds reserved values, seen or not
	Rights  node.Rights
	AsOf    time.Time // zero for the present
	Led     *Led      // the entry that was asked for was merged into this one
}

// Person opens a person's page, as it stands or as it was known at a past moment, and
// logs the read. An entry that was merged leads to the one that stands for the person.
func (a *App) Person(ctx context.Context, actor Actor, person string, asOf time.Time) (*PersonPage, error) {
	page := &PersonPage{AsOf: asOf}
	var key seal.DataKeys
	err := a.DB.View(ctx, func(tx *store.Tx) (err error) {
		if person, err = page.follow(ctx, tx, person); err != nil {
			return err
		}
		page.Changes, err = tx.Changes(ctx, change.Ref{Kind: change.Person, ID: person})
		if err != nil || len(page.Changes) == 0 {
			return node.NotFound(err, "person", person)
		}
		if err := a.holds(ctx, tx, person); err != nil {
			return err
		}
		page.Rights = node.RightsOver(actor, registry.Load(page.Changes))
		if !asOf.IsZero() {
			page.Changes = change.KnownAt(page.Changes, asOf.UnixMicro())
		}
		if page.Rights.Sealed {
			if key, err = a.SealKeys(ctx, tx, person); err != nil {
				return err
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := authz.Check(actor, authz.Read, node.OfficeOf(registry.Load(page.Changes))); err != nil {
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
	reads := []store.Read{{Action: "read", Person: person, Detail: detail}}
	if page.Led != nil {
		reads = append(reads, store.Read{Action: "read", Person: page.Led.Person, Detail: "ordinary"})
	}
	return page, a.LogReads(ctx, actor, reads...)
}

// holds is a fault when a node has forgotten the person, who went to another office: what is
// left here is that somebody worked on the entry.
func (a *App) holds(ctx context.Context, tx *store.Tx, person string) error {
	if !a.Joined() {
		return nil
	}
	rows, err := tx.PeopleByID(ctx, []string{person})
	if err == nil && len(rows) == 0 {
		err = fault.New(fault.NotFound, "app.not_here")
	}
	return err
}

// follow goes from an entry that was merged to the one that stands for the person. As of a
// moment before the merge the entry stood for itself.
func (p *PersonPage) follow(ctx context.Context, tx *store.Tx, person string) (string, error) {
	rows, err := tx.PeopleByID(ctx, []string{person})
	if err != nil || len(rows) == 0 || rows[0].Entry != registry.EntryMerged {
		return person, err
	}
	if !p.AsOf.IsZero() {
		changes, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: person})
		if then := registry.Load(change.KnownAt(changes, p.AsOf.UnixMicro())); err != nil || !registry.Merged(&then) {
			return person, err
		}
	}
	to, err := standing(ctx, tx, person)
	if to != person {
		p.Led = &Led{person, rows[0].Number}
	}
	return to, err
}

// trim takes out of the changes what the officer may not see, and opens what he may.
func (p *PersonPage) trim(key seal.DataKeys) error {
	hidden, sealed := map[string]bool{}, map[string]bool{}
	for i := range p.Changes {
		c := &p.Changes[i]
		kept := make([]change.Set, 0, len(c.Sets))
		for _, s := range c.Sets {
			tier := node.TierOf(s.Field, s.Value)
			if tier == registry.T3 {
				sealed[s.Field] = !s.Value.Empty()
			}
			if !p.Rights.See(tier) {
				hidden[s.Field] = true
				continue
			}
			if seal.Sealed(s.Value.Text) {
				text, err := node.OpenSealed(key, s.Field, s.Value.Text)
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
	for _, holds := range sealed {
		p.Sealed = p.Sealed || holds
	}
	return nil
}
