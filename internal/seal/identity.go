package seal

import (
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"strings"

	"quipu/internal/fault"
)

// Identity is who a computer is to others: an Ed25519 key (RFC 8032) under which it signs
// what it sends, and an HPKE key (RFC 9180; ML-KEM-768 with X25519, so that what is recorded
// today stays closed to a quantum computer) to which others seal what they send it. Its
// name is no part of it: the hub gives that.
type Identity struct {
	public Public
	seed   [2 * KeySize]byte // of the signing key, then of the receiving key
	sign   ed25519.PrivateKey
	open   hpke.PrivateKey
}

// Public is the half of an identity that others know.
type Public struct {
	sign    ed25519.PublicKey
	receive hpke.PublicKey
}

// NewIdentity makes a random identity.
func NewIdentity() *Identity {
	a, b := randomKey(), randomKey()
	var seed [2 * KeySize]byte
	copy(seed[:KeySize], a[:])
	copy(seed[KeySize:], b[:])
	i, err := identityOf(seed)
	if err != nil {
		panic("seal: " + err.Error()) // any 32 bytes are a seed of either key
	}
	return i
}

func identityOf(seed [2 * KeySize]byte) (*Identity, error) {
	open, err := hpke.MLKEM768X25519().NewPrivateKey(seed[KeySize:])
	if err != nil {
		return nil, err
	}
	i := &Identity{seed: seed, sign: ed25519.NewKeyFromSeed(seed[:KeySize]), open: open}
	i.public = Public{i.sign.Public().(ed25519.PublicKey), open.PublicKey()}
	return i, nil
}

// Public is what others may know.
func (i *Identity) Public() Public { return i.public }

// String keeps the keys out of logs.
func (i *Identity) String() string { return "identity " + i.public.ID() }

// GoString keeps the keys out of %#v as well.
func (i *Identity) GoString() string { return i.String() }

const (
	publicPrefix   = "quipu-public-1 "
	identityPrefix = "quipu-identity-1 "
	kemSize        = 1216 // bytes of a public key of MLKEM768X25519
)

// IsZero reports whether there is no key.
func (p Public) IsZero() bool { return p.sign == nil }

// Equal reports whether both are the same keys.
func (p Public) Equal(q Public) bool { return p.String() == q.String() }

func (p Public) bytes() []byte { return append(p.sign[:len(p.sign):len(p.sign)], p.receive.Bytes()...) }

// hash is SHA-256 of both keys.
func (p Public) hash() [sha256.Size]byte { return sha256.Sum256(p.bytes()) }

// ID names the keys: 16 hexadecimal digits of their SHA-256, "" for no key. For telling apart,
// not for trust.
func (p Public) ID() string {
	if p.IsZero() {
		return ""
	}
	h := p.hash()
	return hex.EncodeToString(h[:8])
}

// Fingerprint is what stands for the keys where they do not fit: the first n bytes, at most
// 32, of their SHA-256.
func (p Public) Fingerprint(n int) []byte { h := p.hash(); return h[:n] }

// String is one line that can be printed and read back: a word, the keys as base64url, and a
// checksum of 8 hexadecimal digits. It is "" for no key.
func (p Public) String() string {
	if p.IsZero() {
		return ""
	}
	h := p.hash()
	return publicPrefix + text64.EncodeToString(p.bytes()) + " " + hex.EncodeToString(h[len(h)-4:])
}

// ParsePublic reads what String wrote. The fault is seal.public_damaged.
func ParsePublic(text string) (Public, error) {
	bad := fault.New(fault.Invalid, "seal.public_damaged").In("seal.ParsePublic")
	body, ok := strings.CutPrefix(strings.TrimSpace(text), publicPrefix)
	keys, _, ok2 := strings.Cut(body, " ")
	if !ok || !ok2 || len(keys) > 4*kemSize {
		return Public{}, bad
	}
	b, err := text64.DecodeString(keys)
	if err != nil || len(b) != ed25519.PublicKeySize+kemSize {
		return Public{}, bad.Because(err)
	}
	p := Public{sign: b[:ed25519.PublicKeySize]}
	if p.receive, err = hpke.MLKEM768X25519().NewPublicKey(b[ed25519.PublicKeySize:]); err != nil {
		return Public{}, bad.Because(err)
	}
	if p.String() != strings.TrimSpace(text) {
		return Public{}, bad
	}
	return p, nil
}

// LoadIdentity reads the identity of path, which the master wraps: on a laptop the
// passphrase that opens the master opens it. Faults as of Load and OpenDataKey.
func LoadIdentity(path string, m *Master) (*Identity, error) {
	text, err := readPrivate(path)
	if err != nil {
		return nil, err
	}
	damaged := fault.New(fault.Unavailable, "seal.key_file_damaged", "path", path).In("seal.LoadIdentity")
	body, ok := strings.CutPrefix(strings.TrimSpace(text), identityPrefix)
	master, box64, ok2 := strings.Cut(body, " ")
	if !ok || !ok2 {
		return nil, damaged
	}
	if master != m.id {
		return nil, fault.New(fault.Unavailable, "seal.wrong_master", "has", m.id, "needs", master).In("seal.LoadIdentity")
	}
	box, err := text64.DecodeString(box64)
	if err != nil {
		return nil, damaged.Because(err)
	}
	seed, err := newAEAD(m.derive("identity")).Open(nil, nil, box, bind("identity"))
	if err != nil || len(seed) != 2*KeySize {
		return nil, damaged.Because(err)
	}
	return identityOf([2 * KeySize]byte(seed))
}

// LoadOrCreateIdentity reads the identity of path, or makes one there (mode 0600). Losing
// the file loses the place among the others: the computer must be enrolled again.
func LoadOrCreateIdentity(path string, m *Master) (*Identity, error) {
	i, err := LoadIdentity(path, m)
	if !errors.Is(err, fs.ErrNotExist) {
		return i, err
	}
	i = NewIdentity()
	box := newAEAD(m.derive("identity")).Seal(nil, nil, i.seed[:], bind("identity"))
	err = create(path, identityPrefix+m.id+" "+text64.EncodeToString(box)+"\n")
	if errors.Is(err, fs.ErrExist) {
		return LoadIdentity(path, m) // another process was first
	}
	if err != nil {
		return nil, err
	}
	return i, nil
}
