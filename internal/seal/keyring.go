package seal

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"quipu/internal/fault"
)

// ID names a data key without giving anything of it away: 16 hexadecimal digits. Two nodes
// may make a key each for one person while neither has seen the other's.
func (k *DataKey) ID() string {
	h := sha256.Sum256(bind("data key id", string(k.secret[:])))
	return hex.EncodeToString(h[:8])
}

// Bare is the key itself, to be sent in a sealed envelope and nowhere else.
func (k *DataKey) Bare() []byte { return bytes.Clone(k.secret[:]) }

// TakeDataKey takes a bare key that came from another node, and wraps it under this master.
// The fault is seal.damaged when it has not the length of a key.
func (m *Master) TakeDataKey(entity, tier string, bare []byte) (key *DataKey, wrapped string, err error) {
	if len(bare) != KeySize {
		return nil, "", damaged("key").In("seal.TakeDataKey")
	}
	key = &DataKey{entity: entity, tier: tier, secret: [KeySize]byte(bare)}
	return key, m.wrap(key), nil
}

// DataKeys are all keys of one entity and tier that a node holds.
type DataKeys []*DataKey

// First is the key that seals: the one of the lowest id, so that all who hold the same keys
// choose the same. It is nil when there is none.
func (ks DataKeys) First() *DataKey {
	if len(ks) == 0 {
		return nil
	}
	return slices.MinFunc(ks, func(a, b *DataKey) int { return cmp.Compare(a.ID(), b.ID()) })
}

// Open tries each key, as DataKey.Open. The fault is seal.damaged when none fits.
func (ks DataKeys) Open(field, sealed string) (string, error) {
	var err error = fault.New(fault.Internal, "seal.damaged", "where", field).In("seal.Open")
	for _, k := range ks {
		var text string
		if text, err = k.Open(field, sealed); err == nil {
			return text, nil
		}
	}
	return "", err
}
