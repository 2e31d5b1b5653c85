package same

import (
	"maps"
	"slices"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/registry"
)

// Merging is two entries that become one that counts. Keep says, by field, whose value
// stands where they differ, or where only one has it (then naming the other leaves it out);
// "registration" says whose registration stays in force. Blind holds of values that the
// officer may not see: they follow the rule, since he cannot choose.
type Merging struct {
	A, B     *registry.Person
	Survivor Side
	Keep     map[string]Side
	Merge    string // the id of the merge
	Blind    func(field string, v change.Value) bool
	Today    civil.Date
}

// Merge makes the two changes of a merge. The survivor takes what the other entry says and
// it did not; the other entry keeps every word, and points to the survivor. Neither
// registry number is given up.
func Merge(m Merging) (ofSurvivor, ofOther change.Change, err error) {
	s, o := m.A, m.B
	if m.Survivor == B {
		s, o = m.B, m.A
	}
	for _, p := range []*registry.Person{s, o} {
		if err := registry.Standing(p); err != nil {
			return ofSurvivor, ofOther, err
		}
	}
	lines := Compare(m.A, m.B, m.Survivor)
	if err := m.chosen(lines); err != nil {
		return ofSurvivor, ofOther, err
	}
	ofSurvivor = change.Change{Entity: s.Entity, Action: ActionMerge, Schema: change.Schema, Batch: m.Merge}
	next := map[string]change.Value{}
	for _, l := range lines {
		mine, theirs := l.A, l.B
		if m.Survivor == B {
			mine, theirs = l.B, l.A
		}
		if v, prov, ok := m.value(l, mine, theirs, s, o); ok && !v.Equal(mine.Value) {
			next[l.Field] = v
			ofSurvivor.Sets = append(ofSurvivor.Sets, change.Set{Field: l.Field, Value: v, Base: mine.Version, Prov: prov})
		}
	}
	merged := with(s, next)
	ofSurvivor.Sets = append(ofSurvivor.Sets, m.oneRegistration(s, o, &merged, next)...)
	ofSurvivor.Sets = append(ofSurvivor.Sets, names(s, o, &merged)...)
	ofSurvivor.Sets = append(last(ofSurvivor.Sets), points(s, o, "from", m.Merge))
	ofOther = change.Change{Entity: o.Entity, Action: ActionMerge, Schema: change.Schema, Batch: m.Merge}
	ofOther.Sets = []change.Set{
		{Field: "entry", Value: change.Text(registry.EntryMerged), Base: o.Version("entry")},
		points(o, s, "into", m.Merge),
	}
	return ofSurvivor, ofOther, nil
}

// last keeps of several sets of one field the last, in the place of the first.
func last(sets []change.Set) (out []change.Set) {
	for _, s := range sets {
		i := slices.IndexFunc(out, func(t change.Set) bool { return t.Field == s.Field })
		if i < 0 {
			out = append(out, s)
			continue
		}
		s.Prov = out[i].Prov
		out[i] = s
	}
	return out
}

// chosen refuses a merge in which somebody must still choose, and choices of nothing.
func (m *Merging) chosen(lines []Line) error {
	known := map[string]bool{"registration": true}
	var open []string
	for _, l := range lines {
		known[l.Field] = true
		if l.Needs && m.Keep[l.Field] == "" && !m.blind(l) {
			open = append(open, l.Field)
		}
	}
	for _, f := range slices.Sorted(maps.Keys(m.Keep)) {
		if s := m.Keep[f]; !known[f] || s != A && s != B {
			return fault.New(fault.Invalid, "review.choice_of_nothing", "field", f).On(f)
		}
	}
	if len(open) > 0 {
		return fault.New(fault.Invalid, "review.choose", "n", len(open), "fields", strings.Join(open, ", ")).On(open[0])
	}
	return nil
}

func (m *Merging) blind(l Line) bool {
	return m.Blind != nil && (m.Blind(l.Field, l.A.Value) || m.Blind(l.Field, l.B.Value))
}

// value is what the survivor will hold in a field.
func (m *Merging) value(l Line, mine, theirs change.Held, s, o *registry.Person) (change.Value, change.Provenance, bool) {
	if l.Takes == "" || aboutEachOther(l.Field, mine.Value, o) {
		return change.Value{}, change.Provenance{}, false
	}
	if aboutEachOther(l.Field, theirs.Value, s) {
		return change.Value{}, change.Provenance{}, false
	}
	side := l.Takes
	if k := m.Keep[l.Field]; k != "" && !m.blind(l) && group(l.Field) != "registration" {
		side = k // a registration that was is never left out
	}
	switch v := theirs.Value; {
	case group(l.Field) == "registration": // whole: one that is open has no day of closing
		return v, theirs.Prov, side != m.Survivor
	case v.Empty() || side == m.Survivor && len(mine.Value.Parts) == 0:
		return v, theirs.Prov, false
	case side == m.Survivor: // an item of both: what only the other says is added
		return united(mine.Value, v), mine.Prov, true
	case len(v.Parts) > 0 && len(mine.Value.Parts) > 0:
		return united(v, mine.Value), theirs.Prov, true
	default:
		return v, theirs.Prov, true
	}
}

