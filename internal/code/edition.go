package code

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
)

// Edition names the state of all lists together: year and month. Every change records
// the edition its codes come from. Lists and mappings may not change without a new
// edition; lists/editions.csv keeps the hash of each and a test compares it.
const Edition = "2027.02"

// Hash is the SHA-256 of all embedded lists and mappings, names and contents in order
// of name, in hexadecimal. Line ends are taken as LF whatever the checkout made of them.
func Hash() string {
	h := sha256.New()
	for _, n := range csvNames() {
		if n+".csv" == editionsFile {
			continue
		}
		raw, err := files.ReadFile("lists/" + n + ".csv")
		if err != nil {
			panic("code: " + err.Error())
		}
		h.Write([]byte(n + "\n"))
		h.Write(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")))
	}
	return hex.EncodeToString(h.Sum(nil))
}
