package same

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/id"
	"quipu/internal/registry"
)

// machine is a small register of entries, as the application would keep it: the changes of
// each, and the merges that stand, the last one last.
type machine struct {
	n       int64
	log     map[string][]change.Change
	people  []string
	stands  []*union
	undone  map[string]*union
	written map[string]change.Value // every value that an officer ever wrote, by "person field change"
}

type union struct {
	id, survivor, other string
	before              [2]map[string]change.Value // survivor, other
	writes              int                        // to the survivor since
	moved               []Moved
}

var today = civil.Date{Year: 2026, Month: 11, Day: 23}

func (m *machine) append(person string, c change.Change) change.Change {
	m.n++
	c.ID, c.Entity = id.Change{Node: "TEST", N: m.n}, change.Ref{Kind: change.Person, ID: person}
	c.At = change.Stamp{Micros: m.n}
	m.log[person] = append(m.log[person], c)
	return c
}

func (m *machine) load(person string) registry.Person { return registry.Load(m.log[person]) }

func (m *machine) says(person string) map[string]change.Value {
	out := map[string]change.Value{}
	p := m.load(person)
	for f, h := range p.Fields {
		if !h.Value.Empty() {
			out[f] = h.Value
		}
	}
	return out
}

// standing lists who was not merged.
func (m *machine) standing() (out []string) {
	for _, p := range m.people {
		if r := m.load(p); r.Exists() {
			out = append(out, p)
		}
	}
	return out
}

func draw(t *rapid.T, what string, from []string) string {
	return rapid.SampledFrom(from).Draw(t, what)
}

func (m *machine) register(t *rapid.T) {
	if len(m.people) >= 6 {
		t.Skip("enough people")
	}
	person := fmt.Sprintf("P%02d", len(m.people))
	c, _, err := registry.Register(registry.RegisterCmd{Office: draw(t, "office", []string{"ESMAD", "USPAT"}), Inputs: inputs(t)}, today)
	if err != nil {
		t.Fatal(err)
	}
	c.Sets = append(c.Sets, change.Set{Field: "number", Value: change.Text(id.Number(int64(len(m.people) + 1)))})
	m.people = append(m.people, person)
	m.append(person, c)
}

// inputs are a few values, of few kinds, so that entries share some.
func inputs(t *rapid.T) []registry.Input {
	in := []registry.Input{
		{Field: "given_names", Value: change.Text(draw(t, "given", []string{"Ana", "Rosa", "Luz"}))},
		{Field: "surname_paternal", Value: change.Text(draw(t, "paternal", []string{"Quispe", "Huamán"}))},
	}
	if rapid.Bool().Draw(t, "phone") {
		in = append(in, registry.Input{Field: "phone/new", Value: change.Group("number", draw(t, "number", []string{"+34600111222", "+34600111333"}))})
	}
	if rapid.Bool().Draw(t, "document") {
		in = append(in, registry.Input{Field: "document/new", Value: change.Group("type", "dni", "number", draw(t, "dni", []string{"45678901", "45678902"}),
			"verification", draw(t, "seen", []string{"seen_original", "not_verified"}), "place", draw(t, "place", []string{"", "Lima"}))})
	}
	return in
}

func (m *machine) edit(t *rapid.T) {
	all := m.standing()
	if len(all) == 0 {
		t.Skip("nobody")
	}
	person := draw(t, "who", all)
	cur := m.load(person)
	in := inputs(t)
	in = in[rapid.IntRange(0, len(in)-1).Draw(t, "from"):]
	for i := range in {
		in[i].Base = cur.Version(in[i].Field)
	}
	c, _, err := registry.Edit(&cur, in, "", today)
	if err != nil || len(c.Sets) == 0 {
		return
	}
	c = m.append(person, c)
	for _, u := range m.stands {
		if u.survivor == person {
			u.writes++
		}
	}
	for _, s := range c.Sets {
		if !derived(s.Field) {
			m.written[key(&c, s.Field)] = s.Value
		}
	}
}

func (m *machine) merge(t *rapid.T) {
	all := m.standing()
	if len(all) < 2 {
		t.Skip("nobody to merge")
	}
	x, y := draw(t, "one", all), draw(t, "other", all)
	if x == y {
		t.Skip("the same")
	}
	a, b, _ := Sides(PairID(x, y))
	pa, pb := m.load(a), m.load(b)
	g := Merging{A: &pa, B: &pb, Survivor: Side(draw(t, "survivor", []string{"a", "b"})), Keep: map[string]Side{}, Merge: fmt.Sprintf("M%02d", m.n), Today: today}
	for _, l := range Compare(&pa, &pb, g.Survivor) {
		if l.Needs || rapid.IntRange(0, 3).Draw(t, "choose") == 0 {
			g.Keep[l.Field] = Side(draw(t, "keep", []string{"a", "b"}))
		}
	}
	u := &union{id: g.Merge, survivor: a, other: b}
	if g.Survivor == B {
		u.survivor, u.other = b, a
	}
	u.before = [2]map[string]change.Value{m.says(u.survivor), m.says(u.other)}
	ofSurvivor, ofOther, err := Merge(g)
	if err != nil {
		t.Fatalf("%v cannot be merged: %v", PairID(a, b), err)
	}
	m.append(u.survivor, ofSurvivor)
	m.append(u.other, ofOther)
	m.stands = append(m.stands, u)
	m.whole(t, u, g.Keep)
}