// united is an item with the parts of another that it lacks.
func united(v, more change.Value) change.Value {
	parts := maps.Clone(more.Parts)
	maps.Copy(parts, v.Parts)
	return change.Value{Parts: parts}
}

// aboutEachOther holds of what an entry says of the other: they are one now.
func aboutEachOther(field string, v change.Value, other *registry.Person) bool {
	switch group(field) {
	case "doubt":
		return doubts(v, other.Entity.ID, other.Text("number"))
	case "distinct_from", "family":
		return v.Part("person") == other.Entity.ID
	}
	return false
}

// with is the record as it will be.
func with(p *registry.Person, next map[string]change.Value) registry.Person {
	out := *p
	out.Fields = maps.Clone(p.Fields)
	for f, v := range next {
		h := out.Fields[f]
		h.Value = v
		out.Fields[f] = h
	}
	return out
}

// oneRegistration leaves one registration in force: that of the side chosen, or the one
// that was confirmed last. A person is counted at one office.
func (m *Merging) oneRegistration(s, o, merged *registry.Person, next map[string]change.Value) (sets []change.Set) {
	keep, found := registry.Current(s)
	if theirs, open := registry.Current(o); open {
		side := m.Keep["registration"]
		if !found || side == m.Survivor.Other() || side == "" && civil.Compare(theirs.Confirmed, keep.Confirmed) > 0 {
			keep, found = theirs, true
		}
	}
	if e := merged.Fields["registration/"+keep.ID].Value; !found || e.Empty() || e.Part("closed") != "" {
		if keep, found = registry.Current(merged); !found {
			return nil
		}
	}
	for _, e := range registry.Episodes(merged) {
		if !e.Open() || e.ID == keep.ID {
			continue
		}
		f := "registration/" + e.ID
		parts := maps.Clone(merged.Fields[f].Value.Parts)
		parts["closed"], parts["reason"] = m.Today.String(), duplicate
		merged.Fields[f] = change.Held{Value: change.Value{Parts: parts}, Version: merged.Fields[f].Version}
		sets = append(sets, change.Set{Field: f, Value: change.Value{Parts: parts}, Base: s.Version(f)})
	}
	return sets
}

// names adds the names under which either entry was found and which the survivor would
// otherwise no longer have, and writes the name as the machine-readable zone prints it.
func names(s, o, merged *registry.Person) (sets []change.Set) {
	f := registry.Lookup("name_other")
	for _, p := range []*registry.Person{s, o} {
		n := p.Name()
		if n.Empty() || n.Key() == merged.Name().Key() {
			continue
		}
		parts := map[string]string{"text": n.Natural(), "kind": "alias"}
		item := registry.ItemField(f, parts)
		if !merged.Fields[item].Value.Empty() {
			continue
		}
		merged.Fields[item] = change.Held{Value: change.Value{Parts: parts}}
		sets = append(sets, change.Set{Field: item, Value: change.Value{Parts: parts}, Base: s.Version(item)})
	}
	if zone := registry.NameMRZ(merged.Name()); zone != s.Text("name_mrz") && !merged.Name().Empty() {
		sets = append(sets, change.Set{Field: "name_mrz", Value: change.Text(zone), Base: s.Version("name_mrz")})
	}
	return sets
}

// points is the set with which an entry names the other of a merge.
func points(p, to *registry.Person, role, merge string) change.Set {
	parts := map[string]string{"person": to.Entity.ID, "role": role, "merge": merge, "number": to.Text("number")}
	f := registry.ItemField(registry.Lookup("merged"), parts)
	return change.Set{Field: f, Value: change.Value{Parts: parts}, Base: p.Version(f)}
}

// Into is the entry that this one was merged into, "" when it stands by itself.
func Into(p *registry.Person) string {
	if p.Text("entry") != registry.EntryMerged {
		return ""
	}
	for _, it := range p.Items("merged") {
		if it.Value.Part("role") == "into" {
			return it.Value.Part("person")
		}
	}
	return ""
}

// Settle is the change that puts away the doubts of an entry whether it is the same person
// as another.
func Settle(p *registry.Person, other, number string) change.Change {
	c := change.Change{Entity: p.Entity, Action: "resolve", Schema: change.Schema}
	if registry.Standing(p) != nil {
		return c
	}
	for _, it := range p.Items("doubt") {
		if f := "doubt/" + it.ID; doubts(it.Value, other, number) {
			c.Sets = append(c.Sets, change.Set{Field: f, Base: p.Version(f)})
		}
	}
	return c
}

// doubts reports whether a doubt asks if the person is the other one.
func doubts(v change.Value, other, number string) bool {
	key := v.Part("key")
	return (key == "registry.same_person" || key == "intake.duplicate" || key == "intake.alike") &&
		(v.Part("from") == other || number != "" && strings.Contains(v.Part("args"), number))
}
