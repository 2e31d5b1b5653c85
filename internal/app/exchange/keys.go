package exchange

import (
	"context"

	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/registry"
	"quipu/internal/seal"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// keysOf are all keys of the sealed values of entities, bare: the envelope around the message
// is sealed.
func (x *Exchange) keysOf(ctx context.Context, tx *store.Tx, refs []change.Ref) (out []sync.Key, err error) {
	ids := make([]string, len(refs))
	of := make(map[string]change.Ref, len(refs))
	for i, r := range refs {
		ids[i], of[r.ID] = r.ID, r
	}
	wrapped, err := tx.SealedKeysOf(ctx, ids...)
	if err != nil {
		return nil, err
	}
	for _, w := range wrapped {
		if w.Tier != int(registry.T3) {
			continue
		}
		key, err := x.Master.OpenDataKey(w.Entity, node.SealedTier, w.Wrapped)
		if err != nil {
			return nil, err
		}
		out = append(out, sync.Key{Entity: of[w.Entity], ID: key.ID(), Secret: key.Bare()})
	}
	return out, nil
}

// putKeys wraps keys under this register's master and keeps those that it has not. Of an
// entry that was anonymised none is kept: what they sealed is to be closed for good.
func (x *Exchange) putKeys(ctx context.Context, tx *store.Tx, keys []sync.Key) error {
	if len(keys) == 0 {
		return nil
	}
	ids := make([]string, len(keys))
	for i, k := range keys {
		ids[i] = k.Entity.ID
	}
	have, err := tx.SealedKeysOf(ctx, ids...)
	if err != nil {
		return err
	}
	skip := map[[2]string]bool{}
	for _, w := range have {
		key, err := x.Master.OpenDataKey(w.Entity, node.SealedTier, w.Wrapped)
		if err != nil {
			return err
		}
		skip[[2]string{w.Entity, key.ID()}] = true
	}
	rows, err := tx.PeopleByID(ctx, ids)
	if err != nil {
		return err
	}
	erased := map[string]bool{}
	for _, r := range rows {
		erased[r.ID] = r.Entry == registry.EntryErased
	}
	var add []store.SealedKey
	for _, k := range keys {
		if len(k.Secret) != seal.KeySize {
			continue // it opens nothing
		}
		key, wrapped, err := x.Master.TakeDataKey(k.Entity.ID, node.SealedTier, k.Secret)
		if err != nil {
			return err
		}
		name := [2]string{k.Entity.ID, key.ID()}
		if skip[name] || erased[k.Entity.ID] {
			continue
		}
		skip[name] = true
		add = append(add, store.SealedKey{Entity: k.Entity.ID, Tier: int(registry.T3), ID: key.ID(), Wrapped: wrapped})
	}
	return tx.PutSealedKeys(ctx, add)
}
