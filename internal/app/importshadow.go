package app

import (
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/intake"
)

// shadowMost bounds what a rehearsal remembers of the rows before: about 100 MB. Beyond it, rows of the same list about one person are not seen together any more, and the
// counts are marked as approximate.
const shadowMost = 50_000

// shadow is what a rehearsal would have written so far, so that a row which repeats an
// earlier one of the same list is counted as it will be.
type shadow struct {
	byKey   map[string]string
	byPrint map[[16]byte]string
	bodies  map[string][][]byte // encoded changes by person
	n       int64
	full    bool
}

func newShadow() *shadow {
	return &shadow{byKey: map[string]string{}, byPrint: map[[16]byte]string{}, bodies: map[string][][]byte{}}
}

// note remembers a change that would have been written for a row.
func (s *shadow) note(d *intake.Draft, c *change.Change) {
	if s.full = s.full || len(s.bodies) >= shadowMost; s.full {
		return
	}
	s.n++
	c.ID = id.Change{Node: "REHEARSAL", N: s.n}
	s.bodies[c.Entity.ID] = append(s.bodies[c.Entity.ID], change.Encode(c))
	for _, k := range d.Keys {
		s.byKey[k] = c.Entity.ID
	}
	if len(d.Keys) == 0 {
		s.byPrint[d.Print] = c.Entity.ID
	}
}

// changes are those of the register followed by those that would have been written.
func (s *shadow) changes(person string, real []change.Change) []change.Change {
	out := append([]change.Change(nil), real...)
	for _, body := range s.bodies[person] {
		if c, err := change.Decode(body); err == nil { // it was encoded here
			out = append(out, c)
		}
	}
	return out
}

// join adds what the rehearsal remembers to what the register holds about a chunk.
func (s *shadow) join(c *chunk, k *known) {
	add := func(person string) {
		ref := change.Ref{Kind: change.Person, ID: person}.String()
		if len(s.bodies[person]) > 0 && len(k.changes[ref]) == len(realOnly(k.changes[ref])) {
			k.changes[ref] = s.changes(person, k.changes[ref])
		}
	}
	for i := range c.drafts {
		for _, key := range c.drafts[i].Keys {
			if person, ok := s.byKey[key]; ok {
				k.byKey[key] = appendNew(k.byKey[key], person)
			}
			for _, person := range k.byKey[key] {
				add(person)
			}
		}
		if person, ok := s.byPrint[c.drafts[i].Print]; ok && len(c.drafts[i].Keys) == 0 {
			k.byPrint[c.drafts[i].Print] = person
			add(person)
		}
	}
}

func realOnly(changes []change.Change) []change.Change {
	for i := range changes {
		if changes[i].ID.Node == "REHEARSAL" {
			return changes[:i]
		}
	}
	return changes
}

func appendNew(list []string, one string) []string {
	for _, x := range list {
		if x == one {
			return list
		}
	}
	return append(list, one)
}
