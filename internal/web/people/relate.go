package people

import (
	"net/http"
	"slices"
	"strings"

	"quipu/internal/app"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// byName is the choice of a relative who has no entry in the register.
const byName = "name"

type relateScreen struct {
	ui.Page
	Who                       ui.Identity
	ID, Text                  string
	Asked                     bool
	Found, Relations          []ui.Option
	Person, Relation, Inverse string
	Household, Authority      string
	Evidence, Name            string
	Birth                     ui.DateParts
}

func (s *Room) relatePage(v *desk.Visit) error {
	page, err := s.relateScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "relate.html", page)
}

// relateScreen is the form with what was typed, and with the people who were searched for.
func (s *Room) relateScreen(v *desk.Visit) (*relateScreen, error) {
	p, head, err := s.OpenPerson(v, desk.TabFamily)
	if err != nil {
		return nil, err
	}
	if !p.Rights.Edit {
		return nil, fault.New(fault.Forbidden, "forbidden")
	}
	w, get := words{v.Words}, func(name string) string { return strings.TrimSpace(v.PostFormValue(name)) }
	page := &relateScreen{Page: head.Page, Who: head.Who, ID: head.ID, Text: get("q"), Asked: get("q") != "", Person: get("person"),
		Relation: get("relation"), Inverse: get("inverse"), Household: get("household"), Authority: get("authority"),
		Evidence: get("evidence"), Name: get("name"), Birth: ui.FormDate(v.Request, "birth_date"), Relations: w.Options("relation", nil)}
	page.Title, page.Narrow = w.T("officer.relate.title")+" – "+page.Title, true
	page.Back.Href, page.Who.Actions = "/persona/"+head.ID+"/familia", nil
	if !page.Asked {
		return page, nil
	}
	hits, err := s.App.Search(v.Context(), v.Actor, page.Text, 10)
	if err != nil {
		return nil, err
	}
	for i := range hits {
		if h := &hits[i]; h.ID != head.ID {
			page.Found = append(page.Found, w.relative(h))
		}
	}
	page.Found = append(page.Found, ui.Option{Value: byName, Label: w.T("officer.relate.byname"), Hint: w.T("officer.relate.byname.hint")})
	if page.Name == "" && !strings.ContainsAny(page.Text, "0123456789@") {
		page.Name = page.Text
	}
	return page, nil
}

func (w words) relative(h *app.Hit) ui.Option {
	hint := []string{h.Number}
	if h.Birth != "" {
		hint = append(hint, i18n.Date(w.Lang, h.Birth))
	}
	hint = append(hint, w.Office(h.Office), h.City)
	return ui.Option{Value: h.ID, Label: h.DisplayName(), Hint: strings.Join(slices.DeleteFunc(hint, func(s string) bool { return s == "" }), " · ")}
}

// relate searches for the relative, or links the one that was chosen.
func (s *Room) relate(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	if v.PostFormValue("do") == "find" {
		return s.relatePage(v)
	}
	id := v.PathValue("id")
	out, err := s.link(v, id)
	if err == nil && len(out.Conflicts) > 0 {
		return errConflict
	}
	if err == nil {
		return s.Done(v, "/persona/"+id+"/familia", v.Words.T("officer.relate.done"))
	}
	if fault.KindOf(err) != fault.Invalid {
		return err
	}
	page, err2 := s.relateScreen(v)
	if err2 != nil {
		return err2
	}
	page.Fail(relateField(err))
	return s.Show(v, http.StatusUnprocessableEntity, "relate.html", page)
}

// link writes both records, or only this one when the relative is noted by name.
func (s *Room) link(v *desk.Visit, id string) (app.Outcome, error) {
	get := v.PostFormValue
	switch other := get("person"); other {
	case "":
		return app.Outcome{}, fault.New(fault.Invalid, "officer.no_relative").On("person")
	case byName:
		birth, err := v.Day("birth_date")
		if err != nil {
			return app.Outcome{}, err
		}
		date := ""
		if birth.Known() {
			date = birth.String()
		}
		in := registry.Input{Field: "family/new", Value: change.Group("relation", get("relation"), "name", get("name"), "birth_date", date,
			"household", get("household"), "authority", get("authority"), "evidence", get("evidence")), Prov: change.Provenance{Source: "declared"}}
		if strings.TrimSpace(get("name")) == "" {
			return app.Outcome{}, fault.New(fault.Invalid, "officer.no_relative").On("name")
		}
		return s.App.Edit(v.Context(), v.Actor, id, []registry.Input{in}, "")
	default:
		return s.App.Relate(v.Context(), v.Actor, id, other, registry.Link{Relation: get("relation"), Inverse: get("inverse"),
			Household: get("household") == "yes", Authority: get("authority") == "yes", Evidence: get("evidence"),
			Prov: change.Provenance{Source: "declared"}})
	}
}

// relateField finds the input of the form that an error is about.
func relateField(err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	_, part, ok := strings.Cut(f.Field, ".")
	switch {
	case f.Key == "registry.inverse_needed":
		return f.On("inverse")
	case ok:
		return f.On(part)
	case strings.HasPrefix(f.Field, "family"):
		return f.On("relation")
	}
	return err
}
