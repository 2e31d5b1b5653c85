package suppress_test

import (
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"quipu/internal/estimate/suppress"
)

// told reports whether a hidden cell follows from what is told and the sums: whether its column
// of the linear system is fixed.
func told(n [][]int, hidden [][]bool, single bool) bool {
	var at [][2]int
	for i := range n {
		for j := range n[i] {
			if hidden[i][j] {
				at = append(at, [2]int{i, j})
			}
		}
	}
	if len(at) == 0 {
		return false
	}
	lines := len(n)
	if !single {
		lines += len(n[0])
	}
	a := mat.NewDense(lines, len(at), nil)
	for k, c := range at {
		a.Set(c[0], k, 1)
		if !single {
			a.Set(len(n)+c[1], k, 1)
		}
	}
	rank := func(m *mat.Dense) int {
		var s mat.SVD
		if !s.Factorize(m, mat.SVDNone) {
			panic("no decomposition")
		}
		r := 0
		for _, v := range s.Values(nil) {
			if v > 1e-9 {
				r++
			}
		}
		return r
	}
	before := rank(a)
	for k := range at { // the cell is fixed when it is in the space of the rows
		var more mat.Dense
		row := mat.NewDense(1, len(at), nil)
		row.Set(0, k, 1)
		more.Stack(a, row)
		if rank(&more) == before {
			return true
		}
	}
	return false
}

// TestNothingFollows: whatever the table, no hidden cell can be reckoned from the rest and the
// sums, and the hidden cells of a line are together not few, unless the whole line is hidden.
func TestNothingFollows(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rows, cols := rapid.IntRange(1, 5).Draw(rt, "rows"), rapid.IntRange(2, 5).Draw(rt, "columns")
		n := make([][]int, rows)
		for i := range n {
			n[i] = rapid.SliceOfN(rapid.IntRange(0, 40), cols, cols).Draw(rt, "row")
		}
		rule := suppress.Rule{Least: 10, Empty: rapid.Bool().Draw(rt, "empty")}
		hidden := suppress.Hide(n, rule, nil)
		for i := range n {
			some, sum := 0, 0
			for j, x := range n[i] {
				if hidden[i][j] {
					some, sum = some+1, sum+x
				} else if x < 10 && (x > 0 || rule.Empty) {
					rt.Fatalf("a cell of %d is told", x)
				}
			}
			if some == 1 || some > 0 && some < cols && sum < 10 {
				rt.Fatalf("row %v hides %v", n[i], hidden[i])
			}
		}
		if told(n, hidden, rows == 1) {
			rt.Fatalf("%v\n%v: a hidden cell follows", n, hidden)
		}
	})
}

// TestOneSmallCell: the smallest of the row, of its column, and the one that closes the circle.
func TestOneSmallCell(t *testing.T) {
	got := suppress.Hide([][]int{{3, 20, 50}, {30, 25, 60}, {40, 45, 70}}, suppress.Rule{Least: 10}, nil)
	want := [][]bool{{true, true, false}, {true, true, false}, {false, false, false}}
	if !slices.EqualFunc(got, want, slices.Equal[[]bool]) {
		t.Errorf("%v", got)
	}
	if got := suppress.Hide([][]int{{30, 20}, {25, 60}}, suppress.Rule{Least: 10}, nil); got[0][0] || got[0][1] || got[1][0] || got[1][1] {
		t.Errorf("a table without small cells hides %v", got)
	}
	// Two small cells of one row are together too few: their sum is that of the row without the rest.
	if got := suppress.Hide([][]int{{3, 2, 50, 60}}, suppress.Rule{Least: 10}, nil); !slices.Equal(got[0], []bool{true, true, true, false}) {
		t.Errorf("%v", got)
	}
}
