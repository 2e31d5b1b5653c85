package exchange_test

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/exchange"
	"quipu/internal/app/review"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/id"
	"quipu/internal/intake"
	"quipu/internal/registry"
	"quipu/internal/registry/same"
	"quipu/internal/rights"
	"quipu/internal/store"
	"quipu/internal/sync"
	"quipu/internal/synth"
	"quipu/internal/tabular"
)

// edit writes one field of a person at a register.
func (w *world) edit(a *app.App, person, field, to string) {
	w.t.Helper()
	in := text(field, to)
	w.do(a.DB.View(ctx, func(tx *store.Tx) error {
		p, _, err := a.Load(ctx, tx, person)
		in.Base = p.Version(field)
		return err
	}))
	out, err := a.Edit(ctx, operator(""), person, []registry.Input{in}, "")
	w.do(err)
	if len(out.Conflicts) > 0 {
		w.t.Fatalf("somebody wrote %s meanwhile", field)
	}
}

// bodies are the bodies of a person's changes as a register has them, joined.
func (w *world) bodies(a *app.App, person string) (out string) {
	w.t.Helper()
	w.do(a.DB.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.Entries(ctx, change.Ref{Kind: change.Person, ID: person})
		for _, r := range rows {
			out += string(r.Body) + "\n"
		}
		return err
	}))
	return out
}

// move transfers a person to another office, at the hub, where both are.
func (w *world) move(person, to string) {
	w.t.Helper()
	_, err := w.hub.Transfer(ctx, operator(to), person, registry.TransferCmd{ToOffice: to, Kind: "resident", Channel: "window"})
	w.do(err)
}

// TestAPersonMoves: who goes to another office is known there, whole, and forgotten where she
// was; and the other way round when she comes back.
func TestAPersonMoves(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD", "ARBUE")
		madrid, aires := w.nodes["ESMAD-1"], w.nodes["ARBUE-1"]
		p := w.register(madrid, "ESMAD", "Rosa", "Quispe")
		other := w.register(madrid, "ESMAD", "Ana", "Huamán")
		w.edit(madrid, p, "motive", "work")
		w.level()
		w.move(p, "ARBUE")
		w.level()
		if got := value(t, aires, p, "safe_hours"); got != "de 10 a 12" {
			t.Errorf("Buenos Aires reads %q", got)
		}
		if got := value(t, madrid, p, "safe_hours"); got != "none" {
			t.Errorf("Madrid still reads %q", got)
		}
		if left := w.bodies(madrid, p); strings.Contains(left, "Quispe") || strings.Count(left, "\n") != 2 {
			t.Errorf("Madrid's log still says %s", left)
		}
		hits, err := madrid.Search(ctx, officer(authz.Window, "ESMAD"), "Quispe Rosa", 5)
		if err != nil || len(hits) != 0 {
			t.Errorf("Madrid finds %+v, %v", hits, err)
		}
		hits, err = aires.Search(ctx, officer(authz.Window, "ARBUE"), "Quispe Rosa", 5)
		if err != nil || len(hits) != 1 || hits[0].ID != p {
			t.Errorf("Buenos Aires finds %+v, %v", hits, err)
		}
		if got := value(t, madrid, other, "given_names"); got != "Ana" {
			t.Errorf("who stayed is %q", got)
		}
		w.sound()
		w.forgotten("ESMAD-1", p)
		w.edit(aires, p, "motive", "study")
		w.level()
		w.move(p, "ESMAD")
		w.level()
		for field, want := range map[string]string{"safe_hours": "de 10 a 12", "motive": "study", "surname_paternal": "Quispe"} {
			if got := value(t, madrid, p, field); got != want {
				t.Errorf("back in Madrid %s is %q", field, got)
			}
		}
		hits, err = madrid.Search(ctx, officer(authz.Window, "ESMAD"), "Quispe Rosa", 5)
		if err != nil || len(hits) != 1 {
			t.Errorf("back in Madrid she is found %+v, %v", hits, err)
		}
		w.sound()
	})
}

