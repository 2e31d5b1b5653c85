package calibrate

import (
	"math"
	"slices"

	"quipu/internal/estimate/tally"
)

// Report says what an adjustment did to the weights. Rows of weight 0 do not count.
type Report struct {
	Rows        int      // with a weight
	MinG, MaxG  float64  // the smallest and the largest factor
	Negative    float64  // share of the weights that are below 0 afterwards
	Before      float64  // Kish's 1 + CV² of the weights before
	After       float64  // and afterwards
	Iterations  int      // of Newton's method or cycles of raking; 0 where there are none
	Unsettled   bool     // raking was ended before its margins fitted
	Misfit      float64  // the largest relative distance from a total that is left
	Trimmed     int      // weights that were cut
	Unmet       int      // replicates whose totals were not reached within the bounds
	UnmetMisfit float64  // the largest relative distance from a total that is left in them
	Empty       []string // cells of the population without anybody in the sample that were left out
}

// Kish is 1 + CV² of the weights that are not 0: by how much unequal weights
// raise the variance of a mean that has nothing to do with them (Kish 1965).
func Kish(w []float64) float64 {
	n := 0
	for _, v := range w {
		if v != 0 {
			n++
		}
	}
	sum := tally.Sum(w)
	if n == 0 || sum == 0 {
		return math.NaN()
	}
	return float64(n) * tally.Dot(w, w) / (sum * sum)
}

// Compare fills in what follows from the weights before and after.
func (r *Report) Compare(before, after []float64) {
	r.MinG, r.MaxG, r.Rows = math.Inf(1), math.Inf(-1), 0
	below := 0
	for i, w := range before {
		if w == 0 {
			continue
		}
		r.Rows++
		g := after[i] / w
		r.MinG, r.MaxG = min(r.MinG, g), max(r.MaxG, g)
		if after[i] < 0 {
			below++
		}
	}
	r.Negative = float64(below) / float64(max(r.Rows, 1))
	r.Before, r.After = Kish(before), Kish(after)
	slices.Sort(r.Empty)
}
