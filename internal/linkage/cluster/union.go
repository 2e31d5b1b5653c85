// Package cluster makes groups of records that are one person out of scored pairs, and
// gives the groups ids that last.
package cluster

// Edge is a scored pair of records. Weight is the log2 odds that both are one person, the
// prior included: 0 is even odds.
type Edge struct {
	A, B   int32
	Weight float32
}

// Union is a forest of disjoint sets over the rows 0..n-1 in which the root of a set is
// its smallest row, so that labels do not depend on the order of joins.
type Union struct{ parent []int32 }

// NewUnion has every row in a set of its own.
func NewUnion(n int) *Union {
	u := &Union{parent: make([]int32, n)}
	for i := range u.parent {
		u.parent[i] = int32(i)
	}
	return u
}

// Find is the smallest row of the set that holds a row.
func (u *Union) Find(x int32) int32 { return root(u.parent, x) }

// root follows the parents of x up, and halves the way for who asks next.
func root(parent []int32, x int32) int32 {
	for parent[x] != x {
		parent[x] = parent[parent[x]]
		x = parent[x]
	}
	return x
}

// Join makes one set of two and reports whether they were two.
func (u *Union) Join(a, b int32) bool {
	a, b = u.Find(a), u.Find(b)
	if a == b {
		return false
	}
	u.parent[max(a, b)] = min(a, b)
	return true
}

// Labels are the smallest row of each row's set.
func (u *Union) Labels() []int32 {
	out := make([]int32, len(u.parent))
	for i := range out {
		out[i] = u.Find(int32(i))
	}
	return out
}
