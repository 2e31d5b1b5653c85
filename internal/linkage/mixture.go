package linkage

import (
	"math"
	"slices"
)

// Cell is a pattern of agreement and how many pairs show it.
type Cell struct {
	Pattern uint64
	Pairs   float64
}

// ingredient is one kind of pairs in the mixture: n of them in the whole list, and the chance of
// each level by comparison, given that both values are there.
type ingredient struct {
	name  string
	n     float64
	level [][]float64
	start [][]float64 // what is believed before anything is seen, worth belief pairs
	fixed []bool      // by comparison: the chance of the highest level is not learnt
	most  []float64   // by comparison: the highest chance that the values differ; nil and 0 for any
	veto  []int       // by comparison: the level that is all but impossible, 0 for none
	equal []bool      // by comparison: at least as often equal as in one person
	named []bool      // by comparison: that it differs is believed firmly; nil for one person
	leads bool        // opens the door to the other classes
}

// mixture is the list's pairs as a sum of strangers (u known), one person, and relatives.
// Each is a measure over patterns that says how many pairs to expect, not a share: so the
// number of strangers is known from the start, and only pairs that look like something
// need to be seen.
type mixture struct {
	cells  []Cell
	levels [][]uint8     // by cell: the level of each comparison
	strang []float64     // by cell: strangers expected, up to the same factor as the others
	parts  []*ingredient // the first is one person
	post   [][]float64   // by ingredient and cell: the pairs that belong there
	known  []Cell        // pairs of one person that are not among the cells
}

const (
	belief      = 5    // pairs that a start is worth
	ownBelief   = 12   // pairs that it is worth in one person: few pairs must not make it what they are
	firmly      = 40   // pairs that it is worth that given names differ
	passes      = 80   // of expectation and maximisation, at most
	settled     = 1e-7 // relative change of the likelihood at which passes end
	worthSeeing = -10  // bits: cells with less evidence than this are left out
)

// newMixture prepares cells for the model's comparisons, whose levels have U and a first M;
// total is the number of pairs of the list, made or not.
func newMixture(cs []Comparison, cells []Cell, records, total float64) *mixture {
	one := &ingredient{name: "same", veto: make([]int, len(cs)), most: make([]float64, len(cs)), n: max(records/20, 1), level: make([][]float64, len(cs)), fixed: make([]bool, len(cs))}
	u := make([][]float64, len(cs))
	for i, c := range cs {
		u[i], one.level[i] = make([]float64, len(c.Levels)), make([]float64, len(c.Levels))
		for l := 1; l < len(c.Levels); l++ {
			u[i][l], one.level[i][l] = c.Levels[l].U, c.Levels[l].M
		}
		one.most[i] = mostDifferent(c.Kind)
		one.bound(i)
		if one.veto[i] = c.veto(); one.veto[i] > 0 {
			one.forbid(i)
		}
	}
	one.start = clone(one.level)
	x := &mixture{parts: []*ingredient{one}}
	for _, c := range cells {
		ls, evidence := make([]uint8, len(cs)), math.Log2(one.n/total)
		for i := range cs {
			if ls[i] = levelOf(c.Pattern, i); ls[i] != 0 {
				evidence += max(math.Log2(one.level[i][ls[i]]/u[i][ls[i]]), -3)
			}
		}
		if evidence >= worthSeeing && c.Pairs > 0 {
			x.cells = append(x.cells, c)
			x.levels = append(x.levels, ls)
			x.strang = append(x.strang, total*chanceOf(u, ls))
		}
	}
	return x
}

func levelOf(pattern uint64, comparison int) uint8 { return uint8(pattern >> (4 * comparison) & 15) }

// chanceOf is the chance of levels, of those that are not missing.
func chanceOf(level [][]float64, of []uint8) float64 {
	p := 1.0
	for i, l := range of {
		if l != 0 {
			p *= level[i][l]
		}
	}
	return p
}

// run repeats expectation and maximisation and returns the log likelihood (Poisson, in
// nats, up to a constant).
func (x *mixture) run(passes int) float64 {
	x.post = make([][]float64, len(x.parts))
	for i := range x.post {
		x.post[i] = make([]float64, len(x.cells))
	}
	last := math.Inf(-1)
	for range passes {
		like := x.expect()
		x.maximise()
		if math.Abs(like-last) < settled*math.Abs(like) {
			return like
		}
		last = like
	}
	return last
}

func (x *mixture) expect() float64 {
	like := 0.0
	for _, p := range x.parts {
		like -= p.n
	}
	for c := range x.cells {
		sum := x.strang[c]
		for i, p := range x.parts {
			x.post[i][c] = p.n * chanceOf(p.level, x.levels[c])
			sum += x.post[i][c]
		}
		for i := range x.parts {
			x.post[i][c] *= x.cells[c].Pairs / sum
		}
		like += x.cells[c].Pairs * math.Log(sum)
	}
	return like
}

