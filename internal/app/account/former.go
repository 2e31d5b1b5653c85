package account

import (
	"context"
	"slices"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/authn"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/store"
)

// Former is an officer whose right to something ended: as he was while he had it, and when.
type Former struct {
	Actor authz.Actor
	Ended time.Time
}

// Former is who shows a token with which he might do something once: it was revoked, or the
// account was closed or has a role that may not. ok is false where he may still, never might,
// or where a token merely ran out, of which another is made. Nobody comes in by it: it is for
// work that was done before and arrives after.
func (a *Accounts) Former(ctx context.Context, secret string, action authz.Action) (f Former, ok bool, err error) {
	return f, ok, a.DB.View(ctx, func(tx *store.Tx) error {
		row, known, err := tx.APITokenByHash(ctx, authn.HashToken(secret))
		if err != nil || !known {
			return err
		}
		t := tokenOf(row)
		if !slices.Contains(t.Scopes, action) {
			return nil
		}
		changes, err := tx.Changes(ctx, change.Ref{Kind: change.User, ID: row.Login})
		if err != nil {
			return err
		}
		f = lastMight(changes, action)
		if acc, has, err := tx.Account(ctx, row.Login); err != nil {
			return err
		} else if f.Ended.IsZero() && len(changes) > 0 && (!has || acc.State != active) { // another office keeps it now
			f.Ended = node.Moment(changes[len(changes)-1].At.Micros)
		}
		if !t.Revoked.IsZero() && (f.Ended.IsZero() || t.Revoked.Before(f.Ended)) {
			f.Ended = t.Revoked
		}
		f.Actor.Scopes = t.Scopes
		ok = f.Actor.Login != "" && !f.Ended.IsZero()
		return nil
	})
}

// lastMight is the officer as he was when he might last do something, and when that ended: zero
// where it has not.
func lastMight(changes []change.Change, action authz.Action) (f Former) {
	for i := range changes {
		rec := change.Fold(changes[:i+1])
		now := actorOf(store.Account{Login: changes[i].Entity.ID, Name: rec.Text("name"), Role: rec.Text("role"), Office: rec.Text("office"), Lang: rec.Text("lang")})
		switch {
		case rec.Text("state") == active && authz.May(now, action, now.Office):
			f = Former{Actor: now}
		case f.Actor.Login != "" && f.Ended.IsZero():
			f.Ended = node.Moment(changes[i].At.Micros)
		}
	}
	return f
}