// forgotten checks that the hub has heard that a node forgot a person, and does not count her
// among what the node holds.
func (w *world) forgotten(name, person string) {
	w.t.Helper()
	h, err := w.hub.Held(ctx, operator(""), name)
	w.do(err)
	there := slices.ContainsFunc(h.People, func(p store.PersonRow) bool { return p.ID == person })
	if there || len(h.People)+len(h.Accounts)+h.Turns == 0 && h.PurgedAt == 0 {
		w.t.Errorf("of what %s holds the hub says %d people, the person among them: %v", name, len(h.People), there)
	}
}

// TestTwoOfficesWriteApart: of two values that were written without a link the one that the
// hub heard of first stands, everywhere; the other waits for a decision, everywhere.
func TestTwoOfficesWriteApart(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD")
		laptop := w.join("ESMAD-2", "ESMAD")
		madrid := w.nodes["ESMAD-1"]
		p := w.register(madrid, "ESMAD", "Rosa", "Quispe")
		w.level()
		w.edit(laptop, p, "birth_place", "Cusco")
		w.now = w.now.Add(time.Hour)
		w.edit(madrid, p, "birth_place", "Puno")
		w.edit(madrid, p, "motive", "work")
		if got := value(t, madrid, p, "birth_place"); got != "Puno" {
			t.Errorf("before they meet Madrid reads %q", got)
		}
		w.level("ESMAD-1")
		w.level()
		for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": madrid, "ESMAD-2": laptop} {
			if got := value(t, a, p, "birth_place"); got != "Puno" {
				t.Errorf("%s reads %q", name, got)
			}
			if got := value(t, a, p, "motive"); got != "work" {
				t.Errorf("what nobody contests is %q at %s", got, name)
			}
			w.do(a.DB.View(ctx, func(tx *store.Tx) error {
				rows, err := tx.Contested(ctx, "ESMAD", 9)
				if len(rows) != 1 || rows[0].Field != "birth_place" || rows[0].Change.Node != "ESMAD-2" {
					t.Errorf("at %s is contested %+v", name, rows)
				}
				return err
			}))
		}
		w.sound()
	})
}

// TestAnErasureGoesEverywhere: values that an office erases leave the log of the hub and of
// every node that has them.
func TestAnErasureGoesEverywhere(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD")
		second := w.join("ESMAD-2", "ESMAD")
		madrid := w.nodes["ESMAD-1"]
		p := w.register(madrid, "ESMAD", "Rosa", "Quispe")
		w.edit(madrid, p, "birth_place", "Ayacucho")
		w.level()
		head, chief := officer(authz.Head, "ESMAD"), officer(authz.Privacy, "")
		chief.Login = "jefa"
		_, err := madrid.CloseRegistration(ctx, officer(authz.Window, "ESMAD"), p, "asked_out", "")
		w.do(err)
		q, err := madrid.OpenRequest(ctx, head, rights.RequestCmd{Kind: rights.Cancellation, Person: p, Channel: "window", Wants: "que me borren", Received: civil.FromTime(w.now)})
		w.do(err)
		proposal, err := madrid.ProposeErasure(ctx, head, q, "person", "ya no está inscrita")
		w.do(err)
		n, err := madrid.ApproveProposal(ctx, chief, proposal, id.Change{})
		w.do(err)
		if n != 1 {
			t.Fatalf("erased of %d people", n)
		}
		w.level()
		for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": madrid, "ESMAD-2": second} {
			if raw := w.bodies(a, p); strings.Contains(raw, "Quispe") || strings.Contains(raw, "Ayacucho") || !strings.Contains(raw, "number") {
				t.Errorf("%s still says %s", name, raw)
			}
			if got := value(t, a, p, "entry"); got != "erased" {
				t.Errorf("at %s the entry is %q", name, got)
			}
			w.do(a.DB.View(ctx, func(tx *store.Tx) error {
				keys, err := tx.SealedKeysOf(ctx, p)
				if len(keys) > 0 {
					t.Errorf("%s still has %d keys", name, len(keys))
				}
				r, err2 := tx.RequestsOf(ctx, p)
				if len(r) != 1 || r[0].ID != q {
					t.Errorf("%s has the requests %+v", name, r)
				}
				if err == nil {
					err = err2
				}
				return err
			}))
		}
		w.sound()
	})
}

