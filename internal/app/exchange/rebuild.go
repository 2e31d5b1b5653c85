package exchange

import (
	"context"
	"slices"
	"strings"

	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/store"
)

// Rebuild writes tables anew as the changes of entities say, by Ref.String(): left still have
// changes, gone have none any more. It is for a register that goes back to an earlier moment.
func (x *Exchange) Rebuild(ctx context.Context, tx *store.Tx, left, gone []string) error {
	kinds, ids := byKind(gone)
	slices.Reverse(kinds) // people go after what refers to them
	for _, kind := range kinds {
		if f := x.kinds[kind].Forget; f != nil {
			if err := f(ctx, tx, ids[kind]); err != nil {
				return err
			}
		}
		for _, id := range ids[kind] {
			if kind == change.Import {
				if err := tx.ForgetRowPrints(ctx, id); err != nil {
					return err
				}
			}
			if kind != change.Erasure {
				if err := tx.DropSealedKeys(ctx, id); err != nil {
					return err
				}
			}
		}
	}
	return x.Project(ctx, tx, slices.DeleteFunc(slices.Clone(left), func(e string) bool { return strings.HasPrefix(e, string(change.Erasure)+"/") }))
}

// StandAlone makes a node or hub a register that stands alone, which shows an earlier moment
// than that up to which others know it. A hub with nodes cannot become one.
func (x *Exchange) StandAlone(ctx context.Context, tx *store.Tx) error {
	peers, err := tx.Peers(ctx)
	if err == nil && len(peers) > 0 {
		err = fault.New(fault.Conflict, "backup.hub_until", "nodes", len(peers))
	}
	if err != nil {
		return err
	}
	return tx.StandAlone(ctx, role)
}
