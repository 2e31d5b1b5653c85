package estimate

import (
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
)

// NumberMean is the mean of numbers that are no column, one a row of the design, and the
// variance of that mean.
func NumberMean(d *design.Design, x []float64) (mean, variance float64, err error) {
	c := frame.Numbers("", x)
	r, err := Of(d, MeanOf([]formula.Variable{{Column: &c}}))
	if err != nil {
		return 0, 0, err
	}
	return r.Estimates[0].Estimate, r.Cov.At(0, 0), nil
}
