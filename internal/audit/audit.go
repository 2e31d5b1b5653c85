// Package audit makes the change log tamper-evident: a Merkle tree over the changes, cut
// into tiles, with signed checkpoints of its size and root.
//
// The tree is that of RFC 6962, the tiles those of c2sp.org/tlog-tiles (256 hashes
// each), the checkpoints those of c2sp.org/tlog-checkpoint, so that an outside auditor
// needs no program of ours. Whoever keeps one checkpoint, on paper or at another office,
// can later show that nothing before it was altered, removed or put in another order.
//
// The tree itself is pure; storage is the caller's. A change stands at a position of the
// log, its Seq: 1, 2, 3 … without gaps. The leaf of Seq s is leaf s-1 of the tree.
package audit

import "golang.org/x/mod/sumdb/tlog"

const (
	height = 8           // of a tile: two to the 8th leaves
	width  = 1 << height // hashes in a full tile
	// TileBytes is the length of the data of a full tile.
	TileBytes = width * tlog.HashSize
)

// Tile is a full tile: hash number Index*256 and the 255 after it of a level. Level 0
// holds the hashes of changes, each higher level the roots of the tiles below.
type Tile struct {
	Level int
	Index int64
	Data  []byte // TileBytes long
}

// TileFunc finds a stored full tile; nil data without an error means that there is none.
type TileFunc func(level int, index int64) ([]byte, error)

// hashes cuts tile data up; nil when its length is wrong.
func hashes(data []byte) []tlog.Hash {
	if len(data) != TileBytes {
		return nil
	}
	out := make([]tlog.Hash, width)
	for i := range out {
		copy(out[i][:], data[i*tlog.HashSize:])
	}
	return out
}

func join(hs []tlog.Hash) []byte {
	out := make([]byte, 0, len(hs)*tlog.HashSize)
	for i := range hs {
		out = append(out, hs[i][:]...)
	}
	return out
}

// perfect is the root over hs, whose number must be a power of two.
func perfect(hs []tlog.Hash) tlog.Hash {
	if len(hs) == 1 {
		return hs[0]
	}
	half := len(hs) / 2
	return tlog.NodeHash(perfect(hs[:half]), perfect(hs[half:]))
}