// list imports so many invented people at a register.
func (w *world) list(a *app.App, office string, people int, seed uint64) app.ImportResult {
	w.t.Helper()
	var list bytes.Buffer
	_, err := synth.Generate(synth.Options{Persons: people, Seed: seed, Families: true}, &list, io.Discard)
	w.do(err)
	r, err := tabular.NewReader(bytes.NewReader(list.Bytes()), int64(list.Len()), tabular.Options{})
	w.do(err)
	out, err := a.Import(ctx, operator(office), app.ImportJob{Name: "registro.csv", Office: office, Reader: r, Mapping: intake.Recognise(r.Info().Header, nil)})
	w.do(err)
	return out
}

// TestAListTravels: what an office imports is at the hub and at its other node, and the import
// can be taken back there.
func TestAListTravels(t *testing.T) {
	const people = 3000
	w := newWorld(t, false, "ESMAD")
	second := w.join("ESMAD-2", "ESMAD")
	made := w.list(w.hub, "ESMAD", people, 1)
	start := time.Now()
	w.pull("ESMAD-1")
	t.Logf("a pull of %d people took %v", made.New, time.Since(start))
	w.sound()
	w.do(w.nodes["ESMAD-1"].DB.View(ctx, func(tx *store.Tx) error {
		n, err := tx.CountPeople(ctx, "ESMAD")
		run, ok, err2 := tx.ImportRun(ctx, made.Batch)
		if int(n) != made.New || !ok || run.State != "done" || run.Office != "ESMAD" {
			t.Errorf("the node has %d people of %d and the import %+v", n, made.New, run)
		}
		if err == nil {
			err = err2
		}
		return err
	}))
	undone, err := second.Undo(ctx, operator("ESMAD"), made.Batch, nil)
	if err == nil {
		t.Errorf("an import that is not here yet was undone: %+v", undone)
	}
	w.level()
	undone, err = second.Undo(ctx, operator("ESMAD"), made.Batch, nil)
	w.do(err)
	if undone.Withdrawn != made.New {
		t.Errorf("undone: %d of %d", undone.Withdrawn, made.New)
	}
	start = time.Now()
	w.push("ESMAD-2")
	t.Logf("a push of %d changes took %v", undone.Withdrawn, time.Since(start))
	w.level()
	w.do(w.hub.DB.View(ctx, func(tx *store.Tx) error {
		n, err := tx.CountPeople(ctx, "")
		if n != 0 {
			t.Errorf("the hub still counts %d people", n)
		}
		return err
	}))
	w.sound()
}

// TestAMergeAcrossOffices: two entries of two offices become one at the hub; each office hears
// of its own, and the one that lost its entry leads to the other.
func TestAMergeAcrossOffices(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD", "ARBUE")
		a := w.register(w.nodes["ESMAD-1"], "ESMAD", "Rosa", "Quispe")
		b := w.register(w.nodes["ARBUE-1"], "ARBUE", "Rosa", "Quispe")
		w.level()
		lima := officer(authz.Reviewer, "")
		pair, err := w.hub.Suspect(ctx, lima, a, b)
		w.do(err)
		out, err := w.hub.Decide(ctx, lima, pair, review.DecideCmd{Verdict: same.Same, Survivor: side(pair, a)})
		w.do(err)
		if out.State != same.Same {
			t.Fatalf("the merge waits for another officer: %v", out.Waits)
		}
		w.level()
		w.do(w.nodes["ARBUE-1"].DB.View(ctx, func(tx *store.Tx) error {
			changes, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: b})
			p := registry.Load(changes)
			if !registry.Merged(&p) {
				t.Errorf("at Buenos Aires the entry is %q", p.Text("entry"))
			}
			return err
		}))
		if got := value(t, w.nodes["ESMAD-1"], a, "given_names"); got != "Rosa" {
			t.Errorf("at Madrid the entry reads %q", got)
		}
		w.sound()
	})
}

