package tabular

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestSpreadTakesRowsFromAllOver makes lists longer than what is read whole: every row of
// the sample is one of the list, and the last tenth is in it.
func TestSpreadTakesRowsFromAllOver(t *testing.T) {
	const n = 150_000
	for _, end := range []string{"\n", "\r\n", "\r"} {
		var b strings.Builder
		b.WriteString("id;name;note" + end)
		for i := range n {
			fmt.Fprintf(&b, "%d;Quispe %d;\"a; %s\"%s", i, i, strings.Repeat("x", i%40), end)
		}
		path := filepath.Join(t.TempDir(), "list.csv")
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		info := r.Info()
		r.Close()
		rows, whole, err := Spread(path, info, Options{}, 5000)
		if err != nil || whole || len(rows) != 5000 {
			t.Fatalf("%q: %d rows, whole %v, %v", end, len(rows), whole, err)
		}
		greatest := 0
		for _, row := range rows {
			i, err := strconv.Atoi(row[0])
			if err != nil || row[1] != "Quispe "+row[0] {
				t.Fatalf("%q: no row of the list: %q", end, row)
			}
			greatest = max(greatest, i)
		}
		if end != "\r" && greatest < n*9/10 {
			t.Errorf("%q: nothing after row %d", end, greatest)
		}
	}
}

func TestSpreadOfAShortListIsAllOfIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(path, []byte("a%b\n1%2\n3%4\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for most, want := range map[int]int{10: 2, 2: 2, 1: 1} {
		rows, whole, err := Spread(path, r.Info(), Options{}, most)
		if err != nil || len(rows) != want || whole != (want == 2) {
			t.Errorf("%d rows at most: %v, whole %v, %v", most, rows, whole, err)
		}
	}
}
