package glm

import (
	"math"
	"runtime"
	"slices"
	"sync"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/tail"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// Spec is a model to fit. All slices have a value for each row of the design's frame.
type Spec struct {
	Names  []string    // of the coefficients
	X      [][]float64 // the columns of the model matrix
	Term   []int       // the term of each column: 0 the constant, 1 the first of Labels
	Labels []string    // the terms
	Y      []float64
	Offset []float64 // nil: none
	Family Family
	Raw    bool      // weights as they are, not scaled to a mean of 1: deviance and dispersion follow them
	Start  []float64 // coefficients to begin with; nil: the family's first means

	// of a model of a formula, for predictions: its variables' levels (nil: a number), and whether
	// there is an offset that is not in the formula
	formula *formula.Formula
	levels  [][]string
	outside bool
}

// Model is a fitted model.
type Model struct {
	Names  []string
	Coef   []float64
	Cov    *mat.SymDense // of the coefficients, under the design
	Naive  *mat.SymDense // inverse information with weights of mean 1
	Term   []int
	Labels []string
	Family Family

	Deviance   float64 // with weights of mean 1
	Dispersion float64 // variance of the Pearson residuals
	DF         float64 // of the residuals: those of the design, plus 1, less the coefficients
	Rounds     int
	N          int      // rows that count
	Dropped    int      // rows with weight that were left out for a missing value
	Replicates int      // replicates in which the model could not be fitted
	Aliased    []string // columns that were left out because those before them say all they say
	Certain    bool     // some fitted means are 0 or 1 as far as the computer sees
	Design     *design.Design

	unit float64 // the weight that counts as 1
	// what was asked, for models without some terms
	spec Spec
	full *design.Design
}

// Fit estimates a model under a design. Rows with a missing value are left out.
//
// A column that repeats others is left out and named in Aliased. It is an error when the response is not one of the family,
// when no coefficients can be found, or when some run off to infinity: two groups that the
// response separates entirely, a group in which nothing ever happens.
func Fit(d *design.Design, s Spec) (*Model, error) {
	m := &Model{Labels: s.Labels, Family: s.Family, spec: s, full: d}
	w, err := m.prepare(d, s)
	if err != nil {
		return nil, err
	}
	if err := s.Family.response(s.Y, w); err != nil {
		return nil, err
	}
	q, back, size, err := m.independent(s, w)
	if err != nil {
		return nil, err
	}
	p := &problem{q: q, size: size, y: s.Y, offset: s.Offset, family: s.Family}
	start, err := m.begin(s, back)
	if err != nil {
		return nil, err
	}
	st, err := p.fit(w, start)
	if err != nil {
		return nil, err
	}
	switch {
	case st.astray || !st.converged && m.edge(p, st, w):
		return nil, fault.New(fault.Invalid, "inference.model_separated")
	case !st.converged:
		return nil, fault.New(fault.Invalid, "inference.model_restless", "rounds", most)
	}
	m.Rounds, m.Deviance = st.rounds, st.deviance
	m.Coef = times(back, st.gamma)
	m.Naive = around(back, st.inverse)
	var v *mat.SymDense
	if d.Replicated() {
		m.DF = d.DF() + 1 - float64(len(m.Names))
		v, err = m.refit(p, st)
	} else {
		m.DF = m.Design.DF() + 1 - float64(len(m.Names))
		v, err = m.Design.CovOf(&scores{p: p, st: st})
		if err == nil {
			v = around(st.inverse, v)
		}
	}
	if err != nil {
		return nil, err
	}
	m.Cov = around(back, v)
	m.disperse(p, st)
	return m, nil
}

// independent makes a basis of the columns, leaving out those that depend on others.
func (m *Model) independent(s Spec, w []float64) (q [][]float64, back *mat.TriDense, size []float64, err error) {
	keep := make([]int, len(s.X))
	for j := range keep {
		keep[j] = j
	}
	for len(keep) > 0 {
		q, m.Names, m.Term = nil, nil, nil
		for _, j := range keep {
			q, m.Names, m.Term = append(q, slices.Clone(s.X[j])), append(m.Names, s.Names[j]), append(m.Term, s.Term[j])
		}
		back, size, dependent := basis(q, w)
		if dependent < 0 {
			return q, back, size, nil
		}
		m.Aliased = append(m.Aliased, m.Names[dependent])
		keep = slices.Delete(keep, dependent, dependent+1)
	}
	return nil, nil, nil, fault.New(fault.Invalid, "inference.model_flat")
}

// begin turns starting values into the basis.
func (m *Model) begin(s Spec, back *mat.TriDense) ([]float64, error) {
	if s.Start == nil {
		return nil, nil
	}
	if len(s.Start) != len(m.Names) {
		return nil, fault.New(fault.Invalid, "inference.model_start", "values", len(s.Start), "coefficients", len(m.Names))
	}
	gamma := mat.NewVecDense(len(s.Start), nil)
	if err := gamma.SolveVec(back, mat.NewVecDense(len(s.Start), s.Start)); err != nil {
		return nil, fault.New(fault.Invalid, "inference.model_flat")
	}
	return gamma.RawVector().Data, nil
}

// prepare finds the rows that count and gives their weights, of mean 1 over the rows of the
// design that are there, those with missing values among them.
func (m *Model) prepare(d *design.Design, s Spec) ([]float64, error) {
	w := d.Weights()
	m.unit = tally.Sum(w) / float64(d.Rows())
	if s.Raw {
		m.unit = 1
	}
	in := make([]bool, len(w))
	prior := make([]float64, len(w))
	for i, v := range w {
		if v == 0 {
			continue
		}
		if math.IsNaN(s.Y[i]) || s.Offset != nil && math.IsNaN(s.Offset[i]) {
			m.Dropped++
			continue
		}
		in[i], prior[i] = true, v/m.unit
	}
	for _, x := range s.X {
		for i, v := range x {
			if in[i] && math.IsNaN(v) {
				in[i], prior[i] = false, 0
				m.Dropped++
			}
		}
	}
	for _, b := range in {
		if b {
			m.N++
		}
	}
	if m.N == 0 {
		return nil, fault.New(fault.Invalid, "inference.model_empty")
	}
	m.Design = d
	if m.Dropped > 0 {
		m.Design = d.Subset(in)
	}
	return prior, nil
}

// scores are the estimating functions x w (y - mu) mu'/V, with the working weights of the
// round before the last, as R's glm keeps them.
type scores struct {
	p  *problem
	st *state
}

func (s *scores) Groups() ([]int32, int) { return nil, 1 }
func (s *scores) Width() int             { return len(s.p.q) }

func (s *scores) Fill(lo, hi int, z [][]float64) {
	for j, q := range s.p.q {
		for i := lo; i < hi; i++ {
			if v := s.st.previous[i]; v != 0 {
				z[j][i-lo] = q[i] * v * s.st.work[i]
			} else {
				z[j][i-lo] = 0
			}
		}
	}
}

// refit fits the model in every replicate, from the coefficients of the whole sample.
func (m *Model) refit(p *problem, st *state) (*mat.SymDense, error) {
	d := m.Design
	theta := make([][]float64, len(d.Replicates().Weights))
	next := make(chan int, len(theta))
	for r := range theta {
		next <- r
	}
	close(next)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(theta)) {
		wg.Go(func() {
			w := make([]float64, len(p.y))
			for r := range next {
				d.ReplicateWeights(r, w)
				theta[r] = p.replicate(w, st.gamma)
			}
		})
	}
	wg.Wait()
	v, left, err := d.Variance(theta, st.gamma)
	m.Replicates = left
	return v, err
}

