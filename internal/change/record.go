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
	Entity  Ref
	Fields  map[string]Held
	Head    id.Change // the last change applied
	Created Held      // who, where, when of the first change
	Updated Stamp
}

// Fold applies changes in the order given. They must all be of one entity.
func Fold(changes []Change) Record {
	r := Record{Fields: make(map[string]Held)}
	for i := range changes {
		r.Apply(&changes[i])
	}
	return r
}

// Apply puts one more change on top. An empty value takes the field away, but its
// version stays, so that a later writer must have seen the removal.
func (r *Record) Apply(c *Change) {
	if r.Fields == nil {
		r.Fields = make(map[string]Held)
	}
	if r.Head.IsZero() {
		r.Entity = c.Entity
		r.Created = heldBy(c)
	}
	r.Head, r.Updated = c.ID, c.At
	for i := range c.Sets {
		h := heldBy(c)
		h.Value, h.Prov = c.Sets[i].Value, c.ProvenanceOf(i)
		r.Fields[c.Sets[i].Field] = h
	}
}

func heldBy(c *Change) Held {
	return Held{Version: c.ID, At: c.At, Author: c.Author, Office: c.Office, Action: c.Action}
}

// Text returns the text of a field, "" when it is empty.
func (r *Record) Text(field string) string { return r.Fields[field].Value.Text }

// Version returns the version of a field, zero when it was never written.
func (r *Record) Version(field string) id.Change { return r.Fields[field].Version }

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

// Past is one value that a field held or holds; Until is zero while it is in force.
type Past struct {
	Field string
	Held
	Until   Stamp
	Cleared bool // the change took the value away
	Erased  bool // there was a value, which was taken out of the log since
}

// History lists every value that the field held, oldest first. A field that ends in
// "/" stands for all items of that group; "" stands for every field.
func History(changes []Change, field string) []Past {
	var out []Past
	open := map[string]int{}
	for ci := range changes {
		c := &changes[ci]
		for i := range c.Sets {
			f := c.Sets[i].Field
			if !(field == "" || f == field || strings.HasSuffix(field, "/") && strings.HasPrefix(f, field)) {
				continue
			}
			if at, ok := open[f]; ok {
				out[at].Until = c.At
			}
			h := heldBy(c)
			h.Value, h.Prov = c.Sets[i].Value, c.ProvenanceOf(i)
			open[f] = len(out)
			out = append(out, Past{Field: f, Held: h, Cleared: h.Value.Empty() && !c.Sets[i].Gone, Erased: c.Sets[i].Gone})
		}
	}
	return out
}

// KnownAt keeps the changes that had been written by the end of the given instant: the
// record as the office knew it then.
func KnownAt(changes []Change, micros int64) []Change {
	var out []Change
	for _, c := range changes {
		if c.At.Micros <= micros {
			out = append(out, c)
		}
	}
	return out
}
