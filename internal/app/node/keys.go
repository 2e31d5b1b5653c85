package node

import (
	"context"

	"quipu/internal/change"
	"quipu/internal/registry"
	"quipu/internal/seal"
	"quipu/internal/store"
)

// SealSets seals those values of a change that are to be, under the key of its entity, which is
// made where there is none. An empty value stays.
func (n *Node) SealSets(ctx context.Context, tx *store.Tx, c *change.Change, seals func(*change.Set) bool) error {
	var key *seal.DataKey
	for i := range c.Sets {
		s := &c.Sets[i]
		if s.Value.Text == "" || !seals(s) {
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

// OpenSets opens, in place, those values of the changes of an entity that are sealed. Values whose
// key was destroyed are empty.
func (n *Node) OpenSets(ctx context.Context, tx *store.Tx, entity string, changes []change.Change, sealed func(*change.Set) bool) error {
	var keys seal.DataKeys
	asked := false
	for _, c := range changes {
		for i := range c.Sets {
			s := &c.Sets[i]
			if s.Value.Text == "" || !sealed(s) {
				continue
			}
			var err error
			if !asked {
				if keys, err = n.SealKeys(ctx, tx, entity); err != nil {
					return err
				}
				asked = true
			}
			if s.Value.Text, err = OpenSealed(keys, s.Field, s.Value.Text); err != nil {
				return err
			}
		}
	}
	return nil
}

// Closed reports whether a value is sealed as it stands.
func Closed(s *change.Set) bool { return seal.Sealed(s.Value.Text) }

// closes reports whether a value of a person is to be sealed and is not yet: those of tier 3.
func closes(s *change.Set) bool {
	f := registry.Lookup(s.Field)
	return f != nil && f.Tier == registry.T3 && !Closed(s)
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
