package authn

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// NewToken makes a session token of 32 random bytes (base64url, 43 characters), for the
// cookie, and its hash, for the store: who reads the store cannot take over a session.
func NewToken() (token, hash string) {
	b := make([]byte, 32)
	rand.Read(b)
	token = base64.RawURLEncoding.EncodeToString(b)
	return token, HashToken(token)
}

// HashToken is SHA-256 in hexadecimal. A token has 256 random bits, so it needs no salt
// and no slow hash, and looking its hash up leaks nothing by time.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
