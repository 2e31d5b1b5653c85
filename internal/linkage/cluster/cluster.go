package cluster

import (
	"cmp"
	"slices"
)

// Options say when two parts are joined. The zero value joins at even odds, counts a pair
// that was not made as nothing, and knows no limit.
type Options struct {
	// Threshold is the weight from which an edge can join by itself, and the zero from which
	// evidence for and against a join is counted.
	Threshold float32
	// Absent is the evidence, above the threshold and therefore negative, of a pair between
	// two parts that has no edge: the rules did not make it, or it fell below the floor.
	Absent float32
	// Cap bounds the evidence of a single pair both ways, so that one pair of identical
	// records cannot drag two families together; 0 means no bound.
	Cap float32
	// Must are pairs that a person called the same, Cannot those called different. A Cannot
	// outweighs any weight and any chain of Musts that would contradict it.
	Must, Cannot [][2]int32
	// Limit is the largest cluster that weights may make, 0 for none. Joins that were
	// otherwise plausible and broke it are reported.
	Limit int
	// Key orders the rows by content, so that ties do not fall by row order; nil means rows.
	Key func(row int32) uint64
}

// Refusal is a join that was not made although an edge above the threshold called for it.
type Refusal struct {
	A, B int32  // the edge
	Why  string // "cannot", "limit" or "chain" (the parts as a whole are not alike)
}

// Result is what Make found.
type Result struct {
	Labels   []int32 // a row's cluster, named by its smallest row
	Refused  []Refusal
	Clusters int // singletons included
	Largest  int
}

// Make groups n rows. Within each component that edges from the threshold and must-links
// connect it joins, again and again, the two parts with the highest mean evidence over all
// pairs between them (average linkage), while that mean is not negative. Edges below the
// threshold count as evidence and connect nothing. What becomes of a component depends on
// its own edges only, which is why one record more or less leaves the others as they were.
func Make(n int, edges []Edge, o Options) Result {
	u := NewUnion(n)
	for _, e := range edges {
		if e.Weight >= o.Threshold {
			u.Join(e.A, e.B)
		}
	}
	for _, m := range o.Must {
		u.Join(m[0], m[1])
	}
	final := NewUnion(n)
	var r Result
	for _, c := range components(u, edges, o) {
		p := newParts(c, &o)
		p.run()
		p.settle(final, &r)
	}
	r.Labels = final.Labels()
	slices.SortFunc(r.Refused, func(a, b Refusal) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	size := make([]int32, n)
	for _, l := range r.Labels {
		if size[l]++; size[l] == 1 {
			r.Clusters++
		}
		r.Largest = max(r.Largest, int(size[l]))
	}
	return r
}

// component is a connected part of the graph: its rows, and edges and constraints in it.
type component struct {
	rows         []int32
	edges        []Edge
	must, cannot [][2]int32
}

// components are those of two rows and more, with the edges below the threshold that lie
// within them.
func components(u *Union, edges []Edge, o Options) []component {
	size := make([]int32, len(u.parent))
	for i := range size {
		size[u.Find(int32(i))]++
	}
	at := make([]int32, len(size))
	var out []component
	for i, s := range size {
		if at[i] = -1; s > 1 {
			at[i] = int32(len(out))
			out = append(out, component{rows: make([]int32, 0, s)})
		}
	}
	of := func(a, b int32) *component {
		if r := u.Find(a); r == u.Find(b) && a != b && at[r] >= 0 {
			return &out[at[r]]
		}
		return nil
	}
	for i := range size {
		if k := at[u.Find(int32(i))]; k >= 0 {
			out[k].rows = append(out[k].rows, int32(i))
		}
	}
	for _, e := range edges {
		if c := of(e.A, e.B); c != nil {
			c.edges = append(c.edges, e)
		}
	}
	for _, m := range o.Must {
		if c := of(m[0], m[1]); c != nil {
			c.must = append(c.must, m)
		}
	}
	for _, m := range o.Cannot {
		if c := of(m[0], m[1]); c != nil {
			c.cannot = append(c.cannot, m)
		}
	}
	return out
}
