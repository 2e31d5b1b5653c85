// Package calibrate adjusts the weights of a survey to totals that are known: it
// post-stratifies, rakes, calibrates (linear, raking and logit, with or without bounds), trims,
// standardises and weighs for nonresponse, and says what that did to the weights.
//
// An adjustment multiplies the weight of a row by a factor g that depends on the row's cell
// alone, cells being the different values of what is adjusted by. So it is worked out on
// sums by cell: once for the weights, once a replicate. The variance of a linearised
// estimate afterwards is that of the residuals of its influence values (Residual).
// Formulas: Deville and Särndal 1992; Deville, Särndal and Sautory 1993; Lumley 2010, chapter 7.
package calibrate

import (
	"quipu/internal/estimate/tally"
)

// An Adjustment is what was done to the weights.
type Adjustment struct {
	Cell     []int32   // the cell of each row; -1 where the weight is 0 and nothing is adjusted
	Factor   []float64 // g of each cell
	Residual Residual  // what influence values become, for the variance by linearisation
	Report   Report

	keepsDF bool // degrees of freedom of replicates stay what they were (R's rule for all but linear)

	// again adjusts the weights of a replicate, given their sums by cell.
	again func(sums []float64) ([]float64, error)
}

// A Residual takes from influence values (weights in, one number a row) what the adjustment
// explains, in place: what is left is what varies from sample to sample.
type Residual interface{ Apply(z []float64) }

// Weights are w after the adjustment.
func (a *Adjustment) Weights(w []float64) []float64 {
	next := make([]float64, len(w))
	for i, v := range w {
		if c := a.Cell[i]; c >= 0 {
			next[i] = v * a.Factor[c]
		}
	}
	return next
}

// Replicate gives the factors of the cells for a replicate whose weights have these sums by
// cell. The error says why it cannot be adjusted.
func (a *Adjustment) Replicate(sums []float64) ([]float64, error) { return a.again(sums) }

// sums adds weights by cell, the same bytes in whatever order the rows are.
func sums(w []float64, cell []int32, cells int) []float64 {
	return tally.By(len(w), cells, cell, func(i int) float64 { return w[i] })
}
