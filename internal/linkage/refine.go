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
	spare   []entry
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
	finer := make([]entry, n)
	for i, e := range es {
		finer[i] = entry{b.deeper(e.key, b.row(e.row), b.rule, depth, b.words), e.row}
	}
	slices.SortFunc(finer, byKey)
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
