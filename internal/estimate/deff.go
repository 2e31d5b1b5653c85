package estimate

import (
	"math"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tally"
)

// sizes are what a design effect compares with: elements of the simple random sample and
// of the population, group by group.
type sizes struct{ rows, used, population []float64 }

func (g groups) sizes(d *design.Design) sizes {
	w, present := d.Weights(), d.Present()
	count := func(f func(i int) float64) []float64 { return tally.By(len(w), g.n, g.code, f) }
	return sizes{
		rows: count(func(i int) float64 {
			if present != nil && !present[i] {
				return 0
			}
			return 1
		}),
		used: count(func(i int) float64 {
			if w[i] == 0 {
				return 0
			}
			return 1
		}),
		population: count(func(i int) float64 { return w[i] }),
	}
}

// simple is the variance of each term under simple random sampling of as many elements
// (R: svyvar times what the form of comparison asks for).
func (l *linear) simple(d *design.Design, form Deff) []float64 {
	w := d.Weights()
	mean := newLinear(l.vars, l.groups, false)
	theta, _ := mean.Value(w)
	n := l.groups.sizes(d)
	out := make([]float64, len(theta))
	at := 0
	for _, v := range l.vars {
		levels := 1
		if v.Column.Kind == frame.Factor {
			levels = len(v.Column.Levels)
		} else {
			x := v.Column.Num
			square := tally.By(len(w), l.groups.n, l.groups.code, func(i int) float64 {
				if w[i] == 0 || l.groups.of(i) < 0 {
					return 0
				}
				dev := x[i] - theta[int(l.groups.of(i))*l.width+at]
				return w[i] * dev * dev
			})
			for g := range square {
				out[g*l.width+at] = square[g] / n.population[g]
			}
		}
		for g := range l.groups.n {
			for j := range levels {
				p := g*l.width + at + j
				if v.Column.Kind == frame.Factor {
					out[p] = theta[p] * (1 - theta[p])
				}
				out[p] *= l.factor(d, n, g, form)
			}
		}
		at += levels
	}
	return out
}

// factor turns the weighted mean of squares into the variance of the estimate under simple
// random sampling. Under PPS the totals of R leave the size of the sample out; so do we,
// because their figures are what others have.
func (l *linear) factor(d *design.Design, n sizes, g int, form Deff) float64 {
	used, size := n.used[g], n.used[g]
	if d.Replicated() {
		used, size = n.rows[g], n.rows[g]
	}
	pairs := d.IsPPS() && d.Spec().PPS.Method != design.Brewer
	if pairs {
		size = n.rows[g]
	}
	f, all := used/(used-1), n.population[g]
	rest := (all - size) / all
	if pairs && l.total {
		if form == WithBack {
			return f * all * all * rest
		}
		return f * all * all
	}
	if l.total {
		f *= all * all
	} else if form == WithoutBack && all < size {
		return math.NaN() // more elements than their weights stand for
	}
	if form == WithoutBack {
		f *= rest
	}
	return f / size
}
