package sample

import (
	"strconv"

	"quipu/internal/fault"
)

// sampford draws n units at once so that each has its probability exactly and any two have one that
// is known (Sampford 1967): a sample is as likely as the product of the odds of its units
// times the sum of what each lacks to certainty. No draw is thrown away: one unit comes first, in
// proportion to p(1-p) P(n-1 of the others), the rest by conditional Poisson sampling of the
// others (Grafström 2009), each step by its probability given what is still to come.
func sampford(s Stratum, units []Unit, p []float64, seed uint64) (out []Pick) {
	var rest []int
	for i, x := range p {
		if x == 1 {
			out = append(out, Pick{ID: units[i].ID, Probability: 1, Place: len(out) + 1})
		} else {
			rest = append(rest, i)
		}
	}
	n := s.Take - len(out)
	if n <= 0 {
		return out
	}
	whole := newPolynomial(len(rest))
	for _, i := range rest {
		whole.with(p[i])
	}
	weight, total := make([]float64, len(rest)), 0.0
	for k, i := range rest {
		weight[k] = p[i] * (1 - p[i]) * whole.without(p[i]).at(n-1)
		total += weight[k]
	}
	at, first := lot(seed, "sampford", s.Name)*total, len(rest)-1
	for k, w := range weight {
		if at -= w; at < 0 {
			first = k
			break
		}
	}
	take := func(k int) {
		out = append(out, Pick{ID: units[rest[k]].ID, Probability: p[rest[k]], Place: len(out) + 1})
	}
	take(first)
	others := append(append([]int(nil), rest[:first]...), rest[first+1:]...)
	// left[k] says how likely each number of units is among others[k:].
	left := make([]polynomial, len(others)+1)
	left[len(others)] = newPolynomial(n)
	for k := len(others) - 1; k >= 0; k-- {
		left[k] = left[k+1].clone()
		left[k].with(p[others[k]])
	}
	still := n - 1
	for k, i := range others {
		if still == 0 {
			break
		}
		in := p[i] * left[k+1].at(still-1)
		if lot(seed, "sampford", s.Name, units[i].ID, strconv.Itoa(still))*left[k].at(still) < in || len(others)-k == still {
			out = append(out, Pick{ID: units[i].ID, Probability: p[i], Place: len(out) + 1})
			still--
		}
	}
	return out
}

// mostJoint is how many units there may be for joint probabilities: there are as many squared.
const mostJoint = 600

// SampfordJoint are the probabilities that two units are both in a sample of n that was drawn by
// Sampford's method, in the order of the units; on the diagonal are those of one. Variances of
// Horvitz and Thompson or of Yates and Grundy take them.
func SampfordJoint(units []Unit, n int) ([][]float64, error) {
	if len(units) > mostJoint {
		return nil, fault.New(fault.Invalid, "sample.joint_many", "units", len(units), "most", mostJoint)
	}
	p, err := Inclusion(units, n)
	if err != nil {
		return nil, err
	}
	out := make([][]float64, len(p))
	whole, one := newPolynomial(len(p)), newPolynomial(len(p))
	one[0] = 0
	sure := 0
	for i, x := range p {
		out[i] = make([]float64, len(p))
		if x == 1 {
			sure++
			continue
		}
		one.withOne(whole, x)
		whole.with(x)
	}
	n -= sure
	// Of all samples: what all probabilities are over.
	all := one.at(n)
	for i, x := range p {
		out[i][i] = x
		var zero, first polynomial
		if x < 1 {
			zero = whole.without(x)
			first = one.withoutOne(zero, x)
		}
		for j := range i {
			y := p[j]
			both := x * y // one of them is sure to come
			if x < 1 && y < 1 {
				z := zero.without(y)
				f := first.withoutOne(z, y)
				both = x * y * ((2-x-y)*z.at(n-2) + f.at(n-2)) / all
			}
			out[i][j], out[j][i] = both, both
		}
	}
	return out, nil
}

// polynomial has the probability of each number of units among some that come independently of one
// another, up to a number of them: the coefficients of the product of (1-p + p z).
type polynomial []float64

func newPolynomial(most int) polynomial {
	f := make(polynomial, most+1)
	f[0] = 1
	return f
}

func (f polynomial) clone() polynomial { return append(polynomial(nil), f...) }

func (f polynomial) at(k int) float64 {
	if k < 0 || k >= len(f) {
		return 0
	}
	return f[k]
}

// with takes one more unit in.
func (f polynomial) with(p float64) {
	for k := len(f) - 1; k >= 0; k-- {
		f[k] = f[k]*(1-p) + f.at(k-1)*p
	}
}

// without leaves one of the units out again: a division, begun at the end at which errors die away.
func (f polynomial) without(p float64) polynomial {
	out := make(polynomial, len(f))
	if p < 0.5 {
		for k := range f {
			out[k] = max(0, (f[k]-p*out.at(k-1))/(1-p))
		}
		return out
	}
	for k := len(f) - 1; k > 0; k-- {
		out[k-1] = max(0, (f[k]-(1-p)*out[k])/p)
	}
	return out
}

// withOne keeps, beside f, the mean of what units lack to certainty, summed over those that
// came; f is as it was before the unit.
func (one polynomial) withOne(f polynomial, p float64) {
	for k := len(one) - 1; k >= 0; k-- {
		one[k] = one[k]*(1-p) + one.at(k-1)*p + f.at(k-1)*p*(1-p)
	}
}

// withoutOne takes a unit out of that again; f is without the unit.
func (one polynomial) withoutOne(f polynomial, p float64) polynomial {
	rest := make(polynomial, len(one))
	for k := range one {
		rest[k] = one[k] - f.at(k-1)*p*(1-p)
	}
	return rest.without(p)
}
