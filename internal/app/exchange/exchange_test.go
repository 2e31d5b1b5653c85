package exchange_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/exchange"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/store"
	"quipu/internal/store/pgtest"
	"quipu/internal/sync"
)

var ctx = context.Background()

// world is a hub and its nodes in one process, which speak through the functions of exchange.
type world struct {
	t     *testing.T
	now   time.Time
	hub   *app.App
	nodes map[string]*app.App
	most  int // bytes of a batch, 0 for what is usual
}

func (w *world) clock() time.Time { return w.now }

// open opens a register of the world; one that becomes a node is not seeded.
func (w *world) open(dir, name, engine, url string, bare bool) *app.App {
	w.t.Helper()
	a, err := app.Open(ctx, dir, app.Options{Create: true, Engine: engine, URL: url, Node: name, Now: w.clock, Joins: bare})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { a.Close() })
	return a
}

// newWorld makes a hub, on SQLite or on PostgreSQL, and one node for each office.
func newWorld(t *testing.T, postgres bool, offices ...string) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC), nodes: map[string]*app.App{}}
	engine, url := "", ""
	if postgres {
		engine, url = node.Postgres, pgtest.URL(t)
	}
	w.hub = w.open(filepath.Join(t.TempDir(), "hub"), "LIMA", engine, url, false)
	w.do(w.hub.BecomeHub(ctx, operator("")))
	for _, o := range offices {
		w.join(o+"-1", o)
	}
	return w
}

func operator(office string) app.Actor { return node.Operator("test", office) }

