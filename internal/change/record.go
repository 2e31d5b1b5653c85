package change

import (
	"slices"
	"strings"

	"quipu/internal/id"
)

// Held is a value in force: what, since which change, written by whom, resting on what.
type Held struct {
	Value   Value
	Version id.Change
	At      Stamp
	Author  string
	Office  string
	Action  string
	Prov    Provenance
}

// Record is the state of one entity: the fold of its changes in log order.
type Record struct {
	Entity    Ref
	Fields    map[string]Held
	Contested []Contender // what did not come into force and waits for a decision, oldest first
	Strayed   bool        // a value that follows from others was written without having seen them all; see Rules
	Head      id.Change   // the last change applied
	Created   Held        // who, where, when of the first change
	Updated   Stamp
}

func heldBy(c *Change) Held {
	return Held{Version: c.ID, At: c.At, Author: c.Author, Office: c.Office, Action: c.Action}
}

// Text returns the text of a field, "" when it is empty.
func (r *Record) Text(field string) string { return r.Fields[field].Value.Text }

// Version returns the version of a field, zero when it was never written.
func (r *Record) Version(field string) id.Change { return r.Fields[field].Version }

// Moment returns the moment that a field names, zero when it names none.
func (r *Record) Moment(field string) Stamp {
	s, err := ParseStamp(r.Text(field))
	if err != nil {
		return Stamp{}
	}
	return s
}

// Write starts a change of the entity with the fields that differ; pairs alternate field, text.
func (r *Record) Write(action string, pairs ...string) Change {
	c := Change{Entity: r.Entity, Action: action, Schema: Schema}
	for i := 0; i+1 < len(pairs); i += 2 {
		if r.Text(pairs[i]) != pairs[i+1] {
			c.Sets = append(c.Sets, Set{Field: pairs[i], Value: Text(pairs[i+1]), Base: r.Version(pairs[i])})
		}
	}
	return c
}

// Item is one member of a list of groups: a document, a telephone.
type Item struct {
	ID string // what follows the slash in the field's name
	Held
}

// Items returns the members of a group that are not empty, by id.
func (r *Record) Items(group string) []Item {
	var out []Item
	for f := range r.Fields { // the value is large: it is fetched for the few that fit
		rest, ok := strings.CutPrefix(f, group)
		if !ok || !strings.HasPrefix(rest, "/") {
			continue
		}
		if h := r.Fields[f]; !h.Value.Empty() {
			out = append(out, Item{rest[1:], h})
		}
	}
	slices.SortFunc(out, func(a, b Item) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Past is one value that a field held or holds; Until is zero while it is in force. One that
// is Contested never was in force.
type Past struct {
	Field string
	Held
	Until     Stamp
	Cleared   bool   // the change took the value away
	Erased    bool   // there was a value, which was taken out of the log since
	Contested bool   // it was written without having seen what stood, and did not replace it
	Reason    string // why, when it is contested
}

// History lists every value that the field held, oldest first, and those that were contested
// where they were written. A field that ends in "/" stands for all items of that group; ""
// stands for every field.
func (k *Rules) History(changes []Change, field string) []Past {
	var out []Past
	open := map[string]int{}
	k.walk(changes, func(c *Change, marks []mark) {
		for i := range c.Sets {
			f := c.Sets[i].Field
			if !(field == "" || f == field || strings.HasSuffix(field, "/") && strings.HasPrefix(f, field)) || marks[i].idle {
				continue
			}
			h := heldBy(c)
			h.Value, h.Prov = c.Sets[i].Value, c.ProvenanceOf(i)
			past := Past{Field: f, Held: h, Cleared: h.Value.Empty() && !c.Sets[i].Gone, Erased: c.Sets[i].Gone}
			if !marks[i].inForce {
				past.Contested, past.Reason = true, marks[i].reason
				out = append(out, past)
				continue
			}
			if at, ok := open[f]; ok {
				out[at].Until = c.At
			}
			open[f] = len(out)
			out = append(out, past)
		}
	})
	return out
}

// KnownAt keeps the changes that had been written by the end of the given instant: the
// record as the office knew it then. What the author of one of them had seen had been
// written, too, whatever the clock said where it was.
func KnownAt(changes []Change, micros int64) []Change {
	seen := map[id.Change]bool{}
	keep := make([]bool, len(changes))
	known := false
	for i := len(changes) - 1; i >= 0; i-- {
		c := &changes[i]
		if keep[i] = c.At.Micros <= micros || seen[c.ID] || known && i == 0; !keep[i] {
			continue
		}
		known = true
		for j := range c.Sets {
			if b := c.Sets[j].Base; !b.IsZero() {
				seen[b] = true
			}
		}
	}
	var out []Change
	for i := range changes {
		if keep[i] {
			out = append(out, changes[i])
		}
	}
	return out
}
