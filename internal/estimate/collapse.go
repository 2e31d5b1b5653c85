package estimate

import (
	"math"
	"slices"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tally"
)

// A totaled statistic is a function of weighted totals by group, so that in replicates whose
// factors are those of units it can be worked out from totals by unit.
type totaled interface {
	Statistic
	summands() ([]summand, groups)
	// fromTotals is the statistic of total[summand][group].
	fromTotals(total [][]float64) []float64
}

// summand is what is added up, weight by weight: a number, the share of rows at a level, or
// (neither) the weight alone.
type summand struct {
	num   []float64
	code  []int32
	level int32
}

func (s summand) at(i int) float64 {
	switch {
	case s.num != nil:
		return s.num[i]
	case s.code == nil:
		return 1
	case s.code[i] < 0:
		return math.NaN()
	case s.code[i] == s.level:
		return 1
	}
	return 0
}

func summandsOf(c *frame.Column) []summand {
	if c.Kind == frame.Number {
		return []summand{{num: c.Num}}
	}
	all := make([]summand, len(c.Levels))
	for k := range all {
		all[k] = summand{code: c.Code, level: int32(k)}
	}
	return all
}

// collapsed are totals by (unit, group), the pairs in ascending order.
type collapsed struct {
	s      totaled
	unit   []int32
	group  []int32
	groups int
	total  [][]float64 // [summand][pair]
}

// collapse sums what a statistic needs by unit of the replicate factors; nil where going through
// the rows costs no more.
func collapse(d *design.Design, s totaled) *collapsed {
	rep := d.Replicates()
	if rep.Unit == nil {
		return nil
	}
	parts, g := s.summands()
	base, present := d.Base(), d.Present()
	pairs := map[int64]int32{}
	key, code := make([]int64, len(base)), make([]int32, len(base))
	for i, b := range base {
		code[i] = -1
		if k := g.of(i); b != 0 && k >= 0 && (present == nil || present[i]) {
			key[i] = int64(rep.Unit[i])<<32 | int64(k)
			code[i] = 0
			pairs[key[i]] = 0
		}
	}
	if len(pairs)*len(rep.Weights)*len(parts)+len(base)*len(parts) > len(base)*len(rep.Weights) {
		return nil
	}
	c := &collapsed{s: s, groups: g.n}
	order := make([]int64, 0, len(pairs))
	for p := range pairs {
		order = append(order, p)
	}
	slices.Sort(order)
	for k, p := range order {
		pairs[p] = int32(k)
		c.unit, c.group = append(c.unit, int32(p>>32)), append(c.group, int32(p&math.MaxUint32))
	}
	for i := range code {
		if code[i] == 0 {
			code[i] = pairs[key[i]]
		}
	}
	for _, p := range parts {
		c.total = append(c.total, tally.By(len(base), len(order), code, func(i int) float64 { return base[i] * p.at(i) }))
	}
	return c
}

// value is the statistic under factors of the units. A unit with factor 0 counts for nothing,
// even when a value of it is missing.
func (c *collapsed) value(factor []float64) []float64 {
	total := make([][]float64, len(c.total))
	for j, t := range c.total {
		sum := make([]float64, c.groups)
		for k, v := range t {
			if f := factor[c.unit[k]]; f != 0 {
				sum[c.group[k]] += f * v
			}
		}
		total[j] = sum
	}
	return c.s.fromTotals(total)
}

func (l *linear) summands() ([]summand, groups) {
	var all []summand
	for _, v := range l.vars {
		all = append(all, summandsOf(v.Column)...)
	}
	if !l.total {
		all = append(all, summand{})
	}
	return all, l.groups
}

func (l *linear) fromTotals(total [][]float64) []float64 {
	out := make([]float64, l.groups.n*l.width)
	for g := range l.groups.n {
		for j := range l.width {
			out[g*l.width+j] = total[j][g]
			if !l.total {
				out[g*l.width+j] /= total[l.width][g]
			}
		}
	}
	return out
}

func (r *ratio) summands() (all []summand, g groups) {
	for _, side := range [2][][]float64{r.num, r.den} {
		for _, x := range side {
			all = append(all, summand{num: x})
		}
	}
	return all, r.groups
}

func (r *ratio) fromTotals(total [][]float64) []float64 {
	return r.quotients(total[:len(r.num)], total[len(r.num):])
}
