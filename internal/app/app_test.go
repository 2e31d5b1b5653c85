package app

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
)

// clock is a clock that moves when told.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func openTest(t *testing.T, opts Options) (*App, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)}
	opts.Create, opts.Now = true, c.now
	a, err := Open(context.Background(), filepath.Join(t.TempDir(), "reg"), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a, c
}

func officer(role authz.Role, office string) Actor {
	return Actor{Login: "rosa", Role: role, Office: office, Purpose: "registry"}
}

func text(field, value string) registry.Input {
	return registry.Input{Field: field, Value: change.Text(value)}
}

// juan is the entry of an invented person.
func juan(office string) registry.RegisterCmd {
	return registry.RegisterCmd{Office: office, Prov: change.Provenance{Source: "document_seen", Confidence: "certain"}, Inputs: []registry.Input{
		text("surname_paternal", "Quispe"), text("surname_maternal", "Mamani"), text("given_names", "Juan Carlos"),
		text("birth_date", "1968-04"), text("sex", "M"), text("nationality_basis", "birth_in_country"), text("residence_country", "ES"),
		text("safe_hours", "solo de 10 a 12"),
		{Field: "document/", Value: change.Group("type", "dni", "number", "10117410", "check", "2", "issuer", "PER", "verification", "seen_original")},
		{Field: "phone/", Value: change.Group("number", "+34600111222")},
		{Field: "address/", Value: change.Group("lines", "Calle Inventada 5", "city", "Madrid", "country", "ES")},
	}}
}

func registerJuan(t *testing.T, a *App) Registered {
	t.Helper()
	r, err := a.Register(context.Background(), officer(authz.Window, "ESMAD"), juan("ESMAD"), false)
	if err != nil || r.Person == "" {
		t.Fatalf("registered %+v, %v", r, err)
	}
	return r
}

