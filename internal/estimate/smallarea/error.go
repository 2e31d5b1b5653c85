package smallarea

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// estimate makes the empirical best linear unbiased predictor of one area and its mean square
// error: g1 + g2 + 2 g3, with g3 by the method's own variance of A, and for ML and Moments less
// the bias of g1 that comes from the bias of A (Datta, Rao and Smith 2005).
func (r *Fit) estimate(a Area, f *fitting, o Options) Estimate {
	x := mat.NewVecDense(f.p, append([]float64{1}, a.X...))
	e := Estimate{Name: a.Name, Sampled: a.Sampled(), Direct: math.NaN(), DirectSE: math.NaN(), DirectCV: math.NaN(), Residual: math.NaN()}
	e.Synthetic = mat.Dot(x, mat.NewVecDense(f.p, r.Coefficients))
	ofBeta := mat.Inner(x, r.cov, x)
	if !e.Sampled {
		e.Estimate, e.MSE = e.Synthetic, ofBeta+r.Variance
	} else {
		v := r.Variance + a.Variance
		e.Direct, e.DirectSE = a.Direct, math.Sqrt(a.Variance)
		e.DirectCV = ratio(e.DirectSE, e.Direct)
		e.Residual = (a.Direct - e.Synthetic) / math.Sqrt(v)
		e.Gamma = r.Variance / v
		e.Estimate = e.Gamma*a.Direct + (1-e.Gamma)*e.Synthetic
		shrink := (1 - e.Gamma) * (1 - e.Gamma)
		g1, g2 := e.Gamma*a.Variance, shrink*ofBeta
		g3 := a.Variance * a.Variance / (v * v * v) * f.varianceOfA(r.Variance, r.Method)
		e.MSE = g1 + g2 + 2*g3 - f.biasOfA(r.Variance, r.Method)*shrink
	}
	e.SE = math.Sqrt(e.MSE)
	e.CV = ratio(e.SE, e.Estimate)
	z := math.Sqrt2 * math.Erfinv(o.Confidence)
	e.Low, e.High = e.Estimate-z*e.SE, e.Estimate+z*e.SE
	return e
}

// biasOfA is the bias of the estimate of A to order 1/m; REML has none.
func (f *fitting) biasOfA(a float64, m Method) float64 {
	one, two := f.sums(a)
	switch m {
	case ML:
		var q mat.Dense
		q.Mul(&f.cov, f.weightedCross(a, 2))
		return -q.Trace() / two
	case Moments:
		return 2 * (float64(f.m)*two - one*one) / (one * one * one)
	}
	return 0
}

func ratio(se, estimate float64) float64 {
	if estimate > 0 {
		return se / estimate
	}
	return math.NaN()
}

// Expit takes estimates on the scale of log odds back to proportions: limits as they are, MSE by the
// delta method. Residual, Gamma and the model stay what they were.
func (r Fit) Expit() Fit {
	p := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	back := func(x, se float64) (float64, float64) { y := p(x); return y, se * y * (1 - y) }
	out := r
	out.Estimates = nil
	for _, e := range r.Estimates {
		e.Estimate, e.SE = back(e.Estimate, e.SE)
		e.Direct, e.DirectSE = back(e.Direct, e.DirectSE)
		e.Synthetic, e.Low, e.High = p(e.Synthetic), p(e.Low), p(e.High)
		e.MSE, e.CV, e.DirectCV = e.SE*e.SE, ratio(e.SE, e.Estimate), ratio(e.DirectSE, e.Direct)
		out.Estimates = append(out.Estimates, e)
	}
	return out
}
