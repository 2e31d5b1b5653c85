package exchange

import (
	"context"

	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/registry"
	"quipu/internal/seal"
	"quipu/internal/store"
	"quipu/internal/survey/study"
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

// take takes the keys that came with a message; what is no key is left out. There is one tier of
// keys, which is bound into how each is wrapped: a key is opened as what it is, or not at all. Who may
// read what it opens is asked of each reader (node.RightsOver), never of a key.
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

// putKeys keeps the keys that came and this register has not. Of what is closed for good none is kept.
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
		if w.Tier != int(registry.T3) { // a later release's: not ours to open, and no reason to stop
			continue
		}
		key, err := x.Master.OpenDataKey(w.Entity, node.SealedTier, w.Wrapped)
		if err != nil {
			return err
		}
		skip[[2]string{w.Entity, key.ID()}] = true
	}
	closed, err := closedForGood(ctx, tx, ids)
	if err != nil {
		return err
	}
	var add []store.SealedKey
	for _, k := range came {
		name := [2]string{k.row.Entity, k.row.ID}
		if skip[name] || closed[k.row.Entity] {
			continue
		}
		skip[name] = true
		add = append(add, k.row)
	}
	return tx.PutSealedKeys(ctx, add)
}

// closedForGood are those of entities whose keys were destroyed so that nobody ever opens what they
// sealed: people whose entry was anonymised, and links between cases and people that were ended. A
// computer that was put back from a copy, or means no good, still has such a key, and any kind of
// entity may be named beside it: so the id alone is asked for.
func closedForGood(ctx context.Context, tx *store.Tx, ids []string) (map[string]bool, error) {
	closed := map[string]bool{}
	rows, err := tx.PeopleByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		closed[r.ID] = r.Entry == registry.EntryErased
	}
	links, err := tx.ChangesOf(ctx, ofKind(study.KindLink, ids))
	for _, past := range links {
		if len(past) > 0 && study.LoadLink(past).Destroyed.Micros != 0 {
			closed[past[0].Entity.ID] = true
		}
	}
	return closed, err
}