func TestRegisterSearchRead(t *testing.T) {
	a, _ := openTest(t, Options{})
	ctx := context.Background()
	r := registerJuan(t, a)
	head := officer(authz.Head, "ESMAD")
	for query, reason := range map[string]string{
		"10117410": "reason.document", "101174102": "reason.document", r.Number: "reason.number", "+34 600 111 222": "reason.phone", "600 11 12 22": "reason.phone",
		"quispe mamani juan carlos": "why.given_same", "JUAN QUISPE": "why.given_same", "mamani jua": "why.given_begins", "quizpe mamany": "why.paternal_sound",
		"10117420": "why.document_near", "carlos quispe 04/1968": "why.given_same", "cuispe": "why.paternal_near",
	} {
		hits, err := a.Search(ctx, head, query, 10)
		if err != nil || len(hits) != 1 || hits[0].ID != r.Person || hits[0].Reasons[0].Key != reason {
			t.Errorf("%q found %+v, %v; want %s", query, hits, err, reason)
		}
	}
	page, err := a.Person(ctx, head, r.Person, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if page.Person.Text("safe_hours") != "solo de 10 a 12" || page.Person.Text("birth_date") != "1968-04" || page.Hidden != 0 {
		t.Errorf("head of post sees %q, %q, %d hidden", page.Person.Text("safe_hours"), page.Person.Text("birth_date"), page.Hidden)
	}
	held := page.Person.Fields["surname_paternal"]
	if held.Author != "rosa" || held.Office != "ESMAD" || held.Prov.Source != "document_seen" || held.At.Micros == 0 {
		t.Errorf("provenance is %+v", held)
	}
}

// TestTiers: what an officer may not see is not in what he gets, and sealed text is in
// the log only sealed.
func TestTiers(t *testing.T) {
	a, _ := openTest(t, Options{})
	ctx := context.Background()
	r := registerJuan(t, a)
	for _, c := range []struct {
		who         Actor
		phone, safe bool
	}{
		{officer(authz.Head, "ESMAD"), true, true}, {officer(authz.Head, "USPAT"), true, false},
		{officer(authz.Window, "ESMAD"), true, false}, {officer(authz.Window, "USPAT"), false, false},
	} {
		page, err := a.Person(ctx, c.who, r.Person, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(page.Person.Items("phone")) > 0; got != c.phone {
			t.Errorf("%s at %s sees the telephone: %v", c.who.Role, c.who.Office, got)
		}
		if got := page.Person.Text("safe_hours") != ""; got != c.safe {
			t.Errorf("%s at %s sees the safe hours: %v", c.who.Role, c.who.Office, got)
		}
		for _, ch := range page.Changes {
			if body := string(change.Encode(&ch)); !c.safe && strings.Contains(body, "10 a 12") || !c.phone && strings.Contains(body, "600111222") {
				t.Errorf("%s at %s gets it in the history: %s", c.who.Role, c.who.Office, body)
			}
		}
	}
	if _, err := a.Person(ctx, officer(authz.Statistician, "ESMAD"), r.Person, time.Time{}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a statistician opened a person: %v", err)
	}
	raw := rawLog(t, a)
	if strings.Contains(raw, "10 a 12") || !strings.Contains(raw, "s1:") {
		t.Error("the sealed value is in the log in clear, or not at all")
	}
	in := text("safe_hours", "nunca")
	in.Base = id.Change{Node: "AA", N: 1}
	out, err := a.Edit(ctx, officer(authz.Window, "ESMAD"), r.Person, []registry.Input{in}, "")
	if err != nil || len(out.Conflicts) != 1 || !out.Conflicts[0].Theirs.Value.Empty() {
		t.Errorf("a conflict shows what the officer may not read: %+v, %v", out.Conflicts, err)
	}
	reads, err := a.Reads(ctx, officer(authz.Auditor, "ESMAD"), 0, 10)
	if err != nil || len(reads) != 4 || reads[0].Person != r.Person || reads[0].Purpose != "registry" {
		t.Errorf("reads logged: %+v, %v", reads, err)
	}
}

func TestTwoOfficersOneField(t *testing.T) {
	a, c := openTest(t, Options{})
	ctx := context.Background()
	r := registerJuan(t, a)
	who := officer(authz.Window, "ESMAD")
	page, err := a.Person(ctx, who, r.Person, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	base := page.Person.Version("given_names")
	edit := func(field, value string) Outcome {
		c.t = c.t.Add(-time.Hour) // the clock of the machine goes back; order must not care
		in := text(field, value)
		in.Base = page.Person.Version(field)
		out, err := a.Edit(ctx, who, r.Person, []registry.Input{in}, "as in the new document")
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if out := edit("given_names", "Juan"); len(out.Conflicts) != 0 {
		t.Fatalf("the first writer met %+v", out.Conflicts)
	}
	out := edit("given_names", "Carlos")
	if len(out.Conflicts) != 1 || out.Conflicts[0].Theirs.Value.Text != "Juan" || out.Conflicts[0].Mine.Text != "Carlos" || out.Conflicts[0].Base != base {
		t.Fatalf("the second writer met %+v", out.Conflicts)
	}
	if out := edit("civil_status", "married"); len(out.Conflicts) != 0 {
		t.Fatalf("another field met %+v", out.Conflicts)
	}
	page, err = a.Person(ctx, who, r.Person, time.Time{})
	if err != nil || page.Person.Text("given_names") != "Juan" || page.Person.Text("civil_status") != "married" {
		t.Fatalf("stands %v, %v", page.Person.Text("given_names"), err)
	}
	if h := registry.History(page.Changes, "given_names"); len(h) != 2 || h[0].Value.Text != "Juan Carlos" || h[1].Author != "rosa" {
		t.Fatalf("history is %+v", h)
	}
}

func TestSameDocumentIsShownFirst(t *testing.T) {
	a, _ := openTest(t, Options{})
	ctx := context.Background()
	first := registerJuan(t, a)
	who := officer(authz.Window, "USPAT")
	again, err := a.Register(ctx, who, juan("USPAT"), false)
	if err != nil || again.Person != "" || len(again.Same) != 1 || again.Same[0].ID != first.Person {
		t.Fatalf("got %+v, %v", again, err)
	}
	if again, err = a.Register(ctx, who, juan("USPAT"), true); err != nil || again.Number == "" || again.Number == first.Number {
		t.Fatalf("confirmed as another person: %+v, %v", again, err)
	}
}

func TestTransferAndPast(t *testing.T) {
	a, c := openTest(t, Options{})
	ctx := context.Background()
	r := registerJuan(t, a)
	before := c.t
	c.t = c.t.AddDate(1, 0, 0)
	cmd := registry.TransferCmd{ToOffice: "USPAT", Note: "DNI renewal under way"}
	if _, err := a.Transfer(ctx, officer(authz.Window, "ESMAD"), r.Person, cmd); fault.KindOf(err) != fault.Forbidden {
		t.Fatalf("an office gave a person away to another: %v", err)
	}
	if _, err := a.Transfer(ctx, officer(authz.Window, "USPAT"), r.Person, cmd); err != nil {
		t.Fatal(err)
	}
	now, err := a.Person(ctx, officer(authz.Head, "USPAT"), r.Person, time.Time{})
	if err != nil || registry.Summarise(&now.Person).Office != "USPAT" || len(now.Person.Items("registration")) != 2 {
		t.Fatalf("after the move: %v, %v", registry.Summarise(&now.Person).Office, err)
	}
	then, err := a.Person(ctx, officer(authz.Head, "USPAT"), r.Person, before)
	if err != nil || registry.Summarise(&then.Person).Office != "ESMAD" {
		t.Fatalf("a year before: %v, %v", registry.Summarise(&then.Person).Office, err)
	}
}

// TestDoubtsAreAsDelicate: a doubt about a telephone quotes it.
func TestDoubtsAreAsDelicate(t *testing.T) {
	a, _ := openTest(t, Options{})
	ctx := context.Background()
	cmd := juan("ESMAD")
	for i := range cmd.Inputs {
		if cmd.Inputs[i].Field == "document/" {
			cmd.Inputs[i].Value.Parts["check"] = "9"
		}
	}
	r, err := a.Register(ctx, officer(authz.Window, "ESMAD"), cmd, false)
	if err != nil || len(r.Doubts) == 0 {
		t.Fatalf("a wrong check character raised %v, %v", r.Doubts, err)
	}
	for office, want := range map[string]bool{"ESMAD": true, "USPAT": false} {
		page, err := a.Person(ctx, officer(authz.Window, office), r.Person, time.Time{})
		if err != nil || len(page.Person.Items("doubt")) > 0 != want {
			t.Errorf("%s sees %d doubts, %v", office, len(page.Person.Items("doubt")), err)
		}
	}
}
