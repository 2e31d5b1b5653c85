package match

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"quipu/internal/civil"
	"quipu/internal/linkage"
	"quipu/internal/linkage/personlist"
)

// listed is a list with the person of each row.
type listed struct {
	header []string
	rows   [][]string
	truth  []string
}

func readCSV(t *testing.T, path string) listed {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	l := listed{header: all[0], rows: all[1:]}
	if i := slices.Index(l.header, "truth"); i >= 0 {
		for _, r := range l.rows {
			l.truth = append(l.truth, r[i])
		}
	}
	return l
}

// where is the rows for which keep holds.
func (l listed) where(keep func(i int) bool) listed {
	out := listed{header: l.header}
	for i := range l.rows {
		if keep(i) {
			out.rows, out.truth = append(out.rows, l.rows[i]), append(out.truth, l.truth[i])
		}
	}
	return out
}

func (l listed) list() *linkage.List {
	o := personlist.Options{Today: civil.Date{Year: 2026, Month: 11, Day: 25}, Truth: map[int]bool{}, Whole: len(l.rows) <= 4000}
	if i := slices.Index(l.header, "truth"); i >= 0 {
		o.Truth[i+1] = true
	}
	sample := l.rows
	if len(sample) > 4000 {
		sample = nil
		for i := range 4000 {
			sample = append(sample, l.rows[i*len(l.rows)/4000])
		}
	}
	plan := personlist.Recognise(l.header, sample, o)
	out := linkage.NewList(plan.Fields())
	for _, r := range l.rows {
		out.Append(plan.Values(nil, r))
	}
	return out
}

// recall is the share of queries whose person is first, and among the candidates.
func recall(t *testing.T, title string, index, queries listed) (first, found float64) {
	t.Helper()
	from := time.Now()
	x, q := index.list(), queries.list()
	all, err := Match(x, q, Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, e := range index.truth {
		known[e] = true
	}
	n := 0.0
	for i, cs := range all {
		want := queries.truth[i]
		if !known[want] {
			continue
		}
		n++
		at := slices.IndexFunc(cs, func(c Candidate) bool { return index.truth[c.Row] == want })
		if at == 0 {
			first++
		}
		if at >= 0 {
			found++
		}
	}
	t.Logf("%s: %d in the index, %.0f queries, first %.4f, found %.4f, %v", title, len(index.rows), n, first/n, found/n, time.Since(from))
	return first / n, found / n
}

func reference(t *testing.T) string {
	dir := os.Getenv("QUIPU_REFERENCE")
	if dir == "" {
		t.Skip("QUIPU_REFERENCE names no folder of reference lists")
	}
	return filepath.Join(dir, "linkage")
}

func TestReferenceLists(t *testing.T) {
	dir := reference(t)
	t.Run("febrl4", func(t *testing.T) {
		if first, _ := recall(t, "febrl4", readCSV(t, dir+"/febrl4a.csv"), readCSV(t, dir+"/febrl4b.csv")); first < 0.985 {
			t.Errorf("first %.4f", first)
		}
	})
	t.Run("opencr", func(t *testing.T) {
		l := readCSV(t, dir+"/opencr_uganda.csv")
		copied := func(i int) bool { return strings.Contains(l.rows[i][0], "-dup-") }
		if first, _ := recall(t, "opencr", l.where(func(i int) bool { return !copied(i) }), l.where(copied)); first < 0.985 {
			t.Errorf("first %.4f", first)
		}
	})
	t.Run("fake", func(t *testing.T) {
		l := readCSV(t, dir+"/fake_20000.csv")
		earlier := map[string]int{}
		for i, e := range l.truth {
			if _, ok := earlier[e]; !ok {
				earlier[e] = i
			}
		}
		original := func(i int) bool { return earlier[l.truth[i]] == i }
		if first, found := recall(t, "fake", l.where(original), l.where(func(i int) bool { return !original(i) })); first < 0.935 || found < 0.97 {
			t.Errorf("first %.4f, found %.4f", first, found)
		}
	})
}
