package finder

import (
	"cmp"
	"math"
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
	if a.birth != 0 {
		g := goal{weight: partDateWeight, unwalked: dateWorth[dateMissing]}
		if a.birth.full() {
			g.weight = fullDateWeight
		}
		s.goals = append(s.goals, g)
	}
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
		hits[i] = Hit{Row: b.row, Score: math.Round(b.score*1e6) / 1e6, Reasons: c.reasons(v)}
	}
	return hits
}

type scored struct {
	row   uint32
	score float64
}

// best judges the candidates, those that answer most goals first, and leaves out whoever
// cannot come among the best any more.
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
	x.mark(c.a, c.s)
	x.gather(c.s, limit)
	for level := len(c.s.goals); level > 0; level-- {
		for _, cand := range c.s.levels[level] {
			if len(top) == limit && c.bound(cand.goals) < top[limit-1].score || c.s.direct[cand.row] {
				continue
			}
			consider(cand.row)
		}
	}
	return top
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
