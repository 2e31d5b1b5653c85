package app

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"slices"
	"testing"
	"time"

	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/registry"
)

// must fails the test when a change was refused, met another, or changed nothing.
func must(t *testing.T, out Outcome, err error) {
	t.Helper()
	if err != nil || len(out.Conflicts) > 0 || out.Unchanged || out.Head.IsZero() {
		t.Fatalf("%+v, %v", out, err)
	}
}

func wants(t *testing.T, err error, kind fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != kind {
		t.Fatalf("got %v, want kind %v", err, kind)
	}
}

func readPerson(t *testing.T, a *App, person string) registry.Person {
	t.Helper()
	page, err := a.Person(context.Background(), officer(authz.Head, "ESMAD"), person, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return page.Person
}

func TestConsents(t *testing.T) {
	a, c := openTest(t, Options{})
	ctx, who := context.Background(), officer(authz.Window, "ESMAD")
	person := registerJuan(t, a).Person
	_, err := a.GrantConsent(ctx, who, person, "research", "1999", "spa", "")
	wants(t, err, fault.Invalid)
	_, err = a.GrantConsent(ctx, officer(authz.Window, "USPAT"), person, "research", ConsentVersion, "spa", "")
	wants(t, err, fault.Forbidden)
	for _, purpose := range []string{"research", "photo"} {
		out, err := a.GrantConsent(ctx, who, person, purpose, ConsentVersion, "spa", "dicho en ventanilla")
		must(t, out, err)
	}
	out, err := a.Edit(ctx, who, person, []registry.Input{text("civil_status", "married")}, "")
	must(t, out, err)
	out, err = a.SetPhoto(ctx, who, person, picture(t))
	must(t, out, err)
	c.t = c.t.AddDate(0, 1, 0)
	out, review, err := a.WithdrawConsent(ctx, who, person, "research", "carta", "")
	must(t, out, err)
	if !slices.Equal(review, []string{"civil_status"}) {
		t.Errorf("to look at again: %v", review)
	}
	out, _, err = a.WithdrawConsent(ctx, who, person, "photo", "", "")
	must(t, out, err)
	p := readPerson(t, a, person)
	if p.Text("photo") != "" || registry.Consented(&p, "photo") || registry.Consented(&p, "research") {
		t.Error("a consent that was withdrawn still holds")
	}
	_, _, err = a.WithdrawConsent(ctx, who, person, "photo", "", "")
	wants(t, err, fault.Conflict)
}

// TestConsentTexts: every purpose has words in both languages.
func TestConsentTexts(t *testing.T) {
	for _, purpose := range []string{"alerts", "research", "events", "photo"} {
		key, ok := ConsentText(ConsentVersion, purpose)
		if !ok || !i18n.Has(i18n.English, key) {
			t.Errorf("no text %s", key)
		}
	}
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 350, 450))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPhotoIsTakenOff(t *testing.T) {
	a, _ := openTest(t, Options{})
	ctx, who := context.Background(), officer(authz.Window, "ESMAD")
	person := registerJuan(t, a).Person
	_, err := a.SetPhoto(ctx, who, person, []byte("no picture"))
	wants(t, err, fault.Invalid)
	out, err := a.SetPhoto(ctx, who, person, picture(t))
	must(t, out, err)
	if media, data, err := a.Photo(ctx, who, person); err != nil || media != "image/jpeg" || len(data) == 0 {
		t.Fatalf("%s, %d bytes, %v", media, len(data), err)
	}
	_, _, err = a.Photo(ctx, officer(authz.Window, "USPAT"), person)
	wants(t, err, fault.Forbidden)
	out, err = a.RemovePhoto(ctx, who, person)
	must(t, out, err)
	_, _, err = a.Photo(ctx, who, person)
	wants(t, err, fault.NotFound)
}

// rosa is the entry of another invented person.
func rosa(office string) registry.RegisterCmd {
	return registry.RegisterCmd{Office: office, Inputs: []registry.Input{text("surname_paternal", "Quispe"), text("given_names", "Rosa"),
		text("birth_date", "1995-03-02"), text("sex", "F"), text("nationality_basis", "birth_in_country"), text("residence_country", "ES"),
		{Field: "document/", Value: change.Group("type", "dni", "number", "40718293", "issuer", "PER", "verification", "seen_original")}}}
}

