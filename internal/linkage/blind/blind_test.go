package blind

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"quipu/internal/linkage"
)

func list(rows ...[]string) *linkage.List {
	l := linkage.NewList([]linkage.Field{{Name: "name", Kind: linkage.FullName}, {Name: "dni", Kind: linkage.Document}, {Name: "passport", Kind: linkage.Document}})
	for _, r := range rows {
		l.Append(r)
	}
	return l
}

func TestTake(t *testing.T) {
	var rows [][]string
	for i := range 50 { // a hundred rows, of each person two
		rows = append(rows, []string{fmt.Sprint("persona ", i), fmt.Sprintf("%08d", 10_000_000+i), ""}, []string{fmt.Sprint("persona ", i), fmt.Sprintf("%08d", 10_000_000+i), ""})
	}
	for range 10 { // a clerk's default
		rows = append(rows, []string{"otra", "00000001", ""})
	}
	rows = append(rows, []string{"uno", "", "P1"}, []string{"uno", "", "P1"})
	l := list(rows...)
	whole := Take(l, []int{1, 2}, 1, 1)
	if whole.Confirmed != 51 || len(whole.Pairs) != 51 || whole.Pairs[50] != [2]int32{110, 111} {
		t.Fatalf("%d confirmed, %v", whole.Confirmed, whole.Pairs)
	}
	some := Take(l, []int{1, 2}, 0.1, 7)
	if len(some.Pairs) != 5 || !slices.IsSortedFunc(some.Pairs, order) || !slices.Equal(some.Pairs, Take(l, []int{1, 2}, 0.1, 7).Pairs) ||
		slices.Equal(some.Pairs, Take(l, []int{1, 2}, 0.1, 8).Pairs) {
		t.Errorf("a tenth is %v", some.Pairs)
	}
	blank := 0
	for row := range l.Len() {
		if some.List.Value(row, 0) != l.Value(row, 0) {
			t.Errorf("row %d lost its name", row)
		}
		if some.List.Value(row, 1) != l.Value(row, 1) || some.List.Value(row, 2) != l.Value(row, 2) {
			blank++
		}
	}
	if blank != 10 {
		t.Errorf("%d rows lost a document", blank)
	}
	clusters := make([]int32, l.Len())
	for i := range clusters {
		clusters[i] = int32(i)
	}
	clusters[some.Pairs[0][1]] = some.Pairs[0][0]
	if r := some.Judge(clusters); r.Found != 1 || r.Pairs != 5 || r.Share != 0.2 {
		t.Errorf("judged %+v", r)
	}
	if none := Take(list([]string{"a", "1", ""}), []int{1}, 0.5, 1); none.Confirmed != 0 || len(none.Pairs) != 0 {
		t.Errorf("of nothing: %+v", none)
	}
}

// TestWilson holds the interval against figures of the literature: 15 of 100 (Brown, Cai and
// DasGupta, Stat. Sci. 16, 2001, by their formula), none of ten, all of ten.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		found, n  int
		low, high float64
	}{{15, 100, 0.0931, 0.2328}, {0, 10, 0, 0.2775}, {10, 10, 0.7225, 1}, {0, 0, 0, 1}} {
		low, high := Wilson(c.found, c.n)
		if math.Abs(low-c.low) > 5e-4 || math.Abs(high-c.high) > 5e-4 {
			t.Errorf("%d of %d: %.4f to %.4f", c.found, c.n, low, high)
		}
	}
}
