package exchange

import (
	"context"
	"slices"

	"quipu/internal/app/conflict"
	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/store"
)

// saving is what follows from every transaction before it is saved: what it decided by writing
// a field waits no longer, and at the hub all of it is filed.
func (x *Exchange) saving(ctx context.Context, tx *store.Tx, from int64, appended []change.Ref) error {
	var refs []string
	for _, e := range appended {
		if conflict.Decided(e.Kind) {
			refs = append(refs, e.String())
		}
	}
	slices.Sort(refs)
	waits, err := tx.ContestedOf(ctx, slices.Compact(refs)...)
	if err != nil {
		return err
	}
	refs = nil
	for _, r := range waits {
		refs = append(refs, r.Entity)
	}
	kinds, ids := byKind(refs)
	for _, kind := range kinds {
		if err := contested(ctx, tx, kind, ids[kind]); err != nil {
			return err
		}
	}
	return x.file(ctx, tx, from, appended)
}

// contested lists what of entities of a kind waits because it was written without seeing what
// stood, and what was decided about it. Whoever writes the field after it has seen both, and so
// decides, too.
func contested(ctx context.Context, tx *store.Tx, kind change.Kind, ids []string) error {
	if !conflict.Decided(kind) {
		return nil
	}
	refs := ofKind(kind, ids)
	changes, err := tx.ChangesOf(ctx, refs)
	if err != nil {
		return err
	}
	var open []store.ContestedRow
	var done []store.SettledRow
	for _, e := range refs {
		waits, said := conflict.Rows(changes[e])
		open, done = append(open, waits...), append(done, said...)
	}
	if len(open)+len(done) == 0 {
		if had, err := tx.ContestedOf(ctx, refs...); err != nil || len(had) == 0 {
			return err
		}
	}
	return node.PutConflicts(ctx, tx, refs, open, done)
}
