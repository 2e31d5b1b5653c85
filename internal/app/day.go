package app

import (
	"context"

	"quipu/internal/authz"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// OfficeDay is what waits at an office when the day begins.
type OfficeDay struct {
	Registered int64 // people with a registration in force, expired or not
	Due        int64 // of them, those whose registration expires within registry.DueDays
	Stale      int64 // of them, those whose registration has expired
	Doubtful   int64 // people with doubts that nobody settled
}

// OfficeDay counts what waits at the officer's own office.
func (a *App) OfficeDay(ctx context.Context, actor Actor) (day OfficeDay, err error) {
	if err := authz.Check(actor, authz.Search, actor.Office); err != nil {
		return day, err
	}
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		n, err := tx.CountWaiting(ctx, actor.Office, a.Today().String(), a.dueBefore())
		day = OfficeDay(n)
		return err
	})
	return day, err
}

// dueBefore is the first day on which an expiry is not yet due.
func (a *App) dueBefore() string { return a.Today().AddDays(registry.DueDays + 1).String() }

// ExpiringPeople lists people of the officer's office whose registration has expired or is
// due, in the order of their entries after a row number (0 for the first): one page. The
// Row of the last is where the next page begins.
func (a *App) ExpiringPeople(ctx context.Context, actor Actor, after int64, limit int) ([]Hit, error) {
	return a.waiting(ctx, actor, "due", func(tx *store.Tx) ([]store.PersonRow, error) {
		return tx.PeopleExpiring(ctx, actor.Office, a.dueBefore(), after, limit)
	})
}

// DoubtfulPeople lists people of the officer's office with open doubts, as ExpiringPeople.
func (a *App) DoubtfulPeople(ctx context.Context, actor Actor, after int64, limit int) ([]Hit, error) {
	return a.waiting(ctx, actor, "doubts", func(tx *store.Tx) ([]store.PersonRow, error) {
		return tx.PeopleInDoubt(ctx, actor.Office, after, limit)
	})
}

func (a *App) waiting(ctx context.Context, actor Actor, what string, list func(tx *store.Tx) ([]store.PersonRow, error)) ([]Hit, error) {
	if err := authz.Check(actor, authz.Search, actor.Office); err != nil {
		return nil, err
	}
	var hits []Hit
	err := a.DB.View(ctx, func(tx *store.Tx) error {
		people, err := list(tx)
		for _, p := range people {
			hits = append(hits, Hit{PersonRow: p})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return hits, a.logSearch(ctx, actor, what+" "+actor.Office)
}

// OfficerNames maps the login of every account, closed ones too, to the name of its
// officer. It asks for no right: whoever reads a record may know who wrote it.
func (a *App) OfficerNames(ctx context.Context) (names map[string]string, err error) {
	names = map[string]string{}
	err = a.DB.Look(ctx, func(tx *store.Tx) error {
		all, err := tx.Accounts(ctx)
		for _, acc := range all {
			names[acc.Login] = acc.Name
		}
		return err
	})
	return names, err
}
