package evaluate

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quipu/internal/linkage/cluster"
)

// brute counts pair by pair what the package counts by sums.
func brute(t Truth, labels []int32) Score {
	var hits, found, all int64
	for a := range labels {
		for b := a + 1; b < len(labels); b++ {
			if t.Source != nil && t.Source[a] == t.Source[b] {
				continue
			}
			if t.Entity[a] == t.Entity[b] {
				all++
			}
			if labels[a] == labels[b] {
				found++
				if t.Entity[a] == t.Entity[b] {
					hits++
				}
			}
		}
	}
	return ScoreOf(hits, found, all)
}

func drawTruth(t *rapid.T) Truth {
	n := rapid.IntRange(1, 14).Draw(t, "n")
	tr := Truth{Entity: rapid.SliceOfN(rapid.Int32Range(0, 5), n, n).Draw(t, "entity")}
	if rapid.Bool().Draw(t, "two lists") {
		tr.Source = rapid.SliceOfN(rapid.Uint8Range(0, 2), n, n).Draw(t, "source")
	}
	return tr
}

func drawEdges(t *rapid.T, n int) []cluster.Edge {
	seen := map[[2]int32]bool{}
	var out []cluster.Edge
	for range rapid.IntRange(0, 25).Draw(t, "edges") {
		a, b := rapid.Int32Range(0, int32(n-1)).Draw(t, "a"), rapid.Int32Range(0, int32(n-1)).Draw(t, "b")
		if a < b && !seen[[2]int32{a, b}] {
			seen[[2]int32{a, b}] = true
			out = append(out, cluster.Edge{A: a, B: b, Weight: float32(rapid.IntRange(-4, 4).Draw(t, "w"))})
		}
	}
	return out
}

func TestPairsOfClustersAreTheirClosure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tr := drawTruth(t)
		labels := rapid.SliceOfN(rapid.Int32Range(0, 5), len(tr.Entity), len(tr.Entity)).Draw(t, "labels")
		if d := cmp.Diff(brute(tr, labels), tr.Clusters(labels).Pairs); d != "" {
			t.Fatal(d)
		}
	})
}

func TestSweepIsWhatEachThresholdGives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tr := drawTruth(t)
		edges := drawEdges(t, len(tr.Entity))
		best := -1.0
		s := tr.Sweep(edges)
		for _, p := range s.Points {
			u := cluster.NewUnion(len(tr.Entity))
			for _, e := range edges {
				if e.Weight >= p.Threshold && tr.counted(e.A, e.B) {
					u.Join(e.A, e.B)
				}
			}
			want := Point{p.Threshold, tr.Edges(edges, p.Threshold), brute(tr, u.Labels())}
			if d := cmp.Diff(want, p); d != "" {
				t.Fatal(d)
			}
			best = max(best, p.Pairs.F1)
		}
		if len(s.Points) > 0 && s.BestPairs.Pairs.F1 != best {
			t.Fatalf("best %v, of all %v", s.BestPairs.Pairs.F1, best)
		}
	})
}

func TestBCubed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tr := drawTruth(t)
		n := len(tr.Entity)
		labels := rapid.SliceOfN(rapid.Int32Range(0, 5), n, n).Draw(t, "labels")
		var p, r float64
		for a := range labels {
			var both, cluster, person float64
			for b := range labels {
				inCluster, inPerson := labels[a] == labels[b], tr.Entity[a] == tr.Entity[b]
				if inCluster {
					cluster++
				}
				if inPerson {
					person++
				}
				if inCluster && inPerson {
					both++
				}
			}
			p, r = p+both/cluster/float64(n), r+both/person/float64(n)
		}
		got := tr.Clusters(labels).BCubed
		if math.Abs(got.Precision-p) > 1e-9 || math.Abs(got.Recall-r) > 1e-9 {
			t.Fatalf("got %v, want %v %v", got, p, r)
		}
	})
}

// Three persons of 3, 2 and 1 records; the second is found, the first in two parts.
func TestExactClusters(t *testing.T) {
	tr := TruthOf([]string{"a", "a", "a", "b", "b", "c"}, nil)
	got := tr.Clusters([]int32{0, 0, 2, 3, 3, 5})
	want := Clusters{Pairs: ScoreOf(2, 2, 4), Exact: ScoreOf(2, 4, 3), ExactMany: ScoreOf(1, 2, 2)}
	want.BCubed = score(1, (2*2/3.0+1/3.0+2+1)/6)
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
	if d := cmp.Diff([][2]int64{{1, 2}, {2, 2}}, Histogram([]int32{0, 0, 2, 3, 3, 5})); d != "" {
		t.Fatal(d)
	}
}

func TestRowsWithoutLabelAreNobodyElse(t *testing.T) {
	if d := cmp.Diff([]int32{0, 1, 0, 2}, TruthOf([]string{"x", "", "x", ""}, nil).Entity); d != "" {
		t.Fatal(d)
	}
}

func TestBlockingRecall(t *testing.T) {
	tr := TruthOf([]string{"a", "a", "a", "b"}, nil)
	if got := tr.BlockingRecall([][2]int32{{0, 1}, {0, 3}}); got != 1.0/3 {
		t.Fatal(got)
	}
}
