package app

import (
	"context"
	"slices"

	"quipu/internal/app/alike"
	"quipu/internal/app/node"
	"quipu/internal/app/number"
	"quipu/internal/app/review"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/linkage"
	"quipu/internal/linkage/register"
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
	// The search stands outside the transaction that writes: nobody waits for it.
	like, err := a.Alike.Of(ctx, &draft)
	if err != nil {
		return out, err
	}
	if !confirmed {
		if out.Same = without(strong(like), cmd.Alike); len(out.Same) > 0 {
			return out, a.logShown(ctx, actor, &draft, out.Same)
		}
	}
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		if !confirmed {
			held, err := holders(ctx, tx, &draft)
			if out.Same = without(held, cmd.Alike); err != nil || len(out.Same) > 0 {
				return err
			}
		}
		return a.enter(ctx, tx, actor, cmd, c, like, &out)
	})
	if err == nil && out.Person == "" {
		return out, a.logShown(ctx, actor, &draft, out.Same)
	}
	if err != nil { // nothing was kept of what the transaction wrote
		return Registered{Doubts: doubts}, err
	}
	a.Done.Registrations.Add(1)
	return out, nil
}

// enter writes the entry, what the officer said of those who look alike, and who may be the
// same person, for the reviewers.
func (a *App) enter(ctx context.Context, tx *store.Tx, actor Actor, cmd registry.RegisterCmd, c change.Change, like []Candidate, out *Registered) (err error) {
	numbers, err := number.Take(ctx, tx, 1)
	if err != nil {
		return err
	}
	out.Number = id.Number(numbers[0])
	out.Person = string(a.NewID())
	c.Entity = change.Ref{Kind: change.Person, ID: out.Person}
	c.Sets = append([]change.Set{{Field: "number", Value: change.Text(out.Number)}}, c.Sets...)
	writes := []node.Write{{Change: c}}
	err = a.CommitPeople(ctx, tx, actor, writes)
	out.Head = writes[0].Change.ID
	if err != nil {
		return err
	}
	if err := a.queue(ctx, tx, out.Person, like, review.AtRegistration); err != nil {
		return err
	}
	if err := a.SaidAtWindow(ctx, tx, actor, out.Person, cmd.Alike); err != nil {
		return err
	}
	if err := a.Campaigns.Entered(ctx, tx, actor, out.Person); err != nil {
		return err
	}
	return tx.PutRegistrationTime(ctx, store.RegistrationTime{Person: out.Person, Author: actor.Login, Office: cmd.Office, At: writes[0].Change.At.Micros})
}

// mostQueued bounds the pairs that one entry puts before the reviewers.
const mostQueued = 20

// queue puts those who look like a person into the queue of the reviewers, the likeliest.
func (a *App) queue(ctx context.Context, tx *store.Tx, person string, like []Candidate, source review.Source) error {
	if len(like) == 0 {
		return nil
	}
	_, m, err := a.Alike.Weigher(ctx, tx)
	if err != nil {
		return err
	}
	var found []review.Scored
	for _, l := range like[:min(len(like), mostQueued)] {
		found = append(found, review.Scored{A: person, B: l.ID, Weight: l.Weight, Model: m.Name(), Source: source, Evidence: said(l.Evidence)})
	}
	return a.Put(ctx, tx, found)
}

// said is evidence as the queue keeps it: without values of anybody.
func said(all []linkage.Evidence) []review.Evidence {
	var out []review.Evidence
	for _, r := range register.Words(all) {
		out = append(out, review.Evidence{Field: r.Field, Level: r.Key, Weight: r.Weight})
	}
	return out
}

// undecided are those who must be decided about before the entry is made.
func (a *App) undecided(ctx context.Context, draft *registry.Person, said []registry.Verdict) ([]Candidate, error) {
	like, err := a.Alike.Of(ctx, draft)
	return without(strong(like), said), err
}

// strong are those who are so much alike that an officer must decide.
func strong(all []Candidate) (out []Candidate) {
	for _, c := range all {
		if c.Strong() {
			out = append(out, c)
		}
	}
	return out
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
		out = append(out, Candidate{PersonRow: row, Likeness: alike.Likeness{Weight: alike.StrongLike, Document: true, Reasons: reasons("alike.document")}})
	}
	return out, err
}

// NumberStock is what this register can still make entries from.
func (a *App) NumberStock(ctx context.Context, actor Actor) (s number.Stock, err error) {
	if err := authz.Check(actor, authz.Register, actor.Office); err != nil {
		return s, err
	}
	err = a.DB.View(ctx, func(tx *store.Tx) (err error) {
		s, err = number.StockOf(ctx, tx)
		return err
	})
	return s, err
}

// wantMore makes a node that ran short in the middle of a list ask its hub for as many
// numbers as some transactions of the list take. It returns err as it was given.
func (a *App) wantMore(ctx context.Context, err error) error {
	if !fault.Is(err, "number.short") && !fault.Is(err, "number.none") {
		return err
	}
	again := a.DB.Update(ctx, func(tx *store.Tx) error { return number.Want(ctx, tx, 5*txRows) })
	if again != nil {
		return again
	}
	return err
}
