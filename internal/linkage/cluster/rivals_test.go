package cluster

import (
	"math"
	"testing"
)

func TestRivalsShareTheOdds(t *testing.T) {
	// Rows 0 and 1 are of list 0, 2 and 3 of list 1, 4 of list 2.
	edges := []Edge{{0, 2, 10}, {0, 3, 4}, {1, 3, 6}, {0, 4, 5}}
	Compete(edges, []uint8{0, 0, 1, 1, 2})
	for i, want := range []float64{10 - math.Log2(1+16), 4 - math.Log2(1+1024+64), 6 - math.Log2(1+16), 5} {
		if got := float64(edges[i].Weight); math.Abs(got-want) > 1e-4 {
			t.Errorf("edge %d weighs %.3f, not %.3f", i, got, want)
		}
	}
}

// TestWhoIsTakenToStandOnce: two lists of 100 where every row has its partner, and a tenth of them
// somebody alike, or a copy.
func TestWhoIsTakenToStandOnce(t *testing.T) {
	lists := make([]uint8, 300)
	for i := range lists {
		lists[i] = uint8(i / 100)
	}
	for _, c := range []struct {
		name   string
		rows   int32
		second float32 // weight of the second partner
		want   bool
	}{{"somebody alike", 100, 4, true}, {"a copy", 100, 11, false}, {"too few to tell", 20, 4, false}} {
		var edges []Edge
		for row := range c.rows {
			edges = append(edges, Edge{row, row + 100, 12})
			if row%10 == 0 {
				edges = append(edges, Edge{row, row + 101, c.second})
			}
		}
		if got := Exclusive(edges, lists, 0); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	// A partner in each of two other lists is no rival.
	var edges []Edge
	for row := range int32(100) {
		edges = append(edges, Edge{row, row + 100, 12}, Edge{row, row + 200, 12})
	}
	if !Exclusive(edges, lists, 0) {
		t.Error("partners in two lists are taken for copies")
	}
}
