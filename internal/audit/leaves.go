package audit

import (
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// leafReader serves the logged leaf hashes and judges each tile when it comes to it.
type leafReader struct {
	v       *Verifier
	trusted bool // the edge bears the root of the head checkpoint
	blocks  map[int64][]tlog.Hash
}

// at gives the leaf at a position counted from 0; false past the end of the stored log.
func (r *leafReader) at(pos int64) (tlog.Hash, bool, error) {
	if pos >= r.v.ev.Log.Edge.Size {
		return tlog.Hash{}, false, nil
	}
	block := r.blocks[pos/width]
	if block == nil {
		var err error
		if block, err = r.load(pos / width); err != nil {
			return tlog.Hash{}, false, err
		}
		for old := range r.blocks {
			if old < r.v.tree.Size/width {
				delete(r.blocks, old)
			}
		}
		r.blocks[pos/width] = block
	}
	return block[pos%width], true, nil
}

// window gives the leaves from pos on, at most n.
func (r *leafReader) window(pos int64, n int) (out []tlog.Hash, err error) {
	for len(out) < n {
		leaf, ok, err := r.at(pos + int64(len(out)))
		if err != nil || !ok {
			return out, err
		}
		out = append(out, leaf)
	}
	return out, nil
}

func (r *leafReader) load(block int64) ([]tlog.Hash, error) {
	if block == r.v.ev.Log.Edge.Size/width {
		return r.loadEdge(block), nil
	}
	tile, err := r.stored(0, block)
	if err != nil {
		return nil, err
	}
	parents, err := r.stored(1, block/width)
	if err != nil {
		return nil, err
	}
	fits := func(hs []tlog.Hash) bool {
		return hs != nil && int(block%width) < len(parents) && perfect(hs) == parents[block%width]
	}
	rows := r.rows(block*width, width)
	switch {
	case fits(tile):
		return tile, nil
	case tile != nil && !fits(rows) && slices.Equal(tile, rows):
		return tile, nil // the tile above is damaged; compare will say so
	}
	r.v.find(Finding{Kind: BadTile, Seq: block*width + 1, Until: (block + 1) * width, Detail: Path(0, block)})
	if tile == nil || fits(rows) {
		tile = rows
	}
	if tile == nil {
		tile = make([]tlog.Hash, width) // nothing is known: no row will match
	}
	return tile, nil
}

// loadEdge gives the leaves after the last full tile. Nothing stands above them but the
// head checkpoint, so when the edge does not bear its root the rows are tried instead.
func (r *leafReader) loadEdge(block int64) []tlog.Hash {
	edge := r.v.ev.Log.Edge
	if rows := r.rows(block*width, int(edge.Size%width)); !r.trusted && rows != nil && r.v.tree.Size == block*width {
		tree := r.v.tree.Clone()
		for _, h := range rows {
			tree.AppendHash(h)
		}
		if tree.Root() == r.v.report.Head.Root {
			return rows // Finish compares the edges
		}
	}
	return edge.Levels[0]
}

// stored gives the hashes of a tile, or those of the edge; nil when lost or malformed.
func (r *leafReader) stored(level int, index int64) ([]tlog.Hash, error) {
	log := r.v.ev.Log
	if index == log.Edge.Size>>(height*(level+1)) {
		if level < len(log.Edge.Levels) {
			return log.Edge.Levels[level], nil
		}
		return nil, nil
	}
	data, err := log.Tile(level, index)
	return hashes(data), err
}

// rows gives the hashes of the n queued rows that are numbered from pos+1 on; nil unless
// all are there.
func (r *leafReader) rows(pos int64, n int) []tlog.Hash {
	out := make([]tlog.Hash, 0, n)
	for i := range r.v.queue {
		if r.v.queue[i].seq-r.v.shift == pos+1+int64(len(out)) && len(out) < n {
			out = append(out, r.v.queue[i].hash)
		}
	}
	if len(out) < n {
		return nil
	}
	return out
}
