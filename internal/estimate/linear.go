package estimate

import (
	"math"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// groups are domains that do not overlap: the code of each row, negative for none.
type groups struct {
	code []int32 // nil: one group of all rows
	n    int
}

var oneGroup = groups{nil, 1}

func (g groups) of(i int) int32 {
	if g.code == nil {
		return 0
	}
	return g.code[i]
}

// linear is a mean or a total of variables: of a number one value, of a factor one a level.
type linear struct {
	vars   []formula.Variable
	width  int // values a group
	groups groups
	total  bool
	bound  []float64 // largest absolute value of each number
	names  []string
}

func newLinear(vars []formula.Variable, g groups, total bool) *linear {
	l := &linear{vars: vars, groups: g, total: total}
	for _, v := range vars {
		l.names = append(l.names, v.Names()...)
		b := 1.0
		if v.Column.Kind == frame.Number {
			x := v.Column.Num
			b = tally.Bound(len(x), func(i int) float64 { return x[i] })
		}
		l.bound = append(l.bound, b)
	}
	l.width = len(l.names)
	return l
}

// MeanOf is the statistic of means: of a number its mean, of a factor the share of each level.
func MeanOf(vars []formula.Variable) Scorer { return newLinear(vars, oneGroup, false) }

// TotalOf is the statistic of totals: of a number its total, of a factor the number of each level.
func TotalOf(vars []formula.Variable) Scorer { return newLinear(vars, oneGroup, true) }

func (l *linear) Terms() []string { return l.names }

func (l *linear) Value(w []float64) ([]float64, error) {
	sums := l.sums(w)
	if l.total {
		return sums, nil
	}
	weight := l.weight(w)
	for g := range l.groups.n {
		for j := range l.width {
			sums[g*l.width+j] /= weight[g]
		}
	}
	return sums, nil
}

// weight is the sum of the weights of each group.
func (l *linear) weight(w []float64) []float64 {
	return tally.By(len(w), l.groups.n, l.groups.code, func(i int) float64 { return w[i] })
}

// sums are the weighted totals, group by group.
func (l *linear) sums(w []float64) []float64 {
	most := tally.Bound(len(w), func(i int) float64 { return w[i] })
	out := make([]float64, l.groups.n*l.width)
	at := 0
	for k, v := range l.vars {
		grid, levels := tally.NewGrid(most*l.bound[k], len(w)), 1
		if v.Column.Kind == frame.Factor {
			levels = len(v.Column.Levels)
		}
		acc := make([]tally.Acc, l.groups.n*levels)
		l.add(acc, w, v.Column, levels, grid)
		for g := range l.groups.n {
			for j := range levels {
				out[g*l.width+at+j] = acc[g*levels+j].Value()
			}
		}
		at += levels
	}
	return out
}

func (l *linear) add(acc []tally.Acc, w []float64, c *frame.Column, levels int, grid tally.Grid) {
	for i, wi := range w {
		if wi == 0 {
			continue
		}
		g := l.groups.of(i)
		if g < 0 {
			continue
		}
		if c.Kind == frame.Number {
			grid.Add(&acc[g], wi*c.Num[i])
			continue
		}
		k := c.Code[i]
		if k < 0 { // missing: so are the shares of all levels
			for j := range levels {
				grid.Add(&acc[int(g)*levels+j], math.NaN())
			}
			continue
		}
		grid.Add(&acc[int(g)*levels+int(k)], wi)
	}
}

func (l *linear) Influence(w, theta []float64) ([][]float64, error) {
	return columns(l.Scores(w, theta), len(w)), nil
}

func (l *linear) Scores(w, theta []float64) design.Scores {
	s := &linearScores{l: l, w: w, theta: theta}
	if !l.total {
		s.weight = l.weight(w)
	}
	return s
}

// linearScores: w x for a total, w (x - mean)/W for a mean.
type linearScores struct {
	l                *linear
	w, theta, weight []float64
}

func (s *linearScores) Groups() ([]int32, int) { return s.l.groups.code, s.l.groups.n }
func (s *linearScores) Width() int             { return s.l.width }

func (s *linearScores) Fill(lo, hi int, z [][]float64) {
	at := 0
	for _, v := range s.l.vars {
		levels := 1
		if v.Column.Kind == frame.Factor {
			levels = len(v.Column.Levels)
		}
		for j := range levels {
			s.column(lo, hi, v.Column, int32(j), at+j, z[at+j])
		}
		at += levels
	}
}

func (s *linearScores) column(lo, hi int, c *frame.Column, level int32, j int, z []float64) {
	for i := lo; i < hi; i++ {
		wi, g := s.w[i], s.l.groups.of(i)
		if wi == 0 || g < 0 {
			z[i-lo] = 0
			continue
		}
		x := 0.0
		switch {
		case c.Kind == frame.Number:
			x = c.Num[i]
		case c.Code[i] == level:
			x = 1
		case c.Code[i] < 0:
			x = math.NaN()
		}
		if s.weight != nil {
			x = (x - s.theta[int(g)*s.l.width+j]) / s.weight[g]
		}
		z[i-lo] = wi * x
	}
}

// columns writes scores out for whoever needs a value for each row and term.
func columns(s design.Scores, n int) [][]float64 {
	code, groups := s.Groups()
	k := s.Width()
	z, part := make([][]float64, groups*k), make([][]float64, k)
	for j := range z {
		z[j] = make([]float64, n)
	}
	if groups == 1 && code == nil {
		s.Fill(0, n, z)
		return z
	}
	for j := range part {
		part[j] = make([]float64, n)
	}
	s.Fill(0, n, part)
	for j := range part {
		for i, v := range part[j] {
			if code[i] >= 0 {
				z[int(code[i])*k+j][i] = v
			}
		}
	}
	return z
}

// Mean estimates means (svymean): of a number its mean, of a factor the share of each level.
func Mean(d *design.Design, vars []formula.Variable, o Options) (Result, error) {
	return linearOf(d, vars, o, false)
}

// Total estimates totals (svytotal): of a number its total, of a factor how many have each level.
func Total(d *design.Design, vars []formula.Variable, o Options) (Result, error) {
	return linearOf(d, vars, o, true)
}

func linearOf(d *design.Design, vars []formula.Variable, o Options, total bool) (Result, error) {
	d, err := Within(d, vars, o.DropMissing)
	if err != nil {
		return Result{}, err
	}
	l := newLinear(vars, oneGroup, total)
	r, err := OfWith(d, l, o)
	if err != nil || o.Deff == NoDeff {
		return r, err
	}
	for j, simple := range l.simple(d, o.Deff) {
		r.Estimates[j].Deff = r.Cov.At(j, j) / simple
	}
	return r, nil
}

// Within is the design of the rows that have a value of every variable, when drop is asked
// for. A domain without rows is refused.
func Within(d *design.Design, vars []formula.Variable, drop bool) (*design.Design, error) {
	if drop {
		in := Complete(d.Frame().N(), vars)
		all := true
		for _, ok := range in {
			all = all && ok
		}
		if !all {
			d = d.Subset(in)
		}
	}
	if d.Count() == 0 {
		return nil, fault.New(fault.Invalid, "estimate.empty_domain")
	}
	return d, nil
}

// Complete tells the rows that have a value of every variable.
func Complete(n int, vars []formula.Variable) []bool {
	in := make([]bool, n)
	for i := range in {
		in[i] = true
		for _, v := range vars {
			if v.Column.IsMissing(i) {
				in[i] = false
				break
			}
		}
	}
	return in
}
