package exchange

import (
	"net/http"
	"strings"

	app "quipu/internal/app/conflict"
	"quipu/internal/change"
	"quipu/internal/name"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type conflictsScreen struct {
	ui.Page
	Lead    string
	Begin   string // address of the oldest, "" when none waits
	Open    ui.Table
	Decided ui.Table
}

// conflictsPage lists what waits for a decision, the oldest first, and what was decided last.
func (s *Room) conflictsPage(v *desk.Visit) error {
	open, decided, err := s.App.OpenConflicts(v.Context(), v.Actor)
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return err
	}
	w := words{v.Words}
	page := &conflictsScreen{Page: s.Frame(v, w.T("conflict.title"), conflicts)}
	page.Back.Href = "/"
	if len(open) > 0 {
		page.Lead = w.TN("conflict.count", len(open))
	}
	page.Open = ui.Table{Caption: w.T("conflict.open"), Empty: w.T("conflict.none"),
		Head: w.Heads("conflict.col.person", "conflict.col.field", "conflict.col.why", "conflict.col.since")}
	for _, it := range open {
		who := w.whose(it)
		if it.Opens() {
			who.Href = pathOf(&it)
			if page.Begin == "" && it.Entity.Kind != app.Held {
				page.Begin = who.Href
			}
		}
		page.Open.Rows = append(page.Open.Rows, []ui.Cell{who, {Text: w.fields(it)}, {Text: w.T("conflict.reason." + it.Reason)},
			{Text: w.Moment(it.At), Note: w.Office(it.Office)}})
	}
	page.Decided = ui.Table{Caption: w.T("conflict.decided"), Empty: w.T("conflict.decided.none"),
		Head: w.Heads("conflict.col.person", "conflict.col.field", "conflict.col.verdict", "conflict.col.who")}
	for _, it := range decided {
		who := w.whose(it)
		if it.Person != nil {
			who.Href = "/persona/" + it.Entity.ID + "/historia/" + it.Fields[0]
		} else if it.Entity.Kind == app.Held {
			who.Href = pathOf(&it)
		}
		page.Decided.Rows = append(page.Decided.Rows, []ui.Cell{who, {Text: w.fields(it)}, {Text: w.verdict(it.Verdict)},
			{Text: w.Who(it.Author), Note: w.Moment(it.At)}})
	}
	return s.Show(v, http.StatusOK, "conflicts.html", page)
}

// fields names what a conflict is about of its entity.
func (w words) fields(it app.Item) string {
	out := make([]string, len(it.Fields))
	for i, f := range it.Fields {
		if out[i] = w.Label(desk.Group(f)); app.Decided(it.Entity.Kind) {
			out[i] = w.fieldName(it.Entity.Kind, f)
		}
	}
	return strings.Join(out, ", ")
}

// whose names what a conflict is about.
func (w words) whose(it app.Item) ui.Cell {
	if it.Person == nil {
		return ui.Cell{Text: w.Or("conflict.kind."+string(it.Entity.Kind), string(it.Entity.Kind)), Note: it.Entity.ID}
	}
	return ui.Cell{Text: called(it.Person), Note: it.Person.Number}
}

// called is a person's name, or the number of one who has none any more.
func called(p *app.Row) string {
	return desk.Called(name.Name{Given: p.GivenNames, Paternal: p.SurnamePaternal, Maternal: p.SurnameMaternal}, p.Number)
}

func (w words) verdict(v change.Verdict) string { return w.T("conflict.verdict." + string(v)) }
