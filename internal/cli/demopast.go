package cli

import (
	"time"

	"quipu/internal/app"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/registry"
	"quipu/internal/synth"
)

// pastClock is the clock of a demonstration while it is made: its people have a past.
type pastClock struct {
	at   time.Time
	live bool
}

func (c *pastClock) now() time.Time {
	if c.live {
		return time.Now()
	}
	return c.at
}

// next moves the clock on by a few working minutes.
func (c *pastClock) next() {
	c.at = c.at.Add(7 * time.Minute)
	if c.at.Hour() >= 17 {
		c.at = time.Date(c.at.Year(), c.at.Month(), c.at.Day()+1, 9, 2, 0, 0, c.at.Location())
	}
}

// demoPast lets officers work on some of the people: a new telephone, a renewed
// registration, a marriage, a move from one office to another.
func (e *env) demoPast(a *app.App, clock *pastClock) error {
	rosa := app.Actor{Login: "rosa", Role: authz.Window, Office: "ESMAD", Purpose: "registry"}
	luz := app.Actor{Login: "luz", Role: authz.Window, Office: "USPAT", Purpose: "registry"}
	madrid, err := a.PeopleOf(e.ctx, rosa, "ESMAD", 160)
	if err != nil {
		return err
	}
	for i, p := range madrid {
		clock.next()
		if err := e.demoVisit(a, rosa, p.ID, i); err != nil {
			return err
		}
		if i%8 == 5 {
			clock.next()
			cmd := registry.TransferCmd{ToOffice: "USPAT", Note: "DNI en trámite: llega a Madrid y se reenvía por valija.",
				Prov: change.Provenance{Source: "declared", Confidence: "certain"}}
			if _, err := a.Transfer(e.ctx, luz, p.ID, cmd); err != nil {
				return err
			}
		}
	}
	clock.next()
	return e.demoPassport(a, rosa)
}

// demoPassport registers the person whom one of the passports to try meets again.
func (e *env) demoPassport(a *app.App, who app.Actor) error {
	p := synth.Registered
	text := func(field, value string) registry.Input {
		return registry.Input{Field: field, Value: change.Text(value)}
	}
	_, err := a.Register(e.ctx, who, registry.RegisterCmd{Office: who.Office, Channel: "window", Prov: change.Provenance{Source: "mrz", Confidence: "certain"},
		Inputs: []registry.Input{text("surname_paternal", p.Paternal), text("surname_maternal", p.Maternal), text("given_names", p.Given),
			text("birth_date", p.Birth), text("sex", p.Sex), text("nationality_basis", "birth_in_country"), text("residence_country", "ES"),
			{Field: "document/new", Value: change.Group("type", "passport", "number", p.Number, "issuer", "PER", "mrz", p.Zone, "verification", "seen_original")},
			{Field: "address/new", Value: change.Group("city", "Alcorcón", "country", "ES")},
			{Field: "phone/new", Value: change.Group("number", "+34600010203")}}}, true)
	return err
}

// demoVisit is one person at the window.
func (e *env) demoVisit(a *app.App, who app.Actor, person string, i int) error {
	declared := change.Provenance{Source: "declared", Confidence: "certain"}
	seen := change.Provenance{Source: "document_seen", Evidence: "partida de matrimonio, original", Confidence: "certain"}
	var err error
	switch i % 3 {
	case 0:
		_, err = a.Confirm(e.ctx, who, person)
	case 1:
		in := registry.Input{Field: "phone/new", Value: change.Group("number", "+346000"+string(rune('1'+i%9))+"0"+string(rune('0'+i%10))+string(rune('0'+i/10%10))+"5"), Prov: declared}
		_, err = a.Edit(e.ctx, who, person, []registry.Input{in}, "")
	case 2:
		page, err := a.Person(e.ctx, who, person, time.Time{})
		if err != nil {
			return err
		}
		seen.From = "2025-02-14"
		in := registry.Input{Field: "civil_status", Value: change.Text("married"), Base: page.Person.Version("civil_status"), Prov: seen}
		_, err = a.Edit(e.ctx, who, person, []registry.Input{in}, "Trae la partida de matrimonio.")
		return err
	}
	return err
}
