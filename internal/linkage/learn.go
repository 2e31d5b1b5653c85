package linkage

import "math"

// chances are the probabilities of levels: [comparison][level].
type chances [][]float64

func (p *plan) newChances() chances {
	out := make(chances, len(p.cmps))
	for i := range p.cmps {
		out[i] = make([]float64, len(p.cmps[i].Levels))
	}
	return out
}

// typical are the chances in two records of one person before anything is learnt.
func (p *plan) typical() chances {
	out := p.newChances()
	for i := range p.cmps {
		for l, k := range levelKeys(p.cmps[i].Kind) {
			out[i][l] = k.typical
		}
	}
	return out
}

// Session is the agreement patterns of the pairs of one blocking rule, from which m is
// learnt. Own are the comparisons, by bits, that the rule is made of and that say nothing
// there; Lambda is the share of matches.
type Session struct {
	Rule   string
	Own    uint32
	Shapes []Cell
	Lambda float64
}

const (
	rounds = 40 // of expectation and maximization, at most
	// weightOfTypical is how many matches what is typical counts for, so that a level that a
	// small list does not show gets no wild weight.
	weightOfTypical = 12
	leastU          = 1e-9
)

// levelsOf counts the levels of shapes with weights: keep says how much of a shape counts.
func (p *plan) levelsOf(shapes []Cell, keep func(i int, s Cell) float64) chances {
	out := p.newChances()
	for i, s := range shapes {
		k := keep(i, s) * s.Pairs
		for c := range p.cmps {
			out[c][levelOf(s.Pattern, c)] += k
		}
	}
	return out
}

// settle makes chances of counts, missing left out; prior counts are added.
func settle(counts chances, prior func(c, l int) float64) chances {
	for c, ls := range counts {
		ls[0] = 0
		sum := 0.0
		for l := 1; l < len(ls); l++ {
			ls[l] += prior(c, l)
			sum += ls[l]
		}
		for l := 1; l < len(ls); l++ {
			ls[l] = max(ls[l]/sum, leastU)
		}
	}
	return counts
}

// randomChances are u: the chances in two random records. posterior is the chance that a
// random pair of a shape is a match after all, nil for none.
func (p *plan) randomChances(random []Cell, posterior func(Cell) float64) chances {
	counts := p.levelsOf(random, func(_ int, s Cell) float64 {
		if posterior == nil {
			return 1
		}
		return 1 - posterior(s)
	})
	return settle(counts, func(int, int) float64 { return 0.5 })
}

// odds is log2 of the odds of m to u over the comparisons that are not in own.
func odds(pattern uint64, m, u chances, own uint32) float64 {
	sum := 0.0
	for c := range m {
		if l := levelOf(pattern, c); l != missing && own&(1<<c) == 0 {
			sum += math.Log2(m[c][l] / u[c][l])
		}
	}
	return sum
}

// posteriorOf is the chance that belongs to log2 odds.
func posteriorOf(w float64) float64 { return 1 / (1 + math.Exp2(-w)) }

// expect is EM in one session with u fixed. It gives the expected counts of levels among
// the matches and their number.
func (p *plan) expect(s *Session, m, u chances) (counts chances, matches float64) {
	total := 0.0
	for _, x := range s.Shapes {
		total += x.Pairs
	}
	if total == 0 {
		return p.newChances(), 0
	}
	typical := p.typical()
	own := copyChances(m)
	s.Lambda = 0.2
	before := 0.0
	for range rounds {
		prior := math.Log2(s.Lambda / (1 - s.Lambda))
		matches = 0
		counts = p.levelsOf(s.Shapes, func(_ int, x Cell) float64 {
			q := posteriorOf(prior + odds(x.Pattern, own, u, s.Own))
			matches += q * x.Pairs
			return q
		})
		own = settle(copyChances(counts), func(c, l int) float64 { return weightOfTypical * typical[c][l] })
		s.Lambda = min(max(matches/total, 1e-9), 0.98)
		if math.Abs(matches-before) < 1e-6*total {
			break
		}
		before = matches
	}
	return counts, matches
}

func copyChances(c chances) chances {
	out := make(chances, len(c))
	for i := range c {
		out[i] = append([]float64(nil), c[i]...)
	}
	return out
}

// matchChances are m: from every session the comparisons that are not its own, by the
// matches expected there.
func (p *plan) matchChances(sessions []Session, m, u chances) chances {
	sum := p.newChances()
	for i := range sessions {
		s := &sessions[i]
		counts, _ := p.expect(s, m, u)
		for c := range counts {
			if s.Own&(1<<c) != 0 {
				continue
			}
			for l := 1; l < len(counts[c]); l++ {
				sum[c][l] += counts[c][l]
			}
		}
	}
	typical := p.typical()
	return settle(sum, func(c, l int) float64 { return weightOfTypical * typical[c][l] })
}
