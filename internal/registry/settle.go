package registry

import (
	"strings"
	"unicode/utf8"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
)

// ActionSettle is the action of changes that decide about a contested value.
const ActionSettle = "settle"

// Settling is what an officer decides about a contested value. Value counts for change.Other
// only; the parts of an item that are not in it are taken away.
type Settling struct {
	Verdict change.Verdict
	Value   change.Value
	Note    string
	Prov    change.Provenance // of another value
}

// Weighty reports whether a decision about a field needs a reason in words: who somebody is,
// with which papers, registered where, and whatever is taken away.
func Weighty(field string) bool {
	f := Lookup(field)
	return f == nil || f.Section == Identity || f.Section == Documents || f.Section == Registration || f.Section == Lifecycle
}

// Settle decides about a contested value. What the same field waits for from others and says
// the same is decided with it. A value comes into force only for an entry that stands, and
// only if the record may say so; that what stands stays can always be decided.
func Settle(cur *Person, x change.Contender, d Settling, asOf civil.Date) (c change.Change, doubts []Doubt, err error) {
	if cur.Head.IsZero() {
		return c, nil, fault.New(fault.NotFound, "registry.no_record")
	}
	if _, open := cur.Contender(x.Change, x.Field); !open {
		return c, nil, fault.New(fault.Conflict, "registry.settled_already")
	}
	note := tidy(d.Note, true)
	stands := cur.Fields[x.Field].Value
	if Weighty(x.Field) && utf8.RuneCountInString(note) < 3 {
		return c, nil, fault.New(fault.Invalid, "registry.settle_note").On("note")
	}
	c = cur.begin(ActionSettle, note)
	if d.Verdict != change.Kept {
		if err := standing(cur); err != nil {
			return c, nil, err
		}
		set, odd, err := settled(cur, x, d, asOf)
		if err != nil {
			return c, nil, err
		}
		if c.Sets, doubts, err = withConsequences(cur, []change.Set{set}, odd, asOf); err != nil {
			return c, nil, err
		}
		if next := cur.with(c.Sets); strings.HasPrefix(x.Field, "registration/") && opened(&next) > max(1, opened(cur)) {
			return c, nil, fault.New(fault.Conflict, "registry.settle_registration")
		}
		stands = set.Value
	}
	for i := range cur.Contested {
		if y := &cur.Contested[i]; y.Field == x.Field && (y.Change == x.Change || y.Value.Equal(x.Value)) {
			c.Sets = append(c.Sets, y.Settle(d.Verdict))
		}
	}
	if d.Verdict == change.Other && stands.Equal(cur.Fields[x.Field].Value) {
		return c, nil, fault.New(fault.Invalid, "registry.settle_same").On("value")
	}
	return c, doubts, nil
}

// settled is the set that brings the decided value into force.
func settled(cur *Person, x change.Contender, d Settling, asOf civil.Date) (s change.Set, doubts []Doubt, err error) {
	f := Lookup(x.Field)
	if f == nil {
		return s, nil, fault.New(fault.Invalid, "registry.field_unknown", "field", x.Field)
	}
	s = cur.put(x.Field, x.Value)
	s.Prov = x.Prov
	switch {
	case d.Verdict == change.Taken:
		return s, nil, nil
	case d.Verdict != change.Other || f.Derived:
		return s, nil, fault.New(fault.Invalid, "registry.settle_verdict").On("verdict")
	}
	s.Prov = d.Prov
	if country := cur.Text("residence_country"); f.IsGroup() {
		s.Value.Text = ""
		s.Value.Parts, doubts, err = checkItemIn(f, d.Value.Parts, asOf, country)
	} else {
		s.Value.Parts = nil
		s.Value.Text, doubts, err = checkIn(f, nil, d.Value.Text, asOf, country)
	}
	for i := range doubts {
		doubts[i].Field = x.Field + strings.TrimPrefix(doubts[i].Field, f.Key)
	}
	return s, doubts, err
}

// opened counts the registrations that are open.
func opened(p *Person) (n int) {
	for _, e := range Episodes(p) {
		if e.Open() {
			n++
		}
	}
	return n
}
