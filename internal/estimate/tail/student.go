// Package tail holds the probabilities of the distributions that estimates and tests of
// surveys refer to: normal, Student, F, chi-square and beta, weighted sums of chi-squares
// (exact and by saddlepoint), and the root finder that R's intervals are defined by.
// Small tails keep their relative precision: a probability of 1e-130 is not 0.
package tail

import (
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// Normal gives P(Z <= z) of the standard normal distribution.
func Normal(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

// NormalUpper gives P(Z > z).
func NormalUpper(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

// NormalQuantile gives the z with P(Z <= z) = p, infinite at p = 0 and 1, NaN outside.
func NormalQuantile(p float64) float64 {
	switch {
	case math.IsNaN(p) || p < 0 || p > 1:
		return math.NaN()
	case p == 0:
		return math.Inf(-1)
	case p == 1:
		return math.Inf(1)
	}
	z := distuv.UnitNormal.Quantile(p)
	for range 2 { // one step of Halley's rule brings the last digits, also far out
		e := (Normal(z) - p) / distuv.UnitNormal.Prob(z)
		if p > 0.5 {
			e = -(NormalUpper(z) - (1 - p)) / distuv.UnitNormal.Prob(z)
		}
		if math.IsNaN(e) || math.IsInf(e, 0) {
			break
		}
		z -= e / (1 + z*e/2)
	}
	return z
}

// Student gives P(T <= t) with df degrees of freedom; df may be infinite (normal).
func Student(t, df float64) float64 {
	switch {
	case math.IsNaN(t) || math.IsNaN(df) || df <= 0:
		return math.NaN()
	case math.IsInf(df, 1):
		return Normal(t)
	case t > 0:
		return 1 - StudentUpper(t, df)
	}
	return StudentUpper(-t, df)
}

// StudentUpper gives P(T > t) with df degrees of freedom.
func StudentUpper(t, df float64) float64 {
	switch {
	case math.IsNaN(t) || math.IsNaN(df) || df <= 0:
		return math.NaN()
	case math.IsInf(df, 1):
		return NormalUpper(t)
	case t < 0:
		return 1 - StudentUpper(-t, df)
	case math.IsInf(t, 1):
		return 0
	}
	x := 1 / (1 + (t/df)*t)
	if t > 1 { // 1 less the rest would lose the digits of a small tail
		return mathext.RegIncBeta(df/2, 0.5, x) / 2
	}
	return (1 - mathext.RegIncBeta(0.5, df/2, (t/df)*t*x)) / 2
}

// TwoSided gives the probability of a value at least as far from 0 as t.
func TwoSided(t, df float64) float64 { return 2 * StudentUpper(math.Abs(t), df) }

// StudentQuantile gives the t with P(T <= t) = p; NaN where df is not positive.
func StudentQuantile(p, df float64) float64 {
	switch {
	case math.IsNaN(p) || p < 0 || p > 1 || math.IsNaN(df) || df <= 0:
		return math.NaN()
	case math.IsInf(df, 1):
		return NormalQuantile(p)
	case p == 0.5:
		return 0
	case p > 0.5:
		return -StudentQuantile(1-p, df)
	case p == 0:
		return math.Inf(-1)
	}
	density := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}
	t := density.Quantile(p)
	for range 3 {
		if step := (StudentUpper(-t, df) - p) / density.Prob(t); finite(step) && math.Abs(step) < math.Abs(t) {
			t -= step
		}
	}
	return t
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// FUpper gives P(F > x) with d1 and d2 degrees of freedom; d2 may be infinite.
func FUpper(x, d1, d2 float64) float64 {
	switch {
	case math.IsNaN(x) || math.IsNaN(d1) || math.IsNaN(d2) || d1 <= 0 || d2 <= 0:
		return math.NaN()
	case x <= 0:
		return 1
	case math.IsInf(d2, 1):
		return ChiSquareUpper(x*d1, d1)
	case math.IsInf(x, 1):
		return 0
	case x > 1:
		return mathext.RegIncBeta(d2/2, d1/2, d2/(d2+d1*x))
	}
	return 1 - mathext.RegIncBeta(d1/2, d2/2, d1*x/(d2+d1*x))
}

// FQuantileUpper gives the x with P(F > x) = p of 1 and d2 degrees of freedom.
func FQuantileUpper(p, d2 float64) float64 {
	t := StudentQuantile(p/2, d2)
	return t * t
}

// ChiSquareUpper gives P(X > x) with df degrees of freedom.
func ChiSquareUpper(x, df float64) float64 {
	switch {
	case math.IsNaN(x) || math.IsNaN(df) || df <= 0:
		return math.NaN()
	case x <= 0:
		return 1
	}
	return mathext.GammaIncRegComp(df/2, x/2)
}

// BetaQuantile gives the x with P(X <= x) = p of the beta distribution with shapes a and b.
// A shape of 0 puts all at that end.
func BetaQuantile(p, a, b float64) float64 {
	switch {
	case math.IsNaN(p) || math.IsNaN(a) || math.IsNaN(b) || p < 0 || p > 1 || a < 0 || b < 0:
		return math.NaN()
	case a == 0 || p == 0:
		return 0
	case b == 0 || p == 1:
		return 1
	}
	x := mathext.InvRegIncBeta(a, b, p)
	d := distuv.Beta{Alpha: a, Beta: b}
	for range 3 {
		step := (mathext.RegIncBeta(a, b, x) - p) / d.Prob(x)
		if y := x - step; finite(y) && y > 0 && y < 1 {
			x = y
		}
	}
	return x
}
