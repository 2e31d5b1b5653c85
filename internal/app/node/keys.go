package node

import (
	"context"

	"quipu/internal/change"
	"quipu/internal/registry"
	"quipu/internal/seal"
	"quipu/internal/store"
)

// sealSets encrypts the values of tier 3 under the person's own key.
func (n *Node) sealSets(ctx context.Context, tx *store.Tx, c *change.Change) error {
	var key *seal.DataKey
	for i := range c.Sets {
		s := &c.Sets[i]
		f := registry.Lookup(s.Field)
		if f == nil || f.Tier != registry.T3 || s.Value.Text == "" || seal.Sealed(s.Value.Text) {
			continue
		}
		if key == nil {
			var err error
			if key, err = n.NewSealKey(ctx, tx, c.Entity.ID); err != nil {
				return err
			}
		}
		s.Value.Text = key.Seal(s.Field, s.Value.Text)
	}
	return nil
}

// SealedTier names the tier under which keys of sealed values are wrapped.
const SealedTier = "T3"

// SealKeys are the keys of an entity's sealed values: none, one, or one of each office that
// made one before it had heard of the others'.
func (n *Node) SealKeys(ctx context.Context, tx *store.Tx, entity string) (keys seal.DataKeys, err error) {
	wrapped, err := tx.SealedKeysOf(ctx, entity)
	for _, w := range wrapped {
		if w.Tier != int(registry.T3) {
			continue
		}
		key, err := n.Master.OpenDataKey(entity, SealedTier, w.Wrapped)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, err
}

// NewSealKey is the key under which values of an entity are sealed; it is made when there is
// none.
func (n *Node) NewSealKey(ctx context.Context, tx *store.Tx, entity string) (*seal.DataKey, error) {
	keys, err := n.SealKeys(ctx, tx, entity)
	if err != nil || len(keys) > 0 {
		return keys.First(), err
	}
	key, wrapped := n.Master.NewDataKey(entity, SealedTier)
	return key, tx.PutSealedKeys(ctx, []store.SealedKey{{Entity: entity, Tier: int(registry.T3), ID: key.ID(), Wrapped: wrapped}})
}

// OpenSealed opens one value. A value whose key was destroyed stays closed for good.
func OpenSealed(keys seal.DataKeys, field, text string) (string, error) {
	if len(keys) == 0 {
		return "", nil
	}
	return keys.Open(field, text)
}

// Interviews that are under way in browsers are files of the register's folder, sealed under its
// master: InterviewFolder/TOKEN with InterviewEnd.
const (
	InterviewFolder = "interviews"
	InterviewEnd    = ".interview"
)
