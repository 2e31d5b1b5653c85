package linkage

import (
	"slices"

	"quipu/internal/linkage/cluster"
)

// Live keeps records with their blocking keys in memory and scores each that comes or
// changes against those that are there. With the model of a batch and the same records it
// finds the same pairs and clusters, in whatever order they came. It is used by one
// goroutine at a time.
type Live struct {
	s     *scales
	rows  []uint32 // width slots each
	ids   []int32  // by place; -1 is free
	place map[int32]uint32
	free  []uint32
	keys  keyIndex
	edges map[int32][]Pair
}

// NewLive makes an empty register of records that the model compares; fields are those of
// its records, which must be the model's.
func NewLive(m *Model, fields []Field) (*Live, error) {
	if err := m.fits(fields); err != nil {
		return nil, err
	}
	s, err := newScales(m)
	if err != nil {
		return nil, err
	}
	return &Live{s: s, place: map[int32]uint32{}, keys: newKeyIndex(), edges: map[int32][]Pair{}}, nil
}

// Put keeps a record under an id, in place of one that was there, and gives its pairs with
// others above the floor, the weightiest first. values are by field.
func (v *Live) Put(id int32, values []string) []Pair {
	v.Remove(id)
	row := v.s.encode(valueOf(values))
	found := v.candidates(id, row)
	at := uint32(len(v.ids))
	if n := len(v.free); n > 0 {
		at, v.free = v.free[n-1], v.free[:n-1]
		copy(v.rows[int(at)*len(row):], row)
		v.ids[at] = id
	} else {
		v.rows, v.ids = append(v.rows, row...), append(v.ids, id)
	}
	v.place[id] = at
	for _, k := range v.allKeys(row) {
		v.keys.add(k, at)
	}
	for _, p := range found {
		v.edges[p.A] = append(v.edges[p.A], p)
		v.edges[p.B] = append(v.edges[p.B], p)
	}
	return found
}

// Score gives the pairs that Put would, and keeps nothing; the record has the id -1.
func (v *Live) Score(values []string) []Pair {
	words := v.s.encoder.words
	known := words.Len()
	found := v.candidates(-1, v.s.encode(valueOf(values)))
	if words.Len() > known {
		words.forget(known)
		clear(v.s.worker.like.cache)
	}
	return found
}

// Remove takes a record out; none under the id is no error.
func (v *Live) Remove(id int32) {
	at, ok := v.place[id]
	if !ok {
		return
	}
	for _, k := range v.allKeys(v.row(at)) {
		v.keys.remove(k, at)
	}
	delete(v.place, id)
	v.ids[at] = -1
	v.free = append(v.free, at)
	for _, p := range v.edges[id] {
		other := p.A + p.B - id
		v.edges[other] = slices.DeleteFunc(v.edges[other], func(q Pair) bool { return q.A == p.A && q.B == p.B })
	}
	delete(v.edges, id)
}

// Pairs are those of a record with others, as they were scored.
func (v *Live) Pairs(id int32) []Pair { return slices.Clone(v.edges[id]) }

// Clusters gives each record the smallest id of its cluster; must and cannot are ids.
func (v *Live) Clusters(threshold float64, must, cannot [][2]int32) map[int32]int32 {
	ids := make([]int32, 0, len(v.place))
	for id := range v.place {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	number := make(map[int32]int32, len(ids))
	hashes := make([]uint64, len(ids))
	for i, id := range ids {
		number[id] = int32(i)
		hashes[i] = v.s.plan.content(v.row(v.place[id]), v.s.encoder.words)
	}
	var edges []cluster.Edge
	for _, id := range ids {
		for _, p := range v.edges[id] {
			if p.A == id {
				edges = append(edges, cluster.Edge{A: number[p.A], B: number[p.B], Weight: p.Weight})
			}
		}
	}
	in := func(ps [][2]int32) (out [][2]int32) {
		for _, p := range ps {
			a, ok := number[p[0]]
			b, also := number[p[1]]
			if ok && also {
				out = append(out, [2]int32{a, b})
			}
		}
		return out
	}
	labels := group(len(ids), edges, threshold, in(must), in(cannot), hashes)
	out := make(map[int32]int32, len(ids))
	for i, id := range ids {
		out[id] = ids[labels[i]]
	}
	return out
}

func (v *Live) row(at uint32) []uint32 {
	n := v.s.plan.width
	return v.rows[int(at)*n : (int(at)+1)*n]
}

// allKeys are the keys of a row under every rule, each once.
func (v *Live) allKeys(row []uint32) []uint64 {
	var keys []uint64
	for r := range v.s.plan.rules {
		keys = v.s.keysOf(row, r, keys)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// candidates are the pairs of a row with those kept that share a key.
func (v *Live) candidates(id int32, row []uint32) []Pair {
	var places []uint32
	for _, k := range v.allKeys(row) {
		places = v.keys.find(k, places)
	}
	slices.Sort(places)
	places = slices.Compact(places)
	var found []Pair
	const most = 4096
	for len(places) > 0 {
		some := places[:min(most, len(places))]
		places = places[len(some):]
		table := slices.Clone(row)
		for _, at := range some {
			table = append(table, v.row(at)...)
		}
		for i, pattern := range v.s.patterns(table) {
			other := v.ids[some[i]]
			if w := v.s.weigh(row, pattern); w >= -floorBelow {
				found = append(found, Pair{min(id, other), max(id, other), w, pattern})
			}
		}
	}
	slices.SortFunc(found, func(a, b Pair) int {
		if a.Weight != b.Weight {
			if a.Weight > b.Weight {
				return -1
			}
			return 1
		}
		return cmpUint64(uint64(a.A)<<32|uint64(uint32(a.B)), uint64(b.A)<<32|uint64(uint32(b.B)))
	})
	return found
}

// keyIndex has the places of records by key, in chains.
type keyIndex struct {
	heads map[uint64]uint32 // key: first link + 1
	links []posting
	free  []uint32
}

type posting struct{ place, next uint32 }

func newKeyIndex() keyIndex { return keyIndex{heads: map[uint64]uint32{}} }

func (x *keyIndex) add(key uint64, place uint32) {
	at := uint32(len(x.links))
	if n := len(x.free); n > 0 {
		at, x.free = x.free[n-1], x.free[:n-1]
	} else {
		x.links = append(x.links, posting{})
	}
	x.links[at] = posting{place, x.heads[key]}
	x.heads[key] = at + 1
}

func (x *keyIndex) find(key uint64, dst []uint32) []uint32 {
	for at := x.heads[key]; at != 0; at = x.links[at-1].next {
		dst = append(dst, x.links[at-1].place)
	}
	return dst
}

func (x *keyIndex) remove(key uint64, place uint32) {
	before := uint32(0)
	for at := x.heads[key]; at != 0; at = x.links[at-1].next {
		l := x.links[at-1]
		if l.place != place {
			before = at
			continue
		}
		switch {
		case before != 0:
			x.links[before-1].next = l.next
		case l.next != 0:
			x.heads[key] = l.next
		default:
			delete(x.heads, key)
		}
		x.free = append(x.free, at-1)
		return
	}
}
