package account

import (
	"context"

	"quipu/internal/change"
	"quipu/internal/store"
)

// Project writes accounts anew as their changes say: those that another office keeps, and
// that came with the hub's answer. What a closed account had open ends, and so does what was
// opened with another role or at another office. Nobody comes in by it: passwords and second
// factors do not travel.
func (a *Accounts) Project(ctx context.Context, tx *store.Tx, logins []string) error {
	for _, login := range logins {
		changes, err := tx.Changes(ctx, change.Ref{Kind: change.User, ID: login})
		if err != nil {
			return err
		}
		rec := change.Fold(changes)
		if rec.Text("role") == "" { // only its creation makes an account
			continue
		}
		was, there, err := tx.Account(ctx, login)
		if err != nil {
			return err
		}
		is := store.Account{Login: login, Name: rec.Text("name"), Role: rec.Text("role"), Office: rec.Text("office"), Lang: rec.Text("lang"), State: rec.Text("state")}
		if there && is == was {
			continue
		}
		if err := tx.PutAccount(ctx, is); err != nil {
			return err
		}
		if !there {
			continue
		}
		if is.State == closed {
			if err := tx.DropSetupCode(ctx, login); err != nil {
				return err
			}
		}
		if was.Role != is.Role || was.Office != is.Office || was.State != is.State {
			if err := tx.DropSessionsOf(ctx, login, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// Forget closes the account of an officer who is another office's now and takes away every
// way in. The name stays: what the officer wrote here names him.
func (a *Accounts) Forget(ctx context.Context, tx *store.Tx, logins []string) error {
	for _, login := range logins {
		acc, there, err := tx.Account(ctx, login)
		if err != nil {
			return err
		}
		if !there {
			continue
		}
		acc.State = closed
		for _, f := range []func() error{
			func() error { return tx.PutAccount(ctx, acc) },
			func() error { return tx.DropSetupCode(ctx, login) },
			func() error { return tx.DropCredential(ctx, login) },
			func() error { return tx.DropFactors(ctx, login, "") },
			func() error { return tx.DropIdentity(ctx, login) },
			func() error { return tx.DropKnownBrowsers(ctx, login) },
			func() error { return tx.DropSessionsOf(ctx, login, "") },
		} {
			if err := f(); err != nil {
				return err
			}
		}
	}
	return nil
}