func (w *world) do(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// join enrols a node of an office.
func (w *world) join(name, office string) *app.App {
	w.t.Helper()
	w.do(w.hub.AddPeer(ctx, operator(""), exchange.NewPeer{Name: id.Node(name), Kind: "office", Office: office, Key: "k", Scopes: []string{office}}))
	a := w.open(filepath.Join(w.t.TempDir(), name), name, "", "", true)
	w.do(a.BecomeNode(ctx, operator(office), hubOf(w)))
	w.nodes[name] = a
	w.level(name)
	return a
}

func hubOf(w *world) exchange.Hub {
	return exchange.Hub{Name: "LIMA", Address: "https://hub", Key: "k", HeadKey: w.hub.Signer.PublicKey()}
}

// wired is a message as it arrives over the wire.
func wired[M any](t *testing.T, m interface{ Encode() ([]byte, error) }, decode func([]byte) (M, error)) M {
	t.Helper()
	data, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	out, err := decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// push sends all that a node has, and returns why the hub took nothing of the last batch.
func (w *world) push(name string) *sync.Refusal {
	w.t.Helper()
	n := w.nodes[name]
	for {
		b, more, err := n.NextBatch(ctx, "test", w.most)
		w.do(err)
		r, err := w.hub.Push(ctx, id.Node(name), wired(w.t, &b, sync.DecodeBatch))
		w.do(err)
		w.do(n.TakeReceipt(ctx, r))
		if r.Refusal != nil || !more {
			return r.Refusal
		}
	}
}

// pull fetches all that the hub has for a node.
func (w *world) pull(name string) *sync.Refusal {
	w.t.Helper()
	n := w.nodes[name]
	for {
		ask, err := n.NextAsk(ctx)
		w.do(err)
		a, _, err := w.hub.Pull(ctx, id.Node(name), ask, sync.Limit{})
		w.do(err)
		w.do(n.TakeAnswer(ctx, wired(w.t, &a, sync.DecodeAnswer)))
		if a.Refusal != nil || !a.More && !a.Back {
			return a.Refusal
		}
	}
}

// level brings nodes level with the hub, in two rounds, so that what one sent reaches the other.
func (w *world) level(names ...string) {
	w.t.Helper()
	if len(names) == 0 {
		for n := range w.nodes {
			names = append(names, n)
		}
	}
	for range 3 {
		for _, n := range names {
			if r := w.push(n); r != nil {
				w.t.Fatalf("%s was refused: %v", n, *r)
			}
			if r := w.pull(n); r != nil {
				w.t.Fatalf("%s was refused: %v", n, *r)
			}
		}
	}
}

// sound verifies log and tables of every register.
func (w *world) sound() {
	w.t.Helper()
	all := map[string]*app.App{"LIMA": w.hub}
	for n, a := range w.nodes {
		all[n] = a
	}
	for name, a := range all {
		report, err := a.VerifyLog(ctx, operator(""), nil, nil)
		w.do(err)
		if len(report.Findings) > 0 {
			w.t.Errorf("%s: the log has %d findings: %+v", name, len(report.Findings), report.Findings[0])
		}
		drift, err := a.VerifyProjections(ctx, operator(""), nil)
		w.do(err)
		if len(drift) > 0 {
			w.t.Errorf("%s: tables that say something else: %+v", name, drift)
		}
		checks, err := a.Checkup(ctx, operator(""), 2000, time.Hour)
		w.do(err)
		for _, c := range checks {
			if c.Name == "changes" && c.State != app.Fine {
				w.t.Errorf("%s: the doctor says %s of the log (%v, %v)", name, c.Said, c.Args, c.Err)
			}
		}
	}
}

func officer(role authz.Role, office string) app.Actor {
	return app.Actor{Login: "rosa", Name: "Rosa", Role: role, Office: office, Purpose: "registry"}
}

func text(field, value string) registry.Input {
	return registry.Input{Field: field, Value: change.Text(value)}
}

var serial int

// register enters a person at an office.
func (w *world) register(a *app.App, office, given, paternal string) string {
	w.t.Helper()
	serial++
	cmd := registry.RegisterCmd{Office: office, Prov: change.Provenance{Source: "document_seen", Confidence: "certain"}, Inputs: []registry.Input{
		text("surname_paternal", paternal), text("surname_maternal", "Mamani"), text("given_names", given), text("birth_date", fmt.Sprintf("19%02d-04", 10+serial%80)),
		text("sex", "F"), text("nationality_basis", "birth_in_country"), text("residence_country", "ES"), text("safe_hours", "de 10 a 12"),
		{Field: "document/", Value: change.Group("type", "passport", "number", fmt.Sprintf("A%07d", serial), "issuer", "PER", "verification", "seen_original")},
	}}
	out, err := a.Register(ctx, officer(authz.Window, office), cmd, false)
	w.do(err)
	return out.Person
}

// value is a field of a person as a register has it; "none" when the person is not there.
func value(t *testing.T, a *app.App, person, field string) (out string) {
	t.Helper()
	err := a.DB.View(ctx, func(tx *store.Tx) error {
		p, _, err := a.Load(ctx, tx, person)
		out = p.Text(field)
		return err
	})
	if fault.KindOf(err) == fault.NotFound {
		return "none"
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// both runs a test with the hub on SQLite and on PostgreSQL.
func both(t *testing.T, f func(t *testing.T, postgres bool)) {
	t.Run("sqlite", func(t *testing.T) { f(t, false) })
	t.Run("postgres", func(t *testing.T) { f(t, true) })
}

// TestAPersonIsKnownAtHome: what an office writes is at the hub, and at no other office.
func TestAPersonIsKnownAtHome(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD", "ARBUE")
		p := w.register(w.nodes["ESMAD-1"], "ESMAD", "Rosa", "Quispe")
		w.level()
		for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": w.nodes["ESMAD-1"]} {
			if got := value(t, a, p, "safe_hours"); got != "de 10 a 12" {
				t.Errorf("%s reads %q", name, got)
			}
		}
		if got := value(t, w.nodes["ARBUE-1"], p, "safe_hours"); got != "none" {
			t.Errorf("another office holds the person: %q", got)
		}
		s, err := w.nodes["ESMAD-1"].Exchange.Status(ctx)
		if err != nil || s.Pending != 0 || s.Unsent != 0 || s.HeadSize == 0 {
			t.Errorf("the node stands at %+v, %v", s, err)
		}
		w.sound()
	})
}
