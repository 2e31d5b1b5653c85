package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// Mark is a keyed fingerprint of a text, 64 hexadecimal digits of HMAC-SHA-256: who holds
// this master can tell whether the text came from who holds it, too. The purpose keeps
// marks of one thing from standing for another.
func (m *Master) Mark(purpose, text string) string {
	mac := hmac.New(sha256.New, m.derive("mark"))
	mac.Write(bind(purpose, text))
	return hex.EncodeToString(mac.Sum(nil))
}

// Marked reports whether mark is that of the text.
func (m *Master) Marked(purpose, text, mark string) bool {
	return hmac.Equal([]byte(m.Mark(purpose, text)), []byte(mark))
}