// TestWhatWasSaidGoesAlong: what an office decided about two of its people it forgets when one of
// them goes to another office, and hears again when she comes back.
func TestWhatWasSaidGoesAlong(t *testing.T) {
	w := newWorld(t, false, "ESMAD", "ARBUE")
	n := w.nodes["ESMAD-1"]
	a, b := w.register(n, "ESMAD", "Rosa", "Quispe"), w.register(n, "ESMAD", "Rosa", "Quispe")
	head := officer(authz.Head, "ESMAD")
	pair, err := n.Suspect(ctx, head, a, b)
	w.do(err)
	_, err = n.Decide(ctx, head, pair, review.DecideCmd{Verdict: same.Different, Reason: "otra madre"})
	w.do(err)
	w.level()
	verdict := func(a *app.App) (out string) {
		w.do(a.DB.View(ctx, func(tx *store.Tx) error {
			said, err := tx.VerdictsOf(ctx, []string{pair})
			out = said[pair]
			return err
		}))
		return out
	}
	if verdict(w.hub) != "different" || verdict(n) != "different" {
		t.Fatalf("the hub has %q, the office %q", verdict(w.hub), verdict(n))
	}
	w.move(b, "ARBUE")
	w.level()
	if verdict(w.hub) != "different" || verdict(n) != "" || verdict(w.nodes["ARBUE-1"]) != "" {
		t.Errorf("apart the hub has %q, the offices %q and %q", verdict(w.hub), verdict(n), verdict(w.nodes["ARBUE-1"]))
	}
	w.sound()
	w.move(b, "ESMAD")
	w.level()
	if verdict(n) != "different" {
		t.Errorf("together again the office has %q", verdict(n))
	}
	w.sound()
}

func side(pair, person string) same.Side {
	if a, _, _ := same.Sides(pair); a == person {
		return same.A
	}
	return same.B
}

// TestARevokedNode: nothing of it is taken any more, nothing goes to it, both sides say why.
func TestARevokedNode(t *testing.T) {
	w := newWorld(t, false, "ESMAD", "ARBUE")
	p := w.register(w.nodes["ESMAD-1"], "ESMAD", "Rosa", "Quispe")
	w.level()
	w.do(w.hub.Revoke(ctx, operator(""), "ESMAD-1", true, "robo"))
	w.edit(w.nodes["ESMAD-1"], p, "motive", "work")
	for what, r := range map[string]*sync.Refusal{"push": w.push("ESMAD-1"), "pull": w.pull("ESMAD-1")} {
		if r == nil || r.Key != sync.RefusedRevoked {
			t.Errorf("the %s of a stolen computer: %v", what, r)
		}
	}
	if got := value(t, w.hub, p, "motive"); got != "" {
		t.Errorf("the hub took %q", got)
	}
	s, err := w.nodes["ESMAD-1"].Exchange.Status(ctx)
	if err != nil || s.Refusal.Key != sync.RefusedRevoked || s.Pending != 1 {
		t.Errorf("the node says %+v, %v", s.Refusal, err)
	}
	peers, err := w.hub.Exchange.Peers(ctx, operator(""))
	w.do(err)
	if peers[1].State != store.PeerLost || !strings.HasPrefix(peers[1].Refused, sync.RefusedRevoked) {
		t.Errorf("the hub says %+v", peers[1])
	}
	w.level("ARBUE-1")
}

