package glm

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// The rule to stop is that of R's glm.control.
const (
	enough = 1e-8 // relative change of the deviance
	most   = 25   // rounds
	// A step of the predictor above this, when the deviance stands still, means that some
	// coefficient is on its way to infinity.
	restless = 0.05
)

// problem is a model in numbers: an orthonormal basis of its columns, the response, an offset.
type problem struct {
	q      [][]float64 // columns, one a coefficient
	size   []float64   // largest absolute value of each column
	y      []float64
	offset []float64 // nil is none
	family Family
}

// state is a fit under way. Rows of weight 0 hold nothing.
type state struct {
	gamma             []float64 // coefficients in the basis
	eta, mu, slope    []float64
	last              []float64 // the predictor of the round before
	work              []float64 // working residual (y - mu) / slope
	weight, previous  []float64 // working weights at this predictor, and at the one before
	dev               []float64
	info              *mat.SymDense // Q'WQ at this predictor
	score             []float64     // Q'W work
	inverse           *mat.SymDense // inverse of Q'WQ at the predictor before
	deviance          float64
	rounds            int
	converged, astray bool
}

// fit runs iteratively reweighted least squares with prior weights w, from coefficients
// start, or from the family's first means where start is nil.
func (p *problem) fit(w, start []float64) (*state, error) {
	n, k := len(p.y), len(p.q)
	s := &state{gamma: make([]float64, k), score: make([]float64, k)}
	s.eta, s.mu, s.slope = make([]float64, n), make([]float64, n), make([]float64, n)
	s.work, s.dev, s.last = make([]float64, n), make([]float64, n), make([]float64, n)
	s.weight, s.previous = make([]float64, n), make([]float64, n)
	if start != nil {
		copy(s.gamma, start)
		p.predict(s, w)
	} else {
		p.first(s, w)
	}
	// The first predictor is not made of the columns: then all of it is solved for.
	if err := p.look(s, w, start == nil); err != nil {
		return nil, err
	}
	for s.rounds = 1; s.rounds <= most; s.rounds++ {
		old := s.deviance
		step, inverse, err := solve(s.info, s.score)
		if err != nil {
			return nil, err
		}
		s.inverse = inverse
		before := append([]float64(nil), s.gamma...)
		if start == nil && s.rounds == 1 {
			copy(s.gamma, step)
		} else {
			for j := range step {
				s.gamma[j] += step[j]
			}
		}
		s.weight, s.previous = s.previous, s.weight
		copy(s.last, s.eta)
		if err := p.advance(s, w, before, start != nil || s.rounds > 1); err != nil {
			return nil, err
		}
		if math.Abs(s.deviance-old)/(math.Abs(s.deviance)+0.1) < enough {
			s.converged = true
			s.astray = s.rounds > 1 && p.moved(s, w) > restless
			return s, nil
		}
	}
	return s, nil
}

// advance recomputes everything at the new coefficients, going half way back while they lead
// where no mean can be.
func (p *problem) advance(s *state, w, before []float64, canReturn bool) error {
	for range most {
		if p.predict(s, w) && p.look(s, w, false) == nil {
			return nil
		}
		if !canReturn {
			break
		}
		for j := range s.gamma {
			s.gamma[j] = (s.gamma[j] + before[j]) / 2
		}
	}
	return fault.New(fault.Invalid, "inference.no_valid_fit", "family", p.family.Name, "link", p.family.link.name)
}

// moved is the largest step of the predictor in the last round.
func (p *problem) moved(s *state, w []float64) float64 {
	return tally.Bound(len(w), func(i int) float64 {
		if w[i] == 0 {
			return 0
		}
		return s.eta[i] - s.last[i]
	})
}

// predict fills predictor and means; false where a mean cannot be.
func (p *problem) predict(s *state, w []float64) bool {
	var mu sync.Mutex
	valid := true
	tally.Blocks(len(p.y), func(lo, hi int) {
		good := true
		for i := lo; i < hi; i++ {
			if w[i] == 0 {
				continue
			}
			e := 0.0
			for j, q := range p.q {
				e += q[i] * s.gamma[j]
			}
			if p.offset != nil {
				e += p.offset[i]
			}
			m, slope := p.family.link.at(e)
			s.eta[i], s.mu[i], s.slope[i] = e, m, slope
			good = good && p.family.kind.inside(m)
		}
		mu.Lock()
		valid = valid && good
		mu.Unlock()
	})
	return valid
}

// first takes the means that the family begins with.
func (p *problem) first(s *state, w []float64) {
	for i, v := range p.y {
		if w[i] == 0 {
			continue
		}
		m := p.family.kind.start(v, w[i])
		e := p.family.link.of(m)
		s.eta[i] = e
		s.mu[i], s.slope[i] = p.family.link.at(e)
	}
}

