// Package seal encrypts single fields so that a copied database or a lost laptop does not
// give them away.
//
// One Master key belongs to a node and lies outside its database. Each person has one data
// key for each tier (contact, protection case...), wrapped under the master. A value is
// sealed with the data key and is bound to its person and field, so that it cannot be
// moved. Destroying the wrapped data key destroys that person's values of that tier, in
// every backup as well. Exact search of sealed numbers goes through a keyed BlindIndex.
//
// Names stay readable, because they must be searched by likeness: whole-disk or database
// encryption and access rights protect them, not this package.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"

	"quipu/internal/fault"
)

// KeySize is the length of every key, in bytes (AES-256).
const KeySize = 32

var text64 = base64.RawURLEncoding

// newAEAD is AES-256-GCM with a random 96-bit nonce in front of each text. One key must
// not seal more than 2^32 texts (NIST SP 800-38D); a person's key is far below that.
func newAEAD(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("seal: " + err.Error()) // only a key of the wrong length, which no caller can make
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic("seal: " + err.Error())
	}
	return aead
}

// bind joins what a text is bound to, each part with its length, so that ("ab","c") and
// ("a","bc") differ.
func bind(parts ...string) []byte {
	var out []byte
	for _, p := range parts {
		out = binary.BigEndian.AppendUint32(out, uint32(len(p)))
		out = append(out, p...)
	}
	return out
}

func randomKey() (k [KeySize]byte) {
	rand.Read(k[:]) // never fails: the program stops when the system has no randomness
	return k
}

func decode(text, where string) ([]byte, error) {
	b, err := text64.DecodeString(text)
	if err != nil {
		return nil, damaged(where).Because(err)
	}
	return b, nil
}

func damaged(where string) *fault.Error {
	return fault.New(fault.Internal, "seal.damaged", "where", where)
}
