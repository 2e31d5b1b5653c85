package exchange_test

import (
	flags "flag"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"quipu/internal/app"
	"quipu/internal/app/exchange"
	"quipu/internal/app/node"
	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/store"
	"quipu/internal/store/pgtest"
	"quipu/internal/sync"
)

// machine is a hub, and beside it in plain maps what it should hold: who is where, which value
// of a field stands and which do not, and what a node of each office has fetched.
type machine struct {
	hub     *app.App
	writers map[id.Node]*writer
	people  map[string]*paper
	readers map[string]*reader // by office
}

// writer is a node that sends changes which it never stored.
type writer struct {
	n     int64
	chain tlog.Hash
}

// paper is a person in the model.
type paper struct {
	office    string
	fields    map[string]held
	changes   int
	contested map[string]bool // "field change"
}

type held struct {
	value string
	at    id.Change
}

// reader is what a node of an office has fetched: how many changes of whom.
type reader struct {
	name   id.Node
	cursor sync.Cursor
	known  []sync.Mark
	has    map[string]map[id.Change]bool
}

var (
	offices = []string{"ESMAD", "ARBUE"}
	edited  = []string{"industry", "polling_place"} // of which every text is a value
)

func newMachine(t *testing.T, dir string, postgres bool) *machine {
	w := &world{t: t, now: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC), nodes: map[string]*app.App{}}
	engine, url := "", ""
	if postgres {
		engine, url = node.Postgres, pgtest.URL(t)
	}
	hub, err := app.Open(ctx, dir, app.Options{Create: true, Engine: engine, URL: url, Node: "LIMA", Now: w.clock})
	w.do(err)
	m := &machine{hub: hub, writers: map[id.Node]*writer{}, people: map[string]*paper{}, readers: map[string]*reader{}}
	w.do(m.hub.BecomeHub(ctx, operator("")))
	for _, o := range offices {
		for _, kind := range []string{"-W", "-R"} {
			w.do(m.hub.AddPeer(ctx, operator(""), exchange.NewPeer{Name: id.Node(o + kind), Kind: "office", Office: o, Key: "k" + o + kind, Scopes: []string{o}}))
		}
		m.writers[id.Node(o+"-W")] = &writer{}
		m.readers[o] = &reader{name: id.Node(o + "-R"), has: map[string]map[id.Change]bool{}}
	}
	return m
}

// send pushes one change of a node, or the same one again.
func (m *machine) send(rt *rapid.T, from id.Node, person string, sets ...change.Set) id.Change {
	wr := m.writers[from]
	c := change.Change{ID: id.Change{Node: from, N: wr.n + 1}, Entity: change.Ref{Kind: change.Person, ID: person}, Action: "edit", Schema: change.Schema,
		At: change.Stamp{Micros: 1_800_000_000_000_000 + rapid.Int64Range(-1e9, 1e9).Draw(rt, "clock")}, Author: "rosa", Office: string(from)[:5], Purpose: "registry", Sets: sets}
	body := change.Encode(&c)
	b := sync.Batch{Version: sync.Version, Node: from, First: wr.n + 1, Chain: wr.chain, Bodies: [][]byte{body}}
	for range rapid.IntRange(1, 2).Draw(rt, "times") {
		r, err := m.hub.Push(ctx, from, b)
		if err != nil || r.Refusal != nil || r.Last != wr.n+1 {
			rt.Fatalf("pushed %d: %+v, %v", wr.n+1, r, err)
		}
	}
	leaf, err := sync.Leaf(body)
	if err != nil {
		rt.Fatal(err)
	}
	wr.n, wr.chain = wr.n+1, sync.Link(wr.chain, leaf)
	return c.ID
}

func (m *machine) create(rt *rapid.T) {
	from := rapid.SampledFrom(slices.Sorted(maps.Keys(m.writers))).Draw(rt, "node")
	office := string(from)[:5]
	person := fmt.Sprintf("%026d", len(m.people)+1)
	at := m.send(rt, from, person, change.Set{Field: "number", Value: change.Text(id.Number(int64(len(m.people) + 1)))},
		change.Set{Field: "entry", Value: change.Text("complete")}, change.Set{Field: "surname_paternal", Value: change.Text("Quispe")},
		change.Set{Field: "registration/R", Value: registration(office)})
	m.people[person] = &paper{office: office, changes: 1, contested: map[string]bool{}, fields: map[string]held{"registration/R": {office, at}}}
}

func registration(office string) change.Value {
	return change.Group("office", office, "kind", "resident", "opened", "2026-01-01")
}

// pick draws a person; ok is false while there is none.
func (m *machine) pick(rt *rapid.T) (string, *paper, bool) {
	if len(m.people) == 0 {
		return "", nil, false
	}
	who := rapid.SampledFrom(slices.Sorted(maps.Keys(m.people))).Draw(rt, "who")
	return who, m.people[who], true
}

// set writes a field from a node, having seen what stands or something older.
func (m *machine) set(rt *rapid.T, who string, p *paper, field, value string, v change.Value) {
	from := rapid.SampledFrom(slices.Sorted(maps.Keys(m.writers))).Draw(rt, "node")
	stands := p.fields[field]
	base := stands.at
	if rapid.IntRange(0, 3).Draw(rt, "stale") == 0 {
		base = id.Change{}
	}
	at := m.send(rt, from, who, change.Set{Field: field, Value: v, Base: base})
	p.changes++
	switch {
	case base == stands.at:
		p.fields[field] = held{value, at}
		maps.DeleteFunc(p.contested, func(k string, _ bool) bool { return k == field+" "+value })
		if field == "registration/R" {
			p.office = value
		}
	case value != stands.value:
		p.contested[field+" "+value] = true
	}
}

