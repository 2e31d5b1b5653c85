package evaluate

import (
	"cmp"
	"slices"

	"quipu/internal/linkage/cluster"
)

// Point is what a threshold would give: pairs as they are, and the pairs implied when all
// that they connect is one person (plain connected components, as most programs cluster).
type Point struct {
	Threshold float32 `json:"threshold"`
	Pairs     Score   `json:"pairs"`
	Closure   Score   `json:"closure"`
}

// Sweep is what all thresholds would give.
type Sweep struct {
	Points      []Point // one for each distinct weight, the highest first
	BestPairs   Point   // the highest F1 of pairs; of equals the highest threshold
	BestClosure Point   // the same of the closure
}

// Sweep tries each distinct weight as the threshold in O(n log n). Each pair is given once.
func (t Truth) Sweep(edges []cluster.Edge) Sweep {
	es := slices.Clone(edges)
	slices.SortFunc(es, func(a, b cluster.Edge) int { return cmp.Compare(b.Weight, a.Weight) })
	all := t.Pairs()
	c := newClosure(t)
	var s Sweep
	var hits, found int64
	for i := 0; i < len(es); {
		w := es[i].Weight
		for ; i < len(es) && es[i].Weight == w; i++ {
			if e := es[i]; t.counted(e.A, e.B) {
				if found++; t.same(e.A, e.B) {
					hits++
				}
				c.join(e.A, e.B)
			}
		}
		p := Point{w, ScoreOf(hits, found, all), ScoreOf(c.hits, c.found, all)}
		s.Points = append(s.Points, p)
		if len(s.Points) == 1 || p.Pairs.F1 > s.BestPairs.Pairs.F1 {
			s.BestPairs = p
		}
		if len(s.Points) == 1 || p.Closure.F1 > s.BestClosure.Closure.F1 {
			s.BestClosure = p
		}
	}
	return s
}

// closure counts the pairs implied by clusters while they are joined. Members of the
// smaller cluster are looked up in the larger, so a row moves at most log2 n times.
type closure struct {
	t           Truth
	u           *cluster.Union
	slot        []int32 // of a root: where its members are
	members     [][]int32
	count       map[tally]int64
	hits, found int64
}

// tally names the records in a cluster's slot that are of an entity and of a source;
// entity -1 is any, source 256 is any.
type tally struct {
	slot, entity int32
	source       uint16
}

const (
	anyEntity = -1
	anySource = 256
)

func newClosure(t Truth) *closure {
	c := &closure{t: t, u: cluster.NewUnion(len(t.Entity)), slot: make([]int32, len(t.Entity)), members: make([][]int32, len(t.Entity)), count: make(map[tally]int64)}
	for i := range t.Entity {
		c.slot[i] = int32(i)
	}
	return c
}

// list is the members of a slot; a row that was never joined is made when asked for.
func (c *closure) list(slot int32) []int32 {
	if c.members[slot] == nil {
		c.members[slot] = []int32{slot}
		c.add(slot, slot)
	}
	return c.members[slot]
}

// keys are the tallies in which a row counts.
func (c *closure) keys(slot, row int32) [4]tally {
	e, s := c.t.Entity[row], uint16(c.t.source(row))
	return [4]tally{{slot, anyEntity, anySource}, {slot, anyEntity, s}, {slot, e, anySource}, {slot, e, s}}
}

func (c *closure) add(slot, row int32) {
	for _, k := range c.keys(slot, row) {
		c.count[k]++
	}
}

func (c *closure) join(a, b int32) {
	ra, rb := c.u.Find(a), c.u.Find(b)
	if !c.u.Join(ra, rb) {
		return
	}
	large, small := c.slot[ra], c.slot[rb]
	if len(c.list(large)) < len(c.list(small)) {
		large, small = small, large
	}
	for _, row := range c.members[small] {
		k := c.keys(large, row)
		any, anyHere, same, sameHere := c.count[k[0]], c.count[k[1]], c.count[k[2]], c.count[k[3]]
		if c.t.Source == nil {
			anyHere, sameHere = 0, 0
		}
		c.found, c.hits = c.found+any-anyHere, c.hits+same-sameHere
	}
	for _, row := range c.members[small] {
		for _, k := range c.keys(small, row) {
			delete(c.count, k)
		}
		c.add(large, row)
	}
	c.members[large] = append(c.members[large], c.members[small]...)
	c.members[small] = nil
	c.slot[c.u.Find(ra)] = large
}
