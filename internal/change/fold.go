package change

import (
	"strings"

	"quipu/internal/id"
)

// Rules are what a kind of entity adds to the fold of its changes. The zero value adds
// nothing.
type Rules struct {
	// Refuses says why nothing of a change may come into force on the record as it is before
	// it: a reason of a Contender, "" when it may. Nothing that it says may rest on sealed
	// values, which are not the same text everywhere.
	Refuses func(r *Record, c *Change) string
	// Follows holds of fields that the program derives from other fields. They are never
	// contested: one comes into force when all else in its change does, else not at all.
	Follows func(field string) bool
}

// mark is what became of one set of a change.
type mark struct {
	inForce bool
	idle    bool   // it said what stood already, was taken out since, or follows what is contested
	reason  string // why it is contested, when it is neither
}

// Fold applies changes in the order given. They must all be of one entity.
func Fold(changes []Change) Record { return (&Rules{}).Fold(changes) }

// Fold applies changes in the order given. They must all be of one entity.
func (k *Rules) Fold(changes []Change) Record {
	var r Record
	for i := range changes {
		k.apply(&r, &changes[i], nil)
	}
	if r.Fields == nil {
		r.Fields = make(map[string]Held)
	}
	return r
}

// Apply puts one more change on top. An empty value takes the field away, but its version
// stays, so that a later writer must have seen the removal.
//
// A set comes into force when its base is the version in force. One whose author had not
// seen what stands, and that says something else, is kept in Contested and what stands
// stays: whoever has the same changes in the same order comes to the same, and nothing that
// anybody wrote is lost. Which values are in force never depends on what a value says.
func (r *Record) Apply(c *Change) { (&Rules{}).Apply(r, c) }

// Apply puts one more change on top; see Record.Apply.
func (k *Rules) Apply(r *Record, c *Change) { k.apply(r, c, nil) }

// walk folds, and shows each change with what became of its sets.
func (k *Rules) walk(changes []Change, see func(c *Change, marks []mark)) Record {
	r := Record{Fields: make(map[string]Held)}
	for i := range changes {
		marks := make([]mark, len(changes[i].Sets))
		k.apply(&r, &changes[i], marks)
		see(&changes[i], marks)
	}
	return r
}

// InForce leaves out of changes what never came into force. The last of the sets of a field
// that it leaves stands; see Overlay.
func (k *Rules) InForce(changes []Change) []Change {
	out := make([]Change, 0, len(changes))
	k.walk(changes, func(c *Change, marks []mark) {
		kept := *c
		kept.Sets = make([]Set, 0, len(c.Sets))
		for i := range c.Sets {
			if marks[i].inForce {
				kept.Sets = append(kept.Sets, c.Sets[i])
			}
		}
		out = append(out, kept)
	})
	return out
}

// Overlay applies changes of which some were taken out: each set replaces what stands,
// whatever its author had seen. The changes must be what InForce left.
func Overlay(changes []Change) Record {
	r := Record{Fields: make(map[string]Held)}
	for i := range changes {
		c := &changes[i]
		r.begin(c)
		for j := range c.Sets {
			r.force(c, j, c.Sets[j].Field)
		}
	}
	return r
}

func (r *Record) begin(c *Change) {
	if r.Fields == nil {
		r.Fields = make(map[string]Held, len(c.Sets)) // the first change has most of the fields
	}
	if r.Head.IsZero() {
		r.Entity = c.Entity
	}
	if r.Created.Version.IsZero() {
		r.Created = heldBy(c)
	}
	r.Head, r.Updated = c.ID, c.At
}

func (k *Rules) apply(r *Record, c *Change, marks []mark) {
	reason := ""
	if k.Refuses != nil && !c.ID.IsZero() {
		reason = k.Refuses(r, c)
	}
	r.begin(c)
	if reason == ReasonNone {
		r.Created = Held{}
	}
	decided := r.decided(c)
	whole, follow := true, false
	for i := range c.Sets {
		s := &c.Sets[i]
		if k.Follows != nil && k.Follows(s.Field) {
			follow = true
			continue
		}
		why := reason
		if why == "" && decided[s.Field] {
			why = ReasonDecided
		}
		m := r.put(c, i, why)
		if marks != nil {
			marks[i] = m
		}
		whole = whole && (m.inForce || m.idle)
	}
	if !follow {
		return
	}
	for i := range c.Sets {
		s := &c.Sets[i]
		if !k.Follows(s.Field) {
			continue
		}
		m := mark{inForce: whole && reason == "", idle: !whole || reason != ""}
		r.Strayed = r.Strayed || m.idle || r.Fields[s.Field].Version != s.Base
		if m.inForce {
			r.force(c, i, s.Field)
		}
		if marks != nil {
			marks[i] = m
		}
	}
}

// put applies one set, unless why says that it may not come into force.
func (r *Record) put(c *Change, i int, why string) mark {
	s := &c.Sets[i]
	if strings.HasPrefix(s.Field, settled+"/") && len(s.Value.Parts) > 0 {
		return r.settle(c, i)
	}
	held, field := r.Fields[s.Field], s.Field
	seen := held.Version == s.Base || held.Version == c.ID
	if !seen && !s.Base.IsZero() {
		seen, field = r.renamed(s, held.Version)
	}
	if !seen && why == "" {
		why = ReasonStale
	}
	switch {
	case seen && why == "":
		r.force(c, i, field)
		r.drop(func(x *Contender) bool { return x.Field == field && x.Value.Equal(s.Value) })
		return mark{inForce: true}
	case s.Gone || held.Value.Equal(s.Value):
		r.drop(func(x *Contender) bool { return x.follows(c, s) })
		return mark{idle: true}
	}
	r.contend(c, i, why)
	return mark{reason: why}
}

// force lets a set stand.
func (r *Record) force(c *Change, i int, field string) {
	h := heldBy(c)
	h.Value, h.Prov = c.Sets[i].Value, c.ProvenanceOf(i)
	r.Fields[field] = h
}

// renamed finds an item that the author of a set saw, when values were taken out since and
// with them the item lost its name: on one side of the two, or on both; see Redact.
func (r *Record) renamed(s *Set, stands id.Change) (seen bool, field string) {
	group, item, ok := strings.Cut(s.Field, "/")
	if !ok {
		return false, s.Field
	}
	nameless := group + "/-"
	if !s.Gone {
		if !stands.IsZero() {
			return false, s.Field
		}
		for f, h := range r.Fields {
			if strings.HasPrefix(f, nameless) && h.Version == s.Base && (field == "" || f < field) {
				field = f
			}
		}
		delete(r.Fields, field)
		return field != "", s.Field
	}
	if !strings.HasPrefix(item, "-") {
		return false, s.Field
	}
	n := 0
	for f, h := range r.Fields {
		if strings.HasPrefix(f, group+"/") && h.Version == s.Base {
			field = f
			n++
		}
	}
	if n != 1 { // of several that one change wrote nobody knows which; all that are left say nothing
		return n > 0, s.Field
	}
	return true, field
}
