package rights

import (
	"context"

	"quipu/internal/change"
	"quipu/internal/registry"
	rules "quipu/internal/rights"
	"quipu/internal/store"
)

// Project writes entities of a kind of this package anew as their changes say.
func (r *Rights) Project(ctx context.Context, tx *store.Tx, kind change.Kind, ids []string) error {
	switch kind {
	case requests.kind:
		return again(ctx, r, tx, requests, ids)
	case breaches.kind:
		return again(ctx, r, tx, breaches, ids)
	case disclosures.kind:
		return again(ctx, r, tx, disclosures, ids)
	case proposals.kind:
		return again(ctx, r, tx, proposals, ids)
	}
	return nil
}

func again[T any](ctx context.Context, r *Rights, tx *store.Tx, m *matter[T], ids []string) error {
	for _, id := range ids {
		past, err := load(ctx, r, tx, m.kind, id)
		if err != nil {
			return err
		}
		x := m.fold(past)
		if err := m.project(ctx, tx, &x); err != nil {
			return err
		}
	}
	return nil
}

// Erased carries out here what an erasure of another office means beyond the values of the
// changes, which are without them already: of people whose entry is anonymised the keys, the
// pairs, the words of what they and others asked, and the rows of lists.
func (r *Rights) Erased(ctx context.Context, tx *store.Tx, people []string) error {
	var whole []string
	for _, id := range people {
		changes, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: id})
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			continue
		}
		if p := registry.Load(changes); !registry.Erased(&p) {
			continue
		}
		if err := r.forget(ctx, tx, changes, ""); err != nil {
			return err
		}
		whole = append(whole, id)
	}
	return tx.ForgetRowsOf(ctx, whole)
}

// Kinds are the kinds of entity of this package.
var Kinds = []change.Kind{rules.KindRequest, rules.KindBreach, rules.KindDisclosure, rules.KindRetention}
