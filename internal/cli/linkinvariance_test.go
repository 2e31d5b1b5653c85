package cli

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"quipu/internal/linkage/hardtest"
)

// linked runs quipu link on rows and gives the bytes of its pairs and clusters.
func linked(t *testing.T, rows [][]string, threads int) (pairs, clusters string) {
	t.Helper()
	dir := t.TempDir()
	list, out, found := filepath.Join(dir, "list.csv"), filepath.Join(dir, "clusters.csv"), filepath.Join(dir, "pairs.csv")
	var text, said bytes.Buffer
	w := csv.NewWriter(&text)
	header := []string{}
	for _, f := range hardtest.Fields {
		header = append(header, f.Name)
	}
	if err := w.WriteAll(append([][]string{header}, rows...)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(list, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if Main([]string{"link", list, "--out", out, "--pairs", found, "--threads", fmt.Sprint(threads), "--json"}, nil, &said, &said) != 0 {
		t.Fatal(said.String())
	}
	read := func(path string) string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	return read(found), read(out)
}

// people are the clusters of more than one row, by the rows of another order, sorted.
func people(t *testing.T, clusters string, place func(row int) int) []string {
	t.Helper()
	of := map[string][]int{}
	for line := range strings.Lines(strings.TrimPrefix(clusters, "row,cluster\n")) {
		row, cluster, _ := strings.Cut(strings.TrimSpace(line), ",")
		n, err := strconv.Atoi(row)
		if err != nil {
			t.Fatal(err)
		}
		of[cluster] = append(of[cluster], place(n-1))
	}
	var out []string
	for _, rows := range of {
		if len(rows) > 1 {
			slices.Sort(rows)
			out = append(out, fmt.Sprint(rows))
		}
	}
	slices.Sort(out)
	return out
}

// TestLinkInvariance: neither threads nor the order of the rows decide who is one person, and
// a stranger who joins the list changes nothing between others but what his names weigh.
func TestLinkInvariance(t *testing.T) {
	rows := hardtest.Make(3, 1500, 15).Rows
	pairs, clusters := linked(t, rows, 1)
	same := func(row int) int { return row }
	want := people(t, clusters, same)
	if len(want) < 100 {
		t.Fatalf("only %d people are there twice: the list tests nothing", len(want))
	}
	t.Run("threads", func(t *testing.T) {
		p, c := linked(t, rows, 5)
		if p != pairs || c != clusters {
			t.Error("five threads find something else than one")
		}
	})
	t.Run("order", func(t *testing.T) {
		to := rand.New(rand.NewPCG(1, 2)).Perm(len(rows))
		shuffled := make([][]string, len(rows))
		back := make([]int, len(rows))
		for i, j := range to {
			shuffled[j], back[j] = rows[i], i
		}
		_, c := linked(t, shuffled, 2)
		differs(t, want, people(t, c, func(row int) int { return back[row] }), 0)
	})
	t.Run("stranger", func(t *testing.T) {
		stranger := []string{"ZWINGENBERGER", "WOJCIECHOWSKA", "XANTHIPPE", "", "F", "1911-02-03", "", "", "Nuuk", ""}
		_, c := linked(t, append(slices.Clone(rows), stranger), 2)
		if strings.Contains(strings.Join(people(t, c, same), " "), fmt.Sprint(len(rows))) {
			t.Error("the stranger is taken for somebody")
		}
		differs(t, want, people(t, c, same), 2)
	})
}

// differs holds that at most so many clusters are in one and not in the other.
func differs(t *testing.T, want, got []string, most int) {
	t.Helper()
	in := maps.Collect(func(yield func(string, bool) bool) {
		for _, w := range want {
			if !yield(w, true) {
				return
			}
		}
	})
	n := len(want)
	for _, g := range got {
		if in[g] {
			n--
		} else {
			n++
			t.Logf("new: rows %s", g)
		}
	}
	if n > most {
		t.Errorf("%d clusters differ, at most %d may", n, most)
	}
}
