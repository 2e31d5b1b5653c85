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

// Undo makes the change that takes back `undone` from a record: each field that still
// stands as `undone` left it returns to the value before, each that somebody wrote since
// stays and is listed in kept. before maps a field to the value that it held earlier;
// a field not in it held none.
func (r *Record) Undo(undone *Change, before map[string]Held) (c Change, kept []string) {
	c = Change{Entity: undone.Entity, Action: "undo", Schema: Schema}
	for _, s := range undone.Sets {
		now := r.Fields[s.Field]
		if now.Version != undone.ID {
			kept = append(kept, s.Field)
			continue
		}
		old := before[s.Field]
		c.Sets = append(c.Sets, Set{Field: s.Field, Value: old.Value, Base: now.Version, Prov: old.Prov})
	}
	return c, kept
}
