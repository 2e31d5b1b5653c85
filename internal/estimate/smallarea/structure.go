package smallarea

import (
	"fmt"
	"math"
	"strings"

	"quipu/internal/fault"
)

// Structure is a table of counts in any number of dimensions: city x sex x age of the last census, say.
type Structure struct {
	Names  []string   // of the dimensions
	Levels [][]string // of each
	Cells  []float64  // the last dimension runs fastest; not negative
}

// Margin is what is known today: the totals over some of the dimensions, in the order that On gives,
// the last running fastest.
type Margin struct {
	On     []string
	Totals []float64
}

// Raked is a structure with new margins.
type Raked struct {
	Structure
	Rounds int
	Misfit float64 // the largest relative difference from a margin that is left
}

// Rake brings an old structure to new margins by iterative proportional fitting: associations between
// the dimensions (odds ratios) stay those of the old table, totals become those of today (SPREE,
// Purcell and Kish 1980). It stops when no margin is off by more than tolerance (relative; 0 is 1e-10)
// and refuses margins that cannot be met: totals that disagree, or people where the old table has none.
func Rake(old Structure, margins []Margin, tolerance float64) (Raked, error) {
	if tolerance == 0 {
		tolerance = 1e-10
	}
	if err := old.check(); err != nil {
		return Raked{}, err
	}
	groups := make([][]int, len(margins)) // of each cell in each margin
	for k, m := range margins {
		g, err := old.group(m, k)
		if err != nil {
			return Raked{}, err
		}
		groups[k] = g
		if err := old.possible(m, g); err != nil {
			return Raked{}, err
		}
		if a, b := total(margins[0].Totals), total(m.Totals); math.Abs(a-b) > 1e-9*a {
			return Raked{}, fault.New(fault.Invalid, "smallarea.margins_disagree", "first", a, "second", b, "margin", strings.Join(m.On, " x "))
		}
	}
	r := Raked{Structure: old}
	r.Cells = append([]float64(nil), old.Cells...)
	for r.Rounds = 1; r.Rounds <= 10_000; r.Rounds++ {
		for k, m := range margins {
			r.fit(m.Totals, groups[k])
		}
		r.Misfit = 0
		for k, m := range margins {
			r.Misfit = max(r.Misfit, r.off(m.Totals, groups[k]))
		}
		if r.Misfit <= tolerance {
			return r, nil
		}
	}
	return r, fault.New(fault.Invalid, "smallarea.margins_unmet", "misfit", r.Misfit)
}

func (s Structure) check() error {
	cells := 1
	for _, l := range s.Levels {
		cells *= len(l)
	}
	if len(s.Names) != len(s.Levels) || len(s.Cells) != cells || cells == 0 {
		return fault.New(fault.Invalid, "smallarea.shape", "cells", len(s.Cells), "want", cells)
	}
	for i, c := range s.Cells {
		if !(c >= 0) || math.IsInf(c, 0) {
			return fault.New(fault.Invalid, "smallarea.cell", "cell", s.cell(i), "value", c)
		}
	}
	return nil
}

// indices are the levels of a cell.
func (s Structure) indices(cell int) []int {
	at := make([]int, len(s.Levels))
	for d := len(s.Levels) - 1; d >= 0; d-- {
		at[d] = cell % len(s.Levels[d])
		cell /= len(s.Levels[d])
	}
	return at
}

func (s Structure) cell(i int) string {
	var words []string
	for d, k := range s.indices(i) {
		words = append(words, fmt.Sprintf("%s = %s", s.Names[d], s.Levels[d][k]))
	}
	return strings.Join(words, ", ")
}

func (s Structure) group(m Margin, k int) ([]int, error) {
	var dims []int
	size := 1
	for _, name := range m.On {
		d := -1
		for i, n := range s.Names {
			if n == name {
				d = i
			}
		}
		if d < 0 {
			return nil, fault.New(fault.NotFound, "smallarea.dimension", "name", name, "names", strings.Join(s.Names, ", "))
		}
		dims = append(dims, d)
		size *= len(s.Levels[d])
	}
	if len(dims) == 0 || len(m.Totals) != size {
		return nil, fault.New(fault.Invalid, "smallarea.margin", "margin", k+1, "has", len(m.Totals), "want", size)
	}
	g := make([]int, len(s.Cells))
	for i := range g {
		at := s.indices(i)
		for _, d := range dims {
			g[i] = g[i]*len(s.Levels[d]) + at[d]
		}
	}
	return g, nil
}

func (s Structure) possible(m Margin, group []int) error {
	have := make([]float64, len(m.Totals))
	first := make([]int, len(m.Totals))
	for i, g := range group {
		if have[g] == 0 {
			first[g] = i
		}
		have[g] += s.Cells[i]
	}
	for g, want := range m.Totals {
		if !(want >= 0) || math.IsInf(want, 0) {
			return fault.New(fault.Invalid, "smallarea.margin_value", "margin", strings.Join(m.On, " x "), "value", want)
		}
		if want > 0 && have[g] == 0 {
			return fault.New(fault.Invalid, "smallarea.margin_empty", "margin", strings.Join(m.On, " x "), "total", want, "cell", s.cell(first[g]))
		}
	}
	return nil
}

func (r *Raked) sums(n int, group []int) []float64 {
	have := make([]float64, n)
	for i, g := range group {
		have[g] += r.Cells[i]
	}
	return have
}

func (r *Raked) fit(want []float64, group []int) {
	have := r.sums(len(want), group)
	for i, g := range group {
		if have[g] > 0 {
			r.Cells[i] *= want[g] / have[g]
		}
	}
}

func (r *Raked) off(want []float64, group []int) float64 {
	worst := 0.0
	for g, have := range r.sums(len(want), group) {
		if want[g] > 0 {
			worst = max(worst, math.Abs(have/want[g]-1))
		}
	}
	return worst
}

func total(x []float64) float64 {
	t := 0.0
	for _, v := range x {
		t += v
	}
	return t
}
