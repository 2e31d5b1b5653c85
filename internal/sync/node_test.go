package sync

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestMarksReachBack: of a log that grows in uneven steps a node keeps few marks, and whatever the
// backup is that the hub goes back to, one at most twice as far off as the nearest there ever was.
func TestMarksReachBack(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var known, all []Mark
	size := int64(7)
	for range 20_000 {
		m := Mark{Size: size}
		known, all = thin(append(slices.Clone(known), m)), append(all, m)
		size += 1 + rng.Int64N(1+size/[]int64{20, 400, 100_000}[rng.IntN(3)])
		if size > 1e12 {
			break
		}
	}
	newest := all[len(all)-1]
	if len(known) > 90 || known[0] != all[0] || known[len(known)-1] != newest {
		t.Fatalf("%d marks are kept of %d, from %d to %d", len(known), len(all), known[0].Size, known[len(known)-1].Size)
	}
	back := func(marks []Mark, to int64) int64 { // how far a node goes back when the hub went back to a size
		for _, m := range slices.Backward(marks) {
			if m.Size <= to {
				return newest.Size - m.Size
			}
		}
		return newest.Size
	}
	for i, m := range all[:len(all)-1] {
		to := m.Size + rng.Int64N(all[i+1].Size-m.Size)
		if must, goes := back(all, to), back(known, to); goes > 2*must {
			t.Errorf("back to %d: %d of the log instead of %d", to, goes, must)
		}
	}
}
