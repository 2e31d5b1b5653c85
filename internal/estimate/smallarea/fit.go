package smallarea

import (
	"cmp"
	"math"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/fault"
)

// Method finds the variance between areas.
type Method string

// The methods. REML and ML maximise the restricted and the full likelihood by Fisher scoring; Moments
// solves sum (y - x'b)^2/(A + psi) = m - p, the iteration of Fay and Herriot, and needs no normal errors.
const (
	REML    Method = "reml"
	ML      Method = "ml"
	Moments Method = "fh"
)

// Options of a fit; the zero value is REML.
type Options struct {
	Method     Method
	Iterations int     // 500
	Tolerance  float64 // relative, of A; 1e-10
	Confidence float64 // of the intervals; .95
}

// Fit is a fitted area model and what it says of each area.
type Fit struct {
	Method       Method
	Variance     float64   // A, between areas
	VarianceSE   float64   // asymptotic
	Coefficients []float64 // the constant first
	SE           []float64
	LogLik       float64 // full likelihood at the estimates; with AIC and BIC of p+1 parameters
	AIC, BIC     float64
	Iterations   int
	Sampled      int
	Estimates    []Estimate // in the order of the areas
	Checks       Checks

	cov *mat.SymDense // of the coefficients
}

// Estimate is what the model says of one area. CV is NaN where the estimate is not above zero.
type Estimate struct {
	Name              string
	Sampled           bool
	Direct, DirectSE  float64 // NaN without a sample
	Synthetic         float64 // what the covariates foretell
	Gamma             float64 // weight of the direct estimate, A/(A + psi)
	Estimate, MSE, SE float64
	CV, DirectCV      float64
	Low, High         float64
	Residual          float64 // (y - x'b)/sqrt(A + psi); NaN without a sample
}

// fitting is the model at hand.
type fitting struct {
	x    *mat.Dense // sampled areas, constant first
	y    []float64
	psi  []float64
	m, p int

	cov  mat.SymDense // (X'V^-1 X)^-1 at the last A
	beta []float64
}

// FayHerriot fits the area model.
func FayHerriot(areas []Area, o Options) (Fit, error) {
	o.Method, o.Iterations = cmp.Or(o.Method, REML), cmp.Or(o.Iterations, 500)
	o.Tolerance, o.Confidence = cmp.Or(o.Tolerance, 1e-10), cmp.Or(o.Confidence, .95)
	m, err := check(areas)
	if err != nil {
		return Fit{}, err
	}
	f := fitting{m: m, p: 1 + len(areas[0].X)}
	var cells []float64
	for _, a := range areas {
		if a.Sampled() {
			cells = append(append(cells, 1), a.X...)
			f.y, f.psi = append(f.y, a.Direct), append(f.psi, a.Variance)
		}
	}
	f.x = mat.NewDense(f.m, f.p, cells)
	if !f.at(0) {
		return Fit{}, fault.New(fault.Invalid, "smallarea.collinear", "coefficients", f.p)
	}
	r := Fit{Method: o.Method, Sampled: m}
	step := map[Method]func(float64) float64{REML: f.reml, ML: f.ml, Moments: f.moments}[o.Method]
	if step == nil {
		return Fit{}, fault.New(fault.Invalid, "smallarea.method", "method", string(o.Method))
	}
	if r.Variance, r.Iterations, err = f.solve(step, o); err != nil {
		return r, err
	}
	f.at(r.Variance)
	r.describe(&f)
	for _, a := range areas {
		r.Estimates = append(r.Estimates, r.estimate(a, &f, o))
	}
	r.Checks = r.check(&f)
	return r, nil
}

// at solves for the coefficients given A, and reports whether they can be told apart.
func (f *fitting) at(a float64) bool {
	xvx, xvy := mat.NewSymDense(f.p, nil), mat.NewVecDense(f.p, nil)
	for i := range f.m {
		row, w := f.x.RowView(i), 1/(a+f.psi[i])
		xvx.SymRankOne(xvx, w, row)
		xvy.AddScaledVec(xvy, w*f.y[i], row)
	}
	var c mat.Cholesky
	if !c.Factorize(xvx) || c.Cond() > 1e13 {
		return false
	}
	if c.InverseTo(&f.cov) != nil {
		return false
	}
	beta := mat.NewVecDense(f.p, nil)
	beta.MulVec(&f.cov, xvy)
	f.beta = beta.RawVector().Data
	return true
}

