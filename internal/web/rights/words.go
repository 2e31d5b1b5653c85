package rights

import (
	"strings"

	app "quipu/internal/app/rights"
	"quipu/internal/change"
	"quipu/internal/i18n"
	"quipu/internal/name"
	"quipu/internal/rights"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// words are the desk's, and those of this room.
type words struct{ desk.Words }

// colours mark how a clock stands; the words of the tag say it.
var colours = map[rights.Pace]string{rights.None: "grey", rights.Running: "grey", rights.Soon: "yellow", rights.Today: "orange",
	rights.Overdue: "red", rights.Met: "green", rights.Late: "orange"}

// clock says how a term stands: "vence en 3 días hábiles".
func (w words) clock(c rights.Clock) ui.Tag {
	key := "rights.clock." + string(c.Pace)
	tag := ui.Tag{Colour: colours[c.Pace]}
	switch c.Pace {
	case rights.Running, rights.Soon, rights.Overdue, rights.Late:
		if c.Left == 0 {
			tag.Text = w.T(key + ".just")
			break
		}
		tag.Text = w.TN(key+"."+string(c.Unit), c.Left)
	case rights.Today:
		tag.Text = w.T(key + "." + string(c.Unit))
	default:
		tag.Text = w.T(key)
	}
	return tag
}

// until is the end of a clock as a date or a moment, "" for none.
func (w words) until(c rights.Clock) string {
	switch {
	case c.Due.Known():
		return i18n.Date(w.Lang, c.Due.String())
	case c.DueAt.Micros != 0:
		return w.Stamp(c.DueAt)
	}
	return ""
}

func (w words) day(edtf string) string {
	if edtf == "" {
		return ""
	}
	return i18n.Date(w.Lang, edtf)
}

// called is the name of a person in a list; the number of one who has none any more.
func called(p app.PersonRow) string {
	return desk.Called(name.Name{Given: p.GivenNames, Paternal: p.SurnamePaternal, Maternal: p.SurnameMaternal}, p.Number)
}

var stateColours = map[rights.State]string{rights.Received: "blue", rights.InProgress: "blue", rights.Extended: "yellow", rights.Granted: "green",
	rights.Partly: "teal", rights.Refused: "red", rights.Withdrawn: "grey"}

func (w words) state(s rights.State) ui.Tag {
	return ui.Tag{Text: w.Or("rights.state."+string(s), string(s)), Colour: stateColours[s]}
}

// events are the changes of an entity, newest first, with what was written in words.
func (w words) events(changes []change.Change, said ...string) (out []ui.Event) {
	for i := len(changes) - 1; i >= 0; i-- {
		c := &changes[i]
		var texts []string
		for _, s := range c.Sets {
			for _, field := range said {
				if s.Field == field && s.Value.Text != "" {
					texts = append(texts, s.Value.Text)
				}
			}
		}
		out = append(out, ui.Event{Title: w.Or("rights.did."+c.Action, c.Action), By: w.Who(c.Author) + ", " + c.Office, When: w.Stamp(c.At), Time: c.At.String(),
			Text: strings.Join(texts, " · ")})
	}
	return out
}
