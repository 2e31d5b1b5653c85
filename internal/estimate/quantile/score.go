package quantile

import (
	"math"
	"slices"

	"quipu/internal/estimate/tail"
	"quipu/internal/fault"
)

// score inverts the test that the share above a value is 1-p. R then reads the quantile at
// the unweighted share of rows at or below each end, and searches between the extremes less
// a hundredth of the interquartile range; both are kept, so that the numbers are the same.
func (a *ask) score(p float64) (low, high float64, err error) {
	// All rows that are there count here, those of weight 0 after a calibration, too.
	rows := a.rows()
	slices.Sort(rows)
	inner := (typeSeven(rows, .75) - typeSeven(rows, .25)) / 100
	from, to := rows[0]+inner, rows[len(rows)-1]-inner
	tol := 1 / (100 * math.Sqrt(float64(len(rows))))
	var failed error
	test := func(limit float64) func(float64) float64 {
		return func(at float64) float64 {
			share, v, err := a.share(at)
			if err != nil {
				failed = err
				return math.NaN()
			}
			return (p-share)/math.Sqrt(v) - limit
		}
	}
	ends := make([]float64, 2)
	for i, limit := range []float64{a.t, -a.t} {
		root, ok := tail.Root(test(limit), from, to, tol)
		if failed != nil {
			return 0, 0, failed
		}
		if !ok {
			return 0, 0, fault.New(fault.Invalid, "inference.quantile_score", "p", p)
		}
		below := 0
		for below < len(rows) && rows[below] <= root {
			below++
		}
		if ends[i], err = a.full.At(a.Rule, float64(below)/float64(len(rows))); err != nil {
			return 0, 0, err
		}
	}
	return ends[0], ends[1], nil
}

// rows are the values of the rows that are there; a missing one outside the domain is 0, as
// in R.
func (a *ask) rows() []float64 {
	present := a.d.Present()
	var all []float64
	for i, v := range a.x {
		if present != nil && !present[i] {
			continue
		}
		if math.IsNaN(v) {
			v = 0
		}
		all = append(all, v)
	}
	return all
}

// typeSeven is the unweighted quantile of sorted values that R's IQR takes.
func typeSeven(x []float64, p float64) float64 {
	at := p * float64(len(x)-1)
	i := int(at)
	if i+1 >= len(x) {
		return x[len(x)-1]
	}
	return x[i] + (at-float64(i))*(x[i+1]-x[i])
}
