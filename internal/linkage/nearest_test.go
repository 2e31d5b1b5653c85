package linkage

import (
	"cmp"
	"slices"
	"testing"
)

// TestNearestIsWhatWeighingAllFinds holds Nearest against the weights of every pair, in two
// orders of the rows and with several threads.
func TestNearestIsWhatWeighingAllFinds(t *testing.T) {
	const asking, top = 70, 7
	rows := people(2500, 11)
	m := linked(t, listOf(registerFields, rows), Options{Seed: 1}).Model
	g, err := NewWeigher(m)
	if err != nil {
		t.Fatal(err)
	}
	asks := func(n int) []uint8 {
		sources := make([]uint8, n)
		for i := range asking {
			sources[n-asking+i] = 1
		}
		return sources
	}
	indexed := rows[:len(rows)-asking]
	for _, threads := range []int{1, 3} {
		near, err := Nearest(listOf(registerFields, rows), m, top, Options{Sources: asks(len(rows)), Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		for q := len(indexed); q < len(rows); q++ {
			want, err := g.Weigh(rows[q], indexed)
			if err != nil {
				t.Fatal(err)
			}
			for i := range want {
				want[i].A = int32(q)
			}
			slices.SortFunc(want, func(x, y Pair) int { return cmp.Or(cmp.Compare(y.Weight, x.Weight), cmp.Compare(x.B, y.B)) })
			if !slices.Equal(near[q], want[:top]) {
				t.Fatalf("row %d: %+v\nnot %+v", q, near[q], want[:top])
			}
		}
		if near[0] != nil {
			t.Error("a row of the index was asked for")
		}
	}
}
