package replicate

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"

	"quipu/internal/fault"
)

// draws are random whole numbers that are the same on every computer and in every version
// of the library: PCG's output is fixed, and the reduction is ours (Lemire's).
type draws struct{ pcg *rand.PCG }

func newDraws(seed uint64) draws { return draws{rand.NewPCG(seed, 0x9e3779b97f4a7c15)} }

// below gives a number from 0 to n−1, each as likely.
func (d draws) below(n int) int {
	limit := uint64(n)
	hi, lo := bits.Mul64(d.pcg.Uint64(), limit)
	for lo < limit && lo < -limit%limit {
		hi, lo = bits.Mul64(d.pcg.Uint64(), limit)
	}
	return int(hi)
}

// some gives k of the numbers 0 to n−1, each once, in the order in which they were drawn.
func (d draws) some(k, n int) []int {
	pool := make([]int, n)
	for i := range pool {
		pool[i] = i
	}
	for i := range k {
		j := i + d.below(n-i)
		pool[i], pool[j] = pool[j], pool[i]
	}
	return pool[:k]
}

// Bootstrap draws as many units of each stratum as it has, with replacement (Canty and Davison 1999);
// where the population is known and under a hundred times the sample, the units are
// copied to the size of the population and drawn without replacement. The scale corrects for n_h−1 by
// the harmonic mean of the numbers of units, as R's survey has it; in designs of
// few units a stratum that differ in number, prefer RaoWu.
func Bootstrap(strata []Stratum, replicates int, seed uint64) (*Weights, error) {
	w, err := bootstrap("bootstrap", strata, replicates, seed, 1, func(d draws, s Stratum, row []float64) {
		n := len(s.Units)
		if s.Population <= 0 || math.IsInf(s.Population, 1) || s.Population > float64(100*n) {
			for range n {
				row[s.Units[d.below(n)]]++
			}
			return
		}
		// the population is copies of the sample, its first units once more often
		order := d.some(n, n)
		for _, i := range d.some(n, int(math.Round(s.Population))) {
			row[s.Units[order[i%n]]]++
		}
	})
	if err != nil {
		return nil, err
	}
	inverse := 0.0
	for _, s := range strata {
		inverse += 1 / float64(len(s.Units))
	}
	n := float64(len(strata)) / inverse
	w.Scale = n / ((n - 1) * float64(replicates-1))
	return w, nil
}

// RaoWu draws n_h−1 units of each stratum with replacement and weighs them by n_h/(n_h−1)
// (Rao and Wu 1988, for n−1): unbiased for a total with unequal numbers of units.
func RaoWu(strata []Stratum, replicates int, seed uint64) (*Weights, error) {
	return bootstrap("subbootstrap", strata, replicates, seed, 2, func(d draws, s Stratum, row []float64) {
		n := len(s.Units)
		for range n - 1 {
			row[s.Units[d.below(n)]] += float64(n) / float64(n-1)
		}
	})
}

func bootstrap(kind string, strata []Stratum, replicates int, seed uint64, stream uint64, draw func(draws, Stratum, []float64)) (*Weights, error) {
	if replicates < 2 {
		return nil, fault.New(fault.Invalid, "replicate.few", "replicates", replicates)
	}
	for _, s := range strata {
		if len(s.Units) < 2 {
			return nil, fault.New(fault.Invalid, "replicate.lonely", "stratum", s.Name)
		}
		if _, err := s.correction(); err != nil {
			return nil, err
		}
	}
	w := &Weights{Type: kind, Scale: 1 / float64(replicates-1), RScales: slices.Repeat([]float64{1}, replicates)}
	d, all := newDraws(seed^stream<<56), units(strata)
	for range replicates {
		row := make([]float64, all)
		for _, s := range strata {
			draw(d, s, row)
		}
		w.Factors = append(w.Factors, row)
	}
	return w, nil
}
