package finder

import (
	"cmp"
	"math/bits"
	"slices"
)

// scratch is the working memory of one search.
type scratch struct {
	matches []match
	seen    map[uint32]bool
	goals   []goal
	walked  []int // goals by falling weight
	table   table
	planes  [][]uint64      // a bit for each row, by goal
	levels  [][]candidate   // candidates by the number of goals they answer
	direct  map[uint32]bool // rows with a number that was asked for, or one like it
	rec     record
	pairs   []pair
	chosen  []pair
}

// candidate is a row with the goals that it answers, a bit each.
type candidate struct {
	row   uint32
	goals uint32
}

// mostWalked is how many goals persons are looked for by; those of a long query that weigh
// less only count when a person is judged.
const mostWalked = 8

// walk chooses the goals that persons are looked for by, the weightiest first.
func (s *scratch) walk() {
	s.walked = s.walked[:0]
	for i := range s.goals {
		s.walked = append(s.walked, i)
	}
	slices.SortStableFunc(s.walked, func(i, j int) int { return cmp.Compare(s.goals[j].weight, s.goals[i].weight) })
	for len(s.walked) > mostWalked {
		last := len(s.walked) - 1
		s.goals[s.walked[last]].unwalked = 1
		s.walked = s.walked[:last]
	}
}

// plane is plane i, of size words, cleared.
func (s *scratch) plane(i, size int) []uint64 {
	for len(s.planes) <= i {
		s.planes = append(s.planes, nil)
	}
	if cap(s.planes[i]) < size {
		s.planes[i] = make([]uint64, size+size/8)
	}
	s.planes[i] = s.planes[i][:size]
	clear(s.planes[i])
	return s.planes[i]
}

// mark sets the bits of every row that answers a goal.
func (x *Index) mark(a *asked, s *scratch) {
	size := len(x.records.at)/64 + 1
	for _, i := range s.walked {
		plane := s.plane(i, size)
		set := func(rows []uint32) {
			for _, row := range rows {
				plane[row>>6] |= 1 << (row & 63)
			}
		}
		for _, w := range s.goals[i].walk {
			set(x.words.rows[w.id])
		}
		if i == len(a.words) { // the goal behind the words is the birth date
			x.births.near(a.birth, set)
		}
	}
}

// gather finds the rows that answer two goals or more, by their number.
func (x *Index) gather(s *scratch) {
	m := len(s.goals)
	for len(s.levels) <= m {
		s.levels = append(s.levels, nil)
	}
	for i := range s.levels {
		s.levels[i] = s.levels[i][:0]
	}
	if m < 2 {
		return
	}
	for b := range s.planes[s.walked[0]] {
		var ones, twos uint64
		for _, i := range s.walked {
			v := s.planes[i][b]
			twos |= ones & v
			ones |= v
		}
		for ; twos != 0; twos &= twos - 1 {
			s.add(uint32(b), uint(bits.TrailingZeros64(twos)))
		}
	}
}

func (s *scratch) add(block uint32, bit uint) {
	var goals uint32
	for _, i := range s.walked {
		goals |= uint32(s.planes[i][block]>>bit&1) << i
	}
	n := bits.OnesCount32(goals)
	s.levels[n] = append(s.levels[n], candidate{block<<6 | uint32(bit), goals})
}

// mostSingle bounds how many persons are judged that answer one goal of several.
const mostSingle = 6000

// single calls f with the rows that answer goal i and no other, at most left of them, and
// returns how many more may follow.
func (s *scratch) single(i, left int, f func(row uint32)) int {
	for b, v := range s.planes[i] {
		for _, j := range s.walked {
			if j != i {
				v &^= s.planes[j][b]
			}
		}
		for ; v != 0 && left > 0; v &= v - 1 {
			f(uint32(b)<<6 | uint32(bits.TrailingZeros64(v)))
			left--
		}
	}
	return left
}

// numbers finds the rows with a number that was asked for or one a slip away.
func (x *Index) numbers(a *asked, s *scratch) {
	clear(s.direct)
	if s.direct == nil {
		s.direct = map[uint32]bool{}
	}
	found := func(row uint32) {
		if len(s.direct) < 10_000 {
			s.direct[row] = true
		}
	}
	for _, n := range a.numbers {
		for _, kind := range n.kinds {
			plain := n.of(kind)
			if plain == "" {
				continue
			}
			x.holders(keyOf(kind, plain), found)
			if kind != email {
				oneOff(kind, plain, func(k key) { x.holders(k, found) })
			}
		}
	}
}

// of is the number as one of its kind is kept; empty when it cannot be one.
func (n number) of(kind keyKind) string {
	if kind == phone {
		return plainPhone(n.plain)
	}
	return n.plain
}
