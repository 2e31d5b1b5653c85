package app

import (
	"context"
	"time"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/registry"
)

// Rehearsed is what an entry would be.
type Rehearsed struct {
	Draft  registry.Person
	Doubts []registry.Doubt
	Same   []Candidate // who must be decided about before
}

// Rehearse is Register without the writing: for the page on which the officer checks the
// answers.
func (a *App) Rehearse(ctx context.Context, actor Actor, cmd registry.RegisterCmd) (out Rehearsed, err error) {
	if err := authz.Check(actor, authz.Register, cmd.Office); err != nil {
		return out, err
	}
	c, doubts, err := registry.Register(cmd, a.Today())
	if err != nil {
		return out, err
	}
	out.Draft, out.Doubts = registry.Load([]change.Change{c}), doubts
	out.Same, err = a.undecided(ctx, &out.Draft, cmd.Alike)
	return out, err
}

// Met is an entry beside what somebody gave about the same person.
type Met struct {
	*PersonPage
	Differences []registry.Difference
	Moves       bool // is registered elsewhere
	Reopens     bool // has no registration in force
}

// Meet sets what somebody gave beside the entry of the same person; the read is logged.
func (a *App) Meet(ctx context.Context, actor Actor, person string, in []registry.Input) (m Met, err error) {
	if err := authz.Check(actor, authz.Register, actor.Office); err != nil {
		return m, err
	}
	if m.PersonPage, err = a.Person(ctx, actor, person, time.Time{}); err != nil {
		return m, err
	}
	_, open := registry.Current(&m.Person)
	m.Reopens, m.Moves = !open, open && registry.Summarise(&m.Person).Office != actor.Office
	m.Differences, err = registry.Against(&m.Person, in, a.Today())
	return m, err
}

// Welcome brings an entry up to date with the person at the window: the registration is
// brought here, opened again or confirmed, and then the values are written. Each is a
// change of its own; what fails first leaves the rest undone and says so.
func (a *App) Welcome(ctx context.Context, actor Actor, person string, in []registry.Input, note string) (out Outcome, err error) {
	m, err := a.Meet(ctx, actor, person, nil)
	if err != nil {
		return out, err
	}
	switch {
	case m.Reopens:
		out, err = a.Reopen(ctx, actor, person, registry.ReopenCmd{Office: actor.Office, Note: note})
	case m.Moves:
		out, err = a.Transfer(ctx, actor, person, registry.TransferCmd{ToOffice: actor.Office, Note: note})
	default:
		out, err = a.Confirm(ctx, actor, person)
	}
	if err != nil || len(out.Conflicts) > 0 || len(in) == 0 {
		return out, err
	}
	return a.Edit(ctx, actor, person, in, note)
}
