package registry

import (
	"maps"
	"slices"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/name"
)

// Edit corrects or completes a person's record. The change holds the fields that differ,
// what follows from them, and the doubts that it raises or settles; it has no sets when
// nothing differs. The record of a dead person is corrected only with a note.
func Edit(cur *Person, in []Input, note string, asOf civil.Date) (change.Change, []Doubt, error) {
	if err := standing(cur); err != nil {
		return change.Change{}, nil, err
	}
	if Deceased(cur) && tidy(note, true) == "" {
		return change.Change{}, nil, fault.New(fault.Invalid, "registry.note_needed").On("note")
	}
	sets, doubts, err := apply(cur, in, asOf)
	if err != nil {
		return change.Change{}, nil, err
	}
	c := cur.begin("edit", note)
	c.Sets = sets
	return c, doubts, nil
}

// begin starts a change of the person.
func (p *Person) begin(action, note string) change.Change {
	return change.Change{Entity: p.Entity, Action: action, Note: tidy(note, true), Schema: change.Schema}
}

// put is a set that replaces what the record holds now.
func (p *Person) put(field string, v change.Value) change.Set {
	return change.Set{Field: field, Value: v, Base: p.Version(field)}
}

// standing refuses records that nothing more can be written to.
func standing(p *Person) error {
	switch {
	case p.Head.IsZero():
		return fault.New(fault.NotFound, "registry.no_record")
	case p.Text("entry") == EntryWithdrawn:
		return fault.New(fault.Conflict, "registry.withdrawn", "number", p.Text("number"))
	case Erased(p):
		return fault.New(fault.Conflict, "registry.erased", "number", p.Text("number"))
	case Merged(p):
		return fault.New(fault.Conflict, "registry.merged", "number", p.Text("number"))
	}
	return nil
}

// Standing refuses records that nothing more can be written to.
func Standing(p *Person) error { return standing(p) }

// Merged reports whether the entry was merged into another: its number leads there.
func Merged(p *Person) bool { return p.Text("entry") == EntryMerged }

// living is standing, and refuses acts for the dead.
func living(p *Person) error {
	if err := standing(p); err != nil {
		return err
	}
	if Deceased(p) {
		return fault.New(fault.Conflict, "registry.deceased", "number", p.Text("number"))
	}
	return nil
}

// apply turns inputs into sets: checked, only those that differ, with what follows.
func apply(cur *Person, in []Input, asOf civil.Date) ([]change.Set, []Doubt, error) {
	sets, doubts, err := prepareAll(cur, in, asOf)
	if err != nil || len(sets) == 0 {
		return nil, nil, err
	}
	return withConsequences(cur, sets, doubts, asOf)
}

// withConsequences adds to checked sets what follows from them, and refuses what cannot be.
func withConsequences(cur *Person, sets []change.Set, doubts []Doubt, asOf civil.Date) ([]change.Set, []Doubt, error) {
	touched := map[string]bool{}
	for _, s := range sets {
		touched[s.Field] = true
		key, _, _ := strings.Cut(s.Field, "/")
		touched[key] = true
	}
	next := cur.with(sets)
	found := examine(&next, asOf)
	if err := found.refusal(touched); err != nil {
		return nil, nil, err
	}
	doubts = append(doubts, found.raised(touched)...)
	sets = append(sets, derive(cur, &next)...)
	return append(sets, doubtSets(cur, touched, doubts, found)...), doubts, nil
}

func prepareAll(cur *Person, in []Input, asOf civil.Date) (sets []change.Set, doubts []Doubt, err error) {
	country := cur.Text("residence_country")
	for _, i := range in {
		if i.Field == "residence_country" {
			if c, _, err := Check(byKey[i.Field], nil, i.Value.Text, asOf); err == nil {
				country = c
			}
		}
	}
	for _, i := range in {
		s, odd, err := prepare(cur, i, asOf, country)
		if err != nil {
			return nil, nil, err
		}
		if slices.ContainsFunc(sets, func(t change.Set) bool { return t.Field == s.Field }) {
			return nil, nil, fault.New(fault.Invalid, "registry.twice", "field", s.Field).On(s.Field)
		}
		if !s.Value.Equal(cur.Fields[s.Field].Value) {
			sets, doubts = append(sets, s), append(doubts, odd...)
		}
	}
	return sets, doubts, nil
}

