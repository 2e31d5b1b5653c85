package exchange_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"quipu/internal/app"
	"quipu/internal/audit"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// leaves moves a person from a node's office to another one by that node, so that the change is the
// node's own, and the node forgets her.
func (w *world) leaves(person, from, to string) {
	w.t.Helper()
	a, office := w.nodes[from], strings.TrimSuffix(from, "-1")
	w.do(w.hub.Exchange.Grant(ctx, operator(""), id.Node(from), to))
	w.level()
	_, err := a.Transfer(ctx, operator(office), person, registry.TransferCmd{ToOffice: to, Kind: "resident", Channel: "window"})
	w.do(err)
	w.level()
	w.do(w.hub.Exchange.TakeAway(ctx, operator(""), id.Node(from), to))
	w.level()
	if got := value(w.t, a, person, "given_names"); got != "none" {
		w.t.Fatalf("%s has not forgotten: %q", from, got)
	}
}

// bodiesOf are the bodies of a person's changes at a register, one by one.
func (w *world) bodiesOf(a *app.App, person string) (out [][]byte) {
	w.t.Helper()
	w.do(a.DB.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.Entries(ctx, change.Ref{Kind: change.Person, ID: person})
		for _, r := range rows {
			out = append(out, bytes.Clone(r.Body))
		}
		return err
	}))
	return out
}

// lie is a change that says something else than it did, under its name; short is as if an erasure had
// left less of it.
func lie(t *testing.T, body []byte, short bool) []byte {
	t.Helper()
	c, err := change.Decode(body)
	if err != nil {
		t.Fatal(err)
	}
	if short {
		out, _ := change.Redact(&c, audit.Leaf(&c, body).String(), func(int, *change.Set) bool { return true })
		out.Author, out.Office = "", ""
		return change.Encode(&out)
	}
	for i := range c.Sets {
		if c.Sets[i].Field == "given_names" || c.Sets[i].Field == "motive" {
			c.Sets[i].Value = change.Text("Falsa")
		}
	}
	c.Note = "Falsa"
	return change.Encode(&c)
}

// tells sends what a node would, with something else found and its own changes.
func (w *world) tells(name string, found [][]byte, own ...change.Change) sync.Receipt {
	w.t.Helper()
	b, _, err := w.nodes[name].NextBatch(ctx, "test", 0)
	w.do(err)
	b.Found, b.Bare, b.Told = found, nil, true
	if len(own) > 0 {
		b.Bodies, b.Stripped = nil, nil
		for i, c := range own {
			c.ID = id.Change{Node: id.Node(name), N: b.First + int64(i)}
			b.Bodies = append(b.Bodies, change.Encode(&c))
			for _, e := range change.ErasedBy(&c) {
				b.Stripped = append(b.Stripped, change.Encode(&change.Change{ID: e.Change, Entity: change.Ref{Kind: change.Person, ID: c.Entity.ID}, Action: "edit",
					Schema: change.Schema, Gone: e.Was, Sets: []change.Set{{Field: "given_names", Gone: true}}}))
			}
		}
	}
	r, err := w.hub.Push(ctx, id.Node(name), wired(w.t, &b, sync.DecodeBatch))
	w.do(err)
	return r
}

// kept is what a hub keeps of what a node told, by how many changes.
func (w *world) kept(teller string, names []id.Change) (n int) {
	w.t.Helper()
	w.do(w.hub.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.FoundOf(ctx, names)
		for _, fs := range all {
			n += len(slices.DeleteFunc(fs, func(f store.Found) bool { return f.From != teller }))
		}
		return err
	}))
	return n
}

// names are the names of changes.
func names(t *testing.T, bodies [][]byte) (out []id.Change) {
	t.Helper()
	for _, b := range bodies {
		c, err := change.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c.ID)
	}
	return out
}

