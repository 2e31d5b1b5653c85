package people

import (
	"net/http"

	"quipu/internal/app"
	"quipu/internal/code"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type consentsScreen struct {
	desk.PersonHead
	Version  string
	Language string // of the texts on the screen
	Consents []consentView
	Review   []ui.Link // what was kept for research, which the person withdrew from
}

// consentView is one purpose: the words in force, and what the person said to which words.
type consentView struct {
	Purpose, Title, Text string
	State                ui.Tag
	Said, Heard          string // when and before whom; the older words that were heard
	Given                bool
	Renew                bool // given to older words
}

func (s *Room) consentsPage(v *desk.Visit) error {
	page, err := s.consentsScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "consents.html", page)
}

func (s *Room) consentsScreen(v *desk.Visit) (*consentsScreen, error) {
	p, head, err := s.OpenPerson(v, desk.TabSummary)
	if err != nil {
		return nil, err
	}
	w := words{v.Words}
	page := &consentsScreen{PersonHead: *head, Version: app.ConsentVersion, Language: app.ConsentLanguage(w.Lang)}
	page.Title = w.T("officer.consents.title") + " – " + page.Title
	page.Back.Href, page.Who.Actions = "/persona/"+page.ID, nil
	for _, it := range code.List("consent_purpose").Items(w.Today) {
		view := consentView{Purpose: it.Code, Title: it.Label(string(w.Lang)), Text: w.ConsentText(app.ConsentVersion, it.Code),
			State: ui.Tag{Text: w.T("officer.consents.never"), Colour: "grey"}}
		w.said(&p.Person, &view)
		page.Consents = append(page.Consents, view)
		if it.Code == "research" && view.Said != "" && !view.Given {
			page.Review = w.review(p)
		}
	}
	return page, nil
}

// said fills in what the person answered.
func (w words) said(p *registry.Person, view *consentView) {
	for _, it := range p.Items("consent") {
		part := it.Value.Part
		if part("purpose") != view.Purpose {
			continue
		}
		view.Given = registry.Consented(p, view.Purpose)
		date, key := part("granted"), "officer.consents.given"
		view.State = ui.Tag{Text: w.T("officer.consents.yes"), Colour: "green"}
		if !view.Given {
			date, key = part("withdrawn"), "officer.consents.withdrawn"
			view.State = ui.Tag{Text: w.T("officer.consents.no"), Colour: "orange"}
		}
		view.Said = w.T(key, "date", i18n.Date(w.Lang, date), "who", w.Who(it.Author)+", "+it.Office, "version", part("version"))
		if l := part("language"); l != "" {
			view.Said += ", " + w.T("officer.consents.readin", "language", w.Code("language", l))
		}
		if e := part("evidence"); e != "" {
			view.Said += " · " + e
		}
		if part("version") != app.ConsentVersion {
			view.Heard, view.Renew = w.ConsentText(part("version"), view.Purpose), view.Given
		}
	}
}

// review lists the fields of the optional profile that hold something.
func (w words) review(p *app.PersonPage) (out []ui.Link) {
	for i := range registry.Dictionary {
		f := &registry.Dictionary[i]
		if f.Section != registry.Profile || p.Person.Text(f.Key) == "" {
			continue
		}
		l := ui.Link{Text: w.Label(f.Key)}
		if p.Rights.Edit {
			l.Href = "/persona/" + p.Person.Entity.ID + "/editar/profile#" + f.Key
		}
		out = append(out, l)
	}
	return out
}

// consent gives or withdraws one consent. The form carries the version that was read.
func (s *Room) consent(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	id, purpose, evidence := v.PathValue("id"), v.PathValue("purpose"), v.PostFormValue("evidence")
	var out app.Outcome
	var err error
	said := v.Words.T("officer.consents.saved")
	if v.PostFormValue("do") == "withdraw" {
		var review []string
		out, review, err = s.App.WithdrawConsent(v.Context(), v.Actor, id, purpose, evidence, "")
		said = v.Words.T("officer.consents.gone")
		if n := len(review); n > 0 {
			said += " " + v.Words.TN("officer.consents.review", n)
		}
	} else {
		out, err = s.App.GrantConsent(v.Context(), v.Actor, id, purpose, v.PostFormValue("version"), v.PostFormValue("language"), evidence)
	}
	if err == nil && len(out.Conflicts) > 0 {
		err = errConflict
	}
	if err != nil && fault.KindOf(err) != fault.Invalid {
		return err
	}
	if err != nil {
		page, err2 := s.consentsScreen(v)
		if err2 != nil {
			return err2
		}
		page.Fail(err)
		page.Errors[0].Field = "consent-" + purpose
		return s.Show(v, http.StatusUnprocessableEntity, "consents.html", page)
	}
	return s.Done(v, "/persona/"+id+"/consentimientos", said)
}
