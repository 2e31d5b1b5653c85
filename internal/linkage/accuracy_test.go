package linkage_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"quipu/internal/civil"
	"quipu/internal/linkage"
	"quipu/internal/linkage/cluster"
	"quipu/internal/linkage/evaluate"
	"quipu/internal/linkage/hardtest"
	"quipu/internal/linkage/personlist"
)

// TestAccuracy links lists as `quipu link` does, from the header on, and holds pairs at the
// threshold that it chooses without the truth against what others reach with the best one:
// Splink 5 1.000, 0.850 and 1.000.
func TestAccuracy(t *testing.T) {
	for _, c := range []struct {
		file string
		pair float64 // F1
	}{{"febrl1.csv", 0.998}, {"fake_1000.csv", 0.89}, {"opencr_uganda_part.csv", 0.998}} {
		t.Run(c.file, func(t *testing.T) {
			l, truth := recognised(t, filepath.Join("testdata", c.file))
			res, err := linkage.Link(l, linkage.Options{Threads: 2, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			edges := make([]cluster.Edge, len(res.Pairs))
			for i, p := range res.Pairs {
				edges[i] = cluster.Edge{A: p.A, B: p.B, Weight: p.Weight}
			}
			got := truth.Edges(edges, float32(res.Threshold))
			if got.F1 < c.pair {
				t.Errorf("pairs %+v at %.1f, want F1 %.3f", got, res.Threshold, c.pair)
			}
			if b := truth.Clusters(res.Clusters).BCubed; b.F1 < c.pair {
				t.Errorf("B-cubed %+v, want F1 %.3f", b, c.pair)
			}
		})
	}
}

// recognised reads a list and takes its columns for what they look like.
func recognised(t *testing.T, path string) (*linkage.List, evaluate.Truth) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	header, rows := rows[0], rows[1:]
	who := slices.Index(header, "truth")
	plan := personlist.Recognise(header, rows, personlist.Options{
		Today: civil.Date{Year: 2025, Month: 12, Day: 31}, Truth: map[int]bool{who + 1: true}, Whole: true})
	l, labels := linkage.NewList(plan.Fields()), make([]string, len(rows))
	for i, row := range rows {
		l.Append(plan.Values(nil, row))
		labels[i] = row[who]
	}
	return l, evaluate.TruthOf(labels, nil)
}

// TestHardCases asks of each hard case what a careful officer would do: of those who are not
// one person hardly any may be joined, of those who are nearly all must be.
func TestHardCases(t *testing.T) {
	const joinedAtMost, foundAtLeast = 0.02, 0.95
	l := hardtest.Make(1, 10_000, 100)
	res, err := linkage.Link(l.Linkage(), linkage.Options{Threads: 2, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range l.Cases {
		joined := 0
		for _, p := range c.Pairs {
			if res.Clusters[p[0]] == res.Clusters[p[1]] {
				joined++
			}
		}
		share := float64(joined) / float64(len(c.Pairs))
		if !c.Same && share > joinedAtMost || c.Same && share < foundAtLeast {
			t.Errorf("%s: %.3f are made one person", c.Name, share)
		}
	}
}

// TestNobodyTwice links a list with siblings, twins and parents in which nobody stands twice:
// relatives must not be taken for the persons that are not there.
func TestNobodyTwice(t *testing.T) {
	l := hardtest.Register(5, 4000, 0)
	res, err := linkage.Link(l.Linkage(), linkage.Options{Threads: 2, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	joined := 0
	for row, c := range res.Clusters {
		if int(c) != row {
			joined++
		}
	}
	if most := len(l.Rows) / 1000; joined > most {
		t.Errorf("%d of %d records are joined to others, at most %d may be", joined, len(l.Rows), most)
	}
}
