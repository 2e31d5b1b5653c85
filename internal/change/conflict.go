package change

import (
	"strings"

	"quipu/internal/id"
)

// Conflict is a field that somebody else wrote after the author looked.
type Conflict struct {
	Field  string
	Base   id.Change // what the author saw
	Theirs Held      // what stands now
	Mine   Value
}

// Conflicts lists the sets of c whose base is no longer the version in force. A set that
// would write the value that already stands is no conflict.
func (r *Record) Conflicts(c *Change) []Conflict {
	var out []Conflict
	for _, s := range c.Sets {
		now := r.Fields[s.Field]
		if now.Version != s.Base && !now.Value.Equal(s.Value) {
			out = append(out, Conflict{s.Field, s.Base, now, s.Value})
		}
	}
	return out
}

// ActionUndo is the action of changes that take others back.
const ActionUndo = "undo"

// Undo makes the change that takes back those changes of an entity that `taken` picks, an
// import for example. A field that still stands as one of them left it returns to what the
// others had written, or to nothing; a field that somebody wrote since stays and is listed
// in kept. What of them is contested is put away.
func (k *Rules) Undo(changes []Change, taken func(*Change) bool) (c Change, kept []string) {
	without := Record{Fields: make(map[string]Held)}
	mine := make(map[id.Change]bool)
	touched := make(map[string]bool)
	var order []string
	now := k.walk(changes, func(c *Change, marks []mark) {
		mine[c.ID] = taken(c)
		for i := range c.Sets {
			switch f := c.Sets[i].Field; {
			case !marks[i].inForce:
			case !mine[c.ID]:
				without.force(c, i, f)
			case !touched[f] && !strings.HasPrefix(f, settled+"/"):
				touched[f] = true
				order = append(order, f)
			}
		}
	})
	c = Change{Entity: now.Entity, Action: ActionUndo, Schema: Schema}
	for _, f := range order {
		held := now.Fields[f]
		if !mine[held.Version] {
			kept = append(kept, f)
			continue
		}
		old := without.Fields[f]
		c.Sets = append(c.Sets, Set{Field: f, Value: old.Value, Base: held.Version, Prov: old.Prov})
	}
	for i := range now.Contested {
		if mine[now.Contested[i].Change] {
			c.Sets = append(c.Sets, now.Contested[i].Settle(Kept))
		}
	}
	return c, kept
}
