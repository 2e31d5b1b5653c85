package app

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/linkage"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// Registered is what the window tells the person.
type Registered struct {
	Person string
	Number string
	Head   id.Change // the change that made the entry
	Doubts []registry.Doubt
	// Same lists people who may be the same person: the officer looks at them before the
	// entry is made.
	Same []Candidate
}

// Register makes an entry. When somebody of the register may be the same person, nothing
// is written and Same lists them, until the officer has said of each whether it is
// (cmd.Alike), or confirmed that all are others.
func (a *App) Register(ctx context.Context, actor Actor, cmd registry.RegisterCmd, confirmed bool) (Registered, error) {
	if err := authz.Check(actor, authz.Register, cmd.Office); err != nil {
		return Registered{}, err
	}
	c, doubts, err := registry.Register(cmd, a.Today())
	if err != nil {
		return Registered{}, err
	}
	out := Registered{Doubts: doubts}
	draft := registry.Load([]change.Change{c})
	if !confirmed {
		// The search stands outside the transaction that writes: nobody waits for it.
		if out.Same, err = a.undecided(ctx, &draft, cmd.Alike); err != nil || len(out.Same) > 0 {
			return out, errors.Join(err, a.logShown(ctx, actor, &draft, out.Same))
		}
	}
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		if !confirmed {
			held, err := holders(ctx, tx, &draft)
			if out.Same = without(held, cmd.Alike); err != nil || len(out.Same) > 0 {
				return err
			}
		}
		if out.Number, err = a.nextNumbers(ctx, tx, 1); err != nil {
			return err
		}
		out.Person = string(a.NewID())
		c.Entity = change.Ref{Kind: change.Person, ID: out.Person}
		c.Sets = append([]change.Set{{Field: "number", Value: change.Text(out.Number)}}, c.Sets...)
		writes := []node.Write{{Change: c}}
		err := a.CommitPeople(ctx, tx, actor, writes)
		out.Head = writes[0].Person.Head
		if err != nil {
			return err
		}
		if err := a.SaidAtWindow(ctx, tx, actor, out.Person, cmd.Alike); err != nil {
			return err
		}
		return tx.PutRegistrationTime(ctx, store.RegistrationTime{Person: out.Person, Author: actor.Login, Office: cmd.Office, At: writes[0].Change.At.Micros})
	})
	if err == nil && out.Person == "" {
		return out, a.logShown(ctx, actor, &draft, out.Same)
	}
	if err == nil {
		a.Done.Registrations.Add(1)
	}
	return out, err
}

// undecided are those who must be decided about before the entry is made.
func (a *App) undecided(ctx context.Context, draft *registry.Person, said []registry.Verdict) (out []Candidate, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		out, err = alike(ctx, tx, draft)
		return err
	})
	return without(slices.DeleteFunc(out, func(c Candidate) bool { return !c.Strong() }), said), err
}

// without leaves out of whom the officer has said something already.
func without(all []Candidate, said []registry.Verdict) []Candidate {
	return slices.DeleteFunc(all, func(c Candidate) bool {
		return slices.ContainsFunc(said, func(v registry.Verdict) bool { return v.Person == c.ID })
	})
}

// holders lists the people who can be found by one of the person's documents.
func holders(ctx context.Context, tx *store.Tx, p *registry.Person) (out []Candidate, err error) {
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
	people, err := tx.PeopleByID(ctx, ids)
	for _, row := range people {
		out = append(out, Candidate{row, linkage.Likeness{Reasons: []linkage.Reason{{Key: "document"}}}})
	}
	return out, err
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
