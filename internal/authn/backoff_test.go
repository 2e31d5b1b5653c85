package authn

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestWait(t *testing.T) {
	for failures, want := range map[int]time.Duration{
		0: 0, 4: 0, 5: 15 * time.Second, 6: 30 * time.Second, 8: 2 * time.Minute, 10: 8 * time.Minute,
		11: 15 * time.Minute, 50: 15 * time.Minute, 1 << 40: 15 * time.Minute,
	} {
		if got := Wait(failures, noon, noon); got != want {
			t.Errorf("after %d failures %v, want %v", failures, got, want)
		}
	}
	if got := Wait(6, noon, noon.Add(20*time.Second)); got != 10*time.Second {
		t.Errorf("20 s later %v, want 10 s", got)
	}
	if got := Wait(6, noon, noon.Add(-10*time.Minute)); got != 30*time.Second {
		t.Errorf("clock set back: %v, want the whole wait", got)
	}
	if got := Wait(11, noon.AddDate(5, 0, 0), noon); got != 0 {
		t.Errorf("failures while the clock stood five years ahead: %v, and it will be so for years", got)
	}
	if LockedOut(99) || !LockedOut(100) {
		t.Error("the hard limit is not at 100")
	}
}

func TestWaitNeverGrowsWithTimeNorShrinksWithFailures(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 200).Draw(t, "failures")
		later := time.Duration(rapid.IntRange(0, 3600).Draw(t, "seconds")) * time.Second
		w := Wait(n, noon, noon.Add(later))
		if w < 0 || w > MaxWait || w > Wait(n, noon, noon) || w > Wait(n+1, noon, noon.Add(later)) {
			t.Fatalf("wait %v", w)
		}
	})
}