func (m *machine) edit(rt *rapid.T) {
	if who, p, ok := m.pick(rt); ok {
		value := rapid.SampledFrom([]string{"work", "study", "Puno"}).Draw(rt, "value")
		m.set(rt, who, p, rapid.SampledFrom(edited).Draw(rt, "field"), value, change.Text(value))
	}
}

func (m *machine) move(rt *rapid.T) {
	if who, p, ok := m.pick(rt); ok {
		office := rapid.SampledFrom(offices).Draw(rt, "office")
		m.set(rt, who, p, "registration/R", office, registration(office))
	}
}

// fetch brings a reader some way, or all the way, to the end of the log.
func (m *machine) fetch(rt *rapid.T) {
	r := m.readers[rapid.SampledFrom(offices).Draw(rt, "office")]
	for range rapid.IntRange(1, 4).Draw(rt, "answers") {
		m.answer(rt, r, sync.Limit{Rows: rapid.IntRange(1, 20).Draw(rt, "rows")})
	}
}

func (m *machine) answer(rt *rapid.T, r *reader, limit sync.Limit) (more bool) {
	a, _, err := m.hub.Pull(ctx, r.name, sync.Ask{Version: sync.Version, Node: r.name, Cursor: r.cursor, Known: r.known}, limit)
	if err != nil || a.Refusal != nil || a.Back || a.From != r.cursor {
		rt.Fatalf("asked from %+v: %+v, %v", r.cursor, a, err)
	}
	for _, f := range a.Forget {
		delete(r.has, f.Entity.ID)
	}
	for _, e := range a.Entries {
		c, err := change.Decode(e.Body)
		if err != nil || c.ID != e.ID {
			rt.Fatalf("entry %+v: %v", e, err)
		}
		if c.Entity.Kind != change.Person {
			continue
		}
		if r.has[c.Entity.ID] == nil {
			r.has[c.Entity.ID] = map[id.Change]bool{}
		}
		r.has[c.Entity.ID][c.ID] = true
	}
	head, err := audit.Verify(a.Head, m.hub.Signer.PublicKey())
	if err != nil {
		rt.Fatal(err)
	}
	r.cursor, r.known = a.To, []sync.Mark{{Size: head.Size, Root: head.Root}}
	return a.More
}

// compare looks at the hub in every way that the model can follow.
func (m *machine) compare(rt *rapid.T) {
	err := m.hub.DB.View(ctx, func(tx *store.Tx) error {
		for _, who := range slices.Sorted(maps.Keys(m.people)) {
			p, ref := m.people[who], change.Ref{Kind: change.Person, ID: who}
			changes, err := tx.Changes(ctx, ref)
			if err != nil {
				return err
			}
			got := registry.Load(changes)
			for f, h := range p.fields {
				value := got.Text(f)
				if f == "registration/R" {
					value = got.Fields[f].Value.Part("office")
				}
				if value != h.value || got.Version(f) != h.at {
					rt.Fatalf("%s of %s is %q by %v, not %q by %v", f, who, value, got.Version(f), h.value, h.at)
				}
			}
			waits := map[string]bool{}
			for _, x := range got.Contested {
				value := x.Value.Text
				if x.Field == "registration/R" {
					value = x.Value.Part("office")
				}
				waits[x.Field+" "+value] = true
			}
			rows, err := tx.ContestedOf(ctx, ref.String())
			if !maps.Equal(waits, p.contested) || len(rows) != len(got.Contested) {
				rt.Fatalf("of %s is contested %v (%d rows), not %v", who, waits, len(rows), p.contested)
			}
			if err != nil {
				return err
			}
			in, err := tx.ScopesOf(ctx, []string{ref.String()})
			if err != nil {
				return err
			}
			if !slices.Equal(in[ref.String()], []string{p.office}) {
				rt.Fatalf("%s is in %v, not %s", who, in[ref.String()], p.office)
			}
		}
		return nil
	})
	if err != nil {
		rt.Fatal(err)
	}
}

// settle lets every reader fetch to the end, and compares what it has.
func (m *machine) settle(rt *rapid.T) {
	for office, r := range m.readers {
		for m.answer(rt, r, sync.Limit{Rows: 100}) {
		}
		for who, p := range m.people {
			want := 0
			if p.office == office {
				want = p.changes
			}
			if len(r.has[who]) != want {
				rt.Fatalf("a node of %s has %d changes of %s, not %d", office, len(r.has[who]), who, want)
			}
		}
	}
}

// TestTheHubAgainstAMap runs random pushes and pulls against a hub and against the model.
func TestTheHubAgainstAMap(t *testing.T) {
	for flag, few := range map[string]string{"rapid.checks": "6", "rapid.steps": "40"} { // each check makes a hub
		f := flags.Lookup(flag)
		was := f.Value.String()
		if was == f.DefValue {
			defer flags.Set(flag, was) //nolint:errcheck // it was its value
			if err := flags.Set(flag, few); err != nil {
				t.Fatal(err)
			}
		}
	}
	both(t, func(t *testing.T, postgres bool) {
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			m := newMachine(t, filepath.Join(t.TempDir(), fmt.Sprint("hub", n)), postgres)
			defer m.hub.Close()
			m.settle(rt) // offices and districts come first
			rt.Repeat(map[string]func(*rapid.T){"create": m.create, "edit": m.edit, "edit again": m.edit, "move": m.move, "fetch": m.fetch, "": m.compare})
			m.settle(rt)
		})
	})
}