func TestRelateWritesBoth(t *testing.T) {
	a, _ := openTest(t, Options{})
	ctx, who := context.Background(), officer(authz.Window, "ESMAD")
	father := registerJuan(t, a).Person
	made, err := a.Register(ctx, who, rosa("ESMAD"), false)
	if err != nil {
		t.Fatal(err)
	}
	child := made.Person
	_, err = a.Relate(ctx, who, father, father, registry.Link{Relation: "sibling"})
	wants(t, err, fault.Invalid)
	_, err = a.Relate(ctx, who, child, father, registry.Link{Relation: "child"}) // he is older
	wants(t, err, fault.Invalid)
	for _, p := range []string{father, child} {
		if p := readPerson(t, a, p); len(p.Items("family")) != 0 {
			t.Fatal("a refused link left something")
		}
	}
	out, err := a.Relate(ctx, who, child, father, registry.Link{Relation: "father", Household: true, Authority: true})
	must(t, out, err)
	c, f := readPerson(t, a, child), readPerson(t, a, father)
	ofChild, ofFather := c.Items("family")[0], f.Items("family")[0]
	if ofChild.Value.Part("person") != father || ofChild.Value.Part("authority") != "yes" || ofChild.Value.Part("household") != "yes" ||
		ofFather.Value.Part("person") != child || ofFather.Value.Part("relation") != "child" || ofFather.Value.Part("authority") != "" {
		t.Errorf("the child has %v, the father %v", ofChild.Value, ofFather.Value)
	}
	if ofChild.At != ofFather.At || ofFather.Version.N-ofChild.Version.N != 1 {
		t.Errorf("written apart: %v and %v", ofChild.Version, ofFather.Version)
	}
	if out, err := a.Relate(ctx, who, child, father, registry.Link{Relation: "father", Household: true, Authority: true}); err != nil || !out.Unchanged {
		t.Errorf("the same link again gives %+v, %v", out, err)
	}
	far, err := a.Register(ctx, officer(authz.Window, "USPAT"), registry.RegisterCmd{Office: "USPAT", Inputs: []registry.Input{text("given_names", "Ana")}}, false)
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Relate(ctx, who, child, far.Person, registry.Link{Relation: "sibling"})
	wants(t, err, fault.Invalid)
	clean(t, a)
}

func TestReopenAndLife(t *testing.T) {
	a, c := openTest(t, Options{})
	ctx, who := context.Background(), officer(authz.Window, "ESMAD")
	person := registerJuan(t, a).Person
	_, err := a.Reopen(ctx, who, person, registry.ReopenCmd{Office: "ESMAD", Kind: "resident", Channel: "window"})
	wants(t, err, fault.Conflict)
	out, err := a.SetVital(ctx, who, person, registry.Vital{Status: registry.Missing}, "")
	must(t, out, err)
	out, err = a.SetVital(ctx, who, person, registry.Vital{Status: registry.Dead}, "")
	must(t, out, err)
	_, err = a.SetVital(ctx, who, person, registry.Vital{Status: registry.Alive}, "")
	wants(t, err, fault.Invalid) // needs a note
	out, err = a.SetVital(ctx, who, person, registry.Vital{Status: registry.Alive}, "era otra persona")
	must(t, out, err)
	if n, err := a.OfficeDay(ctx, who); err != nil || n.Registered != 0 || n.Stale != 0 {
		t.Errorf("with nobody registered: %+v, %v", n, err)
	}
	c.t = c.t.AddDate(0, 1, 0)
	there := officer(authz.Window, "USPAT")
	_, err = a.Reopen(ctx, who, person, registry.ReopenCmd{Office: "USPAT", Kind: "resident", Channel: "window"})
	wants(t, err, fault.Forbidden)
	out, err = a.Reopen(ctx, there, person, registry.ReopenCmd{Office: "USPAT", Kind: "resident", Channel: "window", Note: "llegó en mayo"})
	must(t, out, err)
	p := readPerson(t, a, person)
	if e, open := registry.Current(&p); !open || e.Office != "USPAT" || len(registry.Episodes(&p)) != 2 {
		t.Errorf("registered %+v, %v", e, open)
	}
	clean(t, a)
}

