package review

import (
	"testing"

	"quipu/internal/registry/same"
	"quipu/internal/store"
)

// TestGain: what raises and what lowers the place of a pair.
func TestGain(t *testing.T) {
	pair := func(weight int64, verdict same.Verdict, both bool) *store.PairRow {
		return &store.PairRow{Weight: weight, Verdict: string(verdict), RegisteredA: true, RegisteredB: both}
	}
	none := rate{}
	in := []*store.PairRow{pair(1500, same.Open, true), pair(900, same.Open, true), pair(0, same.Open, true), pair(1500, same.Unsure, true), pair(1500, same.Unsure, false), pair(-900, same.Open, true)}
	for i := 1; i < len(in); i++ {
		if none.gain(in[i]) >= none.gain(in[i-1]) {
			t.Errorf("the %d. gains %d, no less than the one before: %d", i+1, none.gain(in[i]), none.gain(in[i-1]))
		}
	}
	if g := none.gain(pair(1500, same.Open, false)); g*2 > none.gain(in[0])+100 {
		t.Errorf("one who is registered nowhere now gains %d", g)
	}
	if g := none.gain(pair(-100_000, same.Open, true)); g < 0 {
		t.Errorf("a gain of %d would hide the pair", g)
	}
	// Officers found two in twenty at this weight to be one person; the model says nearly all.
	var taught rate = map[int64]struct{ same, all float64 }{band(900): {2, 20}}
	if g := taught.gain(pair(900, same.Open, true)); g > 300_000 {
		t.Errorf("what officers found counts for nothing: %d", g)
	}
	few := rate{band(900): {0, enough - 1}}
	if few.gain(pair(900, same.Open, true)) != none.gain(pair(900, same.Open, true)) {
		t.Error("too few decisions counted")
	}
	if band(-1) != -store.BandWidth || band(0) != 0 || band(399) != 0 {
		t.Error("bands are not rounded down")
	}
}
