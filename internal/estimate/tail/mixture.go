package tail

import (
	"math"
	"math/cmplx"
)

// A Part is a chi-square with DF degrees of freedom, times Weight (negative allowed).
type Part struct{ Weight, DF float64 }

// A Mixture is a sum of independent weighted chi-squares.
type Mixture []Part

// Eigen makes the mixture of weights with one degree of freedom each.
func Eigen(weights []float64) Mixture {
	m := make(Mixture, len(weights))
	for i, w := range weights {
		m[i] = Part{w, 1}
	}
	return m
}

// Satterthwaite gives scale and degrees of freedom of the chi-square with the same mean and
// variance as the mixture of the weights (Satterthwaite 1946): P(sum > x) is about
// P(chi-square(df) > x/scale).
func Satterthwaite(weights []float64) (scale, df float64) {
	var s, s2 float64
	for _, w := range weights {
		s += w
		s2 += w * w
	}
	return s2 / s, s * s / s2
}

// cumulant is log E exp(z Q) of the mixture, and its first two derivatives.
func (m Mixture) cumulant(z float64) (k, k1, k2 float64) {
	for _, p := range m {
		u := 1 - 2*z*p.Weight
		k -= p.DF / 2 * math.Log(u)
		k1 += p.DF * p.Weight / u
		k2 += 2 * p.DF * p.Weight * p.Weight / (u * u)
	}
	return k, k1, k2
}

// scaled divides by the largest weight and leaves out what adds nothing.
func (m Mixture) scaled(x float64) (Mixture, float64) {
	d := 0.0
	for _, p := range m {
		d = math.Max(d, p.Weight)
	}
	var out Mixture
	for _, p := range m {
		if p.Weight != 0 && p.DF > 0 {
			out = append(out, Part{p.Weight / d, p.DF})
		}
	}
	return out, x / d
}

// bounds are the ends of the interval where the cumulant exists; lo is minus infinity when no weight is negative.
func (m Mixture) bounds() (lo, hi float64) {
	lo, hi = math.Inf(-1), math.Inf(1)
	for _, p := range m {
		if p.Weight > 0 {
			hi = math.Min(hi, 1/(2*p.Weight))
		} else {
			lo = math.Max(lo, 1/(2*p.Weight))
		}
	}
	return lo, hi
}

// saddle solves K'(z) = x.
func (m Mixture) saddle(x float64) (float64, bool) {
	lo, hi := m.bounds()
	if math.IsInf(hi, 1) {
		return math.NaN(), false
	}
	if math.IsInf(lo, -1) {
		if x <= 0 {
			return math.NaN(), false
		}
		df := 0.0
		for _, p := range m {
			df += p.DF
		}
		lo = -df/(2*x) - 1
	}
	slope := func(z float64) float64 { _, k1, _ := m.cumulant(z); return k1 - x }
	return Root(slope, lo*(1-1e-12), hi*(1-1e-12), 0)
}

// Saddlepoint gives P(Q > x) by the approximation of Lugannani and Rice as
// Barndorff-Nielsen writes it (Kuonen 1999, Biometrika 86). ok is false close to the mean of
// Q, where it does not hold.
func (m Mixture) Saddlepoint(x float64) (p float64, ok bool) {
	s, x := m.scaled(x)
	z, ok := s.saddle(x)
	if !ok || math.Abs(z) < 1e-4 {
		return math.NaN(), false
	}
	k, _, k2 := s.cumulant(z)
	w := math.Copysign(math.Sqrt(2*(z*x-k)), z)
	v := z * math.Sqrt(k2)
	return NormalUpper(w + math.Log(v/w)/w), true
}

