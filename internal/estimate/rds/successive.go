package rds

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"quipu/internal/fault"
)

// Simulation says how long successive sampling is simulated. The zero value takes six rounds and
// as many draws as keep an estimate within .001 of where more of them would bring it.
type Simulation struct {
	Rounds int // times that population and probabilities are brought to agree; 6
	Draws  int // simulated samples in each round; about 1.6 million respondents in all, at least 1,000
	Seed   uint64
}

// infinite is the population, in sample sizes, from which draws with and without replacement are
// told apart by nothing but the noise of the simulation; from there on the limit is reckoned.
const infinite = 50

// Class is one degree in successive sampling.
type Class struct {
	Degree      float64
	Sampled     int
	Population  float64 // how many of the population have this degree, by estimate
	Probability float64 // that one of them comes into the sample
}

// Successive is an estimate of Gile (2011).
type Successive struct {
	Shares
	PopulationSize int
	Classes        []Class // by degree
	// Moved is the largest change of a share in the last round: what is left of it is the noise of
	// the simulation.
	Moved float64
}

// SS estimates under successive sampling from a population of the stated size: people are drawn
// one after the other without replacement, with chances in proportion to their degrees. Rounds
// bring together how many people of each degree there are (N_k in proportion to V_k/pi_k, V_k
// found in the sample) and the chance pi_k that one comes into the sample, found by simulating the
// draws. Weights are 1/pi. It ends at the plain share when everybody is in the sample and at
// RDS-II when the population grows.
func (s *Sample) SS(size int, o Simulation) (Successive, error) {
	if size < s.N() {
		return Successive{}, fault.New(fault.Invalid, "rds.population", "size", size, "n", s.N())
	}
	classes, class := s.classes()
	pi := make([]float64, len(classes))
	for k, c := range classes {
		pi[k] = c.Degree
	}
	n := s.N()
	o.Rounds = cmp.Or(o.Rounds, 6)
	o.Draws = cmp.Or(o.Draws, max(1000, 1_600_000/n))
	r := Successive{PopulationSize: size}
	for round := range o.Rounds {
		spread(classes, pi, size)
		switch {
		case size == n:
			for k := range pi {
				pi[k] = 1
			}
		case size >= infinite*n:
			clocks(classes, pi, n)
		default:
			simulate(classes, pi, n, o, uint64(round))
		}
		before := r.Estimate
		r.Shares = s.byClass(class, pi)
		r.Moved = distance(before, r.Estimate)
	}
	spread(classes, pi, size)
	for k := range classes {
		classes[k].Probability = pi[k]
	}
	r.Classes = classes
	return r, nil
}

// classes groups the respondents by degree, and says for each to which he belongs.
func (s *Sample) classes() (classes []Class, class []int32) {
	degrees := slices.Clone(s.Degree)
	slices.Sort(degrees)
	degrees = slices.Compact(degrees)
	for _, d := range degrees {
		classes = append(classes, Class{Degree: d})
	}
	for _, d := range s.Degree {
		k, _ := slices.BinarySearch(degrees, d)
		class = append(class, int32(k))
		classes[k].Sampled++
	}
	return classes, class
}

func (s *Sample) byClass(class []int32, pi []float64) Shares {
	w := make([]float64, s.N())
	for i, k := range class {
		w[i] = 1 / pi[k]
	}
	return s.weighted(w)
}

// spread gives each class its part of the population, in proportion to Sampled/pi.
func spread(classes []Class, pi []float64, size int) {
	total := 0.0
	for k, c := range classes {
		total += float64(c.Sampled) / pi[k]
	}
	for k, c := range classes {
		classes[k].Population = float64(size) * float64(c.Sampled) / pi[k] / total
	}
}

// whole rounds the population to persons: never fewer than were met, and size in all.
func whole(classes []Class, size int) []int {
	counts := make([]int, len(classes))
	rest := size
	for k, c := range classes {
		counts[k] = max(c.Sampled, int(c.Population))
		rest -= counts[k]
	}
	for ; rest != 0; rest -= sign(rest) {
		best := -1
		for k, c := range classes {
			if rest < 0 && counts[k] <= c.Sampled {
				continue
			}
			if best < 0 || float64(sign(rest))*(lacks(classes, counts, k)-lacks(classes, counts, best)) > 0 {
				best = k
			}
		}
		counts[best] += sign(rest)
	}
	return counts
}

func lacks(classes []Class, counts []int, k int) float64 {
	return classes[k].Population - float64(counts[k])
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}

// clocks sets pi to the limit of a large population (Rosen 1972): person i rings after an
// exponential time of rate d_i, the sample are the first n, so pi = 1 - exp(-d t) with t such that n
// are expected.
func clocks(classes []Class, pi []float64, n int) {
	low, high := 0.0, 1.0
	expected := func(t float64) float64 {
		e := 0.0
		for _, c := range classes {
			e -= c.Population * math.Expm1(-c.Degree*t)
		}
		return e
	}
	for expected(high) < float64(n) {
		high *= 2
	}
	for range 200 {
		t := (low + high) / 2
		if expected(t) < float64(n) {
			low = t
		} else {
			high = t
		}
	}
	for k, c := range classes {
		pi[k] = -math.Expm1(-c.Degree * high)
	}
}

// blocks is how many streams of chance a round has; a fixed number, so that processors do not matter.
const blocks = 16

// simulate sets pi to the share of each class that o.Draws simulated samples of n reached. The
// sample itself counts as one more, so that no share is zero.
func simulate(classes []Class, pi []float64, n int, o Simulation, round uint64) {
	counts := whole(classes, totalOf(classes))
	drawn := make([][]int, blocks)
	var wg sync.WaitGroup
	for b := range blocks {
		wg.Go(func() {
			u := newUrn(classes, counts)
			chance := rand.New(rand.NewPCG(o.Seed, round<<8|uint64(b)))
			drawn[b] = make([]int, len(classes))
			for range (o.Draws + b) / blocks {
				u.fill()
				for range n {
					drawn[b][u.draw(chance)]++
				}
			}
		})
	}
	wg.Wait()
	samples := 1
	for b := range blocks {
		samples += (o.Draws + b) / blocks
	}
	for k, c := range classes {
		hits := c.Sampled
		for b := range drawn {
			hits += drawn[b][k]
		}
		pi[k] = float64(hits) / float64(samples) / float64(counts[k])
	}
}

func totalOf(classes []Class) int {
	total := 0.0
	for _, c := range classes {
		total += c.Population
	}
	return int(math.Round(total))
}

func distance(a, b []float64) float64 {
	d := 0.0
	for g := range a {
		d = max(d, math.Abs(a[g]-b[g]))
	}
	return d
}
