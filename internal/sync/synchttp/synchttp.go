// Package synchttp carries what nodes and the hub say to each other over HTTPS. Every body is
// a sealed envelope (package seal), so a proxy that opens TLS sees who speaks and how much,
// and nothing else. It knows nothing of what is inside: that is package sync's.
//
//	GET  /sync/v1/hub    the hub's public key, as text
//	POST /sync/v1/enrol  a new node's public key, a line end, and an envelope "enrol"
//	POST /sync/v1/push   "push": a batch; the answer is a receipt
//	POST /sync/v1/pull   "pull": where the node is; ?wait=SECONDS holds the answer back until
//	                     there is something in it, ?most=BYTES bounds it
//	POST /sync/v1/blob   "blob-get" or "blob-put": a piece of a file;
//	                     "blob-want": which files the hub lacks
//	POST /sync/v1/search "search": what an officer asks about people of every office; the
//	                     answer is "found"
//	POST /sync/v1/bring  "bring": a person whose registration is to come to an officer's
//	                     office; the answer is "brought"
//
// An answer's envelope is bound to the envelope of its request, so an old answer opens to
// nobody. What cannot be opened or is not let in is answered with a refusal in the clear,
// {"key":…,"args":…}: a message of the catalogue, which the other side says in its language.
package synchttp

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Prefix is where the interface lies.
const Prefix = "/sync/v1"

const (
	// LongestWait is how long an answer is held back at most: proxies cut what is silent for
	// longer.
	LongestWait = 25 * time.Second
	// MostContents bounds what a node may send in one envelope, and MostReply what it takes
	// in one, in bytes.
	MostContents = 8 << 20
	MostReply    = 32 << 20
	// MostAnswer is how much a node asks for at once, in bytes; it asks for less when answers
	// are cut on their way.
	MostAnswer  = 4 << 20
	leastAnswer = 64 << 10
	// PieceSize is how much of a file one request carries, in bytes.
	PieceSize = 128 << 10
	// MostBlob is the largest file, in bytes.
	MostBlob = 16 << 20

	mostSmall   = 64 << 10 // what asks or enrols, in bytes
	mostRefusal = 16 << 10

	envelopeType = "application/x-quipu-envelope"
	refusalType  = "application/json"
)

// answering is the context of the answer to a request.
func answering(kind string, request []byte) string {
	h := sha256.Sum256(request)
	return kind + " to " + hex.EncodeToString(h[:12])
}
