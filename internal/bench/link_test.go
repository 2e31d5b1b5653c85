package bench

import (
	"context"
	"os"
	"strings"
	"testing"

	"quipu/internal/bench/splink"
)

// TestLinkList holds the list that both programs read against what the peer's rules need.
func TestLinkList(t *testing.T) {
	r := &run{Config: Config{Dir: t.TempDir(), Seed: 1, Say: func(string) {}}}
	path, err := r.linkList(context.Background(), 50)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if lines[0] != strings.Join(linkColumns, ",") || len(lines) < 51 {
		t.Errorf("%d lines, the first %q", len(lines), lines[0])
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.linkList(ctx, 50); err == nil {
		t.Error("it goes on after nobody waits for it")
	}
}

// TestLinkRatios counts the same of both: from the list to the clusters.
func TestLinkRatios(t *testing.T) {
	l := &Link{Rows: 1_000_000, Ours: Linked{Records: 1_000_000, PairsScored: 50_000_000,
		Phases: map[string]float64{"read": 1, "learn": 1, "score": 2, "truth": 100, "write": 100}}}
	l.Ours.PeakBytes = 900_000_000
	if l.Ours.predict() != 2 || l.Ours.all() != 4 {
		t.Errorf("%v of prediction, %v in all", l.Ours.predict(), l.Ours.all())
	}
	if c := l.Ours.cost(); c.Nanoseconds != 40 || c.PairsPerRecord != 50 || c.CPUSeconds != 4 {
		t.Errorf("%+v", c)
	}
	if n := len(l.judge()); n != 4 {
		t.Errorf("%d aims without a peer", n)
	}
	l.Splink, l.Families = &splink.Result{}, true
	if n := len(l.judge()); n != 9 {
		t.Errorf("%d aims with a peer and families", n)
	}
	for _, line := range l.lines() {
		if line[0] == "link.missing" {
			t.Error("it says that the peer is missing")
		}
	}
}