// prepare checks one input and finds the field that it writes.
func prepare(cur *Person, in Input, asOf civil.Date, country string) (s change.Set, doubts []Doubt, err error) {
	f := Lookup(in.Field)
	switch {
	case f == nil:
		return s, nil, fault.New(fault.Invalid, "registry.field_unknown", "field", in.Field)
	case f.Derived:
		return s, nil, fault.New(fault.Invalid, "registry.derived", "field", in.Field).On(in.Field)
	case f.IsGroup():
		return prepareItem(cur, f, in, asOf, country)
	case len(in.Value.Parts) > 0 || in.Field != f.Key:
		return s, nil, fault.New(fault.Invalid, "registry.shape", "field", in.Field).On(in.Field)
	}
	text, doubts, err := checkIn(f, nil, in.Value.Text, asOf, country)
	return change.Set{Field: f.Key, Value: change.Text(text), Base: in.Base, Prov: in.Prov}, doubts, err
}

func prepareItem(cur *Person, f *Field, in Input, asOf civil.Date, country string) (s change.Set, doubts []Doubt, err error) {
	if in.Value.Text != "" {
		return s, nil, fault.New(fault.Invalid, "registry.shape", "field", in.Field).On(in.Field)
	}
	_, item, _ := strings.Cut(in.Field, "/")
	given := in.Value.Parts
	if f.Key == "address" && given["country"] == "" && country != "" && len(given) > 0 {
		given = maps.Clone(given)
		given["country"] = country
	}
	parts, doubts, err := checkItemIn(f, given, asOf, country)
	if err != nil {
		return s, nil, err
	}
	s = change.Set{Field: in.Field, Value: change.Value{Parts: parts}, Base: in.Base, Prov: in.Prov}
	if item == "" || item == "new" {
		s = newItem(cur, f, s)
	} else if _, ok := cur.Fields[in.Field]; !ok {
		return s, nil, fault.New(fault.NotFound, "registry.item_gone", "field", f.Key).On(f.Key)
	}
	for i := range doubts {
		doubts[i].Field = s.Field + strings.TrimPrefix(doubts[i].Field, f.Key)
	}
	return s, doubts, nil
}

// newItem names a new item. One that says the same as one there adds to it: nothing that
// stands is lost when a document is typed twice.
func newItem(cur *Person, f *Field, s change.Set) change.Set {
	s.Field = ItemField(f, s.Value.Parts)
	held := cur.Fields[s.Field]
	s.Base = held.Version
	for k, v := range held.Value.Parts {
		if _, ok := s.Value.Parts[k]; !ok && s.Value.Parts != nil {
			s.Value.Parts[k] = v
		}
	}
	return s
}

// with is the record as it will be after the sets.
func (p *Person) with(sets []change.Set) Person {
	next := *p
	next.Fields = maps.Clone(p.Fields)
	if next.Fields == nil {
		next.Fields = map[string]change.Held{}
	}
	for _, s := range sets {
		h := next.Fields[s.Field]
		h.Value = s.Value
		next.Fields[s.Field] = h
	}
	return next
}

// derive sets what the program writes from what people give.
func derive(cur, next *Person) []change.Set {
	zone := NameMRZ(next.Name())
	if zone == cur.Text("name_mrz") {
		return nil
	}
	return []change.Set{cur.put("name_mrz", change.Text(zone))}
}

// NameMRZ is a name as a machine-readable zone prints it, surnames first, neither filled
// nor shortened.
func NameMRZ(n name.Name) string {
	primary, secondary := name.MRZ(strings.TrimSpace(n.Paternal+" "+n.Maternal)), name.MRZ(n.Given)
	if secondary == "" {
		return primary
	}
	return primary + "<<" + secondary
}

// doubtSets writes the doubts that were raised, and takes away those that the change
// settles: of a field written anew, or of a rule that holds again.
func doubtSets(cur *Person, touched map[string]bool, raised []Doubt, found findings) []change.Set {
	var sets []change.Set
	now := map[string]bool{}
	for _, d := range raised {
		field, v := d.Item()
		if now[field] || cur.settled(field) {
			continue
		}
		now[field] = true
		if !cur.Fields[field].Value.Equal(v) {
			sets = append(sets, cur.put(field, v))
		}
	}
	for _, d := range Doubts(cur) {
		field := "doubt/" + d.ID
		gone := touched[plainField(d.Field)]
		if ruleKeys[d.Key] {
			gone = !found.has(d.Doubt)
		}
		if gone && !now[field] {
			sets = append(sets, cur.put(field, change.Value{}))
		}
	}
	return sets
}