func TestComplete(t *testing.T) {
	a, _ := openTest(t, Options{})
	ctx, who := context.Background(), officer(authz.Window, "ESMAD")
	made, err := a.Register(ctx, who, registry.RegisterCmd{Office: "ESMAD", Inputs: []registry.Input{text("given_names", "Nilda")}}, false)
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Complete(ctx, who, made.Person, nil, "birth_in_country", "")
	wants(t, err, fault.Invalid)
	paper := []registry.Input{{Field: "document/new", Value: change.Group("type", "dni", "number", "40718293", "verification", "seen_original")}}
	_, err = a.Complete(ctx, who, made.Person, paper, registry.Presumed, "")
	wants(t, err, fault.Invalid)
	out, err := a.Complete(ctx, who, made.Person, paper, "birth_in_country", "trajo el DNI")
	must(t, out, err)
	if p := readPerson(t, a, made.Person); p.Text("entry") != registry.EntryComplete || p.Text("nationality_basis") != "birth_in_country" {
		t.Errorf("stands %s, %s", p.Text("entry"), p.Text("nationality_basis"))
	}
	_, err = a.Complete(ctx, who, made.Person, paper, "birth_in_country", "")
	wants(t, err, fault.Conflict)
}

func TestDayOfTheOffice(t *testing.T) {
	a, c := openTest(t, Options{})
	ctx, who := context.Background(), officer(authz.Window, "ESMAD")
	person := registerJuan(t, a).Person
	made, err := a.Register(ctx, who, registry.RegisterCmd{Office: "ESMAD", Kind: "transient", Inputs: []registry.Input{text("given_names", "Ana")}}, false)
	if err != nil {
		t.Fatal(err)
	}
	look := func(want OfficeDay, ids ...string) {
		t.Helper()
		day, err := a.OfficeDay(ctx, who)
		if err != nil || day != want {
			t.Fatalf("the day is %+v, %v; want %+v", day, err, want)
		}
		hits, err := a.ExpiringPeople(ctx, who, 0, 10)
		var got []string
		for _, h := range hits {
			got = append(got, h.ID)
		}
		if err != nil || !slices.Equal(got, ids) {
			t.Fatalf("expiring %v, %v; want %v", got, err, ids)
		}
	}
	look(OfficeDay{Registered: 2, Doubtful: 1})
	c.t = c.t.AddDate(0, 11, 0)
	look(OfficeDay{Registered: 2, Due: 1, Doubtful: 1}, made.Person)
	c.t = c.t.AddDate(5, 0, 0)
	look(OfficeDay{Registered: 2, Stale: 2, Doubtful: 1}, person, made.Person)
	out, err := a.Confirm(ctx, who, made.Person)
	must(t, out, err)
	look(OfficeDay{Registered: 2, Stale: 1, Doubtful: 1}, person)
	if hits, err := a.DoubtfulPeople(ctx, who, 0, 10); err != nil || len(hits) != 1 || hits[0].ID != made.Person {
		t.Fatalf("in doubt %+v, %v", hits, err)
	}
	_, err = a.OfficeDay(ctx, officer(authz.Statistician, "ESMAD"))
	wants(t, err, fault.Forbidden)
}

func TestOfficerNames(t *testing.T) {
	a, _ := openTest(t, Options{})
	acc := account.NewAccount{Login: "rosa", Name: "Rosa Inventada", Office: "ESMAD", Role: authz.Window, Lang: "es", Password: account.DemoPassword}
	if err := a.CreateAccount(context.Background(), node.Operator("test", "ESMAD"), acc); err != nil {
		t.Fatal(err)
	}
	if names, err := a.OfficerNames(context.Background()); err != nil || names["rosa"] != "Rosa Inventada" {
		t.Errorf("%v, %v", names, err)
	}
}
