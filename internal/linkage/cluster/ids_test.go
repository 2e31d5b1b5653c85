package cluster

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestIdsThroughMergeAndSplit(t *testing.T) {
	g := NewRegister[string]()
	ids, _ := g.Assign([][]string{{"c"}, {"b", "a"}})
	if d := cmp.Diff([]ID{2, 1}, ids); d != "" {
		t.Fatal(d)
	}
	ids, aliases := g.Assign([][]string{{"a", "b", "c", "d"}})
	if d := cmp.Diff([]ID{1}, ids); d != "" {
		t.Fatal(d)
	}
	if d := cmp.Diff([]Alias{{2, 1}}, aliases); d != "" {
		t.Fatal(d)
	}
	ids, aliases = g.Assign([][]string{{"b", "d"}, {"a"}, {"c"}})
	if d := cmp.Diff([]ID{3, 1, 2}, ids); d != "" || len(aliases) > 0 {
		t.Fatal(d, aliases)
	}
	g.Forget("b", []string{"b", "d"})
	g.Forget("c", nil)
	ids, _ = g.Assign([][]string{{"d"}, {"e"}})
	if d := cmp.Diff([]ID{3, 4}, ids); d != "" {
		t.Fatal(d)
	}
}

// Whatever is merged and split, an id is one cluster's, follows its founder, and is never
// given twice.
func TestIdsFollowTheirFounders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := NewRegister[int]()
		founder := map[ID]int{}
		for range rapid.IntRange(1, 6).Draw(t, "rounds") {
			groups := make([][]int, 6)
			for r := range 6 {
				i := rapid.IntRange(0, 5).Draw(t, "group")
				groups[i] = append(groups[i], r)
			}
			var clusters [][]int
			for _, c := range groups {
				if len(c) > 0 {
					clusters = append(clusters, c)
				}
			}
			ids, aliases := g.Assign(clusters)
			at := map[ID]int{}
			for i, id := range ids {
				if _, twice := at[id]; twice || id == 0 {
					t.Fatalf("id %d: %v", id, ids)
				}
				at[id] = i
				f, _ := g.Founder(id)
				if old, known := founder[id]; known && old != f {
					t.Fatalf("id %d was of %d, is of %d", id, old, f)
				}
				founder[id] = f
			}
			for _, a := range aliases {
				at[a.Old] = at[a.New]
				if a.Old < a.New {
					t.Fatalf("the younger counts: %v", a)
				}
			}
			for id, f := range founder {
				in := false
				for _, r := range clusters[at[id]] {
					in = in || r == f
				}
				if !in {
					t.Fatalf("id %d left its founder %d: %v", id, f, clusters)
				}
			}
		}
	})
}
