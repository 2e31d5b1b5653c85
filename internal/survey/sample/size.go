package sample

import (
	"math"

	"quipu/internal/fault"
)

// z is the normal quantile of intervals of 95 %.
const z = 1.959963984540054

// Wish is how exact a share is to be.
type Wish struct {
	Half     float64 // half the width of its interval of 95 %, from 0 to 1
	Share    float64 // what it is thought to be; 0.5 asks for the most
	Deff     float64 // how much the design raises its variance
	Response float64 // share of those drawn who will answer
}

func (w Wish) check() error {
	switch {
	case !(w.Half > 0 && w.Half < 0.5):
		return fault.New(fault.Invalid, "sample.half").On("half")
	case !(w.Share > 0 && w.Share < 1):
		return fault.New(fault.Invalid, "sample.share").On("share")
	case !(w.Deff > 0 && w.Deff <= 50):
		return fault.New(fault.Invalid, "sample.deff").On("deff")
	case !(w.Response > 0 && w.Response <= 1):
		return fault.New(fault.Invalid, "sample.response").On("response")
	}
	return nil
}

// Size is how many have to be drawn from a population: n0 = z²·p(1-p)·deff/half², less for a
// small population n0/(1 + (n0-1)/N), more by those who will not answer. It is never more
// than the population (Cochran 1977, 4.4).
func (w Wish) Size(population int) (int, error) {
	if err := w.check(); err != nil {
		return 0, err
	}
	n := z * z * w.Share * (1 - w.Share) * w.Deff / (w.Half * w.Half)
	n /= 1 + (n-1)/float64(max(1, population))
	return min(population, int(math.Ceil(n/w.Response-1e-9))), nil
}

// HalfWidth is half the width of the interval of 95 % that n drawn of a population give.
func (w Wish) HalfWidth(n, population int) float64 {
	answered := float64(n) * w.Response
	if answered <= 0 || population <= 0 {
		return math.NaN()
	}
	rest := max(0, 1-answered/float64(population))
	return z * math.Sqrt(w.Share*(1-w.Share)*w.Deff/answered*rest)
}

// Expected is the half width for the whole of strata: each by its share of the population.
func (w Wish) Expected(strata []Stratum) float64 {
	total, v := 0.0, 0.0
	for _, s := range strata {
		total += float64(s.Population)
	}
	for _, s := range strata {
		if s.Population == 0 {
			continue
		}
		h := w.HalfWidth(s.Take, s.Population) * float64(s.Population) / total
		v += h * h
	}
	return math.Sqrt(v)
}
