package app

import (
	"context"

	"quipu/internal/authz"
	"quipu/internal/store"
)

// Reads lists who looked at whom before a place in the log of reads (0 for the newest),
// as far as the actor's right goes.
func (a *App) Reads(ctx context.Context, actor Actor, before int64, limit int) ([]store.Read, error) {
	lines, _, err := a.ReadsPage(ctx, actor, before, limit)
	return lines, err
}

// ReadsPage is Reads, and says before which place the next page stands, 0 after the last:
// a page whose reads are all of other offices is empty and not the last.
func (a *App) ReadsPage(ctx context.Context, actor Actor, before int64, limit int) (out []store.Read, next int64, err error) {
	scope, ok := authz.ScopeOf(actor, authz.ReadLog)
	if !ok {
		return nil, 0, authz.Check(actor, authz.ReadLog, actor.Office)
	}
	if before <= 0 {
		before = 1 << 62
	}
	var all []store.Read
	err = a.DB.View(ctx, func(tx *store.Tx) (err error) {
		all, err = tx.Reads(ctx, before, limit)
		return err
	})
	if len(all) == limit && limit > 0 {
		next = all[limit-1].Seq
	}
	for _, r := range all {
		if scope.Holds(r.Office) {
			out = append(out, r)
		}
	}
	return out, next, err
}
