package exchange

import (
	"net/http"
	"strings"

	app "quipu/internal/app/conflict"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/registry/same"
	"quipu/internal/rights"
	"quipu/internal/survey/fieldwork"
	"quipu/internal/survey/study"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// casePage is the page of a conflict of anything but a person: all that one change wrote of it.
func (s *Room) casePage(v *desk.Visit) error {
	page, _, err := s.caseOf(v)
	if err != nil {
		return s.instead(v, err)
	}
	return s.Show(v, http.StatusOK, "conflict.html", page)
}

func matterOf(v *desk.Visit) change.Ref {
	return change.Ref{Kind: change.Kind(v.PathValue("kind")), ID: v.PathValue("matter")}
}

func (s *Room) caseOf(v *desk.Visit) (*conflictScreen, *app.Case, error) {
	ref := matterOf(v)
	c, err := s.App.Case(v.Context(), v.Actor, ref, v.PathValue("conflict"))
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return nil, nil, err
	}
	w := words{v.Words}
	page := &conflictScreen{Page: s.Frame(v, w.T("conflict.page", "field", w.T("conflict.kind."+string(ref.Kind))), conflicts), Seen: c.Head.String(),
		Action: conflicts + "/" + ref.String() + "/" + c.ID, Field: w.T("conflict.kind." + string(ref.Kind)), Reason: true,
		MayDecide: c.MayDecide, MayTake: c.MayTake}
	page.Back.Href = conflicts
	page.About = w.about(c)
	page.Why = w.T("conflict.why." + c.Lines[0].Beside.Reason)
	if c.Blocked != "" {
		page.Blocked = w.T(c.Blocked)
	}
	page.Compare = ui.Comparison{Caption: w.T("conflict.compare"), Left: w.T("conflict.stands"), Right: w.T("conflict.beside")}
	var stands, beside []string
	newest := c.Lines[0].Stands
	for _, l := range c.Lines {
		row := ui.Compared{Label: w.fieldName(c.Entity.Kind, l.Field.Name), Left: w.text(l.Field, l.Stands.Value.Text), Right: w.text(l.Field, l.Beside.Value.Text)}
		page.Compare.Rows = append(page.Compare.Rows, row)
		stands, beside = append(stands, w.empty(row.Left)), append(beside, w.empty(row.Right))
		if l.Stands.At.Micros > newest.At.Micros {
			newest = l.Stands
		}
	}
	for _, d := range c.Answers {
		page.Compare.Rows = append(page.Compare.Rows, ui.Compared{Label: strings.ReplaceAll(d.Question, "/", " / "), Left: d.Stands, Right: d.Beside})
	}
	page.Stands = w.beside(w.T("conflict.stands"), strings.Join(stands, " · "), newest, c.Received)
	if newest.Version.IsZero() {
		page.Stands.Facts = nil
	}
	page.Beside = w.beside(w.T("conflict.beside"), strings.Join(beside, " · "), c.Lines[0].Beside.Held(), c.Received)
	page.Controls = w.caseControls(page, c, func(l *app.Line) string { return l.Beside.Value.Text })
	page.MayOther = len(page.Controls) > 0
	return page, c, nil
}

// about names a matter, with a link to its own page, and the people whom it is about.
func (w words) about(c *app.Case) (out []ui.Link) {
	kind, path := w.T("conflict.kind."+string(c.Entity.Kind)), ""
	switch c.Entity.Kind {
	case change.User:
		path = "/cuentas/"
	case rights.KindRequest:
		path = "/datos/solicitudes/"
	case same.KindPair:
		path = "/revision/"
	case "campaign":
		path = "/campanas/"
	case study.KindSurvey:
		path = "/encuestas/"
	case study.KindCase:
		path = "/encuestas/" + c.Survey + "/casos/"
	case study.KindSubmission:
		path = "/encuestas/" + c.Survey + "/respuestas/"
	}
	if path != "" {
		path += c.Entity.ID
	}
	if c.Name != "" {
		kind += ": " + c.Name
	}
	out = append(out, ui.Link{Text: kind, Href: path})
	for i := range c.People {
		out = append(out, ui.Link{Text: called(&c.People[i]) + " " + c.People[i].Number, Href: "/persona/" + c.People[i].ID})
	}
	return out
}

