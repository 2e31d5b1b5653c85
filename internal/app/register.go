package app

import (
	"context"
	"strconv"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/seal"
	"quipu/internal/store"
)

// Registered is what the window tells the person.
type Registered struct {
	Person string
	Number string
	Head   id.Change // the change that made the entry
	Doubts []registry.Doubt
	// Same lists people who hold one of the same documents: the officer looks at them
	// before the entry is made, unless Confirmed.
	Same []store.PersonRow
}

// Register makes an entry. When somebody holds the same document already, nothing is
// written and Same lists them, until the officer has confirmed that they are others.
func (a *App) Register(ctx context.Context, actor Actor, cmd registry.RegisterCmd, confirmed bool) (Registered, error) {
	if err := authz.Check(actor, authz.Register, cmd.Office); err != nil {
		return Registered{}, err
	}
	c, doubts, err := registry.Register(cmd, a.Today())
	if err != nil {
		return Registered{}, err
	}
	out := Registered{Doubts: doubts}
	err = a.db.Update(ctx, func(tx *store.Tx) error {
		draft := registry.Load([]change.Change{c})
		if !confirmed {
			if out.Same, err = holders(ctx, tx, &draft); err != nil || len(out.Same) > 0 {
				return err
			}
		}
		if out.Number, err = a.nextNumbers(ctx, tx, 1); err != nil {
			return err
		}
		out.Person = string(a.newID())
		c.Entity = change.Ref{Kind: change.Person, ID: out.Person}
		c.Sets = append([]change.Set{{Field: "number", Value: change.Text(out.Number)}}, c.Sets...)
		writes := []write{{change: c}}
		err := a.commitPeople(ctx, tx, actor, writes)
		out.Head = writes[0].person.Head
		return err
	})
	if err == nil && out.Person != "" {
		a.work.registrations.Add(1)
	}
	return out, err
}

// holders lists the people who can be found by one of the person's documents.
func holders(ctx context.Context, tx *store.Tx, p *registry.Person) ([]store.PersonRow, error) {
	byKey, err := tx.PersonIDs(ctx, registry.DocumentKeys(p))
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, found := range byKey {
		ids = append(ids, found...)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return tx.PeopleByID(ctx, ids)
}

// nextNumbers takes n registry numbers from the node's range and returns the first.
func (a *App) nextNumbers(ctx context.Context, tx *store.Tx, n int64) (string, error) {
	next, err := a.takeNumbers(ctx, tx, n)
	return id.Number(next), err
}

func (a *App) takeNumbers(ctx context.Context, tx *store.Tx, n int64) (int64, error) {
	const name = "number.next"
	text, err := tx.Setting(ctx, name)
	if err != nil {
		return 0, err
	}
	next := int64(1)
	if text != "" {
		if next, err = strconv.ParseInt(text, 10, 64); err != nil {
			return 0, err
		}
	}
	return next, tx.PutSetting(ctx, name, strconv.FormatInt(next+n, 10))
}

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

func unmoved(ctx context.Context, cur *registry.Person) error {
	if head, ok := ctx.Value(expectedKey{}).(id.Change); ok && head != cur.Head {
		return fault.New(fault.Conflict, "api.head_moved", "head", cur.Head.String())
	}
	return nil
}

// decision is what a domain function returns.
type decision func(cur *registry.Person) (change.Change, []registry.Doubt, error)

// onPerson loads a person, lets the domain decide, checks that nobody wrote the same
// fields in between, and commits.
func (a *App) onPerson(ctx context.Context, actor Actor, person string, action authz.Action, decide decision) (out Outcome, err error) {
	err = a.db.Update(ctx, func(tx *store.Tx) error {
		cur, row, err := a.load(ctx, tx, person)
		if err != nil {
			return err
		}
		office := officeOf(cur)
		if action == authz.Transfer {
			office = actor.Office
		}
		if err := authz.Check(actor, action, office); err != nil {
			return err
		}
		if err := unmoved(ctx, &cur); err != nil {
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
		if out.Conflicts = rightsOver(actor, cur).veil(cur.Conflicts(&c)); len(out.Conflicts) > 0 {
			return nil
		}
		c.Entity = cur.Entity
		writes := []write{{person: cur, change: c, oldKeys: true, row: row}}
		err = a.commitPeople(ctx, tx, actor, writes)
		out.Head = writes[0].person.Head
		return err
	})
	if err == nil && !out.Unchanged && len(out.Conflicts) == 0 {
		a.work.edits.Add(1)
	}
	return out, err
}

// load reads a person with sealed values opened, for a decision: the domain sees clear
// text, and only commitPeople writes.
func (a *App) load(ctx context.Context, tx *store.Tx, person string) (registry.Person, int64, error) {
	changes, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: person})
	if err != nil || len(changes) == 0 {
		return registry.Person{}, 0, notFound(err, "person", person)
	}
	rows, err := tx.PeopleByID(ctx, []string{person})
	if err != nil || len(rows) == 0 {
		return registry.Person{}, 0, notFound(err, "person", person)
	}
	cur := registry.Load(changes)
	key, err := a.sealKey(ctx, tx, person, false)
	if err != nil {
		return cur, 0, err
	}
	for f, h := range cur.Fields {
		if !seal.Sealed(h.Value.Text) {
			continue
		}
		if h.Value.Text, err = openSealed(key, f, h.Value.Text); err != nil {
			return cur, 0, err
		}
		cur.Fields[f] = h
	}
	if cur.Text("entry") == registry.EntryWithdrawn {
		return cur, 0, fault.New(fault.Conflict, "app.withdrawn", "number", cur.Text("number"))
	}
	return cur, rows[0].Row, nil
}
