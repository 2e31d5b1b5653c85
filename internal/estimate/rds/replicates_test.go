package rds

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestWeights: weights for statistics of any kind give the estimates of each method, and their
// replicates the standard errors of the tree bootstrap.
func TestWeights(t *testing.T) {
	chance := rand.New(rand.NewPCG(3, 3))
	s := must(t, newTown(chance, 1500).recruit(chance, 300, 6))
	for _, m := range []Method{MethodI, MethodII, MethodSS} {
		o := Bootstrap{Method: m, Replicates: 200, Seed: 5, PopulationSize: 3000, Confidence: .95}
		w, err := s.Weights(o)
		if err != nil {
			t.Fatal(err)
		}
		b, err := s.Bootstrap(o)
		if err != nil {
			t.Fatal(err)
		}
		group := make([]int32, s.N()) // by row of the file
		for i, g := range s.Group {
			group[s.Row[i]] = g
		}
		share := func(w []float64, g int32) float64 {
			in, all := 0.0, 0.0
			for row, x := range w {
				if all += x; group[row] == g {
					in += x
				}
			}
			if math.Abs(all-float64(b.N)) > 1e-6 {
				t.Errorf("%s: weights add up to %v, want %d", m, all, b.N)
			}
			return in / all
		}
		for g, i := range b.Intervals {
			if got := share(w.Full, int32(g)); math.Abs(got-i.Estimate) > 1e-9 {
				t.Errorf("%s %s: %v, the method says %v", m, i.Level, got, i.Estimate)
			}
			mean, squares, n := 0.0, 0.0, float64(len(w.Replicates))
			for _, r := range w.Replicates {
				mean += share(r, int32(g)) / n
			}
			for _, r := range w.Replicates {
				squares += math.Pow(share(r, int32(g))-mean, 2)
			}
			if se := math.Sqrt(squares / (n - 1)); math.Abs(se-i.SE) > 1e-9 || len(w.Replicates)+w.Failed != 200 || w.Failed != b.Failed {
				t.Errorf("%s %s: SE %v, the bootstrap says %v", m, i.Level, se, i.SE)
			}
		}
		if m == MethodII && slices.Equal(w.Replicates[0], w.Replicates[1]) {
			t.Error("two draws are the same")
		}
	}
}
