package finder

import (
	"cmp"
	"slices"
)

// least is the score below which somebody is no hit.
const least = 1.0 / 3

// Search finds the persons that answer a query best, at most limit, the best first; those
// of equal score in the order of their rows. An empty query finds nobody.
func (x *Index) Search(q Query, limit int) []Hit {
	if limit <= 0 {
		return nil
	}
	a := understand(q)
	s := x.pool.Get().(*scratch)
	defer x.pool.Put(s)
	x.mu.RLock()
	defer x.mu.RUnlock()
	x.resolve(&a, s)
	x.dateGoal(&a, s)
	if len(s.goals)+len(a.numbers) == 0 {
		return nil
	}
	c := x.scorer(&a, s)
	c.floor = least
	if q.All {
		c.floor = 0
	}
	best := x.best(c, limit)
	hits := make([]Hit, len(best))
	for i, b := range best {
		v, _ := c.judge(b.row)
		hits[i] = Hit{Row: b.row, Score: b.score, Reasons: c.reasons(v)}
	}
	return hits
}

// dateGoal adds the birth date behind the words.
func (x *Index) dateGoal(a *asked, s *scratch) {
	if a.birth == 0 {
		return
	}
	g := goal{weight: partDateWeight, unwalked: dateWorth[dateMissing]}
	if a.birth.full() {
		g.weight = fullDateWeight
	}
	s.goals = append(s.goals, g)
}

type scored struct {
	row   uint32
	score float64
}

// best judges the candidates, those that answer most goals first, and leaves out whoever
// cannot come among the best any more. It misses only persons who answer nothing but what
// was too common to be walked.
func (x *Index) best(c *scorer, limit int) []scored {
	top := make([]scored, 0, limit+1)
	consider := func(row uint32) {
		v, ok := c.judge(row)
		if !ok || v.score < c.floor || v.score == 0 {
			return
		}
		e := scored{row, v.score}
		if len(top) == limit && !before(e, top[limit-1]) {
			return
		}
		i, _ := slices.BinarySearchFunc(top, e, func(a, b scored) int {
			if before(a, b) {
				return -1
			}
			return 1
		})
		top = slices.Insert(top, i, e)
		top = top[:min(len(top), limit)]
	}
	x.numbers(c.a, c.s)
	for _, row := range sortedRows(c.s.direct) {
		consider(row)
	}
	c.s.walk()
	hopeless := func(bound float64) bool { return len(top) == limit && bound+grain < top[limit-1].score }
	if len(c.s.walked) == 1 && len(c.a.words) == 1 {
		x.lone(c, hopeless, consider)
		return top
	}
	x.mark(c.a, c.s)
	x.gather(c.s)
	for level := len(c.s.goals); level > 1; level-- {
		for _, cand := range c.s.levels[level] {
			if !c.s.direct[cand.row] && !hopeless(c.bound(cand.goals)) {
				consider(cand.row)
			}
		}
	}
	left := mostSingle
	if len(c.s.walked) == 1 {
		left = mostLone
	}
	for _, i := range c.s.walked {
		if !hopeless(c.bound(1 << i)) {
			left = c.s.single(i, left, func(row uint32) {
				if !c.s.direct[row] {
					consider(row)
				}
			})
		}
	}
	return top
}

// mostLone bounds how many persons are judged that answer the only word with the same one of
// the dictionary: of a hundred thousand who are called JOSE and no more was asked, the first
// will do.
const mostLone = 40_000

// lone considers who answers the only word, the best answers first, until the others cannot
// come among the best. One person may answer twice; who is considered again is passed over.
func (x *Index) lone(c *scorer, hopeless func(float64) bool, consider func(uint32)) {
	size := len(x.records.at)/64 + 1
	seen := c.s.plane(0, size)
	g := &c.s.goals[0]
	for _, w := range g.walk {
		if hopeless((c.bound(0) - g.weight*g.unwalked/c.total) + g.weight*w.worth/c.total) {
			continue
		}
		rows := x.words.rows[w.id]
		for _, row := range rows[:min(len(rows), mostLone)] {
			if bit := uint64(1) << (row & 63); seen[row>>6]&bit == 0 && !c.s.direct[row] {
				seen[row>>6] |= bit
				consider(row)
			}
		}
	}
}

// before is the order of hits.
func before(a, b scored) bool {
	if a.score != b.score {
		return a.score > b.score
	}
	return a.row < b.row
}

func sortedRows(set map[uint32]bool) []uint32 {
	rows := make([]uint32, 0, len(set))
	for r := range set {
		rows = append(rows, r)
	}
	slices.SortFunc(rows, cmp.Compare[uint32])
	return rows
}