// replicate fits under weights w, which it scales to a sum of 1 as R does; NaN where there is
// no fit.
func (p *problem) replicate(w, start []float64) []float64 {
	sum := tally.Sum(w)
	for i := range w {
		w[i] /= sum
	}
	if again, err := p.fit(w, start); err == nil {
		return again.gamma
	}
	return slices.Repeat([]float64{math.NaN()}, len(p.q))
}

// disperse computes the variance of the Pearson residuals under the design, and looks for
// means at the edge.
func (m *Model) disperse(p *problem, st *state) {
	w := m.Design.Weights()
	n, all := float64(m.Design.Count()), tally.Sum(w)
	// The residuals are put on the scale of weights of mean 1 twice, before and after rows
	// with missing values go: R divides one mean by the other, and so does this.
	scale := all / float64(m.Design.Rows()) / m.unit
	r := make([]float64, len(w))
	binomial := p.family.kind.inside(0.5) && !p.family.kind.inside(1)
	for i := range w {
		if w[i] == 0 {
			continue
		}
		r[i] = (p.y[i] - st.mu[i]) * math.Sqrt(scale/p.family.kind.variance(st.mu[i]))
		m.Certain = m.Certain || binomial && (st.mu[i] > 1-10*tiny || st.mu[i] < 10*tiny)
	}
	mean := tally.Dot(w, r) / all
	m.Dispersion = n / (n - 1) / all * tally.Of(len(w), func(i int) float64 {
		if w[i] == 0 {
			return 0
		}
		return w[i] * (r[i] - mean) * (r[i] - mean)
	})
}

// edge reports whether the means of a binomial model that does not settle have come to 0 or 1.
func (m *Model) edge(p *problem, st *state, w []float64) bool {
	if !p.family.kind.inside(0.5) || p.family.kind.inside(1) {
		return false
	}
	for i, mu := range st.mu {
		if w[i] != 0 && math.Min(mu, 1-mu) < 1e-8 {
			return true
		}
	}
	return false
}

// Coefficient is one row of the table of a model: t and P refer to DF degrees of freedom; P
// and the interval are NaN where there are none.
type Coefficient struct {
	Name                              string
	Estimate, SE, T, P, Low, High, DF float64
}

// Table gives all coefficients with intervals of a level; df 0 is the model's own.
func (m *Model) Table(level, df float64) []Coefficient {
	if df == 0 {
		df = m.DF
	}
	t := tail.StudentQuantile(1-(1-level)/2, df)
	out := make([]Coefficient, len(m.Coef))
	for j, b := range m.Coef {
		se := math.Sqrt(m.Cov.At(j, j))
		out[j] = Coefficient{m.Names[j], b, se, b / se, tail.TwoSided(b/se, df), b - t*se, b + t*se, df}
	}
	return out
}

func times(a *mat.TriDense, x []float64) []float64 {
	k := len(x)
	v := mat.NewVecDense(k, nil)
	if k > 0 {
		v.MulVec(a, mat.NewVecDense(k, x))
	}
	return v.RawVector().Data
}

// around is A S A'.
func around(a mat.Matrix, s mat.Symmetric) *mat.SymDense {
	k := s.SymmetricDim()
	if k == 0 {
		return mat.NewSymDense(1, nil)
	}
	var left, whole mat.Dense
	left.Mul(a, s)
	whole.Mul(&left, a.T())
	out := mat.NewSymDense(k, nil)
	for i := range k {
		for j := i; j < k; j++ {
			out.SetSym(i, j, (whole.At(i, j)+whole.At(j, i))/2)
		}
	}
	return out
}
