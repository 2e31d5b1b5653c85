package app

import (
	"context"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// Relate links two people of the register. Both records are written in one transaction, so
// that nobody is somebody's mother who is not her child. The officer needs the right to
// write both; a relative of another office can be noted by name until that office links
// them.
func (a *App) Relate(ctx context.Context, actor Actor, person, other string, link registry.Link) (out Outcome, err error) {
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		one, row, err := a.Load(ctx, tx, person)
		if err != nil {
			return err
		}
		if err := authz.Check(actor, authz.Edit, node.OfficeOf(one)); err != nil {
			return err
		}
		if err := node.Unmoved(ctx, &one); err != nil {
			return err
		}
		two, otherRow, err := a.Load(ctx, tx, other)
		if err != nil {
			return err
		}
		ofOne, ofTwo, err := registry.Relate(&one, &two, link, a.Today())
		if err != nil {
			return err
		}
		if office := node.OfficeOf(two); len(ofTwo.Sets) > 0 && !authz.May(actor, authz.Edit, office) {
			return fault.New(fault.Invalid, "app.relative_elsewhere", "office", office).On("person")
		}
		if out.Conflicts = append(one.Conflicts(&ofOne), two.Conflicts(&ofTwo)...); len(out.Conflicts) > 0 {
			return nil
		}
		out.Head = one.Head
		return a.commitPair(ctx, tx, actor, &out, node.Write{Person: one, Change: ofOne, There: true, Row: row},
			node.Write{Person: two, Change: ofTwo, There: true, Row: otherRow})
	})
	if err != nil {
		return out, err
	}
	return out, a.LogReads(ctx, actor, store.Read{Action: "read", Person: other, Detail: "ordinary"})
}

// commitPair writes those of the two changes that say something.
func (a *App) commitPair(ctx context.Context, tx *store.Tx, actor Actor, out *Outcome, pair ...node.Write) error {
	var writes []node.Write
	for _, w := range pair {
		if len(w.Change.Sets) > 0 {
			w.Change.Entity = change.Ref{Kind: change.Person, ID: w.Person.Entity.ID}
			writes = append(writes, w)
		}
	}
	if out.Unchanged = len(writes) == 0; out.Unchanged {
		return nil
	}
	err := a.CommitPeople(ctx, tx, actor, writes)
	if writes[0].Person.Entity.ID == pair[0].Person.Entity.ID {
		out.Head = writes[0].Person.Head
	}
	return err
}
