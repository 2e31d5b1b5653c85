package xlsform

import (
	"slices"
	"strings"

	"quipu/internal/survey"
)

// circles says where answers would depend on themselves: a calculation or a relevance that
// leads back to where it began. A calculation with a trigger runs when that question changes
// and not of itself, so it closes no circle.
func (c *checker) circles() {
	state := map[*survey.Node]int{} // 1 on the way, 2 done
	var way []*survey.Node
	var visit func(n *survey.Node)
	visit = func(n *survey.Node) {
		state[n] = 1
		way = append(way, n)
		for _, next := range c.leads(n) {
			switch state[next] {
			case 0:
				visit(next)
			case 1:
				c.circle(way[slices.Index(way, next):])
			}
		}
		way = way[:len(way)-1]
		state[n] = 2
	}
	for _, n := range c.nodes {
		if state[n] == 0 {
			visit(n)
		}
	}
}

// circle says one, at its first row.
func (c *checker) circle(ring []*survey.Node) {
	first := 0
	for i, n := range ring {
		if n.At.Row < ring[first].At.Row {
			first = i
		}
	}
	ring = append(slices.Clone(ring[first:]), ring[:first]...)
	var names []string
	for _, n := range append(ring, ring[0]) {
		names = append(names, n.Name)
	}
	column := "calculation"
	if ring[0].Calculation == "" {
		column = "relevant"
	}
	c.at(ring[0].Item, column, "circle", "names", strings.Join(names, " → "))
}

// leads gives what an item's value or relevance is reckoned from.
func (c *checker) leads(n *survey.Node) []*survey.Node {
	var out []*survey.Node
	for _, column := range []string{"relevant", "calculation"} {
		e := c.exprs[n][column]
		if e == nil || column == "calculation" && len(n.Trigger) > 0 {
			continue
		}
		for _, ref := range e.Refs() {
			// indexed-repeat and predicates look at other instances of a repeat.
			if ref.LastSaved || ref.Predicate || ref.Indexed >= 0 {
				continue
			}
			if at := c.byName[ref.Name]; at != nil && !slices.Contains(out, at) {
				out = append(out, at)
			}
		}
	}
	if n.Parent != nil && !slices.Contains(out, n.Parent) {
		out = append(out, n.Parent)
	}
	return out
}
