package linkage

import "slices"

const (
	// samplePairs is how many random pairs u is learnt from.
	samplePairs = 2_000_000
	// allPairs is up to how many rows all pairs are taken instead.
	allPairs = 2000
	// partners is how many random rows each row of the sample is compared with.
	partners = 48
)

// sample counts the agreement patterns of random pairs.
func (t *table) sample(seed uint64, threads int, stop func() error) ([]Cell, error) {
	n := t.len()
	if n < 2 {
		return nil, nil
	}
	threads = max(threads, 1)
	workers, tallies := t.crew(threads), make([]*tally, threads)
	for i := range tallies {
		tallies[i] = newTally()
	}
	if n <= allPairs {
		all := make([]uint32, n)
		for i := range all {
			all[i] = uint32(i)
		}
		t.countAll(workers[0], all, tallies[0])
		return shapes(tallies...), stop()
	}
	err := parallel(threads, samplePairs/partners/256, func(worker, chunk int) error {
		state := join(seed, uint64(chunk))
		draw := func() uint32 {
			state += 0x9E3779B97F4A7C15 // SplitMix64
			return uint32(mix(state) >> 8 % uint64(n))
		}
		w := workers[worker]
		var rows [partners + 1]uint32
		for range 256 {
			for k := range rows {
				rows[k] = draw()
			}
			for k := 1; k < len(rows); k++ {
				for rows[k] == rows[0] {
					rows[k] = draw()
				}
			}
			w.fetch(t, rows[:])
			for _, other := range rows[1:] {
				t.count(w, rows[0], other, tallies[worker])
			}
		}
		return stop()
	})
	return shapes(tallies...), err
}

// count adds the pattern of a pair of rows.
func (t *table) count(w *worker, x, y uint32, into *tally) {
	if t.sources == nil || t.sources[x] != t.sources[y] {
		into.add(w.pattern(t.row(x), t.row(y)), 1)
	}
}

// countAll adds the patterns of all pairs of some rows.
func (t *table) countAll(w *worker, rows []uint32, into *tally) {
	for i, x := range rows {
		for _, y := range rows[i+1:] {
			t.count(w, x, y, into)
		}
	}
}

// fetch touches rows that lie anywhere, so that the processor fetches them side by side.
func (w *worker) fetch(t *table, rows []uint32) {
	sum := uint32(0)
	for _, r := range rows {
		sum += touch(t.row(r))
	}
	w.touched = sum
}

// touch reads a word of every cache line of a row.
func touch(row []uint32) uint32 {
	sum := row[len(row)-1]
	for k := 0; k < len(row); k += lineSlots {
		sum += row[k]
	}
	return sum
}

// crew makes the workers of a job.
func (t *table) crew(threads int) []*worker {
	out := make([]*worker, max(threads, 1))
	for i := range out {
		out[i] = newWorker(t.plan, t.words)
	}
	return out
}

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