// TestANodeThatLies: after the hub was put back a node of a third office says that it holds other
// values than there were, less than there was, changes that nobody made, and what was erased. None of
// it is used or shown, and it takes nothing from what an honest office told, before it or after.
func TestANodeThatLies(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD", "ESBCN", "ARBUE")
		mad, bcn := w.nodes["ESMAD-1"], w.nodes["ESBCN-1"]
		c := w.copy(w.hub)
		p := w.register(bcn, "ESBCN", "Rosa", "Quispe")
		w.edit(bcn, p, "motive", "work")
		q := w.register(bcn, "ESBCN", "Luz", "Condori")
		w.edit(bcn, q, "motive", "study")
		w.level()
		before := w.bodiesOf(w.hub, q)
		w.leaves(p, "ESBCN-1", "ESMAD")
		w.leaves(q, "ESBCN-1", "ESMAD")
		w.erase(mad, q, "section:profile")
		w.level()
		was := w.bodiesOf(w.hub, p)
		var lies [][]byte
		for _, b := range was {
			lies = append(lies, lie(t, b, false), lie(t, b, true))
		}
		for i := range 10_000 { // some under the names of the others' next changes
			node := []id.Node{"ESBCN-1", "ESMAD-1", "NOBODY-1"}[i%3]
			lies = append(lies, change.Encode(&change.Change{ID: id.Change{Node: node, N: int64(1000 + i)}, Entity: change.Ref{Kind: change.Person, ID: p}, Action: "edit",
				Schema: change.Schema, Sets: []change.Set{{Field: "given_names", Value: change.Text("Falsa")}}}))
		}
		if r := w.tells("ARBUE-1", lies); len(r.Found) > 0 || w.kept("ARBUE-1", names(t, lies)) > 0 {
			t.Errorf("a hub that lost nothing keeps %d", len(r.Found))
		}
		w.again(c, postgres)
		delete(w.nodes, "ESBCN-1")
		w.mend() // Madrid has told, and the liar has heard that the hub went back
		told := w.kept("ESMAD-1", names(t, was))
		if told != len(was) {
			t.Fatalf("Madrid told %d of %d changes", told, len(was))
		}
		w.tells("ARBUE-1", lies)
		w.tells("ARBUE-1", before)
		if got := w.kept("ESMAD-1", names(t, was)); got != told {
			t.Errorf("of what Madrid told %d of %d changes are left", got, told)
		}
		if got := w.kept("ARBUE-1", names(t, append(lies, before...))); got > len(lies)/2+len(before)+10_000 {
			t.Errorf("of %d lies %d rows are kept", len(lies), got)
		}
		if got := value(t, w.hub, p, "given_names"); got != "none" {
			t.Errorf("the hub shows %q", got)
		}
		if hits, err := w.hub.Search(ctx, operator(""), "Falsa", 5); err != nil || len(hits) > 0 {
			t.Errorf("somebody finds %+v, %v", hits, err)
		}
		w.nodes["ESBCN-1"] = bcn
		delete(w.nodes, "ARBUE-1") // it knows nothing of what was sent in its name
		w.mend()
		w.level()
		for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": mad} {
			if got := value(t, a, p, "given_names") + ", " + value(t, a, p, "motive") + ", " + value(t, a, p, "safe_hours"); got != "Rosa, work, de 10 a 12" {
				t.Errorf("%s has %q", name, got)
			}
			if got := value(t, a, q, "given_names") + ", " + value(t, a, q, "motive"); got != "Luz, " {
				t.Errorf("of whom something was erased %s has %q", name, got)
			}
			if all := w.bodies(a, p) + w.bodies(a, q); strings.Contains(all, "Falsa") || strings.Contains(all, "study") {
				t.Errorf("the log of %s has a lie, or what was erased", name)
			}
		}
		if got := w.kept("ESMAD-1", names(t, was)) + w.kept("ARBUE-1", names(t, was)); got > len(was) { // what an erasure left stays until it comes
			t.Errorf("%d rows are kept of what came", got)
		}
		open, _, err := w.hub.OpenConflicts(ctx, officer(authz.Head, "ESMAD"))
		if err != nil || len(open) != 0 {
			t.Errorf("to be decided: %+v, %v", open, err)
		}
		w.sound()
	})
}

// TestAFalseErasure: a node says that it erased changes that it never saw. What another one told of
// them stays, and comes back whole; that somebody said so stays in the log, and whoever verifies it is told.
func TestAFalseErasure(t *testing.T) {
	w := newWorld(t, false, "ESMAD", "ESBCN", "ARBUE")
	mad, bcn := w.nodes["ESMAD-1"], w.nodes["ESBCN-1"]
	c := w.copy(w.hub)
	p := w.register(bcn, "ESBCN", "Rosa", "Quispe")
	w.leaves(p, "ESBCN-1", "ESMAD")
	was := w.bodiesOf(w.hub, p)
	w.again(c, false)
	delete(w.nodes, "ESBCN-1")
	w.mend()
	forged := change.Erase(p, nil)
	for _, n := range names(t, was) {
		forged.Sets = append(forged.Sets, change.Set{Field: n.String(), Value: change.Group("was", "AAAA", "is", "BBBB")})
	}
	forged.Schema, forged.Office = change.Schema, "ARBUE"
	if r := w.tells("ARBUE-1", nil, forged); r.Refusal != nil {
		t.Fatalf("it was refused, and proves nothing: %+v", r.Refusal)
	}
	delete(w.nodes, "ARBUE-1") // it knows nothing of what was sent in its name
	w.nodes["ESBCN-1"] = bcn
	w.mend()
	w.level()
	for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": mad} {
		if got := value(t, a, p, "given_names") + ", " + value(t, a, p, "safe_hours"); got != "Rosa, de 10 a 12" {
			t.Errorf("%s has %q", name, got)
		}
	}
	report, err := w.hub.VerifyLog(ctx, operator(""), nil, nil)
	w.do(err)
	if len(report.Findings) != len(was) {
		t.Errorf("whoever verifies the log is told of %d of %d changes", len(report.Findings), len(was))
	}
}
