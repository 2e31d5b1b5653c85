package linkage

import "slices"

// tally counts agreement patterns.
type tally struct {
	keys   []uint64 // pattern + 1
	counts []int64
	used   int
}

func newTally() *tally { return &tally{keys: make([]uint64, 1<<10), counts: make([]int64, 1<<10)} }

func (t *tally) add(pattern uint64, n int64) {
	mask := uint64(len(t.keys) - 1)
	i := mix(pattern) & mask
	for t.keys[i] != 0 && t.keys[i] != pattern+1 {
		i = (i + 1) & mask
	}
	if t.keys[i] == 0 {
		t.keys[i] = pattern + 1
		if t.used++; 2*t.used > len(t.keys) {
			t.counts[i] += n
			t.grow()
			return
		}
	}
	t.counts[i] += n
}

func (t *tally) grow() {
	old := *t
	t.keys, t.counts, t.used = make([]uint64, 2*len(old.keys)), make([]int64, 2*len(old.keys)), 0
	for i, k := range old.keys {
		if k != 0 {
			t.add(k-1, old.counts[i])
		}
	}
}

// shapes are the patterns of several tallies, sorted.
func shapes(ts ...*tally) []Cell {
	all := newTally()
	for _, t := range ts {
		for i, k := range t.keys {
			if k != 0 {
				all.add(k-1, t.counts[i])
			}
		}
	}
	out := make([]Cell, 0, all.used)
	for i, k := range all.keys {
		if k != 0 {
			out = append(out, Cell{k - 1, float64(all.counts[i])})
		}
	}
	slices.SortFunc(out, func(a, b Cell) int { return cmpUint64(a.Pattern, b.Pattern) })
	return out
}
