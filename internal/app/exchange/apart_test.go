package exchange_test

import (
	"testing"

	"quipu/internal/app"
	"quipu/internal/app/exchange"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// smuggle writes a change at a node past every use case, as a program that was altered would.
func (w *world) smuggle(n *app.App, office string, c change.Change, alter ...func(*change.Change)) id.Change {
	w.t.Helper()
	w.do(n.DB.Update(ctx, func(tx *store.Tx) error {
		st, err := n.Stamper(ctx, tx, operator(office))
		if err != nil {
			return err
		}
		st.Stamp(&c)
		for _, f := range alter {
			f(&c)
		}
		if err := tx.Append(ctx, []change.Change{c}); err != nil {
			return err
		}
		return n.Exchange.Project(ctx, tx, []string{c.Entity.String()})
	}))
	return c.ID
}

func (w *world) version(a *app.App, person, field string) (v id.Change) {
	w.t.Helper()
	w.do(a.DB.View(ctx, func(tx *store.Tx) error {
		changes, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: person})
		p := registry.Load(changes)
		v = p.Version(field)
		return err
	}))
	return v
}

// TestKeptApart: what a node may not write, or what the rules of values refuse, is in force
// nowhere, at the hub and at the node that wrote it; both say why. Who has the right lets it in
// as a change of his own, or sends it back with a reason that the node shows. What came with it
// went in.
func TestKeptApart(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD")
		n := w.nodes["ESMAD-1"]
		p := w.register(n, "ESMAD", "Rosa", "Quispe")
		w.level()
		at := func(a *app.App) map[string]string {
			return map[string]string{"sex": value(t, a, p, "sex"), "civil_status": value(t, a, p, "civil_status"), "motive": value(t, a, p, "motive")}
		}
		sex := at(n)["sex"]
		put := func(office, field, text string) string {
			return w.smuggle(n, office, change.Change{Entity: change.Ref{Kind: change.Person, ID: p}, Action: "edit", Sets: []change.Set{
				{Field: field, Value: change.Text(text), Base: w.version(n, p, field)}}}).String()
		}
		bad := put("ESMAD", "sex", "Z")
		other := put("ARBUE", "civil_status", "married")
		w.edit(n, p, "motive", "work")
		w.level()
		for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": n} {
			if got := at(a); got["sex"] != sex || got["civil_status"] == "married" || got["motive"] != "work" {
				t.Errorf("at %s stands %v", name, got)
			}
			for held, why := range map[string]string{bad: exchange.ApartValue, other: exchange.ApartOffice} {
				page, err := a.Apart(ctx, operator("ESMAD"), held)
				if err != nil || page.Reason != why || page.State != "" || page.MayBack != (name == "LIMA") || page.MayLet != (name == "LIMA" && held == other) ||
					(page.Refused != nil) != (held == bad) {
					t.Errorf("at %s %s is %+v, %v", name, held, page, err)
				}
			}
			open, _, err := a.OpenConflicts(ctx, officer(authz.Head, "ESMAD"))
			if err != nil || len(open) != 2 || !open[0].Opens() {
				t.Errorf("at %s is listed %+v, %v", name, open, err)
			}
		}
		w.sound()
		chief := officer(authz.Head, "ESMAD")
		if err := n.SendBack(ctx, chief, bad, "no existe ese código"); !fault.Is(err, "apart.at_hub") {
			t.Errorf("the node decided: %v", err)
		}
		if _, err := w.hub.LetIn(ctx, chief, bad, "así lo dijo"); !fault.Is(err, "apart.refused") {
			t.Errorf("what the rules refuse was let in: %v", err)
		}
		if _, err := w.hub.LetIn(ctx, officer(authz.Head, "ARBUE"), other, "así lo dijo"); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("another office let it in: %v", err)
		}
		if err := w.hub.SendBack(ctx, chief, bad, ""); !fault.Is(err, "registry.settle_note") {
			t.Errorf("without a reason: %v", err)
		}
		w.do(w.hub.SendBack(ctx, chief, bad, "no existe ese código"))
		became, err := w.hub.LetIn(ctx, chief, other, "lo confirmó la otra oficina")
		w.do(err)
		if err := w.hub.SendBack(ctx, chief, other, "ya no"); !fault.Is(err, "apart.decided") {
			t.Errorf("decided twice: %v", err)
		}
		w.level()
		if got := at(n); got["sex"] != sex || got["civil_status"] != "married" {
			t.Errorf("in the end at the node stands %v", got)
		}
		for _, a := range []*app.App{w.hub, n} {
			w.wasDecided(a, p, bad, other, became)
		}
		w.sound()
	})
}

