package cluster

import (
	"cmp"
	"slices"
)

// ID is the number of a cluster that is given once and never used for another. 0 is none.
type ID uint64

// Register holds the ids ever given. Each belongs to the record that founded its cluster
// and goes wherever that record goes: after a merge the older id counts and the younger is
// an alias of it; after a split the old id stays with the part that holds the founder, and
// an alias whose founder left becomes an id again. What a set of clusters is called depends
// therefore on who founded what and not on the path that led there.
type Register[R cmp.Ordered] struct {
	founded map[R]ID
	founder map[ID]R
	last    ID
}

// NewRegister has given no id.
func NewRegister[R cmp.Ordered]() *Register[R] {
	return &Register[R]{founded: make(map[R]ID), founder: make(map[ID]R)}
}

// Restore tells of an id given earlier and the record that holds it.
func (g *Register[R]) Restore(id ID, founder R) {
	g.founded[founder], g.founder[id], g.last = id, founder, max(g.last, id)
}

// Founder is the record that an id belongs to.
func (g *Register[R]) Founder(id ID) (R, bool) {
	r, ok := g.founder[id]
	return r, ok
}

// Alias says that Old now leads to New.
type Alias struct{ Old, New ID }

// Assign gives the id of each cluster of records, in order, with the aliases among them by
// rising Old. A cluster without an id gets the next one, in the order of the clusters'
// smallest records, and its smallest record is the founder.
func (g *Register[R]) Assign(clusters [][]R) ([]ID, []Alias) {
	ids := make([]ID, len(clusters))
	var aliases []Alias
	var fresh []int
	for i, c := range clusters {
		var all []ID
		for _, r := range c {
			if id := g.founded[r]; id != 0 {
				all = append(all, id)
			}
		}
		if len(all) == 0 {
			fresh = append(fresh, i)
			continue
		}
		slices.Sort(all)
		ids[i] = all[0]
		for _, old := range all[1:] {
			aliases = append(aliases, Alias{old, ids[i]})
		}
	}
	fresh = slices.DeleteFunc(fresh, func(i int) bool { return len(clusters[i]) == 0 })
	slices.SortFunc(fresh, func(i, j int) int { return cmp.Compare(slices.Min(clusters[i]), slices.Min(clusters[j])) })
	for _, i := range fresh {
		g.Restore(g.last+1, slices.Min(clusters[i]))
		ids[i] = g.last
	}
	slices.SortFunc(aliases, func(a, b Alias) int { return cmp.Compare(a.Old, b.Old) })
	return ids, aliases
}

// Forget removes a record. An id that it founded goes to the smallest of the others in its
// cluster that founded none, and is spent when there is none; it is never given again.
func (g *Register[R]) Forget(r R, others []R) {
	id := g.founded[r]
	if id == 0 {
		return
	}
	delete(g.founded, r)
	delete(g.founder, id)
	free := slices.DeleteFunc(slices.Clone(others), func(o R) bool { return o == r || g.founded[o] != 0 })
	if len(free) > 0 {
		g.Restore(id, slices.Min(free))
	}
}
