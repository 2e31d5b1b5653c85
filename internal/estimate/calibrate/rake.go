package calibrate

import (
	"math"
	"slices"

	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// Control says when raking ends: after Most cycles, or when no cell of the table of all
// margins changes by Epsilon in a cycle; below 1 it is a share of the sum of weights. 0 is R's default, 10 cycles and 1.
type Control struct {
	Most    int
	Epsilon float64
	Force   bool // take what was reached when it has not settled (as R does, with a warning), or margins of different sums
}

// Rake adjusts to one margin after the other until all fit (iterative proportional fitting).
func Rake(w []float64, margins []*Margin, c Control) (*Adjustment, error) {
	if len(margins) == 0 {
		return nil, fault.New(fault.Invalid, "calibrate.no_totals")
	}
	if c.Most <= 0 {
		c.Most = 10
	}
	if c.Epsilon <= 0 {
		c.Epsilon = 1
	}
	if err := agree(margins); err != nil && !c.Force {
		return nil, err
	}
	names, columns := make([]string, len(margins)), make([][]float64, len(margins))
	for m, margin := range margins {
		columns[m] = make([]float64, len(w))
		for i, cell := range margin.Cell {
			columns[m][i] = float64(cell)
		}
	}
	cell, rows, err := cells(names, columns, func(i int) bool { return w[i] == 0 })
	if err != nil {
		return nil, err
	}
	r := &raking{margins: margins}
	for _, row := range rows {
		at := make([]int32, len(row))
		for m, v := range row {
			at[m] = int32(v)
		}
		r.at = append(r.at, at)
	}
	if c.Epsilon < 1 {
		c.Epsilon *= tally.Sum(w)
	}
	a := &Adjustment{Cell: cell}
	cycles, done, last, err := r.fit(sums(w, cell, len(rows)), c, &a.Factor)
	if err != nil {
		return nil, err
	}
	for _, m := range margins {
		a.Report.Empty = append(a.Report.Empty, m.Empty...)
	}
	a.Report.Iterations, a.Report.Unsettled = cycles, !done
	after := a.Weights(w)
	a.Report.Compare(w, after)
	a.Report.Misfit = r.misfit(sums(after, cell, len(rows)))
	a.Residual = newSwept(cell, r, after, last)
	a.again = func(sum []float64) (g []float64, err error) {
		_, _, _, err = r.fit(sum, Control{Most: cycles, Epsilon: -1}, &g)
		return g, err
	}
	return a, nil
}

// agree checks that the margins are of one population.
func agree(margins []*Margin) error {
	first := tally.Sum(margins[0].Total)
	for k, m := range margins[1:] {
		if s := tally.Sum(m.Total); math.Abs(s-first) > 1e-6*first {
			return fault.New(fault.Invalid, "calibrate.margins_disagree", "margin", k+2, "sum", s, "first", first)
		}
	}
	return nil
}

// raking is the table of all margins: at[cell] is its cell of each margin.
type raking struct {
	margins []*Margin
	at      [][]int32
}

// fit rakes sums by cell and gives the factors of the cells, the cycles that it took, and the ratios by which the
// last cycle multiplied. A negative epsilon makes exactly Most cycles.
func (r *raking) fit(sum []float64, c Control, g *[]float64) (cycles int, done bool, last [][]float64, err error) {
	now, before := append([]float64(nil), sum...), make([]float64, len(sum))
	f := slices.Repeat([]float64{1}, len(sum))
	for cycles < c.Most && !done {
		copy(before, now)
		last = last[:0]
		for m, margin := range r.margins {
			have := make([]float64, len(margin.Names))
			for k, v := range now {
				have[r.at[k][m]] += v
			}
			ratio, err := margin.ratio(have)
			if err != nil {
				return 0, false, nil, err
			}
			for k := range now {
				q := ratio[r.at[k][m]]
				now[k] *= q
				f[k] *= q
			}
			last = append(last, ratio)
		}
		cycles++
		delta := 0.0
		for k := range now {
			delta = max(delta, math.Abs(now[k]-before[k]))
		}
		done = delta < c.Epsilon
	}
	if !done && c.Epsilon > 0 && !c.Force {
		m, k, off := r.worst(now)
		return 0, false, nil, fault.New(fault.Invalid, "calibrate.rake_unmet", "cycles", cycles, "cell", r.margins[m].Names[k], "population", r.margins[m].Total[k], "misfit", off)
	}
	*g = f
	return cycles, done, last, nil
}

// worst is the cell of a margin that fits least, and by how much, relatively.
func (r *raking) worst(now []float64) (margin, cell int, off float64) {
	for m, mm := range r.margins {
		have := make([]float64, len(mm.Names))
		for k, v := range now {
			have[r.at[k][m]] += v
		}
		for k, h := range have {
			if d := math.Abs(h/mm.Total[k] - 1); d > off {
				margin, cell, off = m, k, d
			}
		}
	}
	return margin, cell, off
}

func (r *raking) misfit(now []float64) float64 {
	_, _, off := r.worst(now)
	return off
}

// swept takes the means of the cells of one margin after the other from influence values, ten
// times round, each with the weights that raking had after that margin (as R does).
type swept struct {
	cell  []int32
	r     *raking
	after []float64
	less  [][]float64 // [margin][cell]: what later margins of the last cycle multiplied by
	count [][]float64 // rows in the cells of each margin
}

func newSwept(cell []int32, r *raking, after []float64, last [][]float64) swept {
	s := swept{cell: cell, r: r, after: after}
	for m, margin := range r.margins {
		less, count := slices.Repeat([]float64{1}, len(r.at)), make([]float64, len(margin.Names))
		for k := range less {
			for later := m + 1; later < len(last); later++ {
				less[k] *= last[later][r.at[k][later]]
			}
		}
		for _, c := range cell {
			if c >= 0 {
				count[r.at[c][m]]++
			}
		}
		s.less, s.count = append(s.less, less), append(s.count, count)
	}
	return s
}

// rounds of centring.
const rounds = 10

func (s swept) Apply(z []float64) {
	for range rounds {
		for m, margin := range s.r.margins {
			code := make([]int32, len(z))
			for i, c := range s.cell {
				if code[i] = c; c >= 0 {
					code[i] = s.r.at[c][m]
				}
			}
			sum := tally.By(len(z), len(margin.Names), code, func(i int) float64 {
				if s.cell[i] < 0 || s.after[i] == 0 {
					return 0
				}
				return z[i] / (s.after[i] / s.less[m][s.cell[i]])
			})
			for i, c := range s.cell {
				if c >= 0 {
					z[i] -= s.after[i] / s.less[m][c] * (sum[code[i]] / s.count[m][code[i]])
				}
			}
		}
	}
}
