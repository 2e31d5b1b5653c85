package node

import (
	"context"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// Outcome is what came of a change to a person.
type Outcome struct {
	Conflicts []change.Conflict // somebody else wrote these fields since the officer looked; nothing was saved
	Doubts    []registry.Doubt
	Unchanged bool
	Head      id.Change // the last change of the person after this one; zero in a conflict
}

type expectedKey struct{}

// Expecting makes the next change to a person fail with "api.head_moved" when head is no
// longer the last change of the person: for programs that ask for it (HTTP's If-Match).
func Expecting(ctx context.Context, head id.Change) context.Context {
	return context.WithValue(ctx, expectedKey{}, head)
}

// Unmoved is a fault when the context expects another last change of the person.
func Unmoved(ctx context.Context, cur *registry.Person) error {
	if head, ok := ctx.Value(expectedKey{}).(id.Change); ok && head != cur.Head {
		return fault.New(fault.Conflict, "api.head_moved", "head", cur.Head.String())
	}
	return nil
}

// Decision is what a domain function returns.
type Decision func(cur *registry.Person) (change.Change, []registry.Doubt, error)

// OnPerson loads a person, lets the domain decide, checks that nobody wrote the same
// fields in between, and commits.
func (n *Node) OnPerson(ctx context.Context, actor Actor, person string, action authz.Action, decide Decision) (out Outcome, err error) {
	err = n.DB.Update(ctx, func(tx *store.Tx) error {
		cur, row, err := n.Load(ctx, tx, person)
		if err != nil {
			return err
		}
		office := OfficeOf(cur)
		if action == authz.Transfer {
			office = actor.Office
		}
		if err := authz.Check(actor, action, office); err != nil {
			return err
		}
		if err := Unmoved(ctx, &cur); err != nil {
			return err
		}
		c, doubts, err := decide(&cur)
		if err != nil {
			return err
		}
		if out.Doubts = doubts; len(c.Sets) == 0 {
			out.Unchanged, out.Head = true, cur.Head
			return nil
		}
		if out.Conflicts = RightsOver(actor, cur).Veil(cur.Conflicts(&c)); len(out.Conflicts) > 0 {
			return nil
		}
		c.Entity = cur.Entity
		writes := []Write{{Person: cur, Change: c, There: true, Row: row}}
		err = n.CommitPeople(ctx, tx, actor, writes)
		out.Head = writes[0].Person.Head
		return err
	})
	if err == nil && !out.Unchanged && len(out.Conflicts) == 0 {
		n.Done.Edits.Add(1)
	}
	return out, err
}

// Load reads a person with sealed values opened, for a Decision: the domain sees clear
// text, and only CommitPeople writes.
func (n *Node) Load(ctx context.Context, tx *store.Tx, person string) (registry.Person, int64, error) {
	changes, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: person})
	if err != nil || len(changes) == 0 {
		return registry.Person{}, 0, NotFound(err, "person", person)
	}
	rows, err := tx.PeopleByID(ctx, []string{person})
	if err != nil || len(rows) == 0 {
		return registry.Person{}, 0, NotFound(err, "person", person)
	}
	cur := registry.Load(changes)
	key, err := n.SealKeys(ctx, tx, person)
	if err != nil {
		return cur, 0, err
	}
	if err := OpenRecord(key, &cur); err != nil {
		return cur, 0, err
	}
	if cur.Text("entry") == registry.EntryWithdrawn {
		return cur, 0, fault.New(fault.Conflict, "app.withdrawn", "number", cur.Text("number"))
	}
	if registry.Merged(&cur) {
		return cur, 0, n.merged(ctx, tx, &cur)
	}
	return cur, rows[0].Row, nil
}

// merged says that an entry was merged, and into which.
func (n *Node) merged(ctx context.Context, tx *store.Tx, cur *registry.Person) error {
	to, err := tx.Leads(ctx, []string{cur.Entity.ID})
	if err != nil {
		return err
	}
	rows, err := tx.PeopleByID(ctx, []string{to[cur.Entity.ID]})
	if err != nil || len(rows) == 0 {
		return NotFound(err, "person", to[cur.Entity.ID])
	}
	return fault.New(fault.Conflict, "app.merged", "number", cur.Text("number"), "to", rows[0].Number)
}

// NotFound is the error, or the fault that there is no such thing.
func NotFound(err error, what, which string) error {
	if err != nil {
		return err
	}
	return fault.New(fault.NotFound, "app.not_found", "what", what, "which", which)
}
