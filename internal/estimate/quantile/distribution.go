package quantile

import (
	"math"
	"sort"
)

// Distribution is the share of the weight at or below each value that occurs (R: svycdf).
type Distribution struct {
	x, share []float64
}

// NewDistribution takes the values of rows that have weight; missing ones are left out.
func NewDistribution(x, w []float64) *Distribution {
	here := make([]float64, len(w))
	for i := range w {
		if !math.IsNaN(x[i]) {
			here[i] = w[i]
		}
	}
	s := NewOrder(x, here).Under(here)
	d := &Distribution{}
	for i, v := range s.x {
		share := s.cum[i] / s.cum[len(s.cum)-1]
		if n := len(d.x); n > 0 && d.x[n-1] == v {
			d.share[n-1] = share
			continue
		}
		d.x, d.share = append(d.x, v), append(d.share, share)
	}
	return d
}

// At is the share at or below v: 0 before the first value, 1 from the last; missing where v is, and
// where there is nobody.
func (d *Distribution) At(v float64) float64 {
	if math.IsNaN(v) || len(d.x) == 0 {
		return math.NaN()
	}
	k := sort.Search(len(d.x), func(i int) bool { return d.x[i] > v })
	if k == 0 {
		return 0
	}
	return d.share[k-1]
}

// Pretty are about n intervals of even length and round ends that hold lo to hi (R: pretty).
func Pretty(lo, hi float64, n int) []float64 {
	const near, loose, looser = 1e-10, 1.5, 0.5 + 1.5*1.5
	cell, size := hi-lo, math.Max(math.Abs(lo), math.Abs(hi))
	bound := 1 + 1/(1+loose)
	if cell == 0 && hi == 0 {
		cell = 0.75
	} else if cell < size*bound*float64(max(1, n))*0x1p-52*3 { // all the same
		if cell = size; cell > 10 {
			cell = 9 + cell/10
		}
		cell *= 0.75
	} else if n > 1 {
		cell /= float64(n)
	}
	tenth := math.Pow(10, math.Floor(math.Log10(cell)))
	unit := tenth
	if 2*tenth-cell < loose*(cell-unit) {
		unit = 2 * tenth
		if 5*tenth-cell < looser*(cell-unit) {
			unit = 5 * tenth
			if 10*tenth-cell < loose*(cell-unit) {
				unit = 10 * tenth
			}
		}
	}
	from, to := math.Floor(lo/unit+near), math.Ceil(hi/unit-near)
	for from*unit > lo+near*unit {
		from--
	}
	for to*unit < hi-near*unit {
		to++
	}
	if to-from < 1 {
		to++ // at least one
	}
	out := []float64{from * unit}
	for k := from + 1; k <= to; k++ {
		out = append(out, k*unit)
	}
	return out
}
