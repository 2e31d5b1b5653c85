package exchange

import (
	"net/http"
	"strings"

	app "quipu/internal/app/conflict"
	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type conflictScreen struct {
	ui.Page
	Who            ui.Identity // of a person
	About          []ui.Link   // of anything else: what it is, and whom it is about
	Action, Seen   string
	Person         string // address of the person's page
	Field, Why     string
	Compare        ui.Comparison
	Stands, Beside valueView
	Rest           []valueView
	Veiled         bool
	MayDecide      bool
	MayTake        bool
	MayOther       bool
	Blocked        string // why no value can come into force
	Reason         bool
	Controls       []desk.Control
	Kept, Taken    string // reasons typed
	Other          string
	Evidence       string
	Sources        []ui.Option
	Did            string // the verdict of a form that was refused
}

// valueView is one of the two values: who wrote it, where, when and upon what.
type valueView struct {
	Title, Value string
	Facts        []ui.Row
}

func (s *Room) conflictPage(v *desk.Visit) error {
	page, _, err := s.conflict(v)
	if err != nil {
		return s.instead(v, err)
	}
	return s.Show(v, http.StatusOK, "conflict.html", page)
}

// instead answers when a conflict cannot be shown. One that was decided, from an old page, is
// told on the list.
func (s *Room) instead(v *desk.Visit, err error) error {
	if fault.Is(err, "registry.settled_already") {
		return s.Done(v, conflicts, i18n.Fault(v.Words.Lang, err))
	}
	return err
}

func (s *Room) conflict(v *desk.Visit) (*conflictScreen, *app.Page, error) {
	p, err := s.App.Conflict(v.Context(), v.Actor, v.PathValue("id"), v.PathValue("conflict"))
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return nil, nil, err
	}
	w, x := words{v.Words}, &p.Contender
	label := w.Label(desk.Group(x.Field))
	page := &conflictScreen{Page: s.Frame(v, w.T("conflict.page", "field", label), conflicts), Action: conflicts + "/" + p.Row.ID + "/" + p.ID,
		Person: "/persona/" + p.Row.ID, Field: label, Seen: p.Stands.Version.String(), Veiled: p.Veiled, MayDecide: p.MayDecide,
		MayTake: p.MayTake, MayOther: p.MayOther, Reason: p.Reason}
	page.Back.Href = conflicts
	page.Who = w.Identity(&p.Person, w.Today, node.RightsOver(v.Actor, p.Person), v.Actor.Office)
	page.Who.Actions = nil // their keys are those of the decision
	page.Why = w.T("conflict.why." + x.Reason)
	if p.MayDecide && !p.MayTake {
		page.Blocked = w.T("conflict.blocked")
	}
	page.Sources = w.Options("source", nil)
	if p.Veiled {
		return page, p, nil
	}
	page.Stands = w.beside(w.T("conflict.stands"), w.Value(p.Field, p.Stands.Value), p.Stands, p.Received)
	if p.Stands.Version.IsZero() {
		page.Stands.Facts = nil
	}
	page.Beside = w.beside(w.T("conflict.beside"), w.Value(p.Field, x.Value), x.Held(), p.Received)
	for _, y := range p.Rest {
		page.Rest = append(page.Rest, w.beside(w.T("conflict.also"), w.Value(p.Field, y.Value), y.Held(), p.Received))
	}
	page.Compare = ui.Comparison{Caption: w.T("conflict.compare"), Left: w.T("conflict.stands"), Right: w.T("conflict.beside"), Rows: w.rows(p.Field, p.Stands.Value, x.Value)}
	page.Controls = w.controls(p, func(f *registry.Field, part *registry.Part, _, stored string) desk.Typed {
		return w.Shown(f, part, stored)
	}, page)
	return page, p, nil
}

// beside is one value with what it rests on.
func (w words) beside(title, value string, h change.Held, received app.Received) valueView {
	out := valueView{Title: title, Value: w.empty(value)}
	add := func(key, value, note string) {
		if value != "" {
			out.Facts = append(out.Facts, ui.Row{Key: w.T(key), Value: value, Note: note})
		}
	}
	add("conflict.fact.who", w.Who(h.Author), "")
	add("conflict.fact.office", w.Office(h.Office), string(h.Version.Node))
	here := ""
	if w.Away(h.At) {
		here = w.T("conflict.fact.here", "when", w.Moment(h.At.Micros))
	}
	add("conflict.fact.when", w.Stamp(h.At), here)
	if at := received[h.Version]; at > 0 {
		add("conflict.fact.received", w.Moment(at), "")
	}
	if h.Prov.Source != "" {
		add("conflict.fact.source", w.Code("source", h.Prov.Source), "")
	}
	add("conflict.fact.evidence", h.Prov.Evidence, "")
	if h.Prov.Confidence != "" {
		add("conflict.fact.sure", w.Code("confidence", h.Prov.Confidence), "")
	}
	if h.Prov.From != "" {
		add("conflict.fact.from", i18n.Date(w.Lang, h.Prov.From), "")
	}
	return out
}

func (w words) empty(value string) string {
	if value == "" {
		return w.T("conflict.empty")
	}
	return value
}

