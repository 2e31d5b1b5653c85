package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Edge is the growing right side of the tree: for each level the hashes that do not yet
// fill a tile, at most 255. With the full tiles it is the whole log; by itself it is
// enough to append and to compute the root. The zero Edge is the empty log.
type Edge struct {
	Size   int64 // changes in the log
	Levels [][]tlog.Hash
}

// Append adds a change by the bytes of its body and returns the tiles that it completed,
// lowest level first; mostly none.
func (e *Edge) Append(body []byte) []Tile { return e.AppendHash(tlog.RecordHash(body)) }

// AppendHash is Append for a body whose record hash is known.
func (e *Edge) AppendHash(leaf tlog.Hash) (full []Tile) {
	e.Size++
	for level := 0; ; level++ {
		if level == len(e.Levels) {
			e.Levels = append(e.Levels, nil)
		}
		e.Levels[level] = append(e.Levels[level], leaf)
		if len(e.Levels[level]) < width {
			return full
		}
		index := e.Size>>(height*(level+1)) - 1
		full = append(full, Tile{level, index, join(e.Levels[level])})
		leaf = perfect(e.Levels[level])
		e.Levels[level] = e.Levels[level][:0]
	}
}

// Root is the Merkle tree hash of RFC 6962 section 2.1 over all Size changes. A tree of
// any size is a row of perfect subtrees, the largest on the left, and every one of them
// lies within the unfilled part of some level.
func (e *Edge) Root() tlog.Hash {
	var root tlog.Hash
	none := true
	for _, level := range e.Levels {
		for end := len(level); end > 0; {
			n := 1 << bits.TrailingZeros(uint(end))
			sub := perfect(level[end-n : end])
			if none {
				root, none = sub, false
			} else {
				root = tlog.NodeHash(sub, root)
			}
			end -= n
		}
	}
	if none {
		return sha256.Sum256(nil)
	}
	return root
}

// Clone returns a copy that shares nothing with e.
func (e *Edge) Clone() *Edge {
	c := &Edge{Size: e.Size, Levels: make([][]tlog.Hash, len(e.Levels))}
	for i := range e.Levels {
		c.Levels[i] = slices.Clone(e.Levels[i])
	}
	return c
}

const edgeVersion = 1

// MarshalBinary writes a version byte, the size and the hashes of each level, lowest
// first. How many hashes a level has follows from the size: its digit to the base 256.
func (e *Edge) MarshalBinary() ([]byte, error) {
	b := binary.AppendUvarint([]byte{edgeVersion}, uint64(e.Size))
	for _, level := range e.Levels {
		b = append(b, join(level)...)
	}
	return b, nil
}

// UnmarshalBinary reads what MarshalBinary wrote and refuses anything else.
func (e *Edge) UnmarshalBinary(b []byte) error {
	if len(b) == 0 || b[0] != edgeVersion {
		return fmt.Errorf("audit: not an edge of version %d", edgeVersion)
	}
	size, n := binary.Uvarint(b[1:])
	if n <= 0 || size > 1<<62 || len(binary.AppendUvarint(nil, size)) != n {
		return fmt.Errorf("audit: the size of the edge is malformed")
	}
	rest := b[1+n:]
	got := Edge{Size: int64(size)}
	for left := size; left > 0; left >>= height {
		level := make([]tlog.Hash, left%width)
		if len(rest) < len(level)*tlog.HashSize {
			return fmt.Errorf("audit: the edge of %d changes is cut short", size)
		}
		for i := range level {
			copy(level[i][:], rest[i*tlog.HashSize:])
		}
		rest = rest[len(level)*tlog.HashSize:]
		got.Levels = append(got.Levels, level)
	}
	if len(rest) > 0 {
		return fmt.Errorf("audit: %d bytes too many after an edge of %d changes", len(rest), size)
	}
	*e = got
	return nil
}
