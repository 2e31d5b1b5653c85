package sample

import (
	"cmp"
	"math"
	"slices"

	"quipu/internal/fault"
)

// Allocation is how a sample is shared out among strata.
type Allocation string

// The allocations.
const (
	Equal        Allocation = "equal"        // as many from each: each city can be told apart
	Proportional Allocation = "proportional" // as many as people: best for the whole
	SquareRoot   Allocation = "square_root"  // between the two
	Neyman       Allocation = "neyman"       // as many as people and as they differ (Neyman 1934)
)

// Allocations lists them.
var Allocations = []Allocation{Proportional, SquareRoot, Equal, Neyman}

// Allocate shares n units out among strata, and sets Take: at least two where there are two
// (one alone says nothing of an error), at most all. What a small stratum cannot give, the
// others do. The parts are made whole by the largest remainder.
func Allocate(strata []Stratum, n int, how Allocation) error {
	size, err := sizes(strata, how)
	if err != nil {
		return err
	}
	total := 0
	low := make([]int, len(strata))
	for i, s := range strata {
		total += s.Population
		low[i] = min(2, s.Population)
	}
	least := 0
	for _, l := range low {
		least += l
	}
	if n > total {
		return fault.New(fault.Invalid, "sample.more_than_all", "n", n, "population", total).On("n")
	}
	if n < least {
		return fault.New(fault.Invalid, "sample.fewer_than_two", "n", n, "least", least, "strata", len(strata)).On("n")
	}
	for i, share := range shares(strata, size, low, n) {
		strata[i].Take = share
	}
	return nil
}

func sizes(strata []Stratum, how Allocation) ([]float64, error) {
	out := make([]float64, len(strata))
	for i, s := range strata {
		switch how {
		case Equal:
			out[i] = 1
		case Proportional:
			out[i] = float64(s.Population)
		case SquareRoot:
			out[i] = math.Sqrt(float64(s.Population))
		case Neyman:
			if s.SD <= 0 {
				return nil, fault.New(fault.Invalid, "sample.sd", "stratum", s.Name).On("sd")
			}
			out[i] = float64(s.Population) * s.SD
		default:
			return nil, fault.New(fault.Invalid, "sample.allocation").On("allocation")
		}
	}
	return out, nil
}

// shares finds a factor f such that the sum of f·size, kept between low and the population, is n.
func shares(strata []Stratum, size []float64, low []int, n int) []int {
	clip := func(i int, f float64) float64 {
		return max(float64(low[i]), min(float64(strata[i].Population), f*size[i]))
	}
	a, b := 0.0, 1.0
	sum := func(f float64) (s float64) {
		for i := range strata {
			s += clip(i, f)
		}
		return s
	}
	for sum(b) < float64(n) && b < 1e18 {
		b *= 2
	}
	for range 200 {
		if mid := (a + b) / 2; sum(mid) < float64(n) {
			a = mid
		} else {
			b = mid
		}
	}
	out, order, left := make([]int, len(strata)), make([]int, len(strata)), n
	rest := make([]float64, len(strata))
	for i := range strata {
		x := clip(i, b)
		out[i] = int(math.Floor(x + 1e-9))
		rest[i], order[i] = x-float64(out[i]), i
		left -= out[i]
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(rest[j], rest[i]), cmp.Compare(strata[i].Name, strata[j].Name))
	})
	for left > 0 {
		before := left
		for _, i := range order {
			if left > 0 && out[i] < strata[i].Population {
				out[i]++
				left--
			}
		}
		if left == before {
			break
		}
	}
	return out
}
