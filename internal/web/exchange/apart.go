package exchange

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"quipu/internal/app/conflict"
	app "quipu/internal/app/exchange"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/seal"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type apartScreen struct {
	ui.Page
	Action, Why, Rule      string
	State                  ui.Tag
	Facts                  []ui.Row
	Values                 ui.Table
	Veiled                 bool // the values are not shown
	Waits, MayLet, MayBack bool
	Let, Sent              string // reasons typed
}

// apartPage shows what the hub keeps apart: what it says, why it was refused, what became of it.
func (s *Room) apartPage(v *desk.Visit) error {
	page, err := s.apartScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "apart.html", page)
}

func (s *Room) apartScreen(v *desk.Visit) (*apartScreen, error) {
	held := v.PathValue("held")
	a, err := s.App.Apart(v.Context(), v.Actor, held)
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return nil, err
	}
	w, c := words{v.Words}, &a.Change
	page := &apartScreen{Page: s.Frame(v, w.T("apart.title", "change", held), conflicts), Action: apart + "/" + held, Why: w.T("apart.why." + a.Reason),
		Waits: a.State == "", MayLet: a.MayLet, MayBack: a.MayBack, Veiled: !a.Values}
	page.Back.Href = conflicts
	if a.Refused != nil {
		page.Rule = w.T("apart.rule", "field", w.setName(c.Entity.Kind, fault.As(a.Refused).Field))
		if a.Values {
			page.Rule += " " + i18n.Fault(w.Lang, a.Refused)
		}
	}
	if a.State != "" {
		page.State = ui.Tag{Text: w.T("conflict.verdict." + a.State), Colour: map[string]string{app.ApartLetIn: "green", app.ApartSentBack: "red"}[a.State]}
	}
	page.Facts = w.apartFacts(a)
	page.Values = ui.Table{Caption: w.T("apart.values"), Head: w.Heads("conflict.col.field", "apart.col.value")}
	for i := range c.Sets {
		value := w.T("apart.hidden")
		if set := &c.Sets[i]; a.Values && !seal.Sealed(set.Value.Text) {
			value = w.empty(w.setValue(c.Entity.Kind, set))
		}
		page.Values.Rows = append(page.Values.Rows, []ui.Cell{{Text: w.setName(c.Entity.Kind, c.Sets[i].Field)}, {Text: value}})
	}
	return page, nil
}

func (w words) apartFacts(a *app.Apart) (out []ui.Row) {
	c := &a.Change
	out = []ui.Row{{Key: w.T("apart.of"), Value: w.Or("conflict.kind."+string(c.Entity.Kind), string(c.Entity.Kind)), Note: w.Or("officer.action."+c.Action, c.Action)},
		{Key: w.T("conflict.fact.who"), Value: w.Who(c.Author)}, {Key: w.T("conflict.fact.office"), Value: w.Office(c.Office), Note: string(c.ID.Node)},
		{Key: w.T("conflict.fact.when"), Value: w.Stamp(c.At)}}
	if c.Entity.Kind == change.Person {
		out[0].Value = w.T("apart.person")
	}
	if a.Received > 0 {
		out = append(out, ui.Row{Key: w.T("conflict.fact.received"), Value: w.Moment(a.Received)})
	}
	if a.State != "" {
		row := ui.Row{Key: w.T("apart.decided"), Value: w.Who(a.Decided.Author) + ": " + a.Words, Note: w.Stamp(a.Decided.At)}
		if !a.Became.IsZero() {
			row.Note += " · " + a.Became.String()
		}
		out = append(out, row)
	}
	return out
}

// setName names a field of any kind of entity.
func (w words) setName(kind change.Kind, field string) string {
	if kind == change.Person {
		return w.Label(desk.Group(strings.ReplaceAll(field, ".", "/")))
	}
	field, _, _ = strings.Cut(field, "/") // an item of a group
	return w.Or("conflict.field."+string(kind)+"."+field, w.Or("conflict.field."+field, field))
}

func (w words) setValue(kind change.Kind, set *change.Set) string {
	if f := registry.Lookup(set.Field); kind == change.Person && f != nil {
		return w.Value(f, set.Value)
	}
	if f, ok := conflict.FieldOf(kind, set.Field); ok {
		return w.text(f, set.Value.Text)
	}
	if len(set.Value.Parts) == 0 {
		return set.Value.Text
	}
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(set.Value.Parts)) {
		parts = append(parts, k+": "+set.Value.Parts[k])
	}
	return strings.Join(parts, ", ")
}

// decideApart lets it in or sends it back.
func (s *Room) decideApart(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	held, do := v.PathValue("held"), v.PostFormValue("do")
	note, done := v.PostFormValue("note_"+do), "apart.done."+do
	var err error
	switch do {
	case "let":
		_, err = s.App.LetIn(v.Context(), v.Actor, held, note)
	case "back":
		err = s.App.SendBack(v.Context(), v.Actor, held, note)
	default:
		err = fault.New(fault.Invalid, "officer.bad_form")
	}
	if err == nil || fault.Is(err, "apart.decided") {
		text := v.Words.T(done)
		if err != nil {
			text = i18n.Fault(v.Words.Lang, err)
		}
		return s.Done(v, conflicts, text)
	}
	if !desk.Mendable(err) {
		return err
	}
	page, opening := s.apartScreen(v)
	if opening != nil {
		return opening
	}
	page.Let, page.Sent = v.PostFormValue("note_let"), v.PostFormValue("note_back")
	problem := ui.Problem{Text: i18n.Fault(v.Words.Lang, err)}
	if f := fault.As(err); f != nil && f.Field == "note" {
		problem.Field = "note_" + do
	}
	page.Errors = append(page.Errors, problem)
	return s.Show(v, ui.StatusOf(err), "apart.html", page)
}