// text is what a field of a matter says, in words.
func (w words) text(f app.Field, text string) string {
	if text == "" {
		return ""
	}
	switch f.Form {
	case app.Choice:
		return w.choice(f, text)
	case app.Several:
		codes := strings.Fields(text)
		for i, code := range codes {
			codes[i] = w.choice(f, code)
		}
		return strings.Join(codes, ", ")
	case app.Outcome:
		if d, err := fieldwork.Find(text); err == nil {
			return text + " " + w.T(d.Key())
		}
	case app.Day:
		return i18n.Date(w.Lang, text)
	case app.Moment:
		if s, err := change.ParseStamp(text); err == nil {
			return w.Stamp(s)
		}
	case app.Office:
		return w.Office(text)
	case app.Login:
		return w.Who(text)
	case app.Hidden:
		return w.T("conflict.hidden", "letters", len(text))
	case app.Yes:
		if text == "yes" {
			return w.T("ui.yes")
		}
	}
	return text
}

// fieldName names a field of a matter.
func (w words) fieldName(kind change.Kind, name string) string {
	return w.Or("conflict.field."+string(kind)+"."+name, w.T("conflict.field."+name))
}

func (w words) choice(f app.Field, code string) string {
	if f.Words == "office:" {
		return w.Office(code)
	}
	if list, ok := strings.CutPrefix(f.Words, "list:"); ok {
		return w.Code(list, code)
	}
	return w.Or(f.Words+code, code)
}

// caseControls ask for another value of each field of which one can be written.
func (w words) caseControls(page *conflictScreen, c *app.Case, text func(l *app.Line) string) (out []desk.Control) {
	if !c.MayTake {
		return nil
	}
	for i := range c.Lines {
		l := &c.Lines[i]
		if l.Field.Fixed {
			continue
		}
		name := "value." + l.Field.Name
		control := desk.Control{Kind: "input", Field: ui.Field{Name: name, Label: w.fieldName(c.Entity.Kind, l.Field.Name), Value: text(l), Error: page.Err(name), Optional: true}}
		switch l.Field.Form {
		case app.Lines:
			control.Kind = "textarea"
		case app.Day:
			control.Field.Hint, control.Field.Width = w.T("conflict.day.hint"), "10"
		case app.Choice, app.Yes:
			control.Kind = "select"
			codes := l.Field.Choices
			if l.Field.Form == app.Yes {
				codes = []string{"yes"}
			}
			for _, code := range codes {
				control.Field.Options = append(control.Field.Options, ui.Option{Value: code, Label: w.text(l.Field, code)})
			}
		}
		out = append(out, control)
	}
	return out
}

// decideCase takes what the officer decides about a matter.
func (s *Room) decideCase(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	page, c, err := s.caseOf(v)
	if err != nil {
		return s.instead(v, err)
	}
	cmd, err := caseCommand(v, c)
	if err == nil {
		err = s.App.DecideCase(v.Context(), v.Actor, c.Entity, c.ID, cmd)
	}
	if err == nil {
		return s.onwards(v, v.Words.T("conflict.done."+string(cmd.Verdict), "field", page.Field))
	}
	if !desk.Mendable(err) {
		return err
	}
	w, get := words{v.Words}, v.PostFormValue
	page.Did, page.Kept, page.Taken, page.Other = get("do"), get("note_kept"), get("note_taken"), get("note_other")
	problem := ui.Problem{Text: i18n.Fault(w.Lang, err)}
	if f := fault.As(err); f != nil && f.Field == "note" {
		problem.Field = "note_" + page.Did
	} else if f != nil && strings.HasPrefix(f.Field, "value.") && page.Did == string(change.Other) {
		problem.Field = f.Field
	}
	page.Errors = append(page.Errors, problem)
	if page.Did == string(change.Other) {
		page.Controls = w.caseControls(page, c, func(l *app.Line) string { return get("value." + l.Field.Name) })
	}
	return s.Show(v, ui.StatusOf(err), "conflict.html", page)
}

func caseCommand(v *desk.Visit, c *app.Case) (cmd app.CaseCmd, err error) {
	cmd.Verdict = change.Verdict(v.PostFormValue("do"))
	cmd.Note = v.PostFormValue("note_" + string(cmd.Verdict))
	if cmd.Seen, err = v.Seen(); err != nil {
		return cmd, err
	}
	cmd.Values = map[string]string{}
	for _, l := range c.Lines {
		if !l.Field.Fixed {
			cmd.Values[l.Field.Name] = v.PostFormValue("value." + l.Field.Name)
		}
	}
	return cmd, nil
}
