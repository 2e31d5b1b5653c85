package crosstab

import (
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tail"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// RankTest names a function of the ranks: their share (wilcoxon, for several groups
// KruskalWallis), its normal score (vanderWaerden), or whether it is above a half (median).
// Lumley and Scott 2013, Biometrika 100.
type RankTest string

const (
	Wilcoxon      RankTest = "wilcoxon"
	VanDerWaerden RankTest = "vanderWaerden"
	Median        RankTest = "median"
	KruskalWallis RankTest = "KruskalWallis"
)

// RankTests are all of them, the usual first.
var RankTests = []RankTest{Wilcoxon, VanDerWaerden, Median, KruskalWallis}

// score of a rank r (0 to n).
func (k RankTest) score(r, n float64) float64 {
	switch k {
	case VanDerWaerden:
		return tail.NormalQuantile(r / n)
	case Median:
		if r > n/2 {
			return 1
		}
		return 0
	}
	return r / n
}

// Ranks tests whether y is alike in the groups g. Two groups are compared by the difference
// of their mean scores on DF - 1 degrees of freedom, more by all differences at once. Rows
// with a missing value are left out.
func Ranks(d *design.Design, y []float64, g *frame.Column, kind RankTest) (Test, error) {
	if kind == "" {
		kind = Wilcoxon
	}
	if !slices.Contains(RankTests, kind) {
		return Test{}, fault.New(fault.Invalid, "inference.rank_test", "test", string(kind), "tests", strings.Join(estimate.Names(RankTests), ", "))
	}
	d, in := compared(d, y, g)
	w := d.Weights()
	codes, levels := codes(g, func(i int) bool { return in[i] && w[i] != 0 })
	if len(levels) < 2 {
		return Test{}, fault.New(fault.Invalid, "inference.rank_groups", "groups", len(levels))
	}
	if kind == Wilcoxon {
		kind = KruskalWallis // the same scores, and the name under which R prints them
	}
	r := newScores(d, y, in, kind)
	x := [][]float64{slices.Repeat([]float64{1}, len(y))}
	if len(levels) == 2 && g.Kind == frame.Number {
		x = append(x, g.Num)
	} else {
		for k := 1; k < len(levels); k++ {
			x = append(x, indicator(codes, int32(k)))
		}
	}
	beta, v, err := r.regress(x)
	if err != nil {
		return Test{}, err
	}
	t := newTest("Design-based " + string(kind) + " test")
	t.N = d.Count()
	if len(levels) == 2 {
		t, err = t.student("difference in mean rank score", beta[1], math.Sqrt(v.At(1, 1)), d.DF()-1)
		t.Interval = [2]float64{math.NaN(), math.NaN()}
		return t, err
	}
	return t.together(beta, v, d.DF())
}

// together tests all differences from the first group. R's result has statistic and
// parameter the wrong way round; the names tell which is which, and are kept.
func (t Test) together(beta []float64, v *mat.SymDense, df float64) (Test, error) {
	k := len(beta) - 1
	sub := mat.NewSymDense(k, nil)
	for i := range k {
		for j := i; j < k; j++ {
			sub.SetSym(i, j, v.At(i+1, j+1))
		}
	}
	var ch mat.Cholesky
	if !ch.Factorize(sub) || ch.Cond() > 1e15 {
		return Test{}, fault.New(fault.Invalid, "inference.table_singular")
	}
	b, x := mat.NewVecDense(k, beta[1:]), mat.NewVecDense(k, nil)
	if err := ch.SolveVecTo(x, b); err != nil {
		return Test{}, fault.New(fault.Invalid, "inference.table_singular")
	}
	chi, ddf := mat.Dot(b, x), df-float64(k)
	if !(ddf > 0) {
		return Test{}, fault.New(fault.Invalid, "inference.no_df", "df", ddf)
	}
	t.Statistic, t.Parameter = Figure{"df", float64(k)}, []Figure{{"Chisq", chi}}
	t.P = tail.FUpper(chi/float64(k), float64(k), ddf)
	return t, nil
}

// compared leaves out rows without a value or a group.
func compared(d *design.Design, y []float64, g *frame.Column) (*design.Design, []bool) {
	w, in, missing := d.Weights(), make([]bool, len(y)), false
	for i, v := range y {
		in[i] = !math.IsNaN(v) && !g.IsMissing(i)
		missing = missing || !in[i] && w[i] != 0
	}
	if missing {
		d = d.Subset(in)
	}
	return d, in
}

func indicator(code []int32, level int32) []float64 {
	x := make([]float64, len(code))
	for i, k := range code {
		if k == level {
			x[i] = 1
		}
	}
	return x
}

// scored are rows with the score of their estimated rank in the population.
type scored struct {
	d     *design.Design
	score []float64
}

// newScores ranks by the weight below, half of the row's own counted; equal values share the
// plain mean of their ranks, as in R: rows of weight 0 that a design keeps are among them.
func newScores(d *design.Design, y []float64, in []bool, kind RankTest) *scored {
	w, present := d.Weights(), d.Present()
	var rows []int
	for i := range y {
		if in[i] && (present == nil || present[i]) {
			rows = append(rows, i)
		}
	}
	slices.SortStableFunc(rows, func(a, b int) int {
		switch {
		case y[a] < y[b]:
			return -1
		case y[a] > y[b]:
			return 1
		}
		return 0
	})
	n := tally.Sum(w)
	s := &scored{d: d, score: make([]float64, len(y))}
	below, lost := 0.0, 0.0 // the sum, and what rounding took of it: whether a rank is above a half hangs on the last bit
	for i := 0; i < len(rows); {
		j, ranks := i, 0.0
		for ; j < len(rows) && y[rows[j]] == y[rows[i]]; j++ {
			next := below + (w[rows[j]] + lost)
			lost += w[rows[j]] - (next - below)
			below = next
			ranks += below - w[rows[j]]/2
		}
		v := kind.score(ranks/float64(j-i), n)
		for ; i < j; i++ {
			s.score[rows[i]] = v
		}
	}
	return s
}

// regress is the weighted regression of the scores on columns, with the covariance of its
// coefficients under the design; the ranks themselves count as given.
func (s *scored) regress(x [][]float64) ([]float64, *mat.SymDense, error) {
	w, k := s.d.Weights(), len(x)
	gram, rhs := mat.NewSymDense(k, nil), mat.NewVecDense(k, nil)
	for a := range k {
		for b := a; b < k; b++ {
			gram.SetSym(a, b, tally.Of(len(w), func(i int) float64 {
				if w[i] == 0 {
					return 0
				}
				return w[i] * x[a][i] * x[b][i]
			}))
		}
		rhs.SetVec(a, tally.Of(len(w), func(i int) float64 {
			if w[i] == 0 {
				return 0
			}
			return w[i] * x[a][i] * s.score[i]
		}))
	}
	var ch mat.Cholesky
	if !ch.Factorize(gram) {
		return nil, nil, fault.New(fault.Invalid, "inference.table_singular")
	}
	beta, inverse := mat.NewVecDense(k, nil), mat.NewSymDense(k, nil)
	if err := ch.SolveVecTo(beta, rhs); err != nil {
		return nil, nil, fault.New(fault.Invalid, "inference.table_singular")
	}
	if err := ch.InverseTo(inverse); err != nil {
		return nil, nil, fault.New(fault.Invalid, "inference.table_singular")
	}
	z := make([][]float64, k)
	for a := range z {
		z[a] = make([]float64, len(w))
	}
	for i := range w {
		if w[i] == 0 {
			continue
		}
		e := s.score[i]
		for a := range k {
			e -= beta.AtVec(a) * x[a][i]
		}
		for a := range k {
			for b := range k {
				z[a][i] += e * x[b][i] * inverse.At(a, b)
			}
		}
	}
	v, err := s.totals(z)
	return beta.RawVector().Data, v, err
}

// totals is the covariance of the weighted totals of columns.
func (s *scored) totals(z [][]float64) (*mat.SymDense, error) {
	w := s.d.Weights()
	if !s.d.Replicated() {
		for _, c := range z {
			for i := range c {
				c[i] *= w[i]
			}
		}
		return s.d.Cov(z)
	}
	total := func(w []float64) []float64 {
		t := make([]float64, len(z))
		for a, c := range z {
			t[a] = tally.Dot(w, c)
		}
		return t
	}
	theta, rw := make([][]float64, len(s.d.Replicates().Weights)), make([]float64, len(w))
	for r := range theta {
		s.d.ReplicateWeights(r, rw)
		theta[r] = total(rw)
	}
	v, _, err := s.d.Variance(theta, total(w))
	return v, err
}
