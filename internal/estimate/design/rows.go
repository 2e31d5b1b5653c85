package design

import (
	"math"

	"quipu/internal/estimate/tally"
)

// byRows is whether a stage in which every row is a unit of its own can be worked out row by
// row: with the rows of a group apart from those outside, which are all zeros.
func (r *running) byRows(st *stage) bool {
	return st.cluster == nil && r.z == nil && (!r.full || r.groups == 1) && st.strata*r.terms() <= maxCells
}

// rowStage adds the variance of a stage of rows. Those of a group are squared one by one;
// the others of the stratum are zeros, whose distance from the mean is known.
func (r *running) rowStage(st *stage, mult []float64, rules *rules) {
	o := &rowSums{r: r, st: st, rules: rules, factor: make([]float64, st.strata)}
	order, start := st.members()
	for h := range st.strata {
		members := order[start[h]:start[h+1]]
		n := float64(len(members))
		if st.negligible(members, n) {
			continue
		}
		o.factor[h] = mult[h]
		if n > 1 {
			o.factor[h] *= n / (n - 1)
		}
	}
	o.first()
	o.second()
}

type rowSums struct {
	r      *running
	st     *stage
	rules  *rules
	factor []float64 // of each stratum; 0: it does not count
	bound  []float64 // of each column
	mean   []float64 // by stratum, group, column
	seen   []float64 // by stratum and group: sum of what is not sampled over rows of the group
	all    []float64 // by stratum: the same over all its rows
}

// weight is the factor of a row in the sum of squares.
func (o *rowSums) weight(row int32, g int) float64 {
	h := o.st.stratum[row]
	if o.factor[h] == 0 || o.rules.drop(g, int(h)) {
		return 0
	}
	return o.factor[h] * o.rules.factor(g, int(h)) * o.st.rest(row, float64(o.st.size[h]))
}

func (o *rowSums) group(row int) int {
	if o.r.code == nil {
		return 0
	}
	return int(o.r.code[row])
}

// first makes the means of strata.
func (o *rowSums) first() {
	r, st, n, k := o.r, o.st, o.r.d.f.N(), o.r.k
	o.bound = make([]float64, k)
	scan(r.s, 0, n, func(_, _ int, z [][]float64) {
		for j := range z {
			o.bound[j] = largest(z[j], o.bound[j])
		}
	})
	grids := make([]tally.Grid, k)
	for j := range grids {
		grids[j] = tally.NewGrid(o.bound[j], n)
	}
	unit := tally.NewGrid(1, n)
	sums, seen, all := make([]tally.Acc, st.strata*r.groups*k), make([]tally.Acc, st.strata*r.groups), make([]tally.Acc, st.strata)
	scan(r.s, 0, n, func(lo, hi int, z [][]float64) {
		for i := lo; i < hi; i++ {
			h, g := int(st.stratum[i]), o.group(i)
			rest := st.rest(int32(i), float64(st.size[h]))
			unit.Add(&all[h], rest)
			if g < 0 {
				continue
			}
			unit.Add(&seen[h*r.groups+g], rest)
			for j := range z {
				grids[j].Add(&sums[(h*r.groups+g)*k+j], z[j][i-lo])
			}
		}
	})
	o.mean, o.seen, o.all = make([]float64, len(sums)), make([]float64, len(seen)), make([]float64, len(all))
	for h := range st.strata {
		o.all[h] = all[h].Value()
		for g := range r.groups {
			o.seen[h*r.groups+g] = seen[h*r.groups+g].Value()
			for j := 0; j < k && o.rules.centred(g, h); j++ {
				at := (h*r.groups+g)*k + j
				o.mean[at] = sums[at].Value() / float64(st.size[h])
			}
		}
	}
}

// second adds the squares.
func (o *rowSums) second() {
	r, st, n, k := o.r, o.st, o.r.d.f.N(), o.r.k
	largestFactor, dev := 0.0, make([]float64, k)
	for h, f := range o.factor {
		for g := range r.groups {
			largestFactor = max(largestFactor, f*o.rules.factor(g, h))
		}
	}
	for j := range dev {
		m := 0.0
		for at := j; at < len(o.mean); at += k {
			m = largest(o.mean[at:at+1], m)
		}
		dev[j] = o.bound[j] + m
	}
	grids := make([]tally.Grid, k*k)
	for j := range k {
		for l := range k {
			grids[j*k+l] = tally.NewGrid(largestFactor*dev[j]*dev[l], n)
		}
	}
	acc := make([]tally.Acc, r.groups*k*k)
	scan(r.s, 0, n, func(lo, hi int, z [][]float64) {
		for i := lo; i < hi; i++ {
			g := o.group(i)
			if g < 0 {
				continue
			}
			w := o.weight(int32(i), g)
			if w == 0 {
				continue
			}
			mean := o.mean[(int(st.stratum[i])*r.groups+g)*k:]
			for j := range k {
				a := w * (z[j][i-lo] - mean[j])
				for l := range j + 1 {
					grids[j*k+l].Add(&acc[(g*k+j)*k+l], a*(z[l][i-lo]-mean[l]))
				}
			}
		}
	})
	for g := range r.groups {
		for j := range k {
			for l := range j + 1 {
				v := acc[(g*k+j)*k+l].Value() + o.zeros(g, j, l)
				r.sums[g][j*k+l] += v
				if l != j {
					r.sums[g][l*k+j] = r.sums[g][j*k+l]
				}
			}
		}
	}
}

// zeros is what rows outside the group add: the product of two means for each.
func (o *rowSums) zeros(g, j, l int) float64 {
	return tally.Of(o.st.strata, func(h int) float64 {
		if o.factor[h] == 0 || o.rules.drop(g, h) {
			return 0
		}
		at := (h*o.r.groups + g) * o.r.k
		outside := o.all[h] - o.seen[h*o.r.groups+g]
		if math.Abs(outside) < 1e-9*o.all[h] {
			outside = 0 // all are in the group
		}
		return o.factor[h] * o.rules.factor(g, h) * outside * o.mean[at+j] * o.mean[at+l]
	})
}
