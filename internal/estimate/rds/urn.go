package rds

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// urn draws classes one after the other without replacement, each in proportion to the degrees
// that are left in it.
type urn struct {
	order  []int // classes, heaviest first: most draws end early
	degree []float64
	counts []int
	left   []int
	mass   []float64 // of each, in order
	full   []float64
	total  float64
}

func newUrn(classes []Class, counts []int) *urn {
	u := &urn{counts: counts}
	for k, c := range classes {
		u.order = append(u.order, k)
		u.degree = append(u.degree, c.Degree)
	}
	slices.SortStableFunc(u.order, func(a, b int) int {
		return cmp.Compare(u.degree[b]*float64(counts[b]), u.degree[a]*float64(counts[a]))
	})
	for _, k := range u.order {
		u.full = append(u.full, u.degree[k]*float64(counts[k]))
	}
	return u
}

func (u *urn) fill() {
	u.left = append(u.left[:0], u.counts...)
	u.mass = append(u.mass[:0], u.full...)
	u.total = 0
	for _, m := range u.mass {
		u.total += m
	}
}

// draw takes one member out and gives its class, or -1 when nobody is left.
func (u *urn) draw(chance *rand.Rand) int {
	x := chance.Float64() * u.total
	last := -1
	for at, m := range u.mass {
		k := u.order[at]
		if u.left[k] == 0 {
			continue
		}
		last = at
		if x -= m; x < 0 {
			break
		}
	}
	if last < 0 {
		return -1
	}
	k := u.order[last]
	u.left[k]--
	u.mass[last] = u.degree[k] * float64(u.left[k]) // anew, so that no error adds up
	u.total -= u.degree[k]
	return k
}

func (u *urn) empty() bool {
	for _, n := range u.left {
		if n > 0 {
			return false
		}
	}
	return true
}
