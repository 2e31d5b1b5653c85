package tail

import "math"

const epsilon = 0x1p-52

// Root finds where f crosses zero between lo and hi, by Brent's method (R. P. Brent,
// Algorithms for Minimization without Derivatives, 1973, ch. 4), stopping when the bracket
// is within tol. ok is false where f has the same sign at both ends or is not a number.
// Where f jumps, the side on which the search ends depends on every step: the steps are
// those of Brent's procedure, so that an interval defined by its end is the same as R's.
func Root(f func(float64) float64, lo, hi, tol float64) (x float64, ok bool) {
	a, b := lo, hi
	fa, fb := f(a), f(b)
	if math.IsNaN(fa) || math.IsNaN(fb) || fa*fb > 0 {
		return math.NaN(), false
	}
	c, fc := a, fa
	if fa == 0 {
		return a, true
	}
	if fb == 0 {
		return b, true
	}
	for range 1000 {
		before := b - a
		if math.Abs(fc) < math.Abs(fb) {
			a, b, c = b, c, b
			fa, fb, fc = fb, fc, fb
		}
		near := 2*epsilon*math.Abs(b) + tol/2
		half := (c - b) / 2
		if math.Abs(half) <= near || fb == 0 {
			return b, true
		}
		step := half
		if math.Abs(before) >= near && math.Abs(fa) > math.Abs(fb) {
			step = interpolate(a, b, c, fa, fb, fc, before, near, half)
		}
		if math.Abs(step) < near {
			step = math.Copysign(near, step)
		}
		a, fa = b, fb
		b += step
		fb = f(b)
		if math.IsNaN(fb) {
			return math.NaN(), false
		}
		if fb > 0 && fc > 0 || fb < 0 && fc < 0 {
			c, fc = a, fa
		}
	}
	return b, true
}

// interpolate proposes a step by the secant or the inverse parabola, or half the bracket
// where the proposal is not trusted.
func interpolate(a, b, c, fa, fb, fc, before, near, half float64) float64 {
	var p, q float64
	gap := c - b
	if a == c {
		t := fb / fa
		p, q = gap*t, 1-t
	} else {
		r, t1, t2 := fa/fc, fb/fc, fb/fa
		p = t2 * (gap*r*(r-t1) - (b-a)*(t1-1))
		q = (r - 1) * (t1 - 1) * (t2 - 1)
	}
	if p > 0 {
		q = -q
	} else {
		p = -p
	}
	if p < 0.75*gap*q-math.Abs(near*q)/2 && p < math.Abs(before*q/2) {
		return p / q
	}
	return half
}
