package linkage

import (
	"slices"
)

// blocks makes the blocks of a rule: those over the limit are split by a further part of
// the rows, in turn, and given up when nothing splits them. It is the same whether the
// limit is a number (learning) or the keys of a model (applying it).
type blocks struct {
	*table
	rule  *rule
	limit int
	known []map[uint64]bool // by depth: the keys to split, of a model; nil to find them
}

// splitting is what one worker found out about the keys of a rule.
type splitting struct {
	split   [][]uint64 // by depth; the last depth holds the keys given up
	pairs   int64
	dropped int
	lost    int64

	finer [][]entry // by depth: room for a block that is split
	spare []entry   // of sortPart
}

// room are n entries to fill, which the next block of this depth takes again.
func (s *splitting) room(depth, n int) []entry {
	for len(s.finer) <= depth {
		s.finer = append(s.finer, nil)
	}
	s.finer[depth] = slices.Grow(s.finer[depth][:0], n)[:n]
	return s.finer[depth]
}

// each calls do with every block of a run of equal keys.
func (b *blocks) each(es []entry, depth int, s *splitting, do func(es []entry)) {
	n := len(es)
	if n < 2 {
		return
	}
	if !b.over(es[0].key, n, depth) {
		s.pairs += pairsOf(n)
		do(es)
		return
	}
	for len(s.split) <= depth {
		s.split = append(s.split, nil)
	}
	s.split[depth] = append(s.split[depth], es[0].key)
	if depth == len(b.rule.split) {
		s.dropped++
		s.lost += pairsOf(n)
		return
	}
	finer := s.room(depth, n)
	for i, e := range es {
		finer[i] = entry{b.deeper(e.key, b.row(e.row), b.rule, depth, b.words), e.row}
	}
	s.spare = sortPart(finer, 0, s.spare)
	for i := 0; i < n; {
		j := run(finer, i)
		b.each(finer[i:j], depth+1, s, do)
		i = j
	}
}

// over reports whether a key is to be split.
func (b *blocks) over(key uint64, n, depth int) bool {
	if b.known != nil {
		return depth < len(b.known) && b.known[depth][key]
	}
	return n > b.limit
}

// limitFor is the largest block that a rule may have when its pairs are to stay within a
// budget: sizes counts blocks by their rows, the last counts all that are larger.
func limitFor(sizes []int64, budget int64) int {
	sum := int64(0)
	for n, count := range sizes {
		if n == len(sizes)-1 {
			break
		}
		sum += count * pairsOf(n)
		if sum > budget {
			return max(n-1, leastBlock)
		}
	}
	return len(sizes) - 2
}

const (
	leastBlock = 24   // no budget splits smaller blocks
	largeBlock = 4000 // every budget splits larger ones
	smallBlock = 60   // and for rules that look at rare keys only
)

const (
	trialFrom = 50_000 // records; smaller lists try every rule in full
	trialSure = 8      // bits from which a pair counts as a match here
	trialFew  = 200    // with fewer matches nothing can be told
	// worthwhile is the share of the matches found so far that a rule must add, and as much
	// again for each three pairs a record that it costs.
	worthwhile = 0.0005
)

// trialShares is how many shares the keys of n records are divided into, of which a trial
// looks at one: it costs about the same in any list.
func trialShares(n int) uint64 { return uint64(min(max(n/40_000, 8), 64)) }

// idle reports whether a rule brings next to nothing that the rules before it did not:
// it is tried on a share of its keys.
func (s *scorer) idle(r *rule) (bool, error) {
	if s.len() < trialFrom {
		return false, nil
	}
	s.remember()
	if len(s.matches) < trialFew {
		return false, nil
	}
	t := &scorer{table: s.table, weights: s.weights, floor: trialSure, options: s.options, workers: s.workers, found: make([][]Pair, len(s.found))}
	t.prepare()
	shares := trialShares(s.len())
	es, ends := s.bucketed(r, 1, shares, true)
	if err := t.sort(es, ends); err != nil {
		return false, err
	}
	b := &blocks{table: s.table, rule: r, limit: trialBlock}
	var all splitting
	if err := t.walk(b, es, ends, &all, t.block); err != nil {
		return false, err
	}
	fresh := 0
	for _, p := range t.merge() {
		if !s.matches[uint64(p.A)<<32|uint64(p.B)] {
			fresh++
		}
	}
	cost := float64(shares) * float64(all.pairs) / float64(s.len())
	return float64(shares)*float64(fresh) < worthwhile*(1+cost/3)*float64(len(s.matches)), nil
}

// trialBlock is the largest block of a trial.
const trialBlock = 120

// remember puts the matches found since the last time into the set of them.
func (s *scorer) remember() {
	if s.matches == nil {
		s.matches, s.counted = map[uint64]bool{}, make([]int, len(s.found))
	}
	for w, found := range s.found {
		for _, p := range found[s.counted[w]:] {
			if p.Weight >= trialSure {
				s.matches[uint64(p.A)<<32|uint64(p.B)] = true
			}
		}
		s.counted[w] = len(found)
	}
}