// TestARegistrationIsKeptApart: a whole registration that was written for another office is
// found nowhere until it is let in, and then everywhere.
func TestARegistrationIsKeptApart(t *testing.T) {
	w := newWorld(t, false, "ESMAD")
	n := w.nodes["ESMAD-1"]
	p := w.register(n, "ARBUE", "Ines", "Mamani")
	w.level()
	for _, a := range []*app.App{w.hub, n} {
		hits, err := a.Search(ctx, officer(authz.Window, "ESMAD"), "Mamani Ines", 5)
		if err != nil || len(hits) != 0 {
			t.Errorf("%s finds %+v, %v", a.Name(), hits, err)
		}
	}
	var held string
	open, _, err := w.hub.OpenConflicts(ctx, operator(""))
	w.do(err)
	for _, it := range open {
		held = it.ID
	}
	if len(open) != 1 || held == "" {
		t.Fatalf("%+v", open)
	}
	_, err = w.hub.LetIn(ctx, operator("ARBUE"), held, "la otra oficina lo pidió")
	w.do(err)
	w.level()
	hits, err := w.hub.Search(ctx, officer(authz.Window, "ARBUE"), "Mamani Ines", 5)
	if err != nil || len(hits) != 1 || hits[0].ID != p {
		t.Errorf("the hub finds %+v, %v", hits, err)
	}
	w.sound()
}

// TestTheHubChecksValues: for each kind that nodes write, what its rules refuse is kept apart and
// what they allow goes in.
func TestTheHubChecksValues(t *testing.T) {
	w := newWorld(t, false, "ESMAD")
	n := w.nodes["ESMAD-1"]
	p := w.register(n, "ESMAD", "Rosa", "Quispe")
	w.level()
	kinds := map[string][2]change.Set{
		"person":     {{Field: "birth_date", Value: change.Text("1980-05")}, {Field: "birth_date", Value: change.Text("hoy no")}},
		"user":       {{Field: "role", Value: change.Text("window")}, {Field: "role", Value: change.Text("king")}},
		"request":    {{Field: "state", Value: change.Text("received")}, {Field: "state", Value: change.Text("lost")}},
		"breach":     {{Field: "certainty", Value: change.Text("counted")}, {Field: "people", Value: change.Text("muchas")}},
		"disclosure": {{Field: "asker", Value: change.Text("court")}, {Field: "asker", Value: change.Text("neighbour")}},
		"retention":  {{Field: "stage", Value: change.Text("proposed")}, {Field: "stage", Value: change.Text("burnt")}},
		"pair":       {{Field: "verdict", Value: change.Text("unsure")}, {Field: "verdict", Value: change.Text("perhaps")}},
		"campaign":   {{Field: "capacity", Value: change.Text("40")}, {Field: "capacity", Value: change.Text("-1")}},
		"import":     {{Field: "state", Value: change.Text("interrupted")}, {Field: "result", Value: change.Text("[]")}},
		"case":       {{Field: "disposition", Value: change.Text("2.112")}, {Field: "attempt/1", Value: change.Group("code", "9.9")}},
		"submission": {{Field: "standing", Value: change.Text("checked")}, {Field: "standing", Value: change.Text("perhaps")}},
		"turn":       {{Field: "stage", Value: change.Text("waiting")}, {Field: "unheard_of", Value: change.Text("x")}},
	}
	want := map[string]bool{}
	for kind, sets := range kinds {
		ref := change.Ref{Kind: change.Kind(kind), ID: p}
		if kind == "pair" {
			ref.ID = p + "-" + "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"
		}
		for i, s := range sets {
			if i == 1 && kind == "person" {
				s.Base = w.version(n, p, s.Field)
			}
			at := w.smuggle(n, "ESMAD", change.Change{Entity: ref, Action: "edit", Sets: []change.Set{s}})
			if i == 1 {
				want["held/"+at.String()] = true
			}
		}
	}
	w.level()
	w.do(w.hub.DB.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.Contested(ctx, "", 99)
		for _, r := range rows {
			if r.Reason == exchange.ApartValue && !want[r.Entity] {
				t.Errorf("kept apart wrongly: %+v", r)
			}
			delete(want, r.Entity)
		}
		return err
	}))
	if len(want) > 0 {
		t.Errorf("went in: %v", want)
	}
}

// wasDecided checks that a register says of two changes that one was sent back and the other let
// in, and as what.
func (w *world) wasDecided(a *app.App, p, bad, other string, became id.Change) {
	w.t.Helper()
	chief := officer(authz.Head, "ESMAD")
	if got := w.version(a, p, "civil_status"); got != became {
		w.t.Errorf("at %s it stands by %s, not %s", a.Name(), got, became)
	}
	back, err := a.Apart(ctx, operator("ESMAD"), bad)
	let, err2 := a.Apart(ctx, operator("ESMAD"), other)
	if err != nil || err2 != nil || back.State != exchange.ApartSentBack || back.Words != "no existe ese código" || let.State != exchange.ApartLetIn || let.Became != became {
		w.t.Errorf("at %s: %+v, %+v, %v, %v", a.Name(), back, let, err, err2)
	}
	open, decided, err := a.OpenConflicts(ctx, chief)
	if err != nil || len(open) != 0 || len(decided) != 2 {
		w.t.Errorf("at %s is listed %+v and %+v, %v", a.Name(), open, decided, err)
	}
	w.do(a.DB.View(ctx, func(tx *store.Tx) error {
		changes, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: p})
		last := changes[len(changes)-1]
		if last.ID != became || last.Author != chief.Login || last.Prov.Evidence != other {
			w.t.Errorf("at %s the change is %+v", a.Name(), last)
		}
		return err
	}))
	drift, err := a.VerifyProjections(ctx, node.Operator("test", ""), nil)
	if err != nil || len(drift) > 0 {
		w.t.Errorf("at %s %+v %v", a.Name(), drift, err)
	}
}
