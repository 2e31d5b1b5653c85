package app

import (
	"context"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/registry"
)

// Edit corrects or completes fields of a person. Each input carries the version that the
// officer saw; when somebody wrote the same field since, nothing is saved and the outcome
// shows both values.
func (a *App) Edit(ctx context.Context, actor Actor, person string, in []registry.Input, note string) (Outcome, error) {
	out, err := a.OnPerson(ctx, actor, person, authz.Edit, func(cur *registry.Person) (change.Change, []registry.Doubt, error) {
		return registry.Edit(cur, in, note, a.Today())
	})
	if err == nil && !out.Unchanged && len(out.Conflicts) == 0 {
		_ = a.weighAgain(ctx, person, in) // what is saved is saved; a scan finds the pairs as well
	}
	return out, err
}

// Confirm records that the person still lives in the district, and moves the expiry.
func (a *App) Confirm(ctx context.Context, actor Actor, person string) (Outcome, error) {
	return a.OnPerson(ctx, actor, person, authz.Edit, func(cur *registry.Person) (change.Change, []registry.Doubt, error) {
		c, err := registry.Confirm(cur, a.Today())
		return c, nil, err
	})
}

// CloseRegistration ends the episode in force.
func (a *App) CloseRegistration(ctx context.Context, actor Actor, person, reason, note string) (Outcome, error) {
	return a.OnPerson(ctx, actor, person, authz.Edit, func(cur *registry.Person) (change.Change, []registry.Doubt, error) {
		c, err := registry.Close(cur, reason, a.Today(), note)
		return c, nil, err
	})
}

// Transfer moves the registration to another office, with a hand-over note. The right is
// that of the office that receives.
func (a *App) Transfer(ctx context.Context, actor Actor, person string, cmd registry.TransferCmd) (Outcome, error) {
	if err := authz.Check(actor, authz.Transfer, cmd.ToOffice); err != nil {
		return Outcome{}, err
	}
	return a.OnPerson(ctx, actor, person, authz.Transfer, func(cur *registry.Person) (change.Change, []registry.Doubt, error) {
		c, err := registry.Transfer(cur, cmd, a.Today())
		return c, nil, err
	})
}

// moveFor is Transfer for an officer at a node who asks this hub.
func (a *App) moveFor(ctx context.Context, actor Actor, person, note string) error {
	_, err := a.Transfer(ctx, actor, person, registry.TransferCmd{ToOffice: actor.Office, Note: note})
	return err
}

// Decease records a death; the person's registration ends.
func (a *App) Decease(ctx context.Context, actor Actor, person string, date civil.Date, where, record string) (Outcome, error) {
	return a.OnPerson(ctx, actor, person, authz.Edit, func(cur *registry.Person) (change.Change, []registry.Doubt, error) {
		c, err := registry.Decease(cur, date, where, record, a.Today())
		return c, nil, err
	})
}

// Resolve settles a doubt: the proposed value is taken, or the doubt is put away.
func (a *App) Resolve(ctx context.Context, actor Actor, person, doubt string, accept bool, note string) (Outcome, error) {
	return a.OnPerson(ctx, actor, person, authz.Edit, func(cur *registry.Person) (change.Change, []registry.Doubt, error) {
		c, err := registry.Resolve(cur, doubt, accept, note)
		return c, nil, err
	})
}
