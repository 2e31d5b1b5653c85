package linkage

import (
	"math"
	"slices"
)

const (
	// manyMatches is from how many expected pairs of one person a record on a list is learnt
	// again: most of it are then persons who are there several times.
	manyMatches = 0.25
	// largestKnown is the largest cluster whose pairs count as known.
	largestKnown = 50
)

// again learns a second time from what the first found, in lists where many persons stand
// several times. Three things go wrong there at first. Records that two others connect are
// one person however little they agree, and m does not know; u holds pairs of one person
// that were not seen as such; and a value is taken for common that one person has often.
func (j *job) again(raw []Pair, cells []Cell) {
	known := j.inside(3)
	random := less(j.random, j.inside(2), j.total)
	u := j.plan.randomChances(random, nil)
	for c := range j.cmps {
		for l := 1; l < len(u[c]); l++ {
			j.cmps[c].Levels[l].U = u[c][l]
		}
	}
	j.tf = j.persons()
	j.model.keep(j.tf, j.plan, j.words)
	j.model.mix(less(cells, known, 0), known, j.len(), j.total)
	j.model.bind(cells, random)
	j.clamp()
	j.result.Pairs = raw
	j.weigh()
}

// repeats reports whether the list is one to learn again from.
func (j *job) repeats() bool {
	return math.Exp2(j.model.Prior)*j.total >= manyMatches*float64(j.len())
}

// inside counts the patterns of all pairs within clusters of some size and more.
func (j *job) inside(least int) []Cell {
	groups := make(map[int32][]uint32)
	for at, row := range j.table.list {
		l := j.result.Clusters[row]
		groups[l] = append(groups[l], uint32(at))
	}
	w, found := newWorker(j.plan, j.words), newTally()
	for _, g := range groups {
		if len(g) < least || len(g) > largestKnown {
			continue
		}
		j.countAll(w, g, found)
	}
	return shapes(found)
}

// less takes cells out of others. When these are a sample of total pairs, as much of the
// former is taken out as the sample holds; total 0 is no sample.
func less(cells, out []Cell, total float64) []Cell {
	share := 1.0
	if total > 0 {
		seen := 0.0
		for _, c := range cells {
			seen += c.Pairs
		}
		share = min(1, seen/total)
	}
	gone := make(map[uint64]float64, len(out))
	for _, c := range out {
		gone[c.Pattern] = c.Pairs * share
	}
	left := make([]Cell, 0, len(cells))
	for _, c := range cells {
		if n := c.Pairs - gone[c.Pattern]; n > 0 {
			left = append(left, Cell{c.Pattern, n})
		}
	}
	return left
}

// persons counts for each value how many other persons hold it besides one, by the
// clusters found.
func (j *job) persons() []map[uint32]uint32 {
	type holder struct {
		value uint32
		who   int32
	}
	out := make([]map[uint32]uint32, len(j.cmps))
	for i := range j.cmps {
		c := &j.cmps[i]
		var hs []holder
		for at, row := range j.table.list {
			r := j.row(uint32(at))
			v, who := r[c.at], j.result.Clusters[row]
			if v == 0 {
				continue
			}
			hs = append(hs, holder{v, who})
			if c.op == opName && r[c.at+2] != v {
				hs = append(hs, holder{r[c.at+2], who})
			}
		}
		slices.SortFunc(hs, func(a, b holder) int {
			return cmpUint64(uint64(a.value)<<32|uint64(a.who), uint64(b.value)<<32|uint64(b.who))
		})
		hs = slices.Compact(hs)
		counts, holders := make(map[uint32]uint32), make(map[int32]bool)
		for _, h := range hs {
			counts[h.value]++
			holders[h.who] = true
		}
		c.Total, c.Values, c.Others = uint32(len(holders)), uint32(len(counts)), true
		for v, n := range counts {
			if counts[v] = n - 1; n < listed {
				delete(counts, v)
			}
		}
		out[i] = counts
	}
	return out
}