// whole: nothing that either entry said is lost by a merge, unless somebody chose so.
func (m *machine) whole(t *rapid.T, u *union, keep map[string]Side) {
	now := m.says(u.survivor)
	for _, was := range u.before {
		for f, v := range was {
			if len(v.Parts) == 0 || group(f) == "doubt" || group(f) == "registration" || group(f) == "merged" || keep[f] != "" {
				continue
			}
			for part := range v.Parts {
				if now[f].Part(part) == "" {
					t.Fatalf("the survivor lacks %s.%s", f, part)
				}
			}
		}
	}
	for f, v := range u.before[1] { // the other keeps every word
		if got := m.says(u.other)[f]; f != "entry" && !got.Equal(v) {
			t.Fatalf("the other said %s = %v and says %v", f, v, got)
		}
	}
	p := m.load(u.survivor)
	open := 0
	for _, e := range registry.Episodes(&p) {
		if e.Open() {
			open++
		}
	}
	if open != 1 {
		t.Fatalf("%d registrations in force", open)
	}
}

// undo takes a merge back: one into an entry that stands, and with nothing later into it.
func (m *machine) undo(t *rapid.T) {
	if len(m.stands) == 0 {
		t.Skip("nothing to undo")
	}
	i := rapid.IntRange(0, len(m.stands)-1).Draw(t, "which")
	u := m.stands[i]
	for _, later := range m.stands[i+1:] {
		if later.survivor == u.survivor || later.other == u.survivor {
			t.Skip("a later merge goes first")
		}
	}
	p := Parting{Merge: u.id, Survivor: m.log[u.survivor], Other: m.log[u.other], Undone: map[string][]Moved{}}
	for id, x := range m.undone {
		if x.survivor == u.survivor {
			p.Undone[id] = x.moved
		} else if x.other == u.survivor {
			p.Undone[id] = nil
		}
	}
	writes, err := p.Since()
	if err != nil {
		t.Fatal(err)
	}
	to := map[string]string{}
	for _, w := range writes {
		if rapid.IntRange(0, 2).Draw(t, "move") == 0 {
			to[w.Key] = draw(t, "to", []string{u.survivor, u.other})
		}
	}
	ofSurvivor, ofOther, moved, err := p.Unmerge(to)
	if err != nil {
		t.Fatal(err)
	}
	u.moved = moved
	m.append(u.survivor, ofSurvivor)
	m.append(u.other, ofOther)
	m.stands = slices.Delete(m.stands, i, i+1)
	m.undone[u.id] = u
	if u.writes == 0 {
		equal(t, "the survivor", m.says(u.survivor), u.before[0])
		equal(t, "the other", m.says(u.other), u.before[1])
	}
	m.kept(t, u, writes, moved)
}

// kept: what was written since is with one of the two, each value where it was moved to.
func (m *machine) kept(t *rapid.T, u *union, writes []Write, moved []Moved) {
	if len(writes) != len(moved) {
		t.Fatalf("%d values written since, %d moved", len(writes), len(moved))
	}
	last := map[string]change.Value{}
	for i, w := range writes {
		last[moved[i].Person+" "+w.Field] = w.Change.Sets[0].Value
	}
	for _, person := range []string{u.survivor, u.other} {
		says := m.says(person)
		for k, v := range last {
			if f, ok := cutPerson(k, person); ok && !says[f].Equal(v) {
				t.Fatalf("%s should say %s = %v, and says %v", person, f, v, says[f])
			}
		}
	}
}

func cutPerson(k, person string) (string, bool) {
	if len(k) > len(person) && k[:len(person)] == person {
		return k[len(person)+1:], true
	}
	return "", false
}

func equal(t *rapid.T, what string, got, want map[string]change.Value) {
	for f, v := range want {
		if !got[f].Equal(v) {
			t.Fatalf("%s said %s = %v and says %v", what, f, v, got[f])
		}
	}
	for _, f := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[f]; !ok {
			t.Fatalf("%s said nothing of %s and says %v", what, f, got[f])
		}
	}
}

// check holds after every step.
func (m *machine) check(t *rapid.T) {
	if got, want := len(m.standing()), len(m.people)-len(m.stands); got != want {
		t.Fatalf("%d people are counted, want %d", got, want)
	}
	for _, person := range m.people { // every entry leads to one that stands
		at := person
		for range m.people {
			p := m.load(at)
			if to := Into(&p); to != "" {
				at = to
			}
		}
		if p := m.load(at); !p.Exists() {
			t.Fatalf("%s leads nowhere", person)
		}
	}
}

// TestMachine merges, edits and undoes at random.
func TestMachine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &machine{log: map[string][]change.Change{}, undone: map[string]*union{}, written: map[string]change.Value{}}
		t.Repeat(map[string]func(*rapid.T){"register": m.register, "edit": m.edit, "edit again": m.edit, "merge": m.merge, "undo": m.undo, "": m.check})
	})
}
