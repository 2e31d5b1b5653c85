package replicate

import (
	"math"
	"slices"

	"quipu/internal/fault"
)

// A Node is a unit of some stage with the units that were drawn within it, by strata; a
// unit of the last stage has a number (Leaf) and nothing within it.
type Node struct {
	Leaf   int32
	Within []Level
}

// A Level is a stratum of some stage: the units drawn in the order of their labels, and how many
// there are (0 or +Inf: not told, as if drawn with replacement).
type Level struct {
	Units      []Node
	Population float64
}

// fraction is n/N of the level.
func (l Level) fraction() float64 {
	if l.Population <= 0 {
		return 0
	}
	return float64(len(l.Units)) / l.Population
}

// Preston draws half of the units of every stratum at every stage without replacement and
// rescales (Preston 2009, the multistage rescaled bootstrap): a unit of stage s adds
// λ_s(n_s/n*_s·kept − 1)·Π_{t<s} √(n_t/n*_t)·kept_t to the factor of its last-stage units,
// λ_s² = n*_s·Π_{t<s} f_t·(1−f_s)/(n_s−n*_s). leaves is how many last-stage units there are.
func Preston(strata []Level, leaves, replicates int, seed uint64) (*Weights, error) {
	if replicates < 2 {
		return nil, fault.New(fault.Invalid, "replicate.few", "replicates", replicates)
	}
	w := &Weights{Type: "mrbbootstrap", Scale: 1}
	d := newDraws(seed ^ 3<<56)
	for range replicates {
		row := slices.Repeat([]float64{1}, leaves)
		for _, s := range strata {
			s.rescale(d, row, 1, 1, 0, true)
		}
		w.Factors = append(w.Factors, row)
		w.RScales = append(w.RScales, 1/float64(replicates-1))
	}
	return w, nil
}

// rescale draws in one stratum. above is the product of the sampling fractions of the
// stages above, carry the product of their roots of n/n*, sum what they add; in says
// whether every unit above was kept.
func (l Level) rescale(d draws, row []float64, above, carry, sum float64, in bool) {
	n := len(l.Units)
	half := n / 2
	if !in {
		half = 0
	}
	kept := make([]bool, n)
	lambda, f := 0.0, l.fraction()
	if half > 0 {
		for _, i := range d.some(half, n) {
			kept[i] = true
		}
		lambda = math.Sqrt(above * float64(half) * (1 - f) / float64(n-half))
	}
	for i, u := range l.Units {
		add, next := 0.0, 0.0
		if half > 0 {
			add = -lambda
			if kept[i] {
				add += lambda * float64(n) / float64(half)
				next = carry * math.Sqrt(float64(n)/float64(half))
			}
			add *= carry
		}
		if u.Within == nil {
			row[u.Leaf] += sum + add
			continue
		}
		for _, w := range u.Within {
			w.rescale(d, row, above*f, next, sum+add, kept[i])
		}
	}
}
