package seal

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"quipu/internal/fault"
)

// Master is a node's root key. It encrypts nothing itself: keys for wrapping, for each
// kind of blind index and for its own name are derived from it (HKDF-SHA-256, RFC 5869).
type Master struct {
	id   string
	root [KeySize]byte
}

// NewMaster makes a random master key.
func NewMaster() *Master { return newMaster(randomKey()) }

func newMaster(root [KeySize]byte) *Master {
	m := &Master{root: root}
	m.id = hex.EncodeToString(m.derive("id")[:4])
	return m
}

// ID names the key without giving anything of it away: 8 hexadecimal digits. Wrapped keys
// carry it, so that a wrong key file is told apart from damage.
func (m *Master) ID() string { return m.id }

// String keeps the key out of logs.
func (m *Master) String() string { return "master key " + m.id }

// GoString keeps the key out of %#v as well.
func (m *Master) GoString() string { return m.String() }

func (m *Master) derive(purpose string) []byte {
	k, err := hkdf.Key(sha256.New, m.root[:], nil, "quipu seal 1 "+purpose, KeySize)
	if err != nil {
		panic("seal: " + err.Error()) // only for a length that the hash cannot give
	}
	return k
}

// BlindIndex is a keyed fingerprint of a normalised value: 32 hexadecimal digits of
// HMAC-SHA-256. Equal values of one kind ("dni", "phone") have equal fingerprints, which
// is all that exact search needs. Without the key nobody can try numbers one by one; with
// it they can, so it must stay as safe as the master. An empty value has none, lest all
// empty fields look alike. Nodes with different masters have different fingerprints.
func (m *Master) BlindIndex(kind, normalized string) string {
	if normalized == "" {
		return ""
	}
	mac := hmac.New(sha256.New, m.derive("blind index"))
	mac.Write(bind(kind, normalized))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

const wrappedPrefix = "k1:"

// NewDataKey makes a data key for an entity (a person's or a case's id) and a tier, and
// returns it with its wrapped form, the text to store. Deleting that text destroys what
// was sealed with the key.
func (m *Master) NewDataKey(entity, tier string) (key *DataKey, wrapped string) {
	key = &DataKey{entity: entity, tier: tier, secret: randomKey()}
	return key, m.wrap(key)
}

func (m *Master) wrap(k *DataKey) string {
	box := newAEAD(m.derive("wrap")).Seal(nil, nil, k.secret[:], bind("key", k.entity, k.tier))
	return wrappedPrefix + m.id + ":" + text64.EncodeToString(box)
}

// OpenDataKey unwraps a stored data key. The fault is seal.wrong_master when another
// master wrapped it, seal.damaged when the text was altered or belongs to another entity
// or tier.
func (m *Master) OpenDataKey(entity, tier, wrapped string) (*DataKey, error) {
	body, ok := strings.CutPrefix(wrapped, wrappedPrefix)
	id, box64, ok2 := strings.Cut(body, ":")
	if !ok || !ok2 {
		return nil, damaged("key").In("seal.OpenDataKey")
	}
	if id != m.id {
		return nil, fault.New(fault.Unavailable, "seal.wrong_master", "has", m.id, "needs", id).In("seal.OpenDataKey")
	}
	box, err := decode(box64, "key")
	if err != nil {
		return nil, err
	}
	secret, err := newAEAD(m.derive("wrap")).Open(nil, nil, box, bind("key", entity, tier))
	if err != nil || len(secret) != KeySize {
		return nil, damaged("key").In("seal.OpenDataKey").Because(err)
	}
	return &DataKey{entity: entity, tier: tier, secret: [KeySize]byte(secret)}, nil
}

// Rewrap moves a data key from an old master to this one, for changing the master without
// touching the sealed values.
func (m *Master) Rewrap(old *Master, entity, tier, wrapped string) (string, error) {
	k, err := old.OpenDataKey(entity, tier, wrapped)
	if err != nil {
		return "", err
	}
	return m.wrap(k), nil
}
