package crosstab

import (
	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// table is a two-way table under a design; cells lie column by column.
type table struct {
	d          *design.Design // without rows in which either variable is missing
	rows, cols []string
	cell       []int32 // of each row of the frame, -1 outside
}

// newTable takes the levels that occur among the rows that are there.
func newTable(d *design.Design, a, b *frame.Column) (*table, error) {
	present := d.Present()
	there := func(i int) bool { return present == nil || present[i] }
	ca, la := codes(a, there)
	cb, lb := codes(b, there)
	if len(la) < 2 || len(lb) < 2 {
		return nil, fault.New(fault.Invalid, "inference.table_small", "rows", len(la), "columns", len(lb))
	}
	t := &table{d: d, rows: la, cols: lb, cell: make([]int32, len(ca))}
	whole, n := make([]bool, len(ca)), 0
	w := d.Weights()
	for i := range ca {
		t.cell[i] = frame.Missing
		if whole[i] = ca[i] >= 0 && cb[i] >= 0; !whole[i] {
			if w[i] != 0 {
				n++
			}
			continue
		}
		if w[i] != 0 {
			t.cell[i] = ca[i] + cb[i]*int32(len(la))
		}
	}
	if n > 0 {
		t.d = d.Subset(whole)
	}
	return t, nil
}

// codes numbers the levels of a column that occur among some rows, in their order.
func codes(c *frame.Column, there func(int) bool) ([]int32, []string) {
	f := c.AsFactor()
	to := make([]int32, len(f.Levels))
	for i, k := range f.Code {
		if k >= 0 && there(i) {
			to[k] = 1
		}
	}
	var levels []string
	for k, used := range to {
		to[k] = frame.Missing
		if used == 1 {
			to[k] = int32(len(levels))
			levels = append(levels, f.Levels[k])
		}
	}
	out := make([]int32, len(f.Code))
	for i, k := range f.Code {
		out[i] = frame.Missing
		if k >= 0 && there(i) {
			out[i] = to[k]
		}
	}
	return out, levels
}

// weights are the scores of the totals of the cells: the weight of each row, in its cell.
type weights struct {
	t *table
	w []float64
}

func (s weights) Groups() ([]int32, int)         { return s.t.cell, s.t.size() }
func (s weights) Width() int                     { return 1 }
func (s weights) Fill(lo, hi int, z [][]float64) { copy(z[0], s.w[lo:hi]) }

func (t *table) size() int { return len(t.rows) * len(t.cols) }

func (t *table) totals(w []float64) []float64 {
	return tally.By(len(w), t.size(), t.cell, func(i int) float64 { return w[i] })
}

// estimate gives the totals of the cells, or with shares their proportions, and their
// covariance.
func (t *table) estimate(shares bool) ([]float64, *mat.SymDense, error) {
	value := func(w []float64) []float64 {
		x := t.totals(w)
		if all := sum(x); shares {
			for k := range x {
				x[k] /= all
			}
		}
		return x
	}
	w := t.d.Weights()
	x := value(w)
	if t.d.Replicated() {
		theta := make([][]float64, len(t.d.Replicates().Weights))
		rw := make([]float64, len(w))
		for r := range theta {
			t.d.ReplicateWeights(r, rw)
			theta[r] = value(rw)
		}
		v, _, err := t.d.Variance(theta, x)
		return x, v, err
	}
	v, err := t.d.CovOf(weights{t, w})
	if err != nil || !shares {
		return x, v, err
	}
	// The proportions follow from the totals: dp = (dt - p sum(dt)) / total.
	k, all := t.size(), tally.Sum(w)
	jac := mat.NewDense(k, k, nil)
	for i := range k {
		for j := range k {
			jac.Set(i, j, -x[i]/all)
		}
		jac.Set(i, i, (1-x[i])/all)
	}
	var left, both mat.Dense
	left.Mul(jac, v)
	both.Mul(&left, jac.T())
	return x, estimate.Symmetric(&both), nil
}

func sum(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v
	}
	return s
}

// freedom is the number of units of the first stage less that of strata among the rows that
// are there, or what replicates give.
func freedom(d *design.Design) float64 {
	if d.Replicated() || d.Present() == nil && d.Stages() == 0 {
		return d.DF()
	}
	st, present := d.Stage(0), d.Present()
	psu, stratum := make([]bool, st.N), make([]bool, st.Strata)
	units, strata := 0, 0
	for i := range d.Frame().N() {
		if present != nil && !present[i] {
			continue
		}
		c := int32(i)
		if st.Of != nil {
			c = st.Of[i]
		}
		if !psu[c] {
			psu[c] = true
			units++
		}
		if h := st.Stratum[c]; !stratum[h] {
			stratum[h] = true
			strata++
		}
	}
	return float64(units - strata)
}