func (x *mixture) maximise() {
	for i, p := range x.parts {
		count := make([][]float64, len(p.level))
		for k := range count {
			count[k] = make([]float64, len(p.level[k]))
			for l := range count[k] {
				count[k][l] = p.belief(k) * p.start[k][l]
			}
		}
		p.n = 0
		for c, w := range x.post[i] {
			p.n += w
			for k, l := range x.levels[c] {
				count[k][l] += w
			}
		}
		if i == 0 {
			p.n += x.count(count)
		}
		for k := range count {
			p.learn(k, count[k])
			if one := x.parts[0].level[k]; i > 0 && p.equal[k] && p.level[k][len(one)-1] < one[len(one)-1] {
				copy(p.level[k], one)
			}
		}
	}
}

// count adds the levels of the pairs that are known.
func (x *mixture) count(levels [][]float64) (pairs float64) {
	for _, c := range x.known {
		for k := range levels {
			levels[k][levelOf(c.Pattern, k)] += c.Pairs
		}
		pairs += c.Pairs
	}
	return pairs
}

// belief is how many pairs the start of a comparison is worth. That relatives have other
// names is believed more firmly, or few twins learn to be misspelt.
func (p *ingredient) belief(k int) float64 {
	switch {
	case p.named == nil:
		return ownBelief
	case p.named[k]:
		return firmly
	}
	return belief
}

// learn takes the chances of a comparison's levels from counts; a fixed highest level keeps
// its own.
func (p *ingredient) learn(k int, count []float64) {
	top, rest := len(count), 1.0
	if p.fixed[k] {
		top--
		rest -= p.level[k][top]
	}
	sum := 0.0
	for _, n := range count[1:top] {
		sum += n
	}
	for l := 1; l < top && sum > 0; l++ {
		p.level[k][l] = count[l] / sum * rest
	}
	p.bound(k)
	if p.veto != nil && p.veto[k] > 0 {
		p.forbid(k)
	}
}

// cost is what an ingredient must gain in log likelihood to open the door: the Bayesian
// information criterion (Schwarz 1978) for as many pairs.
func (p *ingredient) cost(pairs float64) float64 {
	free := 1
	for _, l := range p.level {
		free += max(len(l)-2, 0)
	}
	return float64(free) / 2 * math.Log(max(pairs, 2))
}

// keep is what it must gain to stay when the door is open: the criterion of Akaike (1974),
// counting the levels that it shows. Where there are siblings there are twins, and the
// question is no more whether but how many.
func (p *ingredient) keep() float64 {
	free := 1
	for k, l := range p.level {
		if p.equal[k] {
			continue
		}
		shown := -1
		for _, chance := range l[1:] {
			if chance*p.n >= 1 {
				shown++
			}
		}
		free += max(shown, 0)
	}
	return float64(free)
}

// admit adds classes of relatives if the list supports them. The door opens when one of
// those that lead does: errors that come together look like twins and like parents, too,
// but not like siblings. Then all come in, and those without which the rest explains the
// list as well leave again, the weakest first.
func (x *mixture) admit(classes []*ingredient) {
	alone := x.copy()
	like := alone.run(passes)
	open := false
	for _, p := range classes {
		if p.leads && !open {
			y := x.copy(p)
			open = y.run(passes)-like > p.cost(x.pairs())
		}
	}
	if !open {
		x.parts = alone.parts
		return
	}
	x.parts = x.copy(classes...).parts
	like = x.run(passes)
	for len(x.parts) > 1 {
		weakest, least := 0, math.Inf(1)
		for i := 1; i < len(x.parts); i++ {
			y := x.copy()
			y.parts = slices.Delete(y.parts, i, i+1)
			if spare := like - y.run(passes/4) - x.parts[i].keep(); spare < least {
				weakest, least = i, spare
			}
		}
		if least >= 0 {
			return
		}
		x.parts = slices.Delete(x.parts, weakest, weakest+1)
		like = x.run(passes)
	}
}

// pairs is the number of those seen.
func (x *mixture) pairs() (n float64) {
	for _, c := range x.cells {
		n += c.Pairs
	}
	return n
}

// copy is a mixture that can be run without changing this one, with more classes.
func (x *mixture) copy(more ...*ingredient) *mixture {
	y := *x
	y.parts = nil
	for _, p := range append(slices.Clone(x.parts), more...) {
		q := *p
		q.level = clone(p.level)
		y.parts = append(y.parts, &q)
	}
	return &y
}
