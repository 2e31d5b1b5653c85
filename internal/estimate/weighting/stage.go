package weighting

import (
	"math"
	"slices"

	"quipu/internal/estimate/calibrate"
	"quipu/internal/estimate/tally"
)

// Stage is how weights stand after a step.
type Stage struct {
	Step           string // key of the catalogue after "weighting.step."
	N              int    // answers with a weight
	Sum, Min, Max  float64
	Mean, CV, Deff float64   // Deff is Kish's 1 + CV²
	Negative       float64   // share of weights below 0
	Bars           []float64 // share of weights at up to 1/4, 1/2, 1, 2, 4 medians, and above
}

// BarEnds are where the bars of a stage end, in medians of the weights.
var BarEnds = []float64{0.25, 0.5, 1, 2, 4}

// StageOf describes weights; those of 0 do not count.
func StageOf(step string, w []float64) Stage {
	s := Stage{Step: step, Min: math.Inf(1), Max: math.Inf(-1), Bars: make([]float64, len(BarEnds)+1)}
	var some []float64
	for _, x := range w {
		if x != 0 {
			some = append(some, x)
		}
	}
	if s.N = len(some); s.N == 0 {
		s.Min, s.Max = 0, 0
		return s
	}
	s.Sum, s.Deff = tally.Sum(some), calibrate.Kish(some)
	s.Mean, s.CV = s.Sum/float64(s.N), math.Sqrt(max(0, s.Deff-1))
	m := median(some)
	for _, x := range some {
		s.Min, s.Max = min(s.Min, x), max(s.Max, x)
		if x < 0 {
			s.Negative += 1 / float64(s.N)
		}
		k, _ := slices.BinarySearch(BarEnds, x/m-1e-12)
		s.Bars[k] += 1 / float64(s.N)
	}
	return s
}

func median(w []float64) float64 {
	v := slices.Sorted(slices.Values(w))
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}
