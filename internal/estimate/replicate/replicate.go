// Package replicate makes replicate weights: jackknife, balanced half-samples and
// bootstraps of a design that is given by its strata and first-stage units.
//
// What is made are factors, one a unit and replicate, by which the weights of the rows of
// the unit are multiplied; a file of a million rows with 5,000 units and 200 replicates
// takes a million numbers, not 200 million. The scale and the scales of the replicates
// turn squared deviations into the variance
//
//	V = Scale · Σ_r RScales[r] (θ_r − c)²,
//
// c being the mean of the replicates or the estimate from all rows.
// Everything is in the order of labels, never of rows, so the order of a file says nothing.
package replicate

import (
	"quipu/internal/fault"
)

// A Stratum is one first-stage stratum: the numbers of its units in the order of their
// labels, and how many units there are in the population (0 when not told: no correction).
type Stratum struct {
	Name       string
	Units      []int32
	Population float64
}

// correction is 1 − n/N, or 1 without a population.
func (s Stratum) correction() (float64, error) {
	if s.Population <= 0 {
		return 1, nil
	}
	n := float64(len(s.Units))
	if s.Population < n {
		return 0, fault.New(fault.Invalid, "replicate.population", "stratum", s.Name, "population", s.Population, "units", len(s.Units))
	}
	return (s.Population - n) / s.Population, nil
}

// Weights are the replicates of a design.
type Weights struct {
	Type    string      // JK1, JKn, BRR, Fay, bootstrap, subbootstrap, mrbbootstrap
	Factors [][]float64 // [replicate][unit]
	Scale   float64
	RScales []float64
	Rho     float64 // of Fay's method
}

// Count is the number of replicates.
func (w *Weights) Count() int { return len(w.Factors) }

// units is how many units the strata have; numbers run from 0 to one less.
func units(strata []Stratum) int {
	n := 0
	for _, s := range strata {
		n += len(s.Units)
	}
	return n
}
