package conflict_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/conflict"
	"quipu/internal/app/conflict/conflicttest"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/seal"
	"quipu/internal/store"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	rosa = authz.Actor{Login: "rosa", Role: authz.Window, Office: "ESMAD", Purpose: "registry"}
	sara = authz.Actor{Login: "sara", Role: authz.Supervisor, Office: "ESMAD", Purpose: "registry"}
	luis = authz.Actor{Login: "luis", Role: authz.Window, Office: "USPAT", Purpose: "registry"}
)

func open(t *testing.T) *app.App {
	t.Helper()
	a, err := app.Open(ctx, filepath.Join(t.TempDir(), "reg"), app.Options{Create: true, Node: "TEST", Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func enter(t *testing.T, a *app.App) string {
	t.Helper()
	var in []registry.Input
	for _, p := range [][2]string{{"given_names", "Juana"}, {"surname_paternal", "Quispe"}, {"birth_date", "1980-05-06"}, {"sex", "F"}, {"residence_country", "ES"}} {
		in = append(in, registry.Input{Field: p[0], Value: change.Text(p[1])})
	}
	out, err := a.Register(ctx, rosa, registry.RegisterCmd{Office: "ESMAD", Inputs: in}, true)
	if err != nil {
		t.Fatal(err)
	}
	return out.Person
}

func now(t *testing.T, a *app.App, person string) registry.Person {
	t.Helper()
	var p registry.Person
	err := a.DB.View(ctx, func(tx *store.Tx) error {
		changes, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: person})
		p = registry.Load(changes)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func edit(t *testing.T, a *app.App, person, field, text string) id.Change {
	t.Helper()
	p := now(t, a, person)
	out, err := a.Edit(ctx, rosa, person, []registry.Input{{Field: field, Value: change.Text(text), Base: p.Version(field)}}, "lo dijo")
	if err != nil {
		t.Fatal(err)
	}
	return out.Head
}

// apart lets two offices write one field without seeing each other.
func apart(t *testing.T, a *app.App, far *conflicttest.Far, person, field, here, there string) string {
	t.Helper()
	p := now(t, a, person)
	seen := p.Version(field)
	edit(t, a, person, field, here)
	c := far.Write(t, a.Node, person, noon.Add(-time.Hour), change.Set{Field: field, Value: change.Text(there), Base: seen, Prov: change.Provenance{Source: "document", Evidence: "DNI 40123457"}})
	return conflict.IDOf(c.ID, field)
}

func decide(v change.Verdict, note string, seen id.Change) conflict.DecideCmd {
	return conflict.DecideCmd{Settling: registry.Settling{Verdict: v, Note: note}, Seen: seen}
}

func TestDecide(t *testing.T) {
	a, far := open(t), &conflicttest.Far{Node: "FAR", Office: "USPAT", Login: "luis"}
	person := enter(t, a)
	one := apart(t, a, far, person, "surname_paternal", "Quispé", "Qispe")
	open, decided, err := a.OpenConflicts(ctx, rosa)
	if err != nil || len(open) != 1 || open[0].ID != one || open[0].Office != "ESMAD" || open[0].Person == nil || len(decided) != 0 {
		t.Fatalf("%+v %+v %v", open, decided, err)
	}
	if open, _, err := a.OpenConflicts(ctx, luis); err != nil || len(open) != 0 {
		t.Fatalf("another office sees %+v, %v", open, err)
	}
	page, err := a.Conflict(ctx, rosa, person, one)
	if err != nil || page.Stands.Value.Text != "Quispé" || page.Contender.Value.Text != "Qispe" || page.Contender.Author != "luis" ||
		page.Contender.Prov.Evidence != "DNI 40123457" || !page.MayDecide || !page.MayOther || !page.Reason {
		t.Fatalf("%+v %v", page, err)
	}
	seen := page.Stands.Version
	for _, bad := range []struct {
		who  authz.Actor
		cmd  conflict.DecideCmd
		want string
	}{
		{luis, decide(change.Taken, "visto", seen), "authz.refused"},
		{rosa, decide(change.Taken, "", seen), "registry.settle_note"},
		{rosa, decide(change.Taken, "visto", id.Change{}), "conflict.moved"},
		{rosa, decide("erase", "visto", seen), "registry.settle_verdict"},
		{rosa, conflict.DecideCmd{Settling: registry.Settling{Verdict: change.Other, Note: "visto", Value: change.Text("Quispé")}, Seen: seen}, "registry.settle_same"},
	} {
		if _, err := a.DecideConflict(ctx, bad.who, person, one, bad.cmd); !fault.Is(err, bad.want) {
			t.Errorf("%s deciding %s: %v, want %s", bad.who.Login, bad.cmd.Verdict, err, bad.want)
		}
	}
	if _, err := a.DecideConflict(ctx, rosa, person, one, decide(change.Taken, "así está en su DNI", seen)); err != nil {
		t.Fatal(err)
	}
	p := now(t, a, person)
	if p.Text("surname_paternal") != "Qispe" || p.Text("name_mrz") != "QISPE<<JUANA" || len(p.Contested) != 0 || p.Fields["surname_paternal"].Prov.Evidence != "DNI 40123457" {
		t.Fatalf("%q %q %+v", p.Text("surname_paternal"), p.Text("name_mrz"), p.Contested)
	}
	open, decided, err = a.OpenConflicts(ctx, rosa)
	if err != nil || len(open) != 0 || len(decided) != 1 || decided[0].Verdict != change.Taken || decided[0].Author != "rosa" {
		t.Fatalf("%+v %+v %v", open, decided, err)
	}
	if _, err := a.DecideConflict(ctx, rosa, person, one, decide(change.Kept, "otra vez", p.Version("surname_paternal"))); !fault.Is(err, "registry.settled_already") {
		t.Fatalf("twice: %v", err)
	}
	two := apart(t, a, far, person, "civil_status", "married", "divorced")
	page, err = a.Conflict(ctx, rosa, person, two)
	if err != nil {
		t.Fatal(err)
	}
	cmd := conflict.DecideCmd{Settling: registry.Settling{Verdict: change.Other, Value: change.Text("widowed"), Note: "partida"}, Seen: page.Stands.Version}
	if _, err := a.DecideConflict(ctx, rosa, person, two, cmd); err != nil {
		t.Fatal(err)
	}
	if p := now(t, a, person); p.Text("civil_status") != "widowed" || len(p.Contested) != 0 {
		t.Fatalf("%q %+v", p.Text("civil_status"), p.Contested)
	}
}

// TestTwinsAreDecidedTogether: the same value from two offices is one question.
func TestTwinsAreDecidedTogether(t *testing.T) {
	a, far, other := open(t), &conflicttest.Far{Node: "FAR", Office: "USPAT", Login: "luis"}, &conflicttest.Far{Node: "FARTHER", Office: "ARBUE", Login: "ines"}
	person := enter(t, a)
	one := apart(t, a, far, person, "civil_status", "married", "divorced")
	other.Write(t, a.Node, person, noon, change.Set{Field: "civil_status", Value: change.Text("divorced")})
	other.Write(t, a.Node, person, noon, change.Set{Field: "name_used", Value: change.Text("Juanita")})
	p := now(t, a, person)
	if len(p.Contested) != 2 {
		t.Fatalf("%+v", p.Contested)
	}
	if _, err := a.DecideConflict(ctx, rosa, person, one, decide(change.Kept, "se casó ayer", p.Version("civil_status"))); err != nil {
		t.Fatal(err)
	}
	if p := now(t, a, person); p.Text("civil_status") != "married" || len(p.Contested) != 0 {
		t.Fatalf("%q %+v", p.Text("civil_status"), p.Contested)
	}
}

// TestSealedIsVeiled: who may not read a sealed value sees that there is a conflict, and
// decides nothing.
func TestSealedIsVeiled(t *testing.T) {
	a, far := open(t), &conflicttest.Far{Node: "FAR", Office: "USPAT", Login: "luis"}
	person := enter(t, a)
	field := ""
	for _, f := range registry.Dictionary {
		if f.Tier == registry.T3 && !f.IsGroup() && !f.Derived && f.List == "" {
			field = f.Key
			break
		}
	}
	if field == "" {
		t.Fatal("no sealed text in the dictionary")
	}
	if _, err := a.Edit(ctx, sara, person, []registry.Input{{Field: field, Value: change.Text("lo primero")}}, ""); err != nil {
		t.Fatal(err)
	}
	var key *seal.DataKey
	err := a.DB.Update(ctx, func(tx *store.Tx) (err error) {
		key, err = a.NewSealKey(ctx, tx, person)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	c := far.Write(t, a.Node, person, noon, change.Set{Field: field, Value: change.Text(key.Seal(field, "lo segundo"))})
	one := conflict.IDOf(c.ID, field)
	page, err := a.Conflict(ctx, rosa, person, one)
	if err != nil || !page.Veiled || page.MayDecide || !page.Contender.Value.Empty() || !page.Stands.Value.Empty() {
		t.Fatalf("%+v %v", page, err)
	}
	if _, err := a.DecideConflict(ctx, rosa, person, one, decide(change.Kept, "visto", page.Stands.Version)); !fault.Is(err, "conflict.veiled") {
		t.Fatalf("deciding veiled: %v", err)
	}
	page, err = a.Conflict(ctx, sara, person, one)
	if err != nil || page.Contender.Value.Text != "lo segundo" || page.Stands.Value.Text != "lo primero" {
		t.Fatalf("%+v %v", page, err)
	}
	if _, err := a.DecideConflict(ctx, sara, person, one, decide(change.Taken, "visto", page.Stands.Version)); err != nil {
		t.Fatal(err)
	}
	if p := now(t, a, person); !seal.Sealed(p.Text(field)) || len(p.Contested) != 0 {
		t.Fatalf("the value taken stands in clear: %q, %+v", p.Text(field), p.Contested)
	}
	reads, err := a.ReadsOf(ctx, sara, person, 50)
	if err != nil {
		t.Fatal(err)
	}
	logged := map[string]bool{}
	for _, r := range reads {
		logged[r.Author+" "+r.Action+" "+r.Detail] = true
	}
	if !logged["rosa read ordinary"] || !logged["sara read sealed"] {
		t.Errorf("logged: %v", logged)
	}
}

// TestEndedEntryCanOnlyBeLeft: nothing comes into force for an entry that was withdrawn.
func TestEndedEntryCanOnlyBeLeft(t *testing.T) {
	a, far := open(t), &conflicttest.Far{Node: "FAR", Office: "USPAT", Login: "luis"}
	person := enter(t, a)
	if _, err := a.OnPerson(ctx, sara, person, authz.Edit, func(cur *registry.Person) (change.Change, []registry.Doubt, error) {
		c, err := registry.Withdraw(cur, "error")
		return c, nil, err
	}); err != nil {
		t.Fatal(err)
	}
	c := far.Write(t, a.Node, person, noon, change.Set{Field: "civil_status", Value: change.Text("married")})
	one := conflict.IDOf(c.ID, "civil_status")
	page, err := a.Conflict(ctx, sara, person, one)
	if err != nil || page.MayTake || !page.MayDecide || page.Contender.Reason != change.ReasonWithdrawn {
		t.Fatalf("%+v %v", page, err)
	}
	if _, err := a.DecideConflict(ctx, sara, person, one, decide(change.Taken, "visto", id.Change{})); fault.KindOf(err) != fault.Conflict {
		t.Fatalf("taken: %v", err)
	}
	if _, err := a.DecideConflict(ctx, sara, person, one, decide(change.Kept, "visto", id.Change{})); err != nil {
		t.Fatal(err)
	}
	if p := now(t, a, person); len(p.Contested) != 0 || p.Text("civil_status") != "" {
		t.Fatalf("%+v", p.Contested)
	}
}

// TestNextIsShownToNobody: after a decision the next conflict is named, and the log says of
// nobody that an officer looked, until it is opened.
func TestNextIsShownToNobody(t *testing.T) {
	a, far := open(t), &conflicttest.Far{Node: "FAR", Office: "USPAT", Login: "luis"}
	person := enter(t, a)
	if next, err := a.NextConflict(ctx, rosa); err != nil || next != nil {
		t.Fatalf("%+v %v", next, err)
	}
	one := apart(t, a, far, person, "civil_status", "married", "divorced")
	logged := func() int {
		t.Helper()
		reads, err := a.Reads(ctx, authz.Actor{Login: "ana", Role: authz.Auditor, Purpose: "registry"}, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		return len(reads)
	}
	before := logged()
	if next, err := a.NextConflict(ctx, rosa); err != nil || next == nil || next.Entity.ID != person || next.ID != one {
		t.Fatalf("%+v %v", next, err)
	}
	if next, err := a.NextConflict(ctx, luis); err != nil || next != nil {
		t.Fatalf("another office is led to %+v, %v", next, err)
	}
	if n := logged(); n != before {
		t.Errorf("%d looks were logged", n-before)
	}
	if _, err := a.Conflict(ctx, rosa, person, one); err != nil {
		t.Fatal(err)
	}
	if n := logged(); n != before+1 {
		t.Errorf("opening it logged %d looks", n-before)
	}
}

// TestVerifyComparesConflicts: what the tables leave out, add or say otherwise is found, and a
// register in which they agree is clean.
func TestVerifyComparesConflicts(t *testing.T) {
	a, far := open(t), &conflicttest.Far{Node: "FAR", Office: "USPAT", Login: "luis"}
	person := enter(t, a)
	settled := apart(t, a, far, person, "birth_place", "Cusco", "Puno")
	p := now(t, a, person)
	if _, err := a.DecideConflict(ctx, rosa, person, settled, decide(change.Kept, "visto", p.Version("birth_place"))); err != nil {
		t.Fatal(err)
	}
	apart(t, a, far, person, "civil_status", "married", "divorced")
	auditor := authz.Actor{Login: "ana", Role: authz.Auditor, Purpose: "registry"}
	entity := "person/" + person
	var open []store.ContestedRow
	var done []store.SettledRow
	err := a.DB.View(ctx, func(tx *store.Tx) (err error) {
		if open, err = tx.ContestedOf(ctx, entity); err == nil {
			done, err = tx.SettledOf(ctx, entity)
		}
		return err
	})
	if err != nil || len(open) != 1 || len(done) != 1 {
		t.Fatalf("%+v %+v %v", open, done, err)
	}
	other := open[0]
	other.Office = "USPAT"
	verdict := done[0]
	verdict.Verdict = string(change.Taken)
	nobody := open[0]
	nobody.Entity = "user/nadie"
	for name, plant := range map[string]func(*store.Tx) error{
		"":         func(*store.Tx) error { return nil },
		"lost":     func(tx *store.Tx) error { return tx.PutContested(ctx, []string{entity}, nil) },
		"altered":  func(tx *store.Tx) error { return tx.PutContested(ctx, []string{entity}, []store.ContestedRow{other}) },
		"invented": func(tx *store.Tx) error { return tx.PutContested(ctx, nil, []store.ContestedRow{nobody}) },
		"unsaid":   func(tx *store.Tx) error { return tx.PutSettled(ctx, []string{entity}, nil) },
		"turned":   func(tx *store.Tx) error { return tx.PutSettled(ctx, []string{entity}, []store.SettledRow{verdict}) },
	} {
		if err := a.DB.Update(ctx, plant); err != nil {
			t.Fatal(err)
		}
		drift, err := a.VerifyProjections(ctx, auditor, nil)
		if err != nil || (len(drift) > 0) != (name != "") {
			t.Errorf("%q: %+v %v", name, drift, err)
		}
		err = a.DB.Update(ctx, func(tx *store.Tx) error {
			return errors.Join(tx.PutContested(ctx, []string{entity, nobody.Entity}, open), tx.PutSettled(ctx, []string{entity}, done))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
