//go:build mutant

package sync

import (
	"fmt"

	"quipu/internal/change"
	"quipu/internal/id"
)

// Planted bugs, one at a time; see bugs.go.
var bugGap, bugTwice, bugStale, bugLeak, bugDrop, bugLate, bugEarly, bugBare, bugErase bool

// Plant plants the bug of that name and takes any other out; "" leaves none.
func Plant(name string) {
	all := map[string]*bool{"gap": &bugGap, "twice": &bugTwice, "stale": &bugStale, "leak": &bugLeak, "drop": &bugDrop, "late": &bugLate, "early": &bugEarly, "bare": &bugBare, "erase": &bugErase}
	for n, b := range all {
		*b = n == name
	}
	if name != "" && all[name] == nil {
		panic(fmt.Sprintf("sync: no bug %q can be planted", name))
	}
}

// dropPushed takes the node's own copies of what the hub has received away.
func dropPushed(log NodeLog, s NodeState) error {
	bodies, err := log.Own(0, 1<<30)
	if err != nil {
		return err
	}
	for _, body := range bodies {
		c, err := change.Decode(body)
		if err != nil {
			return err
		}
		if c.ID.N > s.Pushed {
			continue
		}
		held, err := log.Held([]id.Change{c.ID})
		if err != nil {
			return err
		}
		if held[c.ID].Seq == 0 {
			if err := log.Forget(Forget{Entity: c.Entity}); err != nil {
				return err
			}
		}
	}
	return log.SaveState(s)
}