// look sums deviance, information and score at the present predictor; with whole the score
// is that of the predictor and the residual together.
func (p *problem) look(s *state, w []float64, whole bool) error {
	var mu sync.Mutex
	var topDev, topWeight, topWork float64
	tally.Blocks(len(p.y), func(lo, hi int) {
		var d, t, r float64
		for i := lo; i < hi; i++ {
			if w[i] == 0 {
				s.weight[i] = 0
				continue
			}
			slope := s.slope[i]
			s.work[i] = (p.y[i] - s.mu[i]) / slope
			if whole {
				s.work[i] += s.eta[i]
				if p.offset != nil {
					s.work[i] -= p.offset[i]
				}
			}
			s.weight[i] = w[i] * slope * slope / p.family.kind.variance(s.mu[i])
			s.dev[i] = w[i] * p.family.kind.deviance(p.y[i], s.mu[i])
			d, t, r = math.Max(d, math.Abs(s.dev[i])), math.Max(t, s.weight[i]), math.Max(r, math.Abs(s.work[i]))
		}
		mu.Lock()
		topDev, topWeight, topWork = math.Max(d, topDev), math.Max(t, topWeight), math.Max(r, topWork)
		mu.Unlock()
	})
	if bad := topDev + topWeight + topWork; math.IsNaN(bad) || math.IsInf(bad, 0) {
		return fault.New(fault.Invalid, "inference.no_valid_fit", "family", p.family.Name, "link", p.family.link.name)
	}
	p.sum(s, w, topDev, topWeight, topWork)
	return nil
}

// sums are the accumulators of one block: the deviance, the score, the upper triangle.
type sums struct {
	dev   tally.Acc
	score []tally.Acc
	info  []tally.Acc
}

func newSums(k int) sums {
	return sums{score: make([]tally.Acc, k), info: make([]tally.Acc, k*(k+1)/2)}
}

func (p *problem) sum(s *state, w []float64, topDev, topWeight, topWork float64) {
	n, k := len(p.y), len(p.q)
	gDev := tally.NewGrid(topDev, n)
	gScore, gInfo := make([]tally.Grid, k), make([]tally.Grid, 0, k*(k+1)/2)
	for a := range k {
		gScore[a] = tally.NewGrid(topWeight*topWork*p.size[a], n)
		for b := a; b < k; b++ {
			gInfo = append(gInfo, tally.NewGrid(topWeight*p.size[a]*p.size[b], n))
		}
	}
	all := newSums(k)
	var mu sync.Mutex
	tally.Blocks(n, func(lo, hi int) {
		part := newSums(k)
		row := make([]float64, k)
		for i := lo; i < hi; i++ {
			if w[i] == 0 {
				continue
			}
			gDev.Add(&part.dev, s.dev[i])
			for a := range k {
				row[a] = p.q[a][i]
			}
			c := 0
			for a, x := range row {
				wx := s.weight[i] * x
				gScore[a].Add(&part.score[a], wx*s.work[i])
				for _, z := range row[a:] {
					gInfo[c].Add(&part.info[c], wx*z)
					c++
				}
			}
		}
		mu.Lock()
		defer mu.Unlock()
		all.dev.Join(part.dev)
		for a := range part.score {
			all.score[a].Join(part.score[a])
		}
		for c := range part.info {
			all.info[c].Join(part.info[c])
		}
	})
	s.deviance = all.dev.Value()
	s.info = mat.NewSymDense(k, nil)
	c := 0
	for a := range k {
		s.score[a] = all.score[a].Value()
		for b := a; b < k; b++ {
			s.info.SetSym(a, b, all.info[c].Value())
			c++
		}
	}
}

// solve gives A^-1 b and A^-1.
func solve(a *mat.SymDense, b []float64) ([]float64, *mat.SymDense, error) {
	k := len(b)
	inverse := mat.NewSymDense(k, nil)
	if k == 0 {
		return nil, inverse, nil
	}
	var ch mat.Cholesky
	if !ch.Factorize(a) {
		return nil, nil, fault.New(fault.Invalid, "inference.model_flat")
	}
	if err := ch.InverseTo(inverse); err != nil && ch.Cond() > 1e15 {
		return nil, nil, fault.New(fault.Invalid, "inference.model_flat")
	}
	x := mat.NewVecDense(k, nil)
	if err := ch.SolveVecTo(x, mat.NewVecDense(k, b)); err != nil && ch.Cond() > 1e15 {
		return nil, nil, fault.New(fault.Invalid, "inference.model_flat")
	}
	return x.RawVector().Data, inverse, nil
}
