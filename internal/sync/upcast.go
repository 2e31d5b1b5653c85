package sync

import "quipu/internal/change"

// Step makes a change of one schema into what it says in the next. It is pure and total: it
// takes whatever a node may have written.
type Step func(change.Change) change.Change

// Ladder lifts changes of older schemas: step i makes schema i+1 into i+2. The body in the
// log stays as it was written; what is lifted is what the program reads.
type Ladder []Step

// Upcasters are those of this release, whose schema is change.Schema.
var Upcasters = Ladder{}

// Lift brings a change up to the schema that the ladder ends at. newer reports that it is of
// a later one: it is left as it is, kept and marked.
func (l Ladder) Lift(c change.Change) (lifted change.Change, newer bool) {
	top := len(l) + 1
	if c.Schema > top {
		return c, true
	}
	for at := max(c.Schema, 1); at < top; at++ {
		c = l[at-1](c)
		c.Schema = at + 1
	}
	return c, false
}
