package rds

import (
	"quipu/internal/fault"
	"slices"
)

// Shares is an estimate of the share of each level of the outcome, and what it rests on.
type Shares struct {
	Levels     []string
	N          int       // respondents with an outcome
	Estimate   []float64 // sums to 1
	SampleMean []float64 // the plain share in the sample
	Weights    []float64 // by row of the file; sums to 1, 0 where the outcome is missing
	// HarmonicDegree is N / sum(1/d), Kish the effective size (sum w)^2 / sum w^2: how many people of
	// equal weight say as much, before any likeness of recruits and recruiters.
	HarmonicDegree, Kish float64
}

// weighted makes shares of weights that stand in the sample's own order.
func (s *Sample) weighted(w []float64) Shares {
	r := Shares{Levels: s.Levels, Estimate: make([]float64, len(s.Levels)), SampleMean: make([]float64, len(s.Levels)),
		Weights: make([]float64, s.N())}
	total, squares, inverse := 0.0, 0.0, 0.0
	for i, g := range s.Group {
		if g < 0 {
			continue
		}
		r.N++
		r.Estimate[g] += w[i]
		r.SampleMean[g]++
		total += w[i]
		squares += w[i] * w[i]
		inverse += 1 / s.Degree[i]
	}
	for g := range r.Estimate {
		r.Estimate[g] /= total
		r.SampleMean[g] /= float64(r.N)
	}
	for i, g := range s.Group {
		if g >= 0 {
			r.Weights[s.Row[i]] = w[i] / total
		}
	}
	r.HarmonicDegree = float64(r.N) / inverse
	r.Kish = total * total / squares
	return r
}

// Plain is the share in the sample, every respondent alike. It is for comparison: who knows many
// people is found more often.
func (s *Sample) Plain() Shares {
	return s.weighted(slices.Repeat([]float64{1}, s.N()))
}

// RDSII is the estimator of Volz and Heckathorn (2008): sum(y/d) / sum(1/d).
func (s *Sample) RDSII() Shares {
	w := make([]float64, s.N())
	for i, d := range s.Degree {
		w[i] = 1 / d
	}
	return s.weighted(w)
}

// RDSI is the estimate of Salganik and Heckathorn (2004) with what it is made of.
type RDSI struct {
	Shares
	Recruitment    [][]float64 // who recruited whom: rows recruiters, columns recruits
	Transition     [][]float64 // its rows as shares
	Equilibrium    []float64   // the shares at which the transitions keep the sample
	AdjustedDegree []float64   // harmonic mean degree of a level
}

// RDSI takes the equilibrium of the recruitments between groups, e = e C, and divides it by the
// harmonic mean degree D of each: p_g = (e_g/D_g) / sum(e/D). For two groups that is
// C21 D2 / (C21 D2 + C12 D1). It refuses groups that do not recruit one another, because then the
// recruitments have no equilibrium or one that the seeds decide.
func (s *Sample) RDSI() (RDSI, error) {
	m := s.Recruitment()
	if err := s.mixes(m.Counts); err != nil {
		return RDSI{}, err
	}
	degree := s.adjustedDegrees()
	e := stationary(m.Transition)
	p := salganik(e, degree)
	// Weights that give these shares: within a group by 1/d, as in RDS-II.
	w := make([]float64, s.N())
	inverse := make([]float64, len(s.Levels))
	for i, g := range s.Group {
		if g >= 0 {
			inverse[g] += 1 / s.Degree[i]
		}
	}
	for i, g := range s.Group {
		if g >= 0 {
			w[i] = p[g] / s.Degree[i] / inverse[g]
		}
	}
	r := RDSI{Shares: s.weighted(w), Recruitment: m.Counts, Transition: m.Transition, Equilibrium: e, AdjustedDegree: degree}
	r.Estimate = p
	return r, nil
}

func salganik(e, degree []float64) []float64 {
	p, total := make([]float64, len(e)), 0.0
	for g := range e {
		p[g] = e[g] / degree[g]
		total += p[g]
	}
	for g := range p {
		p[g] /= total
	}
	return p
}

func (s *Sample) adjustedDegrees() []float64 {
	n, inverse := make([]float64, len(s.Levels)), make([]float64, len(s.Levels))
	for i, g := range s.Group {
		if g >= 0 {
			n[g]++
			inverse[g] += 1 / s.Degree[i]
		}
	}
	for g := range n {
		n[g] /= inverse[g]
	}
	return n
}

// mixes refuses recruitments from which some level cannot be reached from another.
func (s *Sample) mixes(counts [][]float64) error {
	for g := range counts {
		out := 0.0
		for h := range counts {
			out += counts[g][h]
		}
		if out == 0 {
			return fault.New(fault.Invalid, "rds.recruits_nobody", "column", s.outcome, "level", s.Levels[g])
		}
	}
	for g := range counts {
		reached := reach(counts, g)
		for h := range reached {
			if !reached[h] {
				return fault.New(fault.Invalid, "rds.unreached", "column", s.outcome, "from", s.Levels[g], "to", s.Levels[h])
			}
		}
	}
	return nil
}

func reach(counts [][]float64, from int) []bool {
	seen := make([]bool, len(counts))
	todo := []int{from}
	seen[from] = true
	for len(todo) > 0 {
		g := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for h, c := range counts[g] {
			if c > 0 && !seen[h] {
				seen[h] = true
				todo = append(todo, h)
			}
		}
	}
	return seen
}
