package sync

import (
	"crypto/sha256"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/audit"
	"quipu/internal/change"
)

// Link is the chain of a node with one more change: SHA-256 of the chain before and the
// change's leaf. The chain of no changes is the zero hash.
func Link(chain, leaf tlog.Hash) tlog.Hash {
	return sha256.Sum256(append(chain[:], leaf[:]...))
}

// Leaf is the hash of a body as it was logged first, whatever was taken out of it since.
func Leaf(body []byte) (tlog.Hash, error) {
	c, err := change.Decode(body)
	if err != nil {
		return tlog.Hash{}, err
	}
	return audit.Leaf(&c, body), nil
}
