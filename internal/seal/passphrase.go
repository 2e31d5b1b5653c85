package seal

import (
	"crypto/rand"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"quipu/internal/fault"
)

// Cost is the work of turning a passphrase into a key (argon2id, RFC 9106).
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
}

// PassphraseCost is what new wrappings use: the second recommendation of RFC 9106, section
// 4, for machines that spare 64 MiB. It runs once when a node starts.
var PassphraseCost = Cost{MemoryKiB: 64 << 10, Passes: 3, Lanes: 4}

// maxCost bounds what a key file may ask for: it must not exhaust the machine.
var maxCost = Cost{MemoryKiB: 1 << 20, Passes: 16, Lanes: 16}

const passphraseFormat = "quipu-master-passphrase-1 m=%d,t=%d,p=%d %s %s"

// WrapWithPassphrase encrypts the master under a passphrase. The text holds the cost and
// the salt, so that later defaults do not lock anyone out.
func WrapWithPassphrase(m *Master, passphrase string) string {
	return wrapWithCost(m, passphrase, PassphraseCost)
}

func wrapWithCost(m *Master, passphrase string, c Cost) string {
	salt := make([]byte, 16)
	rand.Read(salt)
	box := newAEAD(c.key(passphrase, salt)).Seal(nil, nil, m.root[:], bind("master"))
	return fmt.Sprintf(passphraseFormat, c.MemoryKiB, c.Passes, c.Lanes, text64.EncodeToString(salt), text64.EncodeToString(box))
}

func (c Cost) key(passphrase string, salt []byte) []byte {
	return argon2.IDKey([]byte(passphrase), salt, c.Passes, c.MemoryKiB, c.Lanes, KeySize)
}

func (c Cost) sane() bool {
	return c.Passes >= 1 && c.Passes <= maxCost.Passes && c.Lanes >= 1 && c.Lanes <= maxCost.Lanes &&
		c.MemoryKiB >= 8*uint32(c.Lanes) && c.MemoryKiB <= maxCost.MemoryKiB
}

// Unwrap opens what WrapWithPassphrase made. The fault is seal.wrong_passphrase for
// another passphrase (or a damaged text: the two cannot be told apart).
func Unwrap(text, passphrase string) (*Master, error) {
	var c Cost
	var salt64, box64 string
	n, err := fmt.Sscanf(strings.TrimSpace(text), passphraseFormat, &c.MemoryKiB, &c.Passes, &c.Lanes, &salt64, &box64)
	if err != nil || n != 5 || !c.sane() {
		return nil, damaged("key file").In("seal.Unwrap").Because(err)
	}
	salt, err := decode(salt64, "key file")
	if err != nil {
		return nil, err
	}
	box, err := decode(box64, "key file")
	if err != nil {
		return nil, err
	}
	root, err := newAEAD(c.key(passphrase, salt)).Open(nil, nil, box, bind("master"))
	if err != nil || len(root) != KeySize {
		return nil, fault.New(fault.Forbidden, "seal.wrong_passphrase").In("seal.Unwrap").Because(err)
	}
	return newMaster([KeySize]byte(root)), nil
}
