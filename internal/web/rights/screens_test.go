package rights

import (
	"testing"

	"quipu/internal/app/wording"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/i18n"
	"quipu/internal/rights"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
	"quipu/internal/web/uitest"
)

func TestScreensFitTheirData(t *testing.T) {
	set, err := ui.Parse(Screens)
	if err != nil {
		t.Fatal(err)
	}
	uitest.Check(t, set, map[string]ui.Framed{
		"inbox.html": &inboxScreen{}, "personrights.html": &personScreen{}, "request.html": &requestScreen{}, "breaches.html": &breachesScreen{},
		"newbreach.html": &breachScreen{}, "breach.html": &breachScreen{}, "others.html": &othersScreen{}, "newother.html": &newOtherScreen{},
		"other.html": &otherScreen{}, "terms.html": &termsScreen{}, "proposal.html": &proposalScreen{},
	})
}

// TestClockInWords: every state of every clock has words of its own, which say how much.
func TestClockInWords(t *testing.T) {
	es, en := words{desk.Words{Words: wording.Words{Lang: i18n.Spanish}}}, words{desk.Words{Words: wording.Words{Lang: i18n.English}}}
	for _, c := range []struct {
		clock  rights.Clock
		es, en string
		colour string
	}{
		{rights.Clock{Pace: rights.Soon, Unit: rights.WorkingDays, Left: 3}, "vence en 3 días hábiles", "due in 3 working days", "yellow"},
		{rights.Clock{Pace: rights.Soon, Unit: rights.WorkingDays, Left: 1}, "vence en 1 día hábil", "due in 1 working day", "yellow"},
		{rights.Clock{Pace: rights.Running, Unit: rights.Hours, Left: 40}, "vence en 40 horas", "due in 40 hours", "grey"},
		{rights.Clock{Pace: rights.Today, Unit: rights.Hours}, "vence en menos de una hora", "due in less than an hour", "orange"},
		{rights.Clock{Pace: rights.Overdue, Unit: rights.Hours}, "recién vencido", "just overdue", "red"},
		{rights.Clock{Pace: rights.Overdue, Unit: rights.WorkingDays, Left: 2}, "vencido hace 2 días hábiles", "overdue by 2 working days", "red"},
		{rights.Clock{Pace: rights.Late, Unit: rights.Hours, Left: 1}, "1 hora tarde", "1 hour late", "orange"},
		{rights.Clock{Pace: rights.Met, Unit: rights.WorkingDays}, "respondido a tiempo", "answered in time", "green"},
		{rights.Clock{Pace: rights.None}, "sin plazo", "no term", "grey"},
	} {
		if a, b := es.clock(c.clock), en.clock(c.clock); a.Text != c.es || b.Text != c.en || a.Colour != c.colour {
			t.Errorf("%+v is %q, %q, %s", c.clock, a.Text, b.Text, a.Colour)
		}
	}
	if got := es.until(rights.Clock{Due: civil.Date{Year: 2026, Month: 12, Day: 2}}); got != "2 de diciembre de 2026" {
		t.Errorf("until %q", got)
	}
	if got := es.until(rights.Clock{DueAt: change.Stamp{Micros: 1_795_000_000_000_000}}); got == "" {
		t.Error("a moment has no words")
	}
}
