package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"strings"
)

// DataKey seals the values of one entity in one tier.
type DataKey struct {
	entity, tier string
	secret       [KeySize]byte
}

// String keeps the key out of logs.
func (k *DataKey) String() string { return "data key of " + k.entity + " " + k.tier }

// GoString keeps the key out of %#v as well.
func (k *DataKey) GoString() string { return k.String() }

const sealedPrefix = "s1:"

// Sealed reports whether a stored text is one that Seal made.
func Sealed(text string) bool { return strings.HasPrefix(text, sealedPrefix) }

// Seal encrypts a field's value into text ("s1:" and base64url). Sealing twice gives two
// different texts. Lengths are not hidden.
func (k *DataKey) Seal(field, value string) string {
	box := newAEAD(k.secret[:]).Seal(nil, nil, []byte(value), bind("value", k.entity, field))
	return sealedPrefix + text64.EncodeToString(box)
}

// SealAlike is Seal for what two computers may seal apart: the same value of the same entity and
// field gives the same text, so that both see that they say the same. The nonce is a keyed hash of
// all three (a synthetic one, as in RFC 8452), so no nonce serves two values; that two texts are
// equal is all that they tell.
func (k *DataKey) SealAlike(field, value string) string {
	bound := bind("value", k.entity, field)
	mac := hmac.New(sha256.New, k.secret[:])
	mac.Write(bind("alike", k.entity, field, value)) //nolint:errcheck // a hash takes everything
	nonce := mac.Sum(nil)[:12]
	block, err := aes.NewCipher(k.secret[:])
	if err != nil {
		panic("seal: " + err.Error()) // only a key of the wrong length, which no caller can make
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("seal: " + err.Error())
	}
	return sealedPrefix + text64.EncodeToString(aead.Seal(nonce, nonce, []byte(value), bound))
}

// Open decrypts what Seal made for the same entity and field; anything else is the fault
// seal.damaged.
func (k *DataKey) Open(field, sealed string) (string, error) {
	body, ok := strings.CutPrefix(sealed, sealedPrefix)
	if !ok {
		return "", damaged(field).In("seal.Open")
	}
	box, err := decode(body, field)
	if err != nil {
		return "", err
	}
	value, err := newAEAD(k.secret[:]).Open(nil, nil, box, bind("value", k.entity, field))
	if err != nil {
		return "", damaged(field).In("seal.Open").Because(err)
	}
	return string(value), nil
}
