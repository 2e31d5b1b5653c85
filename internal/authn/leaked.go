package authn

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"sort"
	"strings"
)

// leaks holds the first five bytes of SHA-256 of each password, in lower case and of twelve
// letters or more, among the million most frequent in published leaks; sorted. README.md
// says where they come from. Nobody reads a password out of it, and that another one is
// taken for a leaked one happens once in twenty-five million times.
//
//go:embed leaked.bin
var leaks []byte

const leakSize = 5

// leaked reports whether a password is in the list.
func leaked(password string) bool {
	sum := sha256.Sum256([]byte(strings.ToLower(password)))
	at := func(i int) []byte { return leaks[i*leakSize : (i+1)*leakSize] }
	n := len(leaks) / leakSize
	i := sort.Search(n, func(i int) bool { return bytes.Compare(at(i), sum[:leakSize]) >= 0 })
	return i < n && bytes.Equal(at(i), sum[:leakSize])
}
