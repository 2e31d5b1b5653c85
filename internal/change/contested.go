package change

import (
	"hash/fnv"
	"slices"
	"strings"

	"quipu/internal/id"
)

// Why something that somebody wrote did not come into force.
const (
	ReasonStale     = "stale"     // he had not seen what stands
	ReasonDecided   = "decided"   // he decided what somebody else had decided meanwhile
	ReasonNone      = "none"      // nobody had made the entity
	ReasonMerged    = "merged"    // the entry had been merged into another meanwhile
	ReasonWithdrawn = "withdrawn" // the entry had been withdrawn meanwhile
	ReasonErased    = "erased"    // the entry had been anonymised meanwhile
)

// Contender is a value that somebody wrote and that did not come into force. It waits until
// an officer decides.
type Contender struct {
	Field  string
	Change id.Change // that wrote it
	Value  Value
	Base   id.Change // what its author had seen
	At     Stamp
	Author string
	Office string
	Action string
	Prov   Provenance
	Reason string
}

// Held is the contender as a value that stands: who wrote it, when, and upon what.
func (x *Contender) Held() Held {
	return Held{Value: x.Value, Version: x.Change, At: x.At, Author: x.Author, Office: x.Office, Action: x.Action, Prov: x.Prov}
}

// Verdict is what an officer decided about a contender.
type Verdict string

// The verdicts.
const (
	Kept  Verdict = "kept"  // what stands stays
	Taken Verdict = "taken" // the contender's value comes into force
	Other Verdict = "other" // neither: another value does
)

// settled is the group of fields that say what was decided about contenders.
const settled = "settled"

// SettledField names the decision about a contender. The name says nothing of the value.
func SettledField(at id.Change, field string) string {
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	h := fnv.New64a()
	h.Write([]byte(at.String() + " " + field)) //nolint:errcheck // a hash takes everything
	out := []byte(settled + "/")
	for rest, n := h.Sum64(), 0; n < 13; rest, n = rest>>5, n+1 {
		out = append(out, alphabet[rest&31])
	}
	return string(out)
}

// Settle is the set that says what was decided about the contender. When another value is
// to stand, the same change sets the field on the version in force.
func (x *Contender) Settle(v Verdict) Set {
	return Set{Field: SettledField(x.Change, x.Field), Value: Group("change", x.Change.String(), "field", x.Field, "verdict", string(v))}
}

// Settled is one decision about a contender.
type Settled struct {
	Change  id.Change // the contender's
	Field   string
	Verdict Verdict
	Held    // who decided, when
}

// Decisions lists what was decided about contenders, oldest first as far as clocks say.
func (r *Record) Decisions() (out []Settled) {
	for _, it := range r.Items(settled) {
		at, err := id.ParseChange(it.Value.Part("change"))
		if err != nil || at.IsZero() {
			continue
		}
		out = append(out, Settled{at, it.Value.Part("field"), Verdict(it.Value.Part("verdict")), it.Held})
	}
	slices.SortStableFunc(out, func(a, b Settled) int { return int(a.At.Micros - b.At.Micros) })
	return out
}

// Contender finds what waits for a decision: the value that a change wrote to a field.
func (r *Record) Contender(at id.Change, field string) (Contender, bool) {
	for _, x := range r.Contested {
		if x.Change == at && x.Field == field {
			return x, true
		}
	}
	return Contender{}, false
}

// Waiting folds changes, and lists what of them waits for an officer: contenders of whose fields
// nobody wrote after them. Whoever did so had seen both. People are asked of always; see
// package registry.
func Waiting(changes []Change) (r Record, open []Contender) {
	place := make(map[id.Change]int, len(changes))
	for i := range changes {
		place[changes[i].ID] = i + 1
	}
	r = Fold(changes)
	for _, x := range r.Contested {
		if place[r.Version(x.Field)] <= place[x.Change] {
			open = append(open, x)
		}
	}
	return r, open
}

// settle puts a contender away. What was decided already stays decided.
func (r *Record) settle(c *Change, i int) mark {
	s := &c.Sets[i]
	if held := r.Fields[s.Field]; !held.Version.IsZero() && !held.Value.Empty() {
		return mark{idle: true}
	}
	r.force(c, i, s.Field)
	about, field := s.Value.Part("change"), s.Value.Part("field")
	r.drop(func(x *Contender) bool { return x.Field == field && x.Change.String() == about })
	return mark{inForce: true}
}

// decided lists the fields about which a change decides what was decided before it.
func (r *Record) decided(c *Change) map[string]bool {
	var out map[string]bool
	for i := range c.Sets {
		s := &c.Sets[i]
		if len(s.Value.Parts) == 0 || !strings.HasPrefix(s.Field, settled+"/") || r.Fields[s.Field].Value.Empty() {
			continue
		}
		if out == nil {
			out = make(map[string]bool)
		}
		out[s.Value.Part("field")] = true
	}
	return out
}

// contend keeps a set that did not come into force. It takes the place of one that the same
// node wrote and its author saw.
func (r *Record) contend(c *Change, i int, why string) {
	s := &c.Sets[i]
	x := Contender{Field: s.Field, Change: c.ID, Value: s.Value, Base: s.Base, At: c.At, Author: c.Author, Office: c.Office,
		Action: c.Action, Prov: c.ProvenanceOf(i), Reason: why}
	next := make([]Contender, 0, len(r.Contested)+1) // copies of the record keep theirs
	for _, old := range r.Contested {
		if !old.follows(c, s) && (old.Change != c.ID || old.Field != s.Field) {
			next = append(next, old)
		}
	}
	r.Contested = append(next, x)
}

// follows reports whether a set was written by the contender's node upon the contender.
func (x *Contender) follows(c *Change, s *Set) bool {
	return x.Change == s.Base && x.Change.Node == c.ID.Node && x.Field == s.Field
}

func (r *Record) drop(gone func(*Contender) bool) {
	if slices.ContainsFunc(r.Contested, func(x Contender) bool { return gone(&x) }) {
		r.Contested = slices.DeleteFunc(slices.Clone(r.Contested), func(x Contender) bool { return gone(&x) })
	}
}
