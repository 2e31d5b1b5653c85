package authn

import (
	"crypto/rand"
	"strings"
)

// codeAlphabet is Crockford's base 32: no letter that is read as a figure.
const codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Groups of four characters, 20 bits each. A set-up code has 120 bits, so that SHA-256 is
// hash enough for it (ASVS 5.0, 6.5.2: 112); a recovery code, which is copied from paper,
// has 80 and is kept as a password is.
const (
	SetupGroups    = 6
	RecoveryGroups = 4
	RecoveryCodes  = 10
)

// NewCode makes a random code to be typed: groups of four, with hyphens between them.
func NewCode(groups int) string {
	b := make([]byte, 4*groups)
	rand.Read(b)
	var out strings.Builder
	for i, c := range b {
		if i > 0 && i%4 == 0 {
			out.WriteByte('-')
		}
		out.WriteByte(codeAlphabet[c&31])
	}
	return out.String()
}

var misread = strings.NewReplacer("O", "0", "I", "1", "L", "1")

// CleanCode is a typed code without what does not count: case, spaces, hyphens, and
// letters that were taken for figures.
func CleanCode(s string) string {
	s = misread.Replace(strings.ToUpper(s))
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(codeAlphabet, r) {
			return r
		}
		return -1
	}, s)
}
