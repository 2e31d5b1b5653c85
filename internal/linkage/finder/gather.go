package finder

import "math/bits"

// scratch is the working memory of one search.
type scratch struct {
	matches []match
	seen    map[uint32]bool
	goals   []goal
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

// mark sets the bits of every row that answers a goal.
func (x *Index) mark(a *asked, s *scratch) {
	size := len(x.records.at)/64 + 1
	for len(s.planes) < len(s.goals) {
		s.planes = append(s.planes, nil)
	}
	for i := range s.goals {
		if cap(s.planes[i]) < size {
			s.planes[i] = make([]uint64, size+size/8)
		}
		plane := s.planes[i][:size]
		clear(plane)
		s.planes[i] = plane
		set := func(rows []uint32) {
			for _, row := range rows {
				plane[row>>6] |= 1 << (row & 63)
			}
		}
		for _, id := range s.goals[i].walk {
			set(x.words.rows[id])
		}
		if i == len(a.words) { // the goal behind the words is the birth date
			x.births.near(a.birth, set)
		}
	}
}

// gather finds the rows that answer two goals or more, by their number; where there are
// few, also those that answer one.
func (x *Index) gather(s *scratch, few int) {
	m := len(s.goals)
	for len(s.levels) <= m {
		s.levels = append(s.levels, nil)
	}
	for i := range s.levels {
		s.levels[i] = s.levels[i][:0]
	}
	if m == 0 {
		return
	}
	found := 0
	planes := s.planes[:m]
	for b := range planes[0] {
		var ones, twos uint64
		for _, p := range planes {
			v := p[b]
			twos |= ones & v
			ones |= v
		}
		for ; twos != 0; twos &= twos - 1 {
			s.add(uint32(b), uint(bits.TrailingZeros64(twos)), planes)
			found++
		}
	}
	if found < few {
		s.single(planes)
	}
}

func (s *scratch) add(block uint32, bit uint, planes [][]uint64) {
	var goals uint32
	for i, p := range planes {
		goals |= uint32(p[block]>>bit&1) << i
	}
	n := bits.OnesCount32(goals)
	s.levels[n] = append(s.levels[n], candidate{block<<6 | uint32(bit), goals})
}

// mostSingle bounds the rows that answer one goal only.
const mostSingle = 400_000

// single adds rows that answer one goal, those of the weightiest goals first, until there
// are more than anybody will look at.
func (s *scratch) single(planes [][]uint64) {
	var done uint32
	for range planes {
		best := -1
		for i := range planes {
			if done>>i&1 == 0 && (best < 0 || s.goals[i].weight > s.goals[best].weight) {
				best = i
			}
		}
		done |= 1 << best
		for b, v := range planes[best] {
			for ; v != 0; v &= v - 1 {
				bit := uint(bits.TrailingZeros64(v))
				n := 0
				for _, p := range planes {
					n += int(p[b] >> bit & 1)
				}
				if n == 1 {
					s.levels[1] = append(s.levels[1], candidate{uint32(b)<<6 | uint32(bit), 1 << best})
				}
			}
		}
		if len(planes) > 1 && len(s.levels[1]) > mostSingle/20 {
			return
		}
	}
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
			x.holders(keyOf(kind, plain), &s.rec, found)
			if kind != email {
				oneOff(kind, plain, func(k key) { x.holders(k, &s.rec, found) })
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
