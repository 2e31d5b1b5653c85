package seal

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"

	"quipu/internal/fault"
)

// EnrolCode lets one computer enrol at a hub, once. It holds 120 random bits, which the hub
// keeps as a hash only, and 80 bits of the fingerprint of the hub's keys: so whoever has the
// code knows the hub when it answers, whatever stands between.
type EnrolCode struct {
	secret [15]byte
	hub    [10]byte
}

// code32 has no I, L, O, U: a code is read out on the telephone.
var code32 = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// NewEnrolCode makes a code for a hub.
func NewEnrolCode(hub Public) (c EnrolCode) {
	rand.Read(c.secret[:]) // never fails
	copy(c.hub[:], hub.Fingerprint(len(c.hub)))
	return c
}

func (c EnrolCode) bytes() []byte { return append(c.secret[:], c.hub[:]...) }

func (c EnrolCode) sum() string {
	h := sha256.Sum256(bind("enrol code", string(c.bytes())))
	return code32.EncodeToString(h[:5])[:4]
}

// String is the code as it is read and typed: eleven groups of four, the last of which finds
// what was mistyped.
func (c EnrolCode) String() string {
	text := code32.EncodeToString(c.bytes()) + c.sum()
	var groups []string
	for i := 0; i < len(text); i += 4 {
		groups = append(groups, text[i:i+4])
	}
	return strings.Join(groups, "-")
}

var asTyped = strings.NewReplacer("-", "", " ", "", "\t", "", "\n", "", "\r", "", "O", "0", "I", "1", "L", "1")

// ParseEnrolCode reads a code in capitals or not, with or without hyphens, with O for 0 and I
// or L for 1. The fault is seal.enrol_code.
func ParseEnrolCode(text string) (c EnrolCode, err error) {
	bad := fault.New(fault.Invalid, "seal.enrol_code").In("seal.ParseEnrolCode")
	if len(text) > 200 {
		return c, bad
	}
	text = asTyped.Replace(strings.ToUpper(text))
	if len(text) != 44 {
		return c, bad
	}
	b, err := code32.DecodeString(text[:40])
	if err != nil {
		return c, bad.Because(err)
	}
	copy(c.secret[:], b)
	copy(c.hub[:], b[len(c.secret):])
	if text[40:] != c.sum() {
		return EnrolCode{}, bad
	}
	return c, nil
}

// Of reports whether the code was made by the hub that has these keys.
func (c EnrolCode) Of(hub Public) bool {
	return !hub.IsZero() && bytes.Equal(c.hub[:], hub.Fingerprint(len(c.hub)))
}

// Secret is what the new computer sends in its sealed request.
func (c EnrolCode) Secret() string { return hex.EncodeToString(c.secret[:]) }

// HashOfSecret is what the hub keeps of Secret.
func HashOfSecret(secret string) string {
	h := sha256.Sum256(bind("enrol secret", secret))
	return hex.EncodeToString(h[:])
}
