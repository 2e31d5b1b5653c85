package change

import "quipu/internal/id"

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
// in kept.
func Undo(changes []Change, taken func(*Change) bool) (c Change, kept []string) {
	var now, without Record
	mine := make(map[id.Change]bool)
	touched := make(map[string]bool)
	var order []string
	for i := range changes {
		now.Apply(&changes[i])
		if !taken(&changes[i]) {
			without.Apply(&changes[i])
			continue
		}
		mine[changes[i].ID] = true
		for _, s := range changes[i].Sets {
			if !touched[s.Field] {
				touched[s.Field] = true
				order = append(order, s.Field)
			}
		}
	}
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
	return c, kept
}
