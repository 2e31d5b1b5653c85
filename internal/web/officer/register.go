package officer

import (
	"net/http"
	"net/url"
	"slices"

	"quipu/internal/app"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/place"
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

func (s *Site) registerPage(v *visit) error {
	if err := authz.Check(v.actor, authz.Register, v.actor.Office); err != nil {
		return err
	}
	f := registerForm{Kind: "resident", DocType: "dni", Verification: "seen_original"}
	if o, ok := place.Network().Office(v.actor.Office); ok {
		f.Country = v.words.code("country", o.Country)
	}
	return s.show(v, http.StatusOK, "register.html", s.registerScreen(v, f, s.once.issue()))
}

func (s *Site) registerScreen(v *visit, f registerForm, once string) *registerScreen {
	w := v.words
	page := &registerScreen{Page: s.frame(v, w.t("officer.register.title"), "/registrar"), registerForm: f, Once: once}
	page.Kinds, page.Sexes, page.Bases = w.options("reg_kind", nil), w.options("sex", nil), w.options("nationality_basis", nil)
	page.DocTypes, page.Seen, page.Relations = w.options("doc_type", nil), w.options("doc_verification", nil), w.options("relation", nil)
	for _, c := range []string{"spa", "que", "aym", "eng"} {
		page.Languages = append(page.Languages, ui.Option{Value: c, Label: w.code("language", c), Checked: slices.Contains(f.Languages, c)})
	}
	for _, c := range consentPurposes {
		page.Consents = append(page.Consents, ui.Option{Value: c, Label: w.t("officer.consent." + c), Hint: w.consentText(app.ConsentVersion, c),
			Checked: slices.Contains(f.Consents, c)})
	}
	return page
}

// register makes the entry, or shows the form again with everything that was typed.
func (s *Site) register(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	if err := authz.Check(v.actor, authz.Register, v.actor.Office); err != nil {
		return err
	}
	f, once := readRegister(v.Request), v.PostFormValue("once")
	if v.PostFormValue("do") == "mrz" {
		page := s.registerScreen(v, f, once)
		page.readMRZ(v.words)
		return s.show(v, http.StatusOK, "register.html", page)
	}
	if v.PostFormValue("do") == "back" {
		return s.show(v, http.StatusOK, "register.html", s.registerScreen(v, f, once))
	}
	var made app.Registered
	person, err := s.once.use(once, func() (_ string, err error) {
		made, err = s.App.Register(v.Context(), v.actor, f.command(v.actor.Office, v.words.today), v.PostFormValue("confirmed") == "1")
		return made.Person, err
	})
	switch {
	case err != nil && fault.KindOf(err) == fault.Invalid:
		page := s.registerScreen(v, f, once)
		page.place(err)
		return s.show(v, http.StatusUnprocessableEntity, "register.html", page)
	case err != nil:
		return err
	case len(made.Same) > 0:
		return s.showSame(v, f, made)
	}
	return s.done(v, "/persona/"+person+"/inscrita", "")
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
func (s *Site) showSame(v *visit, f registerForm, made app.Registered) error {
	w := v.words
	page := &sameScreen{Page: s.frame(v, w.t("officer.same.title"), "/registrar"), Hidden: carry(v.PostForm)}
	for _, p := range made.Same {
		birth := f.Birth.Text()
		if d, ok := f.birthDate(w.today); ok {
			birth = i18n.Date(w.lang, d)
		}
		there := p.Birth
		if there != "" {
			there = i18n.Date(w.lang, there)
		}
		c := ui.Comparison{Caption: w.t("officer.same.caption", "number", p.Number), Left: w.t("officer.same.typed"), Right: w.t("officer.same.there")}
		for _, r := range [][3]string{{"surname_paternal", f.Paternal, p.SurnamePaternal}, {"surname_maternal", f.Maternal, p.SurnameMaternal},
			{"given_names", f.Given, p.GivenNames}, {"birth_date", birth, there}, {"sex", w.code("sex", f.Sex), w.code("sex", p.Sex)}} {
			c.Rows = append(c.Rows, ui.Compared{Label: w.label(r[0]), Left: r[1], Right: r[2]})
		}
		c.Rows = append(c.Rows, ui.Compared{Label: w.t("officer.col.office"), Left: w.office(v.actor.Office), Right: w.office(p.Office)},
			ui.Compared{Label: w.t("officer.col.city"), Left: f.City, Right: p.City})
		page.Pairs = append(page.Pairs, samePair{p.ID, c})
	}
	return s.show(v, http.StatusConflict, "same.html", page)
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
func (s *Site) registeredPage(v *visit) error {
	p, head, err := s.openPerson(v, tabSummary)
	if err != nil {
		return err
	}
	head.Doubts = v.words.doubts(&p.Person)
	head.Title = v.words.t("officer.registered.title")
	head.Narrow = true
	head.Who.Actions, head.Back.Href = nil, ""
	return s.show(v, http.StatusOK, "registered.html", head)
}
