package design

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate/tally"
)

// Cov is the covariance matrix of the totals of influence columns (weights are in the
// values already), a value a row: Taylor linearisation over strata, clusters, stages and
// finite populations, through the residuals of calibrations (R: svyrecvar).
func (d *Design) Cov(z [][]float64) (*mat.SymDense, error) { return d.CovOf(Dense(z)) }

// CovOf is the covariance of all terms of the scores.
func (d *Design) CovOf(s Scores) (*mat.SymDense, error) {
	_, groups := s.Groups()
	all, err := d.cov(s, groups, true)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// CovWithin is a covariance matrix for each group, each as that of a domain of its own:
// what counts as lonely is decided within the group.
func (d *Design) CovWithin(s Scores) ([]*mat.SymDense, error) {
	_, groups := s.Groups()
	batch := max(1, maxCells/(d.cellRows()*s.Width()))
	if d.Calibrated() || d.pps != nil {
		batch = max(1, maxCells/(d.f.N()*s.Width()))
	}
	if batch >= groups {
		return d.cov(s, groups, false)
	}
	var all []*mat.SymDense
	for from := 0; from < groups; from += batch {
		part, err := d.cov(&window{s, from, min(from+batch, groups)}, min(batch, groups-from), false)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	return all, nil
}

// maxCells bounds what the cells of a batch of groups take: 16 bytes each.
const maxCells = 1 << 23

func (d *Design) cellRows() int {
	most := 1
	for i := range d.stages {
		n := d.stages[i].n
		if d.stages[i].cluster == nil && !d.Calibrated() && d.pps == nil {
			n = d.stages[i].strata // see byRows
		}
		most = max(most, n)
	}
	return most
}

// window is a range of the groups of scores.
type window struct {
	Scores
	from, to int
}

func (w *window) Groups() ([]int32, int) {
	code, _ := w.Scores.Groups()
	part := make([]int32, len(code))
	for i, g := range code {
		part[i] = -1
		if int(g) >= w.from && int(g) < w.to {
			part[i] = g - int32(w.from)
		}
	}
	return part, w.to - w.from
}

// cov adds the stages up: the variance of the first, and of each later one times the
// fractions sampled above it.
func (d *Design) cov(s Scores, groups int, full bool) ([]*mat.SymDense, error) {
	code, _ := s.Groups()
	run := &running{d: d, s: s, code: code, groups: groups, k: s.Width(), full: full}
	run.makeSums()
	if d.Calibrated() {
		run.z = materialize(s, d.f.N(), 0, groups)
		if err := d.residual(run.z, 0); err != nil {
			return nil, err
		}
		run.s = Dense(run.z)
	}
	if d.pps != nil {
		return run.pairs()
	}
	last := 1
	if d.fpc && !d.spec.OneStage {
		last = len(d.stages)
	}
	mult := slices.Repeat([]float64{1}, d.stages[0].strata)
	for i := range last {
		st := &d.stages[i]
		if i > 0 {
			if err := d.residual(run.z, i); err != nil {
				return nil, err
			}
			mult = d.fractions(i, mult)
		}
		if err := run.stage(st, i, mult); err != nil {
			return nil, err
		}
	}
	return run.result(), nil
}

// residual sends columns through the calibrations that apply before stage at.
func (d *Design) residual(z Dense, at int) error {
	for _, r := range d.residuals {
		if r.At() == at && z != nil {
			if err := r.Residuals(z); err != nil {
				return err
			}
		}
	}
	return nil
}

// fractions gives each stratum of stage i the product of the sampling fractions above it.
func (d *Design) fractions(i int, above []float64) []float64 {
	st, up := &d.stages[i], &d.stages[i-1]
	mult := make([]float64, st.strata)
	for h, c := range st.parent {
		k := up.stratum[c]
		mult[h] = above[k] * float64(up.size[k]) / up.pop[c]
	}
	return mult
}

// running is a covariance under way.
type running struct {
	d      *Design
	s      Scores
	code   []int32
	groups int
	k      int // values a row
	full   bool
	z      Dense // columns, when calibrations need them
	sums   [][]float64
}

// terms is the number of terms.
func (r *running) terms() int { return r.groups * r.k }

func (r *running) makeSums() {
	blocks, size := 1, r.terms()
	if !r.full {
		blocks, size = r.groups, r.k
	}
	for range blocks {
		r.sums = append(r.sums, make([]float64, size*size))
	}
}

func (r *running) result() []*mat.SymDense {
	out := make([]*mat.SymDense, len(r.sums))
	for b, v := range r.sums {
		out[b] = mat.NewSymDense(size(len(v)), v)
	}
	return out
}

func size(square int) int { return int(math.Round(math.Sqrt(float64(square)))) }

// stage adds the variance of one stage: its clusters around the mean of their stratum.
func (r *running) stage(st *stage, at int, mult []float64) error {
	rules, err := r.rules(st, at)
	if err != nil {
		return err
	}
	if r.byRows(st) {
		r.rowStage(st, mult, rules)
		return nil
	}
	cells := r.cells(st)
	order, start := st.members()
	tally.Blocks(len(cells)*many, func(lo, hi int) {
		for p := lo / many; p < hi/many; p++ {
			r.centre(st, cells[p], p/r.k, mult, rules, order, start)
		}
	})
	r.products(cells)
	return nil
}

// many makes tally.Blocks share out columns.
const many = 1 << 14

// members lists the clusters of each stratum: order[start[h]:start[h+1]].
func (st *stage) members() (order, start []int32) {
	start = make([]int32, st.strata+1)
	for _, h := range st.stratum {
		start[h+1]++
	}
	for h := range st.strata {
		start[h+1] += start[h]
	}
	order = make([]int32, st.n)
	next := append([]int32(nil), start...)
	for c, h := range st.stratum {
		order[next[h]] = int32(c)
		next[h]++
	}
	return order, start
}

// centre turns the totals of the clusters for one term into what is squared: their
// distance from the mean of the stratum, times the root of the stratum's factor.
func (r *running) centre(st *stage, z []float64, group int, mult []float64, rules *rules, order, start []int32) {
	for h := range st.strata {
		members := order[start[h]:start[h+1]]
		n := float64(len(members))
		if rules.drop(group, h) || st.negligible(members, n) {
			for _, c := range members {
				z[c] = 0
			}
			continue
		}
		mean := 0.0
		if rules.centred(group, h) {
			mean = total(z, members) / n
		}
		scale := mult[h] * rules.factor(group, h)
		if n > 1 {
			scale *= n / (n - 1)
		}
		for _, c := range members {
			z[c] = (z[c] - mean) * math.Sqrt(scale*st.rest(c, n))
		}
	}
}

// total adds the cells of a stratum's members, the same in any order.
func total(z []float64, members []int32) float64 {
	bound := 0.0
	for _, c := range members {
		if a := math.Abs(z[c]); a > bound && a <= math.MaxFloat64 {
			bound = a
		}
	}
	g := tally.NewGrid(bound, len(members))
	var a tally.Acc
	for _, c := range members {
		g.Add(&a, z[c])
	}
	return a.Value()
}

// rest is the share of the population that was not sampled: 1 without sizes.
func (st *stage) rest(c int32, n float64) float64 {
	if st.pop == nil || math.IsInf(st.pop[c], 1) {
		return 1
	}
	return (st.pop[c] - n) / st.pop[c]
}

// negligible: everything was sampled, there is no error (R: all(f < 1e-7)).
func (st *stage) negligible(members []int32, n float64) bool {
	if st.pop == nil {
		return false
	}
	for _, c := range members {
		if !(st.rest(c, n) < 1e-7) {
			return false
		}
	}
	return true
}

// cells sums the scores into clusters: one slice a term, a value a cluster.
func (r *running) cells(st *stage) [][]float64 {
	n, k, terms := r.d.f.N(), r.k, r.terms()
	code := r.code
	if r.z != nil {
		k, code = terms, nil
	}
	out := make([][]float64, terms)
	if st.cluster == nil { // the row is the unit
		copy(out, materialize(r.s, n, 0, terms/k))
		return out
	}
	bound := make([]float64, k)
	scan(r.s, 0, n, func(_, _ int, z [][]float64) {
		for j := range z {
			bound[j] = largest(z[j], bound[j])
		}
	})
	grids := make([]tally.Grid, k)
	for j := range grids {
		grids[j] = tally.NewGrid(bound[j], n)
	}
	acc := make([]tally.Acc, terms*st.n)
	scan(r.s, 0, n, func(lo, hi int, z [][]float64) {
		for j := range z {
			g, zj := grids[j], z[j]
			for i, v := range zj {
				group := 0
				if code != nil {
					if group = int(code[lo+i]); group < 0 {
						continue
					}
				}
				g.Add(&acc[(group*k+j)*st.n+int(st.cluster[lo+i])], v)
			}
		}
	})
	for p := range out {
		out[p] = make([]float64, st.n)
		for c := range out[p] {
			out[p][c] = acc[p*st.n+c].Value()
		}
	}
	return out
}

// products adds the sums of squares and products of the cells.
func (r *running) products(cells [][]float64) {
	bound := make([]float64, len(cells))
	for p := range cells {
		bound[p] = largest(cells[p], 0)
	}
	tally.Blocks(len(cells)*many, func(lo, hi int) {
		for p := lo / many; p < hi/many; p++ {
			b, from, size := 0, 0, len(cells)
			if !r.full {
				b, size = p/r.k, r.k
				from = b * r.k
			}
			for q := from; q <= p; q++ {
				n := len(cells[p])
				g := tally.NewGrid(bound[p]*bound[q], n)
				var a tally.Acc
				x, y := cells[p], cells[q]
				for c := range x {
					if v := x[c] * y[c]; v != 0 {
						g.Add(&a, v)
					}
				}
				r.sums[b][(p-from)*size+(q-from)] += a.Value()
				if p != q {
					r.sums[b][(q-from)*size+(p-from)] = r.sums[b][(p-from)*size+(q-from)]
				}
			}
		}
	})
}
