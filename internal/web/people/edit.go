package people

import (
	"net/http"
	"slices"

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

var errConflict = fault.New(fault.Conflict, "conflict")

type editScreen struct {
	ui.Page
	Who       ui.Identity
	ID        string
	Action    string
	Scalars   []versioned
	Groups    []itemGroup
	Compare   ui.Comparison
	Conflicts []conflictView
	Sources   []ui.Option
	Certainty []ui.Option
	From      ui.DateParts
	Evidence  string
	Note      string
}

// conflictView asks which of two values stays.
type conflictView struct{ Name, Label string }

// editable lists the fields of a section that the officer may write.
func editable(sec registry.Section, may node.Rights) (out []*registry.Field) {
	for i := range registry.Dictionary {
		f := &registry.Dictionary[i]
		if f.Section == sec && !f.Derived && registry.Visible(f, may.Detail, may.Sealed) {
			out = append(out, f)
		}
	}
	return out
}

// startEdit opens the person and finds the fields that the address's section has.
func (s *Room) startEdit(v *desk.Visit) (*editing, error) {
	p, head, err := s.OpenPerson(v, desk.TabSummary)
	if err != nil {
		return nil, err
	}
	sec := registry.Section(v.PathValue("section"))
	fields := editable(sec, p.Rights)
	if !slices.Contains(registry.Sections, sec) || len(fields) == 0 {
		return nil, s.Nowhere(v)
	}
	if !p.Rights.Edit {
		return nil, fault.New(fault.Forbidden, "forbidden")
	}
	page := &editScreen{Page: head.Page, ID: head.ID, Action: "/persona/" + head.ID + "/editar/" + string(sec), Who: head.Who}
	page.Who.Actions = nil
	page.Title = v.Words.T("section."+string(sec)) + " – " + page.Title
	page.Back.Href = "/persona/" + head.ID
	page.Sources, page.Certainty = v.Words.Options("source", []string{"declared"}), v.Words.Options("confidence", nil)
	return &editing{words: words{v.Words}, page: page, person: p, fields: fields, req: v.Request}, nil
}

func (s *Room) editPage(v *desk.Visit) error {
	e, err := s.startEdit(v)
	if err != nil {
		return err
	}
	e.blank()
	return s.Show(v, http.StatusOK, "edit.html", e.page)
}

// edit saves. What cannot be saved comes back with everything that was typed.
func (s *Room) edit(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	e, err := s.startEdit(v)
	if err != nil {
		return err
	}
	inputs, err := e.inputs()
	var out app.Outcome
	if err == nil {
		out, err = s.App.Edit(v.Context(), v.Actor, e.page.ID, inputs, v.PostFormValue("note"))
	}
	switch {
	case err != nil && fault.KindOf(err) != fault.Invalid:
		return err
	case err != nil:
		e.fail(err, inputs)
		e.again()
		return s.Show(v, http.StatusUnprocessableEntity, "edit.html", e.page)
	case len(out.Conflicts) > 0:
		e.conflicts(out.Conflicts)
		e.again()
		return s.Show(v, http.StatusConflict, "edit.html", e.page)
	}
	said := v.Words.T("officer.edit.saved")
	if out.Unchanged || len(inputs) == 0 {
		said = v.Words.T("officer.edit.same")
	}
	if n := len(out.Doubts); n > 0 {
		said += " " + v.Words.TN("officer.edit.doubts", n)
	}
	return s.Done(v, "/persona/"+e.page.ID, said)
}

// provenance reads what all values of the form rest on.
func (e *editing) provenance() (change.Provenance, error) {
	p := change.Provenance{Source: e.req.PostFormValue("source"), Evidence: e.req.PostFormValue("evidence"),
		Confidence: e.req.PostFormValue("confidence")}
	if text := ui.FormDate(e.req, "valid_from").Text(); text != "" {
		d, _, err := civil.ParseGiven(text, civil.DMY, e.words.Today)
		if err != nil {
			if f := fault.As(err); f != nil {
				err = f.On("valid_from")
			}
			return p, err
		}
		p.From = d.String()
	}
	return p, nil
}