// rows set two values side by side: one line, or one for each part of an item.
func (w words) rows(f *registry.Field, left, right change.Value) (out []ui.Compared) {
	if f == nil {
		return nil
	}
	if !f.IsGroup() {
		return []ui.Compared{{Label: w.Label(f.Key), Left: w.Value(f, left), Right: w.Value(f, right)}}
	}
	for i := range f.Parts {
		p := &f.Parts[i]
		row := ui.Compared{Label: w.Part(f, p), Left: w.Text(f, p, left.Part(p.Key)), Right: w.Text(f, p, right.Part(p.Key))}
		if row.Left != "" || row.Right != "" {
			out = append(out, row)
		}
	}
	return out
}

// controls ask for another value, beginning with what was written beside.
func (w words) controls(p *app.Page, text func(f *registry.Field, part *registry.Part, name, stored string) desk.Typed, page *conflictScreen) (out []desk.Control) {
	f := p.Field
	if !p.MayOther {
		return nil
	}
	if !f.IsGroup() {
		return []desk.Control{w.Control(f, nil, "value", text(f, nil, "value", p.Contender.Value.Text), page.Err("value"))}
	}
	for i := range f.Parts {
		part := &f.Parts[i]
		name := "value." + part.Key
		stored := p.Contender.Value.Part(part.Key)
		if stored == "" {
			stored = p.Stands.Value.Part(part.Key)
		}
		out = append(out, w.Control(f, part, name, text(f, part, name, stored), page.Err(name)))
	}
	return out
}

// decide takes what the officer decides.
func (s *Room) decide(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	page, p, err := s.conflict(v)
	if err != nil {
		return s.instead(v, err)
	}
	cmd, err := command(v, p)
	if err == nil {
		_, err = s.App.DecideConflict(v.Context(), v.Actor, v.PathValue("id"), v.PathValue("conflict"), cmd)
	}
	if err == nil {
		return s.onwards(v, v.Words.T("conflict.done."+string(cmd.Verdict), "field", page.Field))
	}
	if !desk.Mendable(err) {
		return err
	}
	page.again(v, p, err)
	return s.Show(v, ui.StatusOf(err), "conflict.html", page)
}

// command is the form as the use case takes it.
func command(v *desk.Visit, p *app.Page) (cmd app.DecideCmd, err error) {
	get := v.PostFormValue
	cmd.Verdict = change.Verdict(get("do"))
	if text := get("seen"); text != "" {
		if cmd.Seen, err = id.ParseChange(text); err != nil {
			return cmd, fault.New(fault.Invalid, "officer.bad_form").Because(err)
		}
	}
	switch cmd.Verdict {
	case change.Kept, change.Taken:
		cmd.Note = get("note_" + string(cmd.Verdict))
		return cmd, nil
	case change.Other:
	default:
		return cmd, fault.New(fault.Invalid, "officer.bad_form")
	}
	cmd.Note = get("note_other")
	cmd.Prov = change.Provenance{Source: get("source"), Evidence: strings.TrimSpace(get("evidence"))}
	if f := p.Field; f != nil && f.IsGroup() {
		cmd.Value.Parts = map[string]string{}
		for i := range f.Parts {
			part := &f.Parts[i]
			if text := desk.Sent(v.Request, f, part, "value."+part.Key).Given(); text != "" {
				cmd.Value.Parts[part.Key] = text
			}
		}
	} else if f != nil {
		cmd.Value.Text = desk.Sent(v.Request, f, nil, "value").Given()
	}
	return cmd, nil
}

// again fills the form with what was typed, and puts the error beside its input.
func (page *conflictScreen) again(v *desk.Visit, p *app.Page, err error) {
	w, get := words{v.Words}, v.PostFormValue
	page.Did = get("do")
	page.Kept, page.Taken, page.Other = get("note_kept"), get("note_taken"), get("note_other")
	page.Evidence, page.Sources = get("evidence"), w.Options("source", []string{get("source")})
	problem := ui.Problem{Text: i18n.Fault(w.Lang, err)}
	if f := fault.As(err); f != nil && f.Field == "note" {
		problem.Field = "note_" + page.Did
	} else if f != nil && p.Field != nil && (f.Field == "value" || desk.Group(f.Field) == p.Field.Key || strings.HasPrefix(f.Field, p.Field.Key+".")) {
		problem.Field = "value"
		if _, part, ok := strings.Cut(f.Field, "."); ok && p.Field.IsGroup() {
			problem.Field += "." + part
		} else if p.Field.IsGroup() {
			problem.Field += "." + p.Field.Parts[0].Key
		}
	}
	page.Errors = append(page.Errors, problem)
	if page.Did == string(change.Other) {
		page.Controls = w.controls(p, func(f *registry.Field, part *registry.Part, name, _ string) desk.Typed {
			return desk.Sent(v.Request, f, part, name)
		}, page)
	}
}

// onwards goes to the oldest conflict that still waits; to the list when none does.
func (s *Room) onwards(v *desk.Visit, text string) error {
	next, err := s.App.NextConflict(v.Context(), v.Actor)
	switch {
	case err != nil:
		return err
	case next == nil:
		return s.Done(v, conflicts, text+" "+v.Words.T("conflict.all_done"))
	}
	return s.Done(v, pathOf(next), text)
}

// pathOf is the address of the page on which a conflict is decided.
func pathOf(it *app.Item) string {
	switch {
	case it.Person != nil:
		return conflicts + "/" + it.Entity.ID + "/" + it.ID
	case it.Entity.Kind == app.Held:
		return apart + "/" + it.ID
	}
	return conflicts + "/" + it.Entity.String() + "/" + it.ID
}
