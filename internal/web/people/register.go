package people

import (
	"net/http"
	"net/url"
	"slices"

	"quipu/internal/app"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/place"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type registerScreen struct {
	ui.Page
	registerForm
	Once      string
	Kinds     []ui.Option
	Sexes     []ui.Option
	Bases     []ui.Option
	DocTypes  []ui.Option
	Seen      []ui.Option
	Relations []ui.Option
	Languages []ui.Option
	Consents  []ui.Option
	MRZChecks []ui.Option // Label names the check, Hint says how it went
	MRZNotes  []string
}

func (s *Room) registerPage(v *desk.Visit) error {
	if err := authz.Check(v.Actor, authz.Register, v.Actor.Office); err != nil {
		return err
	}
	f := registerForm{Kind: "resident", DocType: "dni", Verification: "seen_original"}
	if o, ok := place.Network().Office(v.Actor.Office); ok {
		f.Country = v.Words.Code("country", o.Country)
	}
	return s.Show(v, http.StatusOK, "register.html", s.registerScreen(v, f, s.Once.Issue()))
}

func (s *Room) registerScreen(v *desk.Visit, f registerForm, once string) *registerScreen {
	w := words{v.Words}
	page := &registerScreen{Page: s.Frame(v, w.T("officer.register.title"), "/registrar"), registerForm: f, Once: once}
	page.Kinds, page.Sexes, page.Bases = w.Options("reg_kind", nil), w.Options("sex", nil), w.Options("nationality_basis", nil)
	page.DocTypes, page.Seen, page.Relations = w.Options("doc_type", nil), w.Options("doc_verification", nil), w.Options("relation", nil)
	for _, c := range []string{"spa", "que", "aym", "eng"} {
		page.Languages = append(page.Languages, ui.Option{Value: c, Label: w.Code("language", c), Checked: slices.Contains(f.Languages, c)})
	}
	for _, c := range consentPurposes {
		page.Consents = append(page.Consents, ui.Option{Value: c, Label: w.T("officer.consent." + c), Hint: w.consentText(app.ConsentVersion, c),
			Checked: slices.Contains(f.Consents, c)})
	}
	return page
}

// register makes the entry, or shows the form again with everything that was typed.
func (s *Room) register(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	if err := authz.Check(v.Actor, authz.Register, v.Actor.Office); err != nil {
		return err
	}
	f, once := readRegister(v.Request), v.PostFormValue("once")
	f.ReadIn = app.ConsentLanguage(v.Words.Lang)
	if v.PostFormValue("do") == "mrz" {
		page := s.registerScreen(v, f, once)
		page.readMRZ(words{v.Words})
		return s.Show(v, http.StatusOK, "register.html", page)
	}
	if v.PostFormValue("do") == "back" {
		return s.Show(v, http.StatusOK, "register.html", s.registerScreen(v, f, once))
	}
	var made app.Registered
	person, err := s.Once.Use(once, func() (_ string, err error) {
		made, err = s.App.Register(v.Context(), v.Actor, f.command(v.Actor.Office, v.Words.Today), v.PostFormValue("confirmed") == "1")
		return made.Person, err
	})
	switch {
	case err != nil && fault.KindOf(err) == fault.Invalid:
		page := s.registerScreen(v, f, once)
		page.place(err)
		return s.Show(v, http.StatusUnprocessableEntity, "register.html", page)
	case err != nil:
		return err
	case len(made.Same) > 0:
		return s.showSame(v, f, made)
	}
	return s.Done(v, "/persona/"+person+"/inscrita", "")
}

// place puts an error beside the input that has the same name as the register's field.
func (p *registerScreen) place(err error) {
	field := ""
	if f := fault.As(err); f != nil {
		field = f.Field
		if to, ok := registerFields[field]; ok {
			field = to
		}
	}
	p.Errors = append(p.Errors, ui.Problem{Field: field, Text: i18n.Fault(p.Lang, err)})
}

type sameScreen struct {
	ui.Page
	Pairs  []samePair
	Hidden []hidden
}

// samePair sets what was typed beside one person who holds the same document.
type samePair struct {
	ID      string
	Compare ui.Comparison
}

type hidden struct{ Name, Value string }

// showSame stops before a second entry for somebody who is in the register: the officer
// sees both and says whether they are one person or two.
func (s *Room) showSame(v *desk.Visit, f registerForm, made app.Registered) error {
	w := words{v.Words}
	page := &sameScreen{Page: s.Frame(v, w.T("officer.same.title"), "/registrar"), Hidden: carry(v.PostForm)}
	for _, p := range made.Same {
		birth := f.Birth.Text()
		if d, ok := f.birthDate(w.Today); ok {
			birth = i18n.Date(w.Lang, d)
		}
		there := p.Birth
		if there != "" {
			there = i18n.Date(w.Lang, there)
		}
		c := ui.Comparison{Caption: w.T("officer.same.caption", "number", p.Number), Left: w.T("officer.same.typed"), Right: w.T("officer.same.there")}
		for _, r := range [][3]string{{"surname_paternal", f.Paternal, p.SurnamePaternal}, {"surname_maternal", f.Maternal, p.SurnameMaternal},
			{"given_names", f.Given, p.GivenNames}, {"birth_date", birth, there}, {"sex", w.Code("sex", f.Sex), w.Code("sex", p.Sex)}} {
			c.Rows = append(c.Rows, ui.Compared{Label: w.Label(r[0]), Left: r[1], Right: r[2]})
		}
		c.Rows = append(c.Rows, ui.Compared{Label: w.T("officer.col.office"), Left: w.Office(v.Actor.Office), Right: w.Office(p.Office)},
			ui.Compared{Label: w.T("officer.col.city"), Left: f.City, Right: p.City})
		page.Pairs = append(page.Pairs, samePair{p.ID, c})
	}
	return s.Show(v, http.StatusConflict, "same.html", page)
}

// carry keeps a form's answers for the next page, in the order of their names.
func carry(form url.Values) (out []hidden) {
	for name, values := range form {
		if name == "do" || name == "confirmed" {
			continue
		}
		for _, value := range values {
			out = append(out, hidden{name, value})
		}
	}
	slices.SortStableFunc(out, func(a, b hidden) int {
		if a.Name < b.Name {
			return -1
		}
		if a.Name > b.Name {
			return 1
		}
		return 0
	})
	return out
}

// registeredPage tells the number and what is still missing.
func (s *Room) registeredPage(v *desk.Visit) error {
	p, head, err := s.OpenPerson(v, desk.TabSummary)
	if err != nil {
		return err
	}
	page := &personScreen{PersonHead: *head, Doubts: words{v.Words}.doubts(&p.Person), Once: s.Once.Issue(), Renewals: words{v.Words}.renewals(&p.Person)}
	page.Title = v.Words.T("officer.registered.title")
	page.Narrow = true
	page.Who.Actions, page.Back.Href = nil, ""
	return s.Show(v, http.StatusOK, "registered.html", page)
}
