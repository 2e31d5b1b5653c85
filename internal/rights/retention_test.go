package rights

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/id"
	"quipu/internal/registry"
)

// life is a person's log, whose changes are written on days.
type life struct {
	t       testing.TB
	changes []change.Change
}

func (l *life) on(on civil.Date, c change.Change, err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
	days, _ := civil.DaysBetween(civil.Date{Year: 1970, Month: 1, Day: 1}, on)
	c.Entity = change.Ref{Kind: change.Person, ID: "01ARZ3NDEKTSV4RRFFQ69G5FAV"}
	c.ID = id.Change{Node: "AA", N: int64(len(l.changes) + 1)}
	c.At = change.Stamp{Micros: int64(days)*86400e6 + 43200e6}
	if len(c.Sets) > 0 {
		l.changes = append(l.changes, c)
	}
}

func (l *life) person() *registry.Person { p := registry.Load(l.changes); return &p }

func text(field, value string) registry.Input {
	return registry.Input{Field: field, Value: change.Text(value)}
}

func ana(t testing.TB, kind string, on civil.Date) *life {
	l := &life{t: t}
	c, _, err := registry.Register(registry.RegisterCmd{Office: "ESMAD", Kind: kind, Channel: "window", Inputs: []registry.Input{
		text("given_names", "Ana María"), text("surname_paternal", "Quispe"), text("sex", "F"), text("birth_date", "1990-05-02"),
		text("nationality_basis", "birth_in_country"), text("residence_country", "ES"), text("civil_status", "single"), text("safe_hours", "de 9 a 12"),
		{Field: "phone/new", Value: change.Group("number", "+34600123456")},
		{Field: "emergency_contact/new", Value: change.Group("name", "Luis Inventado", "phone", "+34600999888")},
	}}, on)
	c.Sets = append(c.Sets, change.Set{Field: "number", Value: change.Text("00000000018")})
	l.on(on, c, err)
	return l
}

// due lists "class since" of what is due.
func due(l *life, on string) string {
	var out []string
	for _, d := range Home().DueOn(l.person(), day(l.t, on)) {
		out = append(out, d.Class+" "+d.Since.String())
	}
	return strings.Join(out, ", ")
}

func TestTermsOfKeeping(t *testing.T) {
	l := ana(t, "resident", day(t, "2020-03-01"))
	for on, want := range map[string]string{
		"2022-02-28": "", "2022-03-01": "contact 2022-03-01", "2025-02-28": "contact 2022-03-01", "2025-03-01": "contact 2022-03-01, profile 2025-03-01",
	} {
		if got := due(l, on); got != want {
			t.Errorf("on %s due is %q, want %q", on, got, want)
		}
	}
	c, err := registry.Confirm(l.person(), day(t, "2022-01-15"))
	l.on(day(t, "2022-01-15"), c, err)
	if got := due(l, "2024-01-14"); got != "" {
		t.Errorf("after a confirmation due is %q", got)
	}
	c, err = registry.Grant(l.person(), "research", "2026-1", "spa", "", day(t, "2022-02-01"))
	l.on(day(t, "2022-02-01"), c, err)
	c, _, err = registry.WithdrawConsent(l.person(), "research", "", "", day(t, "2022-06-01"))
	l.on(day(t, "2022-06-01"), c, err)
	if got := due(l, "2022-05-31") + "|" + due(l, "2022-06-01"); got != "|profile 2022-06-01" {
		t.Errorf("with the consent withdrawn due is %q", got)
	}
	c, err = registry.Close(l.person(), "returned", day(t, "2023-07-01"), "")
	l.on(day(t, "2023-07-01"), c, err)
	if got := due(l, "2023-07-01"); got != "profile 2022-06-01, emergency 2023-07-01" {
		t.Errorf("after the close due is %q", got)
	}
	if got := due(l, "2028-06-30"); strings.Contains(got, "episode") {
		t.Errorf("a day early due is %q", got)
	}
	if got := due(l, "2028-07-01"); got != "episode 2028-07-01" {
		t.Errorf("five years after the close due is %q", got)
	}
}

func TestCrisisEntries(t *testing.T) {
	l := ana(t, "crisis", day(t, "2024-02-29"))
	if got := due(l, "2025-02-27") + "|" + due(l, "2025-02-28"); got != "|crisis 2025-02-28" {
		t.Errorf("due is %q", got)
	}
	c, err := registry.Close(l.person(), "asked_out", day(t, "2024-03-10"), "")
	l.on(day(t, "2024-03-10"), c, err)
	c, err = registry.Reopen(l.person(), registry.ReopenCmd{Office: "ESMAD", Kind: "resident", Channel: "window"}, day(t, "2024-03-11"))
	l.on(day(t, "2024-03-11"), c, err)
	if got := due(l, "2025-06-01"); got != "" {
		t.Errorf("who is a resident since has due %q", got)
	}
}

