package oversight_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/registry"
)

var ctx = context.Background()

// clock is a clock that moves when told.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func open(t *testing.T) (*app.App, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)}
	a, err := app.Open(ctx, filepath.Join(t.TempDir(), "reg"), app.Options{Create: true, Now: c.now})
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

func officer(login string, role authz.Role, office string) app.Actor {
	return app.Actor{Login: login, Role: role, Office: office, Purpose: "registry"}
}

// registered is the id of an invented person of that name, whom the officer registers.
func registered(t *testing.T, a *app.App, by app.Actor, paternal, maternal, dni string) string {
	t.Helper()
	text := func(field, value string) registry.Input {
		return registry.Input{Field: field, Value: change.Text(value)}
	}
	r, err := a.Register(ctx, by, registry.RegisterCmd{Office: by.Office, Prov: change.Provenance{Source: "document_seen", Confidence: "certain"}, Inputs: []registry.Input{
		text("surname_paternal", paternal), text("surname_maternal", maternal), text("given_names", "Juan"), text("birth_date", "1968-04-01"),
		text("sex", "M"), text("nationality_basis", "birth_in_country"), text("residence_country", "ES"), text("safe_hours", "solo de 10 a 12"),
		{Field: "document/", Value: change.Group("type", "dni", "number", dni, "issuer", "PER", "verification", "seen_original")},
		{Field: "address/", Value: change.Group("lines", "Calle Inventada 5", "city", "Madrid", "country", "ES")},
	}}, true)
	if err != nil || r.Person == "" {
		t.Fatalf("registered %+v, %v", r, err)
	}
	return r.Person
}

func TestRegistrationTimes(t *testing.T) {
	a, c := open(t)
	rosa, marta := officer("rosa", authz.Window, "ESMAD"), officer("marta", authz.Head, "ESMAD")
	first := registered(t, a, rosa, "Quispe", "Mamani", "10117410")
	c.t = c.t.Add(time.Hour)
	second := registered(t, a, rosa, "Flores", "Huamán", "40404040")
	note := func(who app.Actor, person string, seconds int64) error {
		return a.NoteRegistrationTime(ctx, who, person, seconds)
	}
	for _, seconds := range []int64{0, -5, 4*3600 + 1} { // say nothing
		if err := note(rosa, first, seconds); err != nil {
			t.Fatal(err)
		}
	}
	if err := note(rosa, first, 95); err != nil {
		t.Fatal(err)
	}
	if err := note(rosa, first, 10); err != nil { // a second time of the same registration
		t.Fatal(err)
	}
	if err := note(officer("ana", authz.Window, "ESMAD"), second, 60); !fault.Is(err, "day.not_yours") {
		t.Errorf("a time of another officer's registration: %v", err)
	}
	if err := note(officer("ana", authz.Auditor, "ESMAD"), second, 60); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a time by who may not register: %v", err)
	}
	if err := note(rosa, "P00000000000000000000000000", 60); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a time of nobody: %v", err)
	}
	if err := note(rosa, second, 150); err != nil {
		t.Fatal(err)
	}
	times, err := a.RegistrationTimes(ctx, marta, "ESMAD", 20)
	if err != nil || len(times) != 2 || times[0].Seconds != 150 || times[1].Seconds != 95 || times[1].Author != "rosa" {
		t.Errorf("times %+v, %v", times, err)
	}
	if times, err := a.RegistrationTimes(ctx, marta, "ESMAD", 1); err != nil || len(times) != 1 || times[0].Person != second {
		t.Errorf("the last one: %+v, %v", times, err)
	}
	for _, who := range []app.Actor{rosa, officer("carlos", authz.Head, "USPAT")} {
		if _, err := a.RegistrationTimes(ctx, who, "ESMAD", 20); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s at %s sees the times: %v", who.Role, who.Office, err)
		}
	}
}
