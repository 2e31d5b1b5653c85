package weighting

import (
	"math"
	"slices"

	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// ByVisits divides weights by how often each person comes to places such as those where people
// were met: who comes often had more chances. Who did not say counts as the median of the
// others; how many did not is returned.
func ByVisits(w []float64, f *frame.Frame, column string) (silent int, err error) {
	c, err := f.Col(column)
	if err != nil || c.Kind != frame.Number {
		return 0, fault.New(fault.Invalid, "weighting.column_gone", "column", column).On("visits").Because(err)
	}
	var said []float64
	for _, x := range c.Num {
		if x >= 1 {
			said = append(said, x)
		}
	}
	if len(said) == 0 {
		return 0, fault.New(fault.Invalid, "weighting.column_other", "column", column).On("visits")
	}
	middle := median(slices.Clone(said))
	for i, x := range c.Num {
		if math.IsNaN(x) || x < 1 {
			x = middle
			silent++
		}
		w[i] /= x
	}
	return silent, nil
}
