package window

import (
	"net/http"
	"slices"

	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type meetScreen struct {
	ui.Page
	Who    ui.Identity
	ID     string
	What   string // what happens to the registration
	Rows   []meetRow
	Hidden []hidden
}

// meetRow is one value that was given beside the one that stands. Take is set when it is
// written unless the officer says otherwise.
type meetRow struct {
	Field, Label, Now, Typed, Base string
	Adds, Take                     bool
}

// meet sets the form beside the record of the same person, for the officer to say what is
// written. problem is what stood in the way the last time.
func (s *Room) meet(v *desk.Visit, f form, person string, problem error) error {
	w := v.Words
	m, err := s.App.Meet(v.Context(), v.Actor, person, f.command(v.Actor.Office, w.Today).Inputs)
	if err != nil {
		return err
	}
	page := &meetScreen{ID: person, Hidden: carry(v, f), Who: w.Identity(&m.Person, w.Today, m.Rights, v.Actor.Office)}
	page.Page = s.Frame(v, w.T("window.meet.title", "number", page.Who.Number), "/registrar")
	page.Who.Actions = nil
	switch {
	case m.Moves:
		page.What = w.T("window.meet.move", "office", w.Office(registry.Summarise(&m.Person).Office))
	case m.Reopens:
		page.What = w.T("window.meet.reopen")
	default:
		page.What = w.T("window.meet.confirm")
	}
	for _, d := range m.Differences {
		page.Rows = append(page.Rows, meetRow{Field: d.Name, Label: w.Label(d.Field.Key), Now: w.Value(d.Field, d.Now),
			Typed: w.Value(d.Field, d.Value), Base: d.Base.String(), Adds: d.Adds, Take: d.Adds})
	}
	status := http.StatusOK
	if problem != nil {
		page.Fail(problem)
		status = ui.StatusOf(problem)
	}
	return s.Show(v, status, "meet.html", page)
}

// welcome writes what the officer ticked into the record of the same person.
func (s *Room) welcome(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	if err := authz.Check(v.Actor, authz.Register, v.Actor.Office); err != nil {
		return err
	}
	f, person, once := read(v.Request), v.PostFormValue("person"), v.PostFormValue("once")
	if v.PostFormValue("do") == "back" {
		return s.Show(v, http.StatusOK, "register.html", s.screen(v, f, once))
	}
	m, err := s.App.Meet(v.Context(), v.Actor, person, f.command(v.Actor.Office, v.Words.Today).Inputs)
	if err != nil {
		return err
	}
	var take []registry.Input
	for _, d := range m.Differences {
		if !slices.Contains(v.PostForm["take"], d.Name) {
			continue
		}
		in := d.Input
		in.Prov.Source = f.source()
		if base, err := id.ParseChange(v.PostFormValue("base:" + d.Name)); err == nil {
			in.Base = base // the version that the officer saw, not the one of now
		}
		take = append(take, in)
	}
	_, err = s.Once.Use(once, func() (string, error) {
		out, err := s.App.Welcome(v.Context(), v.Actor, person, take, f.Note)
		if err == nil && len(out.Conflicts) > 0 {
			err = fault.New(fault.Conflict, "window.moved")
		}
		if err != nil {
			return "", err
		}
		return person, nil
	})
	switch kind := fault.KindOf(err); {
	case err != nil && (kind == fault.Invalid || kind == fault.Conflict):
		return s.meet(v, f, person, err)
	case err != nil:
		return err
	}
	return s.Done(v, "/persona/"+person, v.Words.TN("window.meet.done", len(take)))
}
