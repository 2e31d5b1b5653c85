//go:build mutant

package sim

import "testing"

// planted are the bugs, and in how many worlds each must show at least. Some show in nearly
// every world (the figures of a run stand in DESIGN.md), some only when the weather helps.
var planted = []struct {
	name, what string
	least      int
}{
	{"gap", "the hub takes a batch that begins too late", 3},
	{"late", "what is urgent comes in the hub's order", 3},
	{"early", "after the hub went back changes do not wait for those that they rest on", 2},
	{"bare", "after the hub went back nobody asks who holds what an author had to forget", 2},
	{"erase", "of two erasures of one change the later one undoes the earlier", 3},
	{"memory", "a commit stays in memory", 20},
	{"stale", "an answer to an older question is taken", 2},
	{"last", "the last writer wins without a word", 20},
	{"cursor", "the cursor is written before the data", 3},
	{"leak", "an answer holds changes of what left the scope", 20},
	{"twice", "the hub does not look whether it has a change already", 20},
	{"drop", "what is pending ends on the receipt", 20},
}

func TestPlantedBugsAreCaught(t *testing.T) {
	defer Plant("")
	const worlds = 300
	for _, bug := range planted {
		t.Run(bug.name, func(t *testing.T) {
			Plant(bug.name)
			failing, first := 0, error(nil)
			for i := uint64(0); i < worlds && failing < bug.least; i++ {
				seed := i/3 + 1 + []uint64{0, Moving, Erasing}[i%3]
				if _, err := Run(seed); err != nil {
					failing++
					if first == nil {
						first = err
					}
				}
			}
			if failing < bug.least {
				t.Errorf("%s: only %d of %d worlds show it", bug.what, failing, worlds)
			}
			t.Logf("%s: %v", bug.what, first)
		})
	}
	Plant("")
	for seed := uint64(1); seed <= 20; seed++ {
		if _, err := Run(seed); err != nil {
			t.Errorf("without a bug: %v", err)
		}
	}
}
