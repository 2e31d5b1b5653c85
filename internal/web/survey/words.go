package survey

import (
	"strings"

	app "quipu/internal/app/survey"
	"quipu/internal/change"
	"quipu/internal/i18n"
	"quipu/internal/survey/study"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// words are the desk's, and those of this room.
type words struct{ desk.Words }

var stateColours = map[study.State]string{study.Draft: "grey", study.Open: "green", study.Closed: "grey"}

func (w words) state(s study.State) ui.Tag {
	return ui.Tag{Text: w.T("survey.state." + string(s)), Colour: stateColours[s]}
}

var standingColours = map[study.Standing]string{study.Received: "blue", study.Checked: "green", study.Doubtful: "yellow", study.SetAside: "grey", study.Held: "purple"}

func (w words) standing(s study.Standing) ui.Tag {
	return ui.Tag{Text: w.T("survey.standing." + string(s)), Colour: standingColours[s]}
}

func (w words) days(r *app.Row) string {
	return w.T("survey.from_to", "from", i18n.Date(w.Lang, r.First), "to", i18n.Date(w.Lang, r.Last))
}

func (w words) percent(x float64) string {
	return i18n.Decimal(w.Lang, 100*x, 1) + " %"
}

// pValue is a probability of a test with four places, or that it is less than they can say.
func (w words) pValue(p float64) string {
	if p < 0.0001 {
		return "< " + i18n.Decimal(w.Lang, 0.0001, 4)
	}
	return i18n.Decimal(w.Lang, p, 4)
}

// short is a number with at most so many places, without the noughts at its end.
func (w words) short(x float64, most int) string {
	return strings.TrimRight(strings.TrimRight(i18n.Decimal(w.Lang, x, most), "0"), ",.")
}

// reasons says what makes answers doubtful: a word, or a kind of finding and the question.
func (w words) reasons(keys []string) string {
	var out []string
	for _, k := range keys {
		kind, path, found := strings.Cut(k, ":")
		if found {
			_, question, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
			out = append(out, w.T("survey.finding."+kind, "question", question))
			continue
		}
		out = append(out, w.T("survey.reason."+k))
	}
	return strings.Join(out, " ")
}

// events are the changes of a survey or a submission, newest first.
func (w words) events(changes []change.Change) (out []ui.Event) {
	for i := len(changes) - 1; i >= 0; i-- {
		c := &changes[i]
		out = append(out, ui.Event{Title: w.T("survey.did." + c.Action), By: w.Who(c.Author) + ", " + w.Office(c.Office),
			When: w.Stamp(c.At), Time: c.At.String(), Text: c.Note})
	}
	return out
}