func (f *fitting) residual(i int) float64 {
	return f.y[i] - mat.Dot(f.x.RowView(i), mat.NewVecDense(f.p, f.beta))
}

// solve goes on by steps until A stands still. A step below zero is cut there, where the likelihood or the
// moment ends; steps that turn back are halved from then on, so that they cannot go round for ever.
func (f *fitting) solve(step func(float64) float64, o Options) (a float64, n int, err error) {
	for _, psi := range f.psi {
		a += psi / float64(f.m)
	}
	scale, damp, last := a, 1.0, 0.0
	for n = 1; n <= o.Iterations; n++ {
		f.at(a)
		d := max(step(a), -a)
		if math.Abs(d) <= o.Tolerance*(scale+a) {
			return a + d, n, nil
		}
		if d*last < 0 {
			damp /= 2
		}
		a, last = a+d*damp, d
	}
	return a, o.Iterations, fault.New(fault.Invalid, "smallarea.unsettled", "method", string(o.Method), "iterations", o.Iterations)
}

// sums are the powers of 1/(A + psi) that the methods need.
func (f *fitting) sums(a float64) (one, two float64) {
	for _, psi := range f.psi {
		one += 1 / (a + psi)
		two += 1 / (a + psi) / (a + psi)
	}
	return one, two
}

// weightedCross is X' V^-k X.
func (f *fitting) weightedCross(a, k float64) *mat.SymDense {
	s := mat.NewSymDense(f.p, nil)
	for i := range f.m {
		s.SymRankOne(s, math.Pow(a+f.psi[i], -k), f.x.RowView(i))
	}
	return s
}

// reml is a step of Fisher scoring of the restricted likelihood: with P = V^-1 - V^-1 X (X'V^-1X)^-1 X'V^-1
// the score is (y'PPy - tr P)/2 and the information tr(PP)/2.
func (f *fitting) reml(a float64) float64 {
	one, two := f.sums(a)
	var q2, q3 mat.Dense
	q2.Mul(&f.cov, f.weightedCross(a, 2))
	q3.Mul(&f.cov, f.weightedCross(a, 3))
	var q22 mat.Dense
	q22.Mul(&q2, &q2)
	trP := one - q2.Trace()
	trPP := two - 2*q3.Trace() + q22.Trace()
	return (f.quadratic(a) - trP) / trPP
}

func (f *fitting) ml(a float64) float64 {
	one, two := f.sums(a)
	return (f.quadratic(a) - one) / two
}

// quadratic is y'PPy, the sum of (y - x'b)^2/(A + psi)^2.
func (f *fitting) quadratic(a float64) float64 {
	q := 0.0
	for i := range f.m {
		r := f.residual(i) / (a + f.psi[i])
		q += r * r
	}
	return q
}

// moments is a step of Newton's method with the derivative that Fay and Herriot take.
func (f *fitting) moments(a float64) float64 {
	h, slope := 0.0, 0.0
	for i := range f.m {
		r := f.residual(i)
		h += r * r / (a + f.psi[i])
		slope += r * r / (a + f.psi[i]) / (a + f.psi[i])
	}
	return (h - float64(f.m-f.p)) / slope
}

func (r *Fit) describe(f *fitting) {
	r.Coefficients = append([]float64(nil), f.beta...)
	for k := range f.p {
		r.SE = append(r.SE, math.Sqrt(f.cov.At(k, k)))
	}
	r.cov = &f.cov
	for i, psi := range f.psi {
		v, e := r.Variance+psi, f.residual(i)
		r.LogLik -= (math.Log(2*math.Pi*v) + e*e/v) / 2
	}
	k := float64(f.p + 1)
	r.AIC, r.BIC = 2*k-2*r.LogLik, k*math.Log(float64(f.m))-2*r.LogLik
	r.VarianceSE = math.Sqrt(f.varianceOfA(r.Variance, r.Method))
}

// varianceOfA is the asymptotic variance of the estimate of A (Datta, Rao and Smith 2005).
func (f *fitting) varianceOfA(a float64, m Method) float64 {
	one, two := f.sums(a)
	if m == Moments {
		return 2 * float64(f.m) / one / one
	}
	return 2 / two
}