// Upper gives P(Q > x) exactly (relative error about 1e-10), by inverting the moment
// generating function along a line through the saddlepoint, bent so that the integrand dies
// fast (Helstrom 1983, IEEE Trans. AES 19; the quantity is that of Davies 1980, AS 155).
func (m Mixture) Upper(x float64) float64 {
	s, x := m.scaled(x)
	lo, hi := s.bounds()
	positive := math.IsInf(lo, -1)
	switch {
	case len(s) == 0 || math.IsNaN(x):
		return math.NaN()
	case positive && x <= 0:
		return 1
	case math.IsInf(hi, 1):
		return 0
	}
	z, ok := s.saddle(x)
	if !ok {
		return math.NaN()
	}
	// The path must cross the real axis off the pole at 0: to its right it gives the upper
	// tail, to its left the lower one.
	upper := z > 0
	_, _, k2 := s.cumulant(0)
	if away := 0.5 / math.Sqrt(k2); math.Abs(z) < away {
		z, upper = math.Min(away, hi/2), true
	}
	bend := 0.0
	if positive {
		bend = 1 / (4 * math.Sqrt(k2)) // to the right: exp(-x s) then dies as a Gaussian
	}
	p := s.contour(z, bend/math.Max(1, math.Abs(z)), x)
	if !upper {
		return 1 + p
	}
	return p
}

// contour integrates exp(K(s) - s x)/s over s = z + bend y^2 + i y, y = b sinh(t), divided by
// pi, by the trapezoid rule, halving the step until two results agree.
func (m Mixture) contour(z, bend, x float64) float64 {
	k0, _, k2 := m.cumulant(z)
	b := 1 / math.Sqrt(k2)
	term := func(t float64) float64 {
		y, dy := b*math.Sinh(t), b*math.Cosh(t)
		s := complex(z+bend*y*y, y)
		var k complex128
		for _, p := range m {
			k -= complex(p.DF/2, 0) * cmplx.Log(1-2*s*complex(p.Weight, 0))
		}
		v := cmplx.Exp(k-s*complex(x, 0)-complex(k0-z*x, 0)) / s * complex(2*bend*y, 1)
		// The integral along the path is 2i times its imaginary part above the axis.
		return imag(v) * dy
	}
	const end = 60
	sum := func(h, from float64) float64 {
		total := 0.0
		for t := from; t < end; t += h {
			v := term(t)
			if math.IsNaN(v) {
				break
			}
			total += v
			if t > 3 && math.Abs(v)*t < 1e-18*math.Abs(total) {
				break
			}
		}
		return total
	}
	h := 0.5
	total := term(0)/2 + sum(h, h)
	last := total * h
	for range 12 {
		total += sum(h, h/2)
		h /= 2
		if now := total * h; math.Abs(now-last) <= 1e-12*math.Abs(now) {
			last = now
			break
		} else {
			last = now
		}
	}
	return last * math.Exp(k0-z*x) / math.Pi
}

// FSaddlepoint and FUpper are the tails of a mixture divided by an independent chi-square
// over its ddf degrees of freedom: P(sum w chi / (chi(ddf)/ddf) > x).
func FSaddlepoint(x float64, weights []float64, ddf float64) float64 {
	if math.IsInf(ddf, 1) {
		if p, ok := Eigen(weights).Saddlepoint(x); ok {
			return p
		}
		scale, df := Satterthwaite(weights)
		return ChiSquareUpper(x/scale, df)
	}
	// R repeats the weight of the denominator a whole number of times.
	if p, ok := append(Eigen(weights), Part{-x / ddf, math.Floor(math.Max(ddf, 1))}).Saddlepoint(0); ok {
		return p
	}
	scale, df := Satterthwaite(weights)
	return FUpper(x/(scale*df), df, ddf)
}

// FMixtureUpper is the exact tail of FSaddlepoint.
func FMixtureUpper(x float64, weights []float64, ddf float64) float64 {
	if math.IsInf(ddf, 1) {
		return Eigen(weights).Upper(x)
	}
	return append(Eigen(weights), Part{-x / ddf, ddf}).Upper(0)
}