// TestWhatANodeMayNotWrite: it is kept apart, nobody gets it, and the node's numbers go on.
func TestWhatANodeMayNotWrite(t *testing.T) {
	w := newWorld(t, false, "ESMAD", "ARBUE")
	n := w.nodes["ESMAD-1"]
	w.do(n.DB.Update(ctx, func(tx *store.Tx) error {
		st, err := n.Stamper(ctx, tx, operator("ESMAD"))
		if err != nil {
			return err
		}
		office := change.Change{Entity: change.Ref{Kind: change.Office, ID: "ARBUE"}, Action: "edit", Sets: []change.Set{{Field: "city", Value: change.Text("Marte")}}}
		st.Stamp(&office)
		st2, err := n.Stamper(ctx, tx, operator("ARBUE"))
		if err != nil {
			return err
		}
		user := change.Change{Entity: change.Ref{Kind: change.User, ID: "eva"}, Action: "create", Sets: []change.Set{{Field: "role", Value: change.Text("head")}}}
		st2.Stamp(&user)
		user.ID.N++
		return tx.Append(ctx, []change.Change{office, user})
	}))
	p := w.register(n, "ESMAD", "Rosa", "Quispe")
	w.level()
	if got := value(t, w.hub, p, "given_names"); got != "Rosa" {
		t.Errorf("what came after it did not arrive: %q", got)
	}
	w.do(w.hub.DB.View(ctx, func(tx *store.Tx) error {
		offices, err := tx.Offices(ctx)
		for _, o := range offices {
			if o.City == "Marte" {
				t.Error("a node moved another office to Mars")
			}
		}
		_, there, err2 := tx.Account(ctx, "eva")
		apart, err3 := tx.Contested(ctx, "", 9)
		if there || len(apart) != 2 || apart[0].Reason != exchange.ApartKind || apart[1].Reason != exchange.ApartOffice {
			t.Errorf("kept apart: %+v; the account is there: %v", apart, there)
		}
		for _, e := range []error{err, err2, err3} {
			if e != nil {
				return e
			}
		}
		return nil
	}))
	w.sound()
}

// TestAClosedAccount: the account of an officer closes at the node with the pull that says so.
func TestAClosedAccount(t *testing.T) {
	w := newWorld(t, false, "ESMAD")
	n := w.nodes["ESMAD-1"]
	_, err := w.hub.InviteAccount(ctx, operator(""), account.NewAccount{Login: "rosa", Name: "Rosa Ñ", Role: authz.Window, Office: "ESMAD", Lang: "es"})
	w.do(err)
	w.level()
	state := func() (out string) {
		w.do(n.DB.View(ctx, func(tx *store.Tx) error {
			a, _, err := tx.Account(ctx, "rosa")
			out = a.State
			return err
		}))
		return out
	}
	if state() != "active" {
		t.Fatalf("at the node the account is %q", state())
	}
	w.do(w.hub.EditUser(ctx, operator(""), "rosa", account.UserEdit{Name: "Rosa Ñ", Role: authz.Window, Office: "ESMAD", Lang: "es"}))
	w.level()
	if state() != "closed" {
		t.Errorf("at the node the account is %q", state())
	}
}

// TestAnAccountWrittenApart: what two say of an account without hearing of each other stands as
// the hub heard it first, the other waits, and whoever writes the field after it decides.
func TestAnAccountWrittenApart(t *testing.T) {
	w := newWorld(t, false, "ESMAD")
	n := w.nodes["ESMAD-1"]
	edit := func(a *app.App, name string) {
		t.Helper()
		w.do(a.EditUser(ctx, operator("ESMAD"), "rosa", account.UserEdit{Name: name, Role: authz.Window, Office: "ESMAD", Lang: "es", Active: true}))
	}
	_, err := w.hub.InviteAccount(ctx, operator(""), account.NewAccount{Login: "rosa", Name: "Rosa", Role: authz.Window, Office: "ESMAD", Lang: "es"})
	w.do(err)
	w.level()
	edit(n, "Rosa Núñez")
	edit(w.hub, "Rosa Díaz")
	w.level()
	look := func(name string, waits int) {
		t.Helper()
		for _, a := range []*app.App{w.hub, n} {
			w.do(a.DB.View(ctx, func(tx *store.Tx) error {
				acc, _, err := tx.Account(ctx, "rosa")
				rows, err2 := tx.ContestedOf(ctx, "user/rosa")
				if acc.Name != name || len(rows) != waits {
					t.Errorf("at %s she is %q and %+v waits", a.Name(), acc.Name, rows)
				}
				if err == nil {
					err = err2
				}
				return err
			}))
		}
	}
	look("Rosa Díaz", 1)
	edit(n, "Rosa Núñez Díaz")
	w.level()
	w.edit(n, w.register(n, "ESMAD", "Ana", "Huamán"), "motive", "work")
	w.level()
	look("Rosa Núñez Díaz", 0)
}