func TestEraseWhole(t *testing.T) {
	l := ana(t, "resident", day(t, "2010-03-01"))
	c, err := registry.Close(l.person(), "returned", day(t, "2015-07-01"), "vuelve a casa")
	l.on(day(t, "2015-07-01"), c, err)
	p := l.person()
	c, err = CarryOut(p, Home().DueOn(p, day(t, "2026-11-23")), "5 años desde el cierre")
	l.on(day(t, "2026-11-23"), c, err)
	p = l.person()
	for f, h := range p.Fields {
		key, _, _ := strings.Cut(f, "/")
		if !h.Value.Empty() && !slices.Contains([]string{"number", "entry", "registration"}, key) {
			t.Errorf("%s still says %+v", f, h.Value)
		}
	}
	want := change.Group("office", "ESMAD", "kind", "resident", "opened", "2010", "closed", "2015", "reason", "returned")
	if it := p.Items("registration"); len(it) != 1 || it[0].ID != "1" || !it[0].Value.Equal(want) {
		t.Errorf("the count is %+v", it)
	}
	if registry.Status(p, day(t, "2026-11-23")) != registry.StateErased || p.Exists() || len(Home().DueOn(p, day(t, "2099-01-01"))) != 0 {
		t.Error("the entry is not anonymised for good")
	}
	if _, _, err = registry.Edit(p, []registry.Input{text("given_names", "Ana")}, "", day(t, "2026-11-24")); err == nil {
		t.Error("an anonymised entry was written to")
	}
}

// TestCarriedOutIsDone: after what is due was carried out nothing is due, whatever the life
// and the day; and what is due one day is due every later day.
func TestCarriedOutIsDone(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		now := civil.Date{Year: 2015, Month: 1, Day: 1}
		pass := func() civil.Date { now = now.AddDays(rapid.IntRange(0, 900).Draw(rt, "days")); return now }
		l := ana(t, rapid.SampledFrom([]string{"resident", "transient", "crisis"}).Draw(rt, "kind"), now)
		for range rapid.IntRange(0, 6).Draw(rt, "steps") {
			on, p := pass(), l.person()
			var c change.Change
			var err error
			switch rapid.SampledFrom([]string{"confirm", "close", "reopen", "grant", "withdraw", "edit", "carry"}).Draw(rt, "step") {
			case "confirm":
				c, err = registry.Confirm(p, on)
			case "close":
				c, err = registry.Close(p, "moved", on, "")
			case "reopen":
				c, err = registry.Reopen(p, registry.ReopenCmd{Office: "USPAT", Kind: "resident", Channel: "window"}, on)
			case "grant":
				c, err = registry.Grant(p, "research", "2026-1", "spa", "", on)
			case "withdraw":
				c, _, err = registry.WithdrawConsent(p, "research", "", "", on)
			case "edit":
				c, _, err = registry.Edit(p, []registry.Input{text("housing_tenure", "rented"), text("safe_hours", "tarde")}, "", on)
			case "carry":
				c, err = CarryOut(p, Home().DueOn(p, on), "plazo")
			}
			if err == nil {
				l.on(on, c, nil)
			}
		}
		on := pass()
		p := l.person()
		before := Home().DueOn(p, on)
		whole := func(due []Due) bool { return slices.ContainsFunc(due, func(d Due) bool { return d.Whole }) }
		later := Home().DueOn(p, on.AddDays(rapid.IntRange(0, 2000).Draw(rt, "later")))
		for _, d := range before {
			if !whole(later) && !slices.ContainsFunc(later, func(e Due) bool { return e.Class == d.Class }) {
				rt.Fatalf("%s was due on %s and is not later: %+v", d.Class, on, later)
			}
		}
		if len(before) == 0 {
			return
		}
		c, err := CarryOut(p, before, "plazo")
		if err != nil || len(c.Sets) == 0 {
			rt.Fatalf("carrying out %+v wrote %+v, %v", before, c, err)
		}
		if found := p.Conflicts(&c); len(found) != 0 {
			rt.Fatalf("it conflicts with %+v", found)
		}
		l.on(on, c, nil)
		if left := Home().DueOn(l.person(), on); len(left) != 0 {
			rt.Fatalf("after carrying out %+v there is due %+v", before, left)
		}
	})
}
