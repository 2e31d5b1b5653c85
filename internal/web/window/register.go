package window

import (
	"net/http"
	"slices"
	"strings"

	"quipu/internal/app"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/place"
	"quipu/internal/synth"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type registerScreen struct {
	ui.Page
	form
	Once      string
	Start     string // the input that has the cursor
	Clock     bool   // a stopwatch runs: in the demonstration only
	Samples   []sample
	Kinds     []ui.Option
	Sexes     []ui.Option
	Bases     []ui.Option
	DocTypes  []ui.Option
	Seen      []ui.Option
	Relations []ui.Option
	Languages []ui.Option
	Consents  []ui.Option
	Verdicts  []string
	Zone      zoneView
	Look      alikeView
}

// sample is an invented passport that the demonstration offers to scan.
type sample struct{ Text, Zone string }

func samples(w desk.Words) []sample {
	return []sample{{w.T("window.sample.new"), synth.Newcomer.Zone}, {w.T("window.sample.double"), synth.Misspelt.Zone}}
}

func (s *Room) registerPage(v *desk.Visit) error {
	if err := authz.Check(v.Actor, authz.Register, v.Actor.Office); err != nil {
		return err
	}
	f := form{Kind: "resident", DocType: "dni", Verification: "seen_original", Basis: "birth_in_country"}
	if o, ok := place.Network().Office(v.Actor.Office); ok {
		f.Country = v.Words.Code("country", o.Country)
	}
	page := s.screen(v, f, s.Once.Issue())
	stock, err := s.App.NumberStock(v.Context(), v.Actor)
	switch {
	case err != nil:
		return err
	case stock.Bound && stock.Left == 0:
		page.Tell("warning", v.Words.T("number.none"))
	case stock.Few():
		page.Tell("info", v.Words.TN("number.few", int(stock.Left)))
	}
	return s.Show(v, http.StatusOK, "register.html", page)
}

func (s *Room) screen(v *desk.Visit, f form, once string) *registerScreen {
	w := v.Words
	page := &registerScreen{Page: s.Frame(v, w.T("officer.register.title"), "/registrar"), form: f, Once: once, Start: "scan", Clock: s.Demo}
	page.Kinds, page.Sexes, page.Bases = w.Options("reg_kind", nil), w.Options("sex", nil), w.Options("nationality_basis", nil)
	page.DocTypes, page.Seen, page.Relations = w.Options("doc_type", nil), w.Options("doc_verification", nil), w.Options("relation", nil)
	for _, c := range []string{"spa", "que", "aym", "eng"} {
		page.Languages = append(page.Languages, ui.Option{Value: c, Label: w.Code("language", c), Checked: slices.Contains(f.Languages, c)})
	}
	for _, c := range desk.ConsentPurposes {
		page.Consents = append(page.Consents, ui.Option{Value: c, Label: w.T("officer.consent." + c), Hint: w.ConsentText(app.ConsentVersion, c),
			Checked: slices.Contains(f.Consents, c)})
	}
	s.world(v, f, &page.Look, false)
	if s.Demo {
		page.Samples = samples(w)
	}
	for _, a := range f.Alike {
		page.Verdicts = append(page.Verdicts, carried(a))
	}
	return page
}

// register takes the form one step further: it reads the document, looks for who is alike,
// sets the answers out to be checked, makes the entry. What cannot go on comes back with
// everything that was typed.
func (s *Room) register(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	if err := authz.Check(v.Actor, authz.Register, v.Actor.Office); err != nil {
		return err
	}
	f, once, do := read(v.Request), v.PostFormValue("once"), v.PostFormValue("do")
	if person := s.Once.Result(once); person != "" { // sent before: by a second tab, or the way back
		return s.Done(v, "/persona/"+person+"/inscrita", "")
	}
	to, back := strings.CutPrefix(do, "back")
	switch {
	case back:
		page := s.screen(v, f, once)
		page.Start = strings.TrimPrefix(to, ":")
		return s.Show(v, http.StatusOK, "register.html", page)
	case do == "read" || do == "alike" || do == askWorld:
		page := s.screen(v, f, once)
		if do == "read" {
			page.readScan(v.Words)
		}
		err := s.fillLook(v, page.form, &page.Look, do == askWorld)
		if err != nil {
			return err
		}
		return s.Show(v, http.StatusOK, "register.html", page)
	case do == "save":
		return s.save(v, f, once)
	case v.PostFormValue("same") != "":
		return s.meet(v, f, v.PostFormValue("same"), nil)
	case v.PostFormValue("apart") != "" || v.PostFormValue("unsure") != "":
		return s.decide(v, f, once)
	}
	return s.review(v, f, once)
}

// save makes the entry; a form that is sent twice makes one.
func (s *Room) save(v *desk.Visit, f form, once string) error {
	var made app.Registered
	person, err := s.Once.Use(once, func() (_ string, err error) {
		made, err = s.App.Register(v.Context(), v.Actor, f.command(v.Actor.Office, v.Words.Today), false)
		if err == nil && made.Person != "" { // who is entered is entered, whatever becomes of the note
			if err := s.App.NoteRegistrationTime(v.Context(), v.Actor, made.Person, int64(s.Once.Age(once).Seconds())); err != nil {
				s.Log.ErrorContext(v.Context(), "how long a registration took", "err", err)
			}
		}
		return made.Person, err
	})
	switch {
	case fault.KindOf(err) == fault.Invalid:
		return s.refused(v, f, once, err)
	case err != nil:
		return err
	case len(made.Same) > 0:
		return s.showCard(v, f, made.Same, nil)
	}
	return s.Done(v, "/persona/"+person+"/inscrita", "")
}

// refused shows the form again, the error beside the input that it is about.
func (s *Room) refused(v *desk.Visit, f form, once string, err error) error {
	page := s.screen(v, f, once)
	page.place(err)
	page.Start = page.Errors[0].Field
	return s.Show(v, http.StatusUnprocessableEntity, "register.html", page)
}

func (p *registerScreen) place(err error) {
	field := ""
	if f := fault.As(err); f != nil {
		field = f.Field
		if to, ok := inputOf[field]; ok {
			field = to
		}
	}
	p.Errors = append(p.Errors, ui.Problem{Field: field, Text: i18n.Fault(p.Lang, err)})
}
