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

// broughtKey is a key that came with a message, and the same wrapped under this register's master.
type broughtKey struct {
	key *seal.DataKey
	row store.SealedKey
}

// take takes the keys that came with a message; what opens nothing is left out.
func (x *Exchange) take(keys []sync.Key) (out []broughtKey, err error) {
	for _, k := range keys {
		if len(k.Secret) != seal.KeySize {
			continue
		}
		key, wrapped, err := x.Master.TakeDataKey(k.Entity.ID, node.SealedTier, k.Secret)
		if err != nil {
			return nil, err
		}
		out = append(out, broughtKey{key, store.SealedKey{Entity: k.Entity.ID, Tier: int(registry.T3), ID: key.ID(), Wrapped: wrapped}})
	}
	return out, nil
}

// putKeys keeps the keys that came and this register has not. Of an entry that was anonymised
// none is kept: what they sealed is to be closed for good.
func (x *Exchange) putKeys(ctx context.Context, tx *store.Tx, keys []sync.Key) error {
	came, err := x.take(keys)
	if err != nil || len(came) == 0 {
		return err
	}
	ids := make([]string, len(came))
	for i, k := range came {
		ids[i] = k.row.Entity
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
	for _, k := range came {
		name := [2]string{k.row.Entity, k.row.ID}
		if skip[name] || erased[k.row.Entity] {
			continue
		}
		skip[name] = true
		add = append(add, k.row)
	}
	return tx.PutSealedKeys(ctx, add)
}
