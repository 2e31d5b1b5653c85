package linkage

import "math/rand/v2"

const (
	// samplePairs is how many random pairs u is learnt from.
	samplePairs = 3_000_000
	// allPairs is up to how many rows all pairs are taken instead.
	allPairs = 2400
	// partners is how many random rows each row of the sample is compared with.
	partners = 48
)

// sample counts the agreement patterns of random pairs.
func (t *table) sample(seed uint64, threads int, none *weights, stop func() error) ([]Cell, error) {
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
		w := workers[0]
		w.load(t.rows, all)
		for i := range n - 1 {
			t.count(w, i, i+1, n, none, tallies[0])
		}
		return shapes(tallies...), stop()
	}
	err := parallel(threads, samplePairs/partners/256, func(worker, chunk int) error {
		r := rand.New(rand.NewPCG(seed, uint64(chunk)))
		w := workers[worker]
		var rows [partners + 1]uint32
		for range 256 {
			for k := range rows {
				rows[k] = uint32(r.Uint64N(uint64(n)))
			}
			for k := 1; k < len(rows); k++ {
				for rows[k] == rows[0] {
					rows[k] = uint32(r.Uint64N(uint64(n)))
				}
			}
			w.load(t.rows, rows[:])
			t.count(w, 0, 1, len(rows), none, tallies[worker])
		}
		return stop()
	})
	return shapes(tallies...), err
}

// count adds the patterns of row i of a block against others.
func (t *table) count(w *worker, i, from, to int, none *weights, into *tally) {
	_, patterns := w.against(i, from, to, none)
	for k, p := range patterns {
		if t.sources == nil || t.sources[w.block.rows[i]] != t.sources[w.block.rows[from+k]] {
			into.add(p, 1)
		}
	}
}

// crew makes the workers of a job.
func (t *table) crew(threads int) []*worker {
	out := make([]*worker, max(threads, 1))
	for i := range out {
		out[i] = newWorker(t.plan, t.words)
	}
	return out
}
