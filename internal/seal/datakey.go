package seal

import "strings"

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
