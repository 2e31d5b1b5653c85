// Package id makes the names of things: nodes, entities, changes, registry numbers.
//
// It has no clock and no randomness of its own: the caller passes both in.
package id

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// alphabet is Crockford's base 32: no I, L, O, U, so that an id can be read aloud.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Entity is a 26-character id that sorts by the time of its making: 48 bits of
// milliseconds and 80 bits of randomness. It carries nothing about the person.
type Entity string

// NewEntity makes an id from Unix milliseconds and ten random bytes.
func NewEntity(ms int64, random [10]byte) Entity {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(ms)<<16)
	copy(b[6:], random[:])
	hi, lo := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	var out [26]byte
	for i := 25; i >= 0; i-- {
		out[i] = alphabet[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return Entity(out[:])
}

// Valid reports whether e has the form that NewEntity makes.
func (e Entity) Valid() bool {
	if len(e) != 26 || e[0] > '7' {
		return false
	}
	for i := range len(e) {
		if strings.IndexByte(alphabet, e[i]) < 0 {
			return false
		}
	}
	return true
}

// Node names one computer that writes: an office's server, a laptop, the hub.
// It is 2 to 24 letters, digits or hyphens, and is never used again.
type Node string

// Valid reports whether n has the form of a node id.
func (n Node) Valid() bool {
	if len(n) < 2 || len(n) > 24 {
		return false
	}
	for i := range len(n) {
		c := n[i]
		if !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '-') {
			return false
		}
	}
	return true
}

// Change names a change: the N-th that Node wrote, from 1. The zero value is "none".
// It is also the version of every field that the change wrote.
type Change struct {
	Node Node
	N    int64
}

// IsZero reports whether c names no change.
func (c Change) IsZero() bool { return c.N == 0 }

// Compare orders changes by the node that wrote them and then by their number.
func (c Change) Compare(d Change) int {
	return cmp.Or(cmp.Compare(c.Node, d.Node), cmp.Compare(c.N, d.N))
}

// String is "NODE:N", or "" for none.
func (c Change) String() string {
	if c.IsZero() {
		return ""
	}
	return string(c.Node) + ":" + strconv.FormatInt(c.N, 10)
}

// MarshalText writes the form of String.
func (c Change) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads the form of String.
func (c *Change) UnmarshalText(b []byte) (err error) { *c, err = ParseChange(string(b)); return }

// ParseChange reads the form of String.
func ParseChange(s string) (Change, error) {
	if s == "" {
		return Change{}, nil
	}
	node, num, ok := strings.Cut(s, ":")
	n, err := strconv.ParseInt(num, 10, 64)
	if !ok || err != nil || n < 1 || !Node(node).Valid() {
		return Change{}, fmt.Errorf("id: %q is not NODE:N", s)
	}
	return Change{Node(node), n}, nil
}
