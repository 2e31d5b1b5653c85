package cluster

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func draw(t *rapid.T) (int, []Edge, Options) {
	n := rapid.IntRange(1, 12).Draw(t, "n")
	row := rapid.Int32Range(0, int32(n-1))
	seen := map[[2]int32]bool{}
	var edges []Edge
	for range rapid.IntRange(0, 30).Draw(t, "edges") {
		a, b := row.Draw(t, "a"), row.Draw(t, "b")
		if a < b && !seen[[2]int32{a, b}] {
			seen[[2]int32{a, b}] = true
			edges = append(edges, Edge{a, b, float32(rapid.IntRange(-8, 12).Draw(t, "w")) / 2})
		}
	}
	pairs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) [2]int32 { return [2]int32{row.Draw(t, "a"), row.Draw(t, "b")} }), 0, 3)
	differ := func(ps [][2]int32) [][2]int32 {
		return slices.DeleteFunc(ps, func(p [2]int32) bool { return p[0] == p[1] })
	}
	o := Options{Absent: -3, Cap: float32(rapid.IntRange(0, 5).Draw(t, "cap")), Limit: rapid.IntRange(0, 5).Draw(t, "limit"),
		Must: differ(pairs.Draw(t, "must")), Cannot: differ(pairs.Draw(t, "cannot"))}
	if o.Limit == 1 {
		o.Limit = 0
	}
	o.Key = func(row int32) uint64 { return uint64(row) * 0x9e3779b97f4a7c15 }
	return n, edges, o
}

func TestCannotLinkHoldsAgainstEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, edges, o := draw(t)
		r := Make(n, edges, o)
		for _, c := range o.Cannot {
			if r.Labels[c[0]] == r.Labels[c[1]] {
				t.Fatalf("%v in one cluster", c)
			}
		}
		if len(o.Cannot) == 0 {
			for _, m := range o.Must {
				if r.Labels[m[0]] != r.Labels[m[1]] {
					t.Fatalf("%v not in one cluster", m)
				}
			}
		}
		if o.Limit > 0 && len(o.Must) == 0 && r.Largest > o.Limit {
			t.Fatalf("a cluster of %d", r.Largest)
		}
	})
}

func TestRowOrderAndEdgeOrderDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, edges, o := draw(t)
		rows := make([]int, n)
		for i := range rows {
			rows[i] = i
		}
		to := rapid.Permutation(rows).Draw(t, "to")
		back := make([]int32, n)
		for i, p := range to {
			back[p] = int32(i)
		}
		move := func(p [2]int32) [2]int32 { return [2]int32{int32(to[p[0]]), int32(to[p[1]])} }
		moved := o
		moved.Must, moved.Cannot = nil, nil
		for _, m := range o.Must {
			moved.Must = append(moved.Must, move(m))
		}
		for _, m := range o.Cannot {
			moved.Cannot = append(moved.Cannot, move(m))
		}
		moved.Key = func(row int32) uint64 { return o.Key(back[row]) }
		var es []Edge
		for _, e := range slices.Backward(edges) {
			p := move([2]int32{e.A, e.B})
			es = append(es, Edge{p[1], p[0], e.Weight})
		}
		a, b := Make(n, edges, o), Make(n, es, moved)
		for i := range n {
			for j := range i {
				if (a.Labels[i] == a.Labels[j]) != (b.Labels[to[i]] == b.Labels[to[j]]) {
					t.Fatalf("rows %d and %d: %v, moved %v", i, j, a.Labels, b.Labels)
				}
			}
		}
	})
}

// What is far away changes nothing: a component alone gives what it gives among others.
func TestComponentsAreOnTheirOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, edges, o := draw(t)
		m, more, _ := draw(t)
		all := slices.Clone(edges)
		for _, e := range more {
			all = append(all, Edge{e.A + int32(n), e.B + int32(n), e.Weight})
		}
		alone, among := Make(n, edges, o), Make(n+m, all, o)
		if d := cmp.Diff(alone.Labels, among.Labels[:n]); d != "" {
			t.Fatal(d)
		}
	})
}

// slow joins the best pair of parts, looking at all of them each time.
func slow(n int, edges []Edge, o Options) []int32 {
	parts := make([][]int32, n)
	for i := range parts {
		parts[i] = []int32{int32(i)}
	}
	weight := map[[2]int32]float32{}
	for _, e := range edges {
		weight[[2]int32{e.A, e.B}], weight[[2]int32{e.B, e.A}] = e.Weight, e.Weight
	}
	for {
		best, x, y, tie := 0.0, -1, -1, false
		for i := range parts {
			for j := range i {
				sum, joins := 0.0, false
				for _, a := range parts[i] {
					for _, b := range parts[j] {
						w, made := weight[[2]int32{a, b}]
						if !made {
							w = o.Absent
						}
						sum, joins = sum+float64(w), joins || made && w >= 0
					}
				}
				mean := sum / float64(len(parts[i])*len(parts[j]))
				if joins && mean >= best {
					tie = x >= 0 && mean == best
					best, x, y = mean, i, j
				}
			}
		}
		if tie {
			return nil // the oracle knows no content to break it by
		}
		if x < 0 {
			break
		}
		parts[y] = append(parts[y], parts[x]...)
		parts = slices.Delete(parts, x, x+1)
	}
	labels := make([]int32, n)
	for _, p := range parts {
		for _, r := range p {
			labels[r] = slices.Min(p)
		}
	}
	return labels
}

func TestQueueJoinsAsALookAtAllWould(t *testing.T) {
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		n, edges, _ := draw(t)
		for i := range edges {
			edges[i].Weight += float32(i) / 64
		}
		o := Options{Absent: -3}
		if want := slow(n, edges, o); want != nil {
			compared++
			if d := cmp.Diff(want, Make(n, edges, o).Labels); d != "" {
				t.Fatal(d)
			}
		}
	})
	if compared == 0 {
		t.Fatal("every case had ties")
	}
}

// Two families that one pair of namesakes connects stay two.
func TestChainsDoNotHold(t *testing.T) {
	edges := []Edge{{0, 1, 9}, {0, 2, 9}, {1, 2, 9}, {3, 4, 9}, {3, 5, 9}, {4, 5, 9}, {2, 3, 2}}
	r := Make(6, edges, Options{Absent: -3})
	if d := cmp.Diff([]int32{0, 0, 0, 3, 3, 3}, r.Labels); d != "" {
		t.Fatal(d)
	}
	if d := cmp.Diff([]Refusal{{2, 3, "chain"}}, r.Refused); d != "" {
		t.Fatal(d)
	}
	if r = Make(6, edges, Options{Limit: 2}); r.Largest != 2 || r.Clusters != 4 {
		t.Fatalf("%+v", r)
	}
}
