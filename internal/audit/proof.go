package audit

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
	"quipu/internal/fault"
)

// Log is a stored log: its edge and its full tiles.
type Log struct {
	Edge *Edge
	Tile TileFunc
}

// ReadHashes serves tlog: any hash of the tree, by its storage index.
func (l Log) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		t := tlog.TileForIndex(height, x)
		data, err := l.data(t.L, t.N)
		if err != nil {
			return nil, err
		}
		if t.W*tlog.HashSize > len(data) {
			return nil, fault.New(fault.NotFound, "audit.beyond", "size", l.Edge.Size)
		}
		t.W = len(data) / tlog.HashSize
		if out[i], err = tlog.HashFromTile(t, data, x); err != nil {
			return nil, fmt.Errorf("audit: %w", err)
		}
	}
	return out, nil
}

func (l Log) data(level int, index int64) ([]byte, error) {
	full := l.Edge.Size >> (height * (level + 1))
	if index == full && level < len(l.Edge.Levels) {
		return join(l.Edge.Levels[level]), nil
	}
	if index >= full {
		return nil, nil
	}
	data, err := l.Tile(level, index)
	if err == nil && len(data) != TileBytes {
		err = fault.New(fault.Internal, "audit.tile_lost", "tile", Path(level, index))
	}
	return data, err
}

// Path names a full tile as c2sp.org/tlog-tiles does: "tile/0/x001/234".
func Path(level int, index int64) string {
	return "tile/" + tlog.Tile{H: height, L: level, N: index, W: width}.Path()[len("tile/8/"):]
}

// RootAt is the root that the log had when it held size changes.
func (l Log) RootAt(size int64) (tlog.Hash, error) {
	if size < 0 || size > l.Edge.Size {
		return tlog.Hash{}, fault.New(fault.NotFound, "audit.beyond", "size", l.Edge.Size)
	}
	return tlog.TreeHash(size, l)
}

// ProveRecord proves that the change at seq is in the log of the given size; check it
// with CheckRecord.
func (l Log) ProveRecord(size, seq int64) (tlog.RecordProof, error) {
	if seq < 1 || seq > size || size > l.Edge.Size {
		return nil, fault.New(fault.NotFound, "audit.beyond", "size", l.Edge.Size)
	}
	return tlog.ProveRecord(size, seq-1, l)
}

// CheckRecord checks that body stands at seq of the log that cp signs.
func CheckRecord(p tlog.RecordProof, cp Checkpoint, seq int64, body []byte) error {
	if seq < 1 || seq > cp.Size || tlog.CheckRecord(p, cp.Size, cp.Root, seq-1, tlog.RecordHash(body)) != nil {
		return fault.New(fault.Invalid, "audit.proof", "seq", seq, "size", cp.Size)
	}
	return nil
}

// ProveGrowth proves that the log of size newer begins with that of size older; check it
// with CheckGrowth.
func (l Log) ProveGrowth(older, newer int64) (tlog.TreeProof, error) {
	if older < 1 || newer < older || newer > l.Edge.Size {
		return nil, fault.New(fault.NotFound, "audit.beyond", "size", l.Edge.Size)
	}
	return tlog.ProveTree(newer, older, l)
}

// CheckGrowth checks that nothing that older signs was altered in newer.
func CheckGrowth(p tlog.TreeProof, older, newer Checkpoint) error {
	if tlog.CheckTree(p, newer.Size, newer.Root, older.Size, older.Root) != nil {
		return fault.New(fault.Invalid, "audit.growth", "older", older.Size, "newer", newer.Size)
	}
	return nil
}

// PartialPath names the tile at the edge that holds n hashes so far: "tile/0/001.p/5".
func PartialPath(level int, index int64, n int) string {
	return "tile/" + tlog.Tile{H: height, L: level, N: index, W: n}.Path()[len("tile/8/"):]
}
