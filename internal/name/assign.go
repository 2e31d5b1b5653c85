package name

import (
	"cmp"
	"slices"
)

// encounter is a possible meeting of n parts of one name from i with m of the other from j.
type encounter struct {
	i, n, j, m int
	how        How
	likeness   float64
	weight     float64
}

// gain is what a meeting is worth in the assignment.
func (e encounter) gain() float64 { return e.weight * (e.likeness - 0.4) }

// longestJoin is how many parts may be one word of the other name.
const longestJoin = 3

// most steps of the search: a name of many like parts ends with the best found by then.
const mostSteps = 4000

// assign puts the parts of two names to one another, each at most once, so that the sum of
// gains is largest; in the order of f.
func assign(f, g Full) []encounter {
	s := search{at: make([][]encounter, len(f.parts)), met: make([]bool, len(g.parts)), rest: make([]float64, len(f.parts)+1)}
	for i := range f.parts {
		s.at[i] = f.encounters(g, i)
	}
	for i := len(f.parts) - 1; i >= 0; i-- {
		s.rest[i] = s.rest[i+1]
		for _, e := range s.at[i] {
			s.rest[i] = max(s.rest[i], s.rest[i+e.n]+e.gain())
		}
	}
	s.from(0, 0)
	return s.best
}

// search tries the encounters of each part in turn, the most promising first.
type search struct {
	at    [][]encounter // by the first part of f
	rest  []float64     // the most that the parts from there on could gain
	met   []bool        // parts of g that are taken
	taken []encounter
	best  []encounter
	gain  float64
	steps int
}

func (s *search) from(i int, gain float64) {
	if gain > s.gain {
		s.gain, s.best = gain, slices.Clone(s.taken)
	}
	if i == len(s.at) || gain+s.rest[i] <= s.gain || s.steps > mostSteps {
		return
	}
	s.steps++
	for _, e := range s.at[i] {
		if slices.Contains(s.met[e.j:e.j+e.m], true) {
			continue
		}
		mark(s.met, e.j, e.m)
		s.taken = append(s.taken, e)
		s.from(i+e.n, gain+e.gain())
		s.taken = s.taken[:len(s.taken)-1]
		for k := e.j; k < e.j+e.m; k++ {
			s.met[k] = false
		}
	}
	s.from(i+1, gain)
}

// encounters are the likely meetings of the part at i, the best first.
func (f Full) encounters(g Full, i int) []encounter {
	var out []encounter
	add := func(j, n, m int, how How, v float64) {
		if v < leastMeeting {
			return
		}
		a, b := weigh(f.parts[i:i+n]), weigh(g.parts[j:j+m])
		e := encounter{i, n, j, m, how, v, max(a, b)}
		if how == Initial {
			e.weight = min(a, b)
		}
		out = append(out, e)
	}
	for j := range g.parts {
		how, v := f.meet(g, i, j)
		add(j, 1, 1, how, v)
		for n := 2; n <= longestJoin; n++ {
			if i+n <= len(f.parts) {
				how, v := joinedLikeness(f.parts[i:i+n], g.parts[j])
				add(j, n, 1, how, v)
			}
			if j+n <= len(g.parts) {
				how, v := joinedLikeness(g.parts[j:j+n], f.parts[i])
				add(j, 1, n, how, v)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b encounter) int { return cmp.Compare(b.gain(), a.gain()) })
	return out
}
