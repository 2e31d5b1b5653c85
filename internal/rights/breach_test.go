package rights

import (
	"testing"
	"time"

	"quipu/internal/change"
	"quipu/internal/registry"
)

func at(text string) change.Stamp {
	t, err := time.Parse("2006-01-02 15:04 -07:00", text)
	if err != nil {
		panic(err)
	}
	return change.StampOf(t)
}

func (l *log) breach() *Breach { b := LoadBreach(l.changes); return &b }

func TestBreachClock(t *testing.T) {
	p, l := Home(), &log{}
	noticed, now := at("2026-11-20 18:30 +01:00"), at("2026-11-20 20:00 +01:00")
	cmd := BreachCmd{Office: "ESMAD", What: "se perdió una memoria", Happened: day(t, "2026-11"), Noticed: noticed,
		Data: []registry.Section{registry.Identity, registry.Contact}, People: 120, Certainty: Estimated}
	c, err := OpenBreach(cmd, now)
	l.add(t, c, err)
	b := l.breach()
	if b.Noticed != noticed || b.People != 120 || len(b.Data) != 2 || b.Happened != day(t, "2026-11") {
		t.Fatalf("the breach is %+v", b)
	}
	// Weekends count: 48 hours are 48 hours.
	for moment, want := range map[string]Clock{
		"2026-11-20 18:30 +01:00": {Pace: Running, Left: 48}, "2026-11-21 18:31 +01:00": {Pace: Running, Left: 23},
		"2026-11-22 07:30 +01:00": {Pace: Soon, Left: 11}, "2026-11-22 12:20 -05:00": {Pace: Today}, "2026-11-22 18:30 +01:00": {Pace: Today},
		"2026-11-22 18:31 +01:00": {Pace: Overdue}, "2026-11-23 12:30 -05:00": {Pace: Overdue, Left: 24},
	} {
		want.Unit, want.DueAt = Hours, at("2026-11-22 18:30 +01:00")
		if got := p.Clocks(b, at(moment)).Authority; got != want {
			t.Errorf("at %s the clock is %+v, want %+v", moment, got, want)
		}
	}
	late := at("2026-11-22 20:00 +01:00")
	_, err = p.NotifyAuthority(b, late, "", "", late)
	refused(t, err, "rights.words_missing", "delay")
	_, err = p.NotifyAuthority(b, at("2026-11-19 20:00 +01:00"), "", "", late)
	refused(t, err, "rights.notice_early", "authority_at")
	_, err = b.Close(day(t, "2026-11-22"))
	refused(t, err, "rights.close_authority", "")
	c, err = p.NotifyAuthority(b, late, "N-17", "no había conexión", late)
	l.add(t, c, err)
	if got := p.Clocks(l.breach(), at("2027-01-01 00:00 +01:00")).Authority; got.Pace != Late || got.Left != 2 {
		t.Errorf("notified late: %+v", got)
	}
	c, err = l.breach().Excuse(true, "la memoria estaba cifrada")
	l.add(t, c, err)
	if got := p.Clocks(l.breach(), late).People; got.Pace != None {
		t.Errorf("nobody need be told: %+v", got)
	}
	_, err = l.breach().Close(day(t, "2026-11-22"))
	refused(t, err, "rights.close_measures", "")
	cmd.Measures, cmd.Certainty = "se cambiaron las claves", Unknown
	c, err = l.breach().Update(cmd, late)
	l.add(t, c, err)
	c, err = l.breach().Close(day(t, "2026-11-24"))
	l.add(t, c, err)
	if b = l.breach(); b.Closed != day(t, "2026-11-24") || b.Text("people") != "" {
		t.Errorf("closed: %+v", b)
	}
	_, err = b.Update(cmd, late)
	refused(t, err, "rights.breach_closed", "")
}

func TestBreachRefusals(t *testing.T) {
	now := at("2026-11-20 20:00 +01:00")
	good := BreachCmd{What: "correo a otra persona", Noticed: now, Data: []registry.Section{registry.Contact}, People: 1, Certainty: Counted}
	for _, c := range []struct {
		field, key string
		spoil      func(*BreachCmd)
	}{
		{"what", "rights.words_missing", func(c *BreachCmd) { c.What = "" }},
		{"noticed", "rights.moment", func(c *BreachCmd) { c.Noticed = at("2026-11-20 20:01 +01:00") }},
		{"noticed", "rights.moment", func(c *BreachCmd) { c.Noticed = change.Stamp{} }},
		{"happened", "rights.breach_order", func(c *BreachCmd) { c.Happened = day(t, "2026-11-21") }},
		{"data", "rights.breach_data", func(c *BreachCmd) { c.Data = nil }},
		{"data", "rights.choose", func(c *BreachCmd) { c.Data = []registry.Section{"x"} }},
		{"people", "rights.people", func(c *BreachCmd) { c.People = -1 }},
		{"certainty", "rights.choose", func(c *BreachCmd) { c.Certainty = "" }},
	} {
		cmd := good
		c.spoil(&cmd)
		_, err := OpenBreach(cmd, now)
		refused(t, err, c.key, c.field)
	}
}
