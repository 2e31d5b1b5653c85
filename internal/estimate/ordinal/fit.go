package ordinal

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// problem is a model in numbers: columns without a constant, the place of the answer from 0, and how
// many answers there are.
type problem struct {
	x      [][]float64
	y      []int32
	levels int
	link   *link
}

// size is the number of coefficients and of cuts between neighbouring answers.
func (p *problem) size() int { return len(p.x) + p.levels - 1 }

// most rounds, the rise of the log-likelihood that ends them, and how often a step is halved. A step above
// restless when nothing is gained any more means that some coefficient is on its way to infinity.
const (
	most     = 60
	enough   = 1e-13
	halves   = 40
	restless = 0.05
)

// state is what the rows say at some coefficients: u and v are the ends of the answer on the scale
// of the link, in densities over the probability of the answer.
type state struct {
	chance, upper, lower, bendUpper, bendLower []float64
}

// fit maximises the weighted likelihood by Newton's method from start; rows of weight 0 do not count.
func (p *problem) fit(w, start []float64) (theta []float64, information *mat.SymDense, loss float64, err error) {
	theta = append([]float64(nil), start...)
	st := newState(len(w))
	loss, ok := p.look(theta, w, st)
	if !ok {
		return nil, nil, 0, fault.New(fault.Invalid, "inference.ordinal_restless")
	}
	all := tally.Sum(w)
	for range most {
		score := p.score(w, st)
		information = p.information(w, st)
		var ch mat.Cholesky
		if !ch.Factorize(information) || ch.Cond() > 1e14 {
			return nil, nil, 0, fault.New(fault.Invalid, "inference.ordinal_flat")
		}
		step := mat.NewVecDense(p.size(), nil)
		if err := ch.SolveVecTo(step, mat.NewVecDense(p.size(), score)); err != nil {
			return nil, nil, 0, fault.New(fault.Invalid, "inference.ordinal_flat")
		}
		gain := mat.Dot(step, mat.NewVecDense(p.size(), score))
		next, better := make([]float64, len(theta)), false
		length, now := 1.0, 0.0
		for range halves {
			for j := range next {
				next[j] = theta[j] + length*step.AtVec(j)
			}
			if now, ok = p.look(next, w, st); ok && now <= loss+1e-12*math.Abs(loss) {
				better = true
				break
			}
			length /= 2
		}
		if !better {
			return nil, nil, 0, fault.New(fault.Invalid, "inference.ordinal_restless")
		}
		theta, loss = next, now
		if gain < enough*all {
			if p.moved(step.RawVector().Data, w) > restless {
				break // some answer is certain: its coefficient has no end
			}
			return theta, p.information(w, st), loss, nil
		}
	}
	return nil, nil, 0, fault.New(fault.Invalid, "inference.ordinal_restless")
}

// moved is how far a step takes the ends of an answer at most.
func (p *problem) moved(step, w []float64) float64 {
	return tally.Bound(len(w), func(i int) float64 {
		if w[i] == 0 {
			return 0
		}
		upper, lower := 0.0, 0.0
		for j, s := range step {
			u, l := p.ends(j, i)
			upper, lower = upper+s*u, lower+s*l
		}
		return math.Max(math.Abs(upper), math.Abs(lower))
	})
}

func newState(n int) *state {
	return &state{make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)}
}

// look works the rows out and gives minus the log-likelihood; false where an answer has no chance.
func (p *problem) look(theta, w []float64, st *state) (loss float64, ok bool) {
	k := len(p.x)
	for i := range w {
		if w[i] == 0 {
			continue
		}
		eta := 0.0
		for j, c := range p.x {
			eta += theta[j] * c[i]
		}
		top, bottom := 1.0, 0.0
		st.upper[i], st.lower[i], st.bendUpper[i], st.bendLower[i] = 0, 0, 0, 0
		if y := int(p.y[i]); y < p.levels-1 {
			z := theta[k+y] - eta
			top, st.upper[i], st.bendUpper[i] = p.link.f(z), p.link.density(z), p.link.bend(z)
		}
		if y := int(p.y[i]); y > 0 {
			z := theta[k+y-1] - eta
			bottom, st.lower[i], st.bendLower[i] = p.link.f(z), p.link.density(z), p.link.bend(z)
		}
		c := top - bottom
		if !(c > 0) {
			return math.Inf(1), false
		}
		st.chance[i] = c
		st.upper[i], st.lower[i], st.bendUpper[i], st.bendLower[i] = st.upper[i]/c, st.lower[i]/c, st.bendUpper[i]/c, st.bendLower[i]/c
	}
	return -tally.Of(len(w), func(i int) float64 {
		if w[i] == 0 {
			return 0
		}
		return w[i] * math.Log(st.chance[i])
	}), true
}

// ends are how the upper and the lower end of the answer of a row move with coefficient j.
func (p *problem) ends(j, i int) (upper, lower float64) {
	if j < len(p.x) {
		return -p.x[j][i], -p.x[j][i]
	}
	if cut := int32(j - len(p.x)); p.y[i] == cut {
		upper = 1
	} else if p.y[i] == cut+1 {
		lower = 1
	}
	return upper, lower
}

// row is the derivative of the log-likelihood of a row.
func (p *problem) row(j, i int, st *state) float64 {
	u, l := p.ends(j, i)
	return u*st.upper[i] - l*st.lower[i]
}

func (p *problem) score(w []float64, st *state) []float64 {
	out := make([]float64, p.size())
	for j := range out {
		out[j] = tally.Of(len(w), func(i int) float64 {
			if w[i] == 0 {
				return 0
			}
			return w[i] * p.row(j, i, st)
		})
	}
	return out
}

// information is minus the second derivative of the log-likelihood.
func (p *problem) information(w []float64, st *state) *mat.SymDense {
	out := mat.NewSymDense(p.size(), nil)
	for a := range p.size() {
		for b := a; b < p.size(); b++ {
			out.SetSym(a, b, -tally.Of(len(w), func(i int) float64 {
				if w[i] == 0 {
					return 0
				}
				ua, la := p.ends(a, i)
				ub, lb := p.ends(b, i)
				return w[i] * (ua*ub*st.bendUpper[i] - la*lb*st.bendLower[i] - (ua*st.upper[i]-la*st.lower[i])*(ub*st.upper[i]-lb*st.lower[i]))
			}))
		}
	}
	return out
}

// start are cuts that give the answers their shares, and coefficients of 0.
func (p *problem) start(w []float64) []float64 {
	share := tally.By(len(w), p.levels, p.y, func(i int) float64 { return w[i] })
	all, below := 0.0, 0.0
	for _, s := range share {
		all += s
	}
	out := make([]float64, p.size())
	for k := range p.levels - 1 {
		below += share[k]
		out[len(p.x)+k] = p.link.quantile(below / all)
	}
	return out
}
