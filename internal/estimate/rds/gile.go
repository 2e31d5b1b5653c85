package rds

import (
	"math/rand/v2"

	"quipu/internal/fault"
)

// population is what Gile's bootstrap draws from: how many people of each level have each degree,
// and how many ties lead from one level to another.
type population struct {
	degree  []float64
	weight  []float64 // 1/pi of a degree
	counts  [][]int   // by level and degree
	ties    [][]float64
	seeds   int
	n       int
	recruit []int // how many each recruiter brought, those who brought any
}

// populationDraw draws seeds in proportion to degree, then goes on as coupons did: each recruiter
// brings as many as some recruiter did, each of a level in proportion to the ties that are left and
// within it in proportion to degree, nobody twice (Gile 2011, section 4).
func (s *Sample) populationDraw(o Bootstrap, weight []float64) (drawn, error) {
	p, err := s.population(o, weight)
	if err != nil {
		return nil, err
	}
	return func(chance *rand.Rand, t *tally) { p.draw(chance, t) }, nil
}

func (s *Sample) population(o Bootstrap, weight []float64) (*population, error) {
	// Chances of inclusion are those of successive sampling, whatever estimator is studied.
	ss, err := s.SS(o.PopulationSize, o.Simulation)
	if err != nil {
		return nil, err
	}
	_, class := s.classes()
	k := len(s.Levels)
	p := &population{n: s.N(), weight: make([]float64, len(ss.Classes))}
	cells := make([]Class, k*len(ss.Classes))
	total, mass, degree := 0.0, make([]float64, k), make([]float64, k)
	for i, c := range class {
		p.weight[c] = weight[i]
		if g := s.Group[i]; g >= 0 {
			w := 1 / ss.Classes[c].Probability
			cell := &cells[int(g)*len(ss.Classes)+int(c)]
			cell.Sampled++
			cell.Population += w
			total += w
			mass[g] += w
			degree[g] += w * s.Degree[i]
		}
		if len(s.children[i]) > 0 {
			p.recruit = append(p.recruit, len(s.children[i]))
		}
		if s.Recruiter[i] < 0 {
			p.seeds++
		}
	}
	if len(p.recruit) == 0 {
		return nil, fault.New(fault.Invalid, "rds.no_recruits")
	}
	for c := range cells {
		cells[c].Population *= float64(o.PopulationSize) / total
	}
	counts := whole(cells, o.PopulationSize)
	for g := range k {
		p.counts = append(p.counts, counts[g*len(ss.Classes):(g+1)*len(ss.Classes)])
	}
	for _, c := range ss.Classes {
		p.degree = append(p.degree, c.Degree)
	}
	p.ties = ties(s.Recruitment().Transition, degree, mass)
	return p, nil
}

// ties spreads the ends of each level's ties (degree, the sum over its members) by whom it
// recruits, and makes both directions agree. A level with no recruitment either way gets ties to all
// in proportion to their numbers.
func ties(transition [][]float64, degree, mass []float64) [][]float64 {
	k := len(degree)
	t := square(k)
	for g := range k {
		for h := range k {
			t[g][h] = (transition[g][h]*degree[g] + transition[h][g]*degree[h]) / 2
		}
	}
	for g := range k {
		if sum(t[g]) > 0 {
			continue
		}
		for h := range k {
			t[g][h] = mass[h]
		}
	}
	return t
}

func (p *population) draw(chance *rand.Rand, t *tally) {
	k := len(p.counts)
	urns, left := make([]*urn, k), square(k)
	for g := range k {
		classes := make([]Class, len(p.degree))
		for c, d := range p.degree {
			classes[c].Degree = d
		}
		urns[g] = newUrn(classes, p.counts[g])
		urns[g].fill()
		copy(left[g], p.ties[g])
	}
	levels := make([]int32, 0, p.n)
	take := func(g int) {
		before := urns[g].total
		c := urns[g].draw(chance)
		for from := range left {
			left[from][g] *= urns[g].total / before
		}
		t.add(int32(g), p.degree[c], p.weight[c])
		levels = append(levels, int32(g))
	}
	for range p.seeds {
		take(anyone(chance, urns))
	}
	for active := 0; len(levels) < p.n; active++ {
		from := levels[active]
		for range p.recruit[chance.IntN(len(p.recruit))] {
			if len(levels) == p.n {
				break
			}
			to := 0
			if to = pick(chance, left[from]); left[from][to] <= 0 || urns[to].empty() {
				to = anyone(chance, urns)
			}
			t.recruit(from, int32(to))
			take(to)
		}
	}
}

// anyone is the level of a person drawn from all in proportion to degree.
func anyone(chance *rand.Rand, urns []*urn) int {
	mass := make([]float64, len(urns))
	for g, u := range urns {
		if !u.empty() {
			mass[g] = u.total
		}
	}
	return pick(chance, mass)
}
