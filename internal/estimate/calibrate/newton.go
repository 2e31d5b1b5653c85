package calibrate

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Function is how far weights may go from what they were: the distance that is least.
type Function string

const (
	Linear Function = "linear" // g = 1 + u
	Raking Function = "raking" // g = exp u
	Logit  Function = "logit"  // between the bounds, smoothly
)

// Bounds are the least and the largest g.
type Bounds struct{ Low, High float64 }

// Unbounded are no bounds.
var Unbounded = Bounds{math.Inf(-1), math.Inf(1)}

func (b Bounds) clip(g float64) float64 { return min(max(g, b.Low), b.High) }

// factor is g−1 and its derivative at u.
func (f Function) factor(u float64, b Bounds) (less1, slope float64) {
	switch f {
	case Raking:
		e := math.Exp(u)
		g := b.clip(e)
		if e < b.High && e > b.Low {
			slope = e
		}
		return g - 1, slope
	case Logit:
		l, h := b.Low, b.High
		a := (h - l) / ((h - 1) * (1 - l))
		e := math.Exp(a * u) // when this is not finite, neither is g, and the step is halved
		low := h - 1 + (1-l)*e
		return (l*(h-1)+h*(1-l)*e)/low - 1, a * (e / low) * (1 - l) * ((h - 1) * (h - l) / low)
	}
	if u < b.High-1 && u > b.Low-1 {
		slope = 1
	}
	return b.clip(u+1) - 1, slope
}

// A task is one calibration of sums by cell: x[cell] are the calibration variables,
// spread their variance function (nil: 1), total what they must add up to.
type task struct {
	fn      Function
	bounds  []Bounds // of each cell, or one for all
	x       [][]float64
	spread  []float64
	total   []float64
	epsilon []float64 // of each total, or one for all
	most    int       // iterations
}

func (t *task) bound(c int) Bounds {
	if len(t.bounds) == 1 {
		return t.bounds[0]
	}
	return t.bounds[c]
}

func (t *task) sigma2(c int) float64 {
	if t.spread == nil {
		return 1
	}
	return t.spread[c]
}

// outcome of a calibration.
type outcome struct {
	g          []float64
	iterations int
	misfit     float64 // largest |misfit|/(1+|total|)
	worst      int     // the total that has it
	failed     bool
}

// rescaleFrom is from what ratio of the smallest total to the sample's weights are first raised
// as a whole, as R does: Newton's method would begin too far away.
const rescaleFrom = 20

// solve is Newton's method from g = 1: λ += (Σ d F'(u) x x'/σ²)⁻¹(T − Σ d F(u) x), u = x'λ/σ².
// d are sums of weights by cell. Steps are halved while a factor is not finite.
func (t *task) solve(d []float64) outcome {
	p := len(t.total)
	scale := t.rescale(d)
	if scale != 1 {
		e := make([]float64, len(d))
		for c := range d {
			e[c] = d[c] * scale
		}
		d = e
	}
	less1, slope := make([]float64, len(d)), make([]float64, len(d))
	lambda := make([]float64, p)
	t.factors(lambda, less1, slope)
	out := outcome{iterations: 1}
	miss := t.misfit(d, less1)
	for {
		step := t.step(d, slope, miss)
		for j := range lambda {
			lambda[j] += step[j]
		}
		finite := t.factors(lambda, less1, slope)
		for out.iterations < t.most && !finite {
			out.iterations++
			for j := range lambda {
				step[j] /= 2
				lambda[j] -= step[j]
			}
			finite = t.factors(lambda, less1, slope)
		}
		miss = t.misfit(d, less1)
		good := t.judge(miss, &out) && finite
		if good {
			break
		}
		if out.iterations++; out.iterations > t.most || !finite {
			out.failed = true
			break
		}
	}
	out.g = less1
	for c := range out.g {
		out.g[c] = (1 + out.g[c]) * scale
	}
	return out
}

// rescale is the mean ratio of the totals to the sample's when even the smallest is large.
func (t *task) rescale(d []float64) float64 {
	least, mean := math.Inf(1), 0.0
	have := t.have(d)
	for j, total := range t.total {
		ratio := total / have[j]
		least, mean = min(least, ratio), mean+ratio/float64(len(t.total))
	}
	if least > rescaleFrom && !math.IsInf(mean, 0) {
		return mean
	}
	return 1
}

// have are the totals of the sample.
func (t *task) have(d []float64) []float64 {
	sum := make([]float64, len(t.total))
	for c, w := range d {
		if w == 0 {
			continue
		}
		for j, v := range t.x[c] {
			sum[j] += v * w
		}
	}
	return sum
}

func (t *task) factors(lambda, less1, slope []float64) (finite bool) {
	finite = true
	for c, x := range t.x {
		u := 0.0
		for j, v := range x {
			u += v * lambda[j]
		}
		less1[c], slope[c] = t.fn.factor(u/t.sigma2(c), t.bound(c))
		if bad(less1[c]) || bad(slope[c]) {
			finite = false
		}
	}
	return finite
}

func bad(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

func (t *task) misfit(d, less1 []float64) []float64 {
	miss := append([]float64(nil), t.total...)
	for j, v := range t.have(d) {
		miss[j] -= v
	}
	for c, w := range d {
		if w == 0 {
			continue
		}
		for j, v := range t.x[c] {
			miss[j] -= v * w * less1[c]
		}
	}
	return miss
}

func (t *task) judge(miss []float64, out *outcome) bool {
	good := true
	out.misfit = 0
	for j, m := range miss {
		off, limit := math.Abs(m)/(1+math.Abs(t.total[j])), t.epsilon[0]
		if len(t.epsilon) > 1 {
			limit = t.epsilon[j]
		}
		if off > out.misfit || math.IsNaN(off) {
			out.misfit, out.worst = off, j
		}
		good = good && off < limit
	}
	return good
}

// step solves the normal equations, in the least-norm sense where bounds leave too
// few cells to move.
func (t *task) step(d, slope, miss []float64) []float64 {
	p := len(miss)
	m := make([]float64, p*p) // the upper triangle
	for c, w := range d {
		k := w * slope[c] / t.sigma2(c)
		if k == 0 {
			continue
		}
		x := t.x[c]
		for i, xi := range x {
			if xi == 0 {
				continue
			}
			xi *= k
			row := m[i*p : i*p+p]
			for j := i; j < p; j++ {
				row[j] += xi * x[j]
			}
		}
	}
	return pseudoSolve(mat.NewSymDense(p, m), miss)
}

// tolerance of a singular value beside the largest.
const tolerance = 256 * 2.220446049250313e-16

// pseudoSolve is m⁺b, by eigenvalues.
func pseudoSolve(m *mat.SymDense, b []float64) []float64 {
	p := len(b)
	x := make([]float64, p)
	var chol mat.Cholesky
	if chol.Factorize(m) && chol.Cond() < 1e10 {
		out := mat.NewVecDense(p, x)
		if chol.SolveVecTo(out, mat.NewVecDense(p, b)) == nil {
			return x
		}
	}
	var eig mat.EigenSym
	if !eig.Factorize(m, true) {
		return x
	}
	values := eig.Values(nil)
	var vectors mat.Dense
	eig.VectorsTo(&vectors)
	largest := 0.0
	for _, v := range values {
		largest = max(largest, math.Abs(v))
	}
	for k, v := range values {
		if math.Abs(v) <= tolerance*largest {
			continue
		}
		s := 0.0
		for j := range p {
			s += vectors.At(j, k) * b[j]
		}
		for j := range p {
			x[j] += vectors.At(j, k) * s / v
		}
	}
	return x
}
