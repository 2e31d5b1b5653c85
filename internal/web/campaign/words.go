package campaign

import (
	"strings"

	app "quipu/internal/app/campaign"
	"quipu/internal/campaign"
	"quipu/internal/change"
	"quipu/internal/i18n"
	"quipu/internal/name"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// words are the desk's, and those of this room.
type words struct{ desk.Words }

var stateColours = map[campaign.State]string{campaign.Planned: "grey", campaign.Open: "blue", campaign.UnderWay: "green", campaign.Closed: "grey"}

func (w words) state(s campaign.State) ui.Tag {
	return ui.Tag{Text: w.T("campaign.state." + string(s)), Colour: stateColours[s]}
}

// days says when, in one line: one date, or from the first to the last.
func (w words) days(days []campaign.Day) string {
	if len(days) == 0 {
		return ""
	}
	first, last := days[0], days[len(days)-1]
	hours := campaign.Clock(first.From) + "–" + campaign.Clock(first.To)
	if first.Date == last.Date {
		return w.T("campaign.on", "date", i18n.Date(w.Lang, first.Date.String()), "hours", hours)
	}
	return w.T("campaign.from_to", "from", i18n.Date(w.Lang, first.Date.String()), "to", i18n.Date(w.Lang, last.Date.String()), "hours", hours)
}

func (w words) services(all []campaign.Service) string {
	var out []string
	for _, s := range all {
		out = append(out, w.T("campaign.service."+string(s)))
	}
	return strings.Join(out, ", ")
}

// called is the name of a person in a list; the number of one who has none.
func called(p app.PersonRow) string {
	return desk.Called(name.Name{Given: p.GivenNames, Paternal: p.SurnamePaternal, Maternal: p.SurnameMaternal}, p.Number)
}

// who names whoever has a turn.
func (w words) who(t *app.Turn) string {
	switch {
	case t.Person.ID != "":
		return called(t.Person)
	case t.Visitor != "":
		return t.Visitor
	}
	return w.T("campaign.unknown")
}

// slot is somebody's time, "" for none.
func (w words) slot(s campaign.Slot) string {
	if !s.Date.Known() {
		return ""
	}
	return w.T("campaign.slot", "date", i18n.Date(w.Lang, s.Date.String()), "time", campaign.Clock(s.At))
}

// events are the changes of a campaign or a turn, newest first.
func (w words) events(changes []change.Change) (out []ui.Event) {
	for i := len(changes) - 1; i >= 0; i-- {
		c := &changes[i]
		out = append(out, ui.Event{Title: w.Or("campaign.did."+c.Action, c.Action), By: w.Who(c.Author) + ", " + c.Office, When: w.Stamp(c.At), Time: c.At.String()})
	}
	return out
}
