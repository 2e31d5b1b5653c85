package window

import (
	"encoding/json"
	"net/http"
	"strings"

	"quipu/internal/app"
	"quipu/internal/authz"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// askWorld is the button that asks the hub about people of other offices.
const askWorld = "world"

// mostAlike is how many candidates the column shows.
const mostAlike = 5

// alikeView is the column beside the form: who may be the same person.
type alikeView struct {
	Asked bool
	Found string
	Cards []cardView
	World worldView
}

// cardView is one candidate: what the register says, and why it is shown.
type cardView struct {
	ID, Name, Number, Why string
	Facts                 []string
	Tag                   ui.Tag
}

// fillLook looks for who is alike: with the fields of the form, or with the words of the box.
func (s *Room) fillLook(v *desk.Visit, f form, look *alikeView, ask bool) error {
	w := v.Words
	look.Asked = true
	s.world(v, f, look, ask)
	if f.Scan != "" && !strings.Contains(f.Scan, "<") {
		hits, err := s.App.Search(v.Context(), v.Actor, f.Scan, mostAlike)
		if err != nil {
			return err
		}
		for i := range hits {
			h := &hits[i]
			look.Cards = append(look.Cards, card(w, h, why(w, h.Reasons)))
		}
		look.Found = w.TN("window.alike.found", len(look.Cards))
		return nil
	}
	found, err := s.App.Candidates(v.Context(), v.Actor, f.command(v.Actor.Office, w.Today).Inputs, mostAlike)
	if err != nil {
		return err
	}
	for i := range found {
		c := &found[i]
		view := card(w, &app.Hit{PersonRow: c.PersonRow}, why(w, c.Reasons))
		view.Tag = ui.Tag{Text: w.T("window.alike.look"), Colour: "yellow"}
		if c.Strong() {
			view.Tag = ui.Tag{Text: w.T("window.alike.strong"), Colour: "orange"}
		}
		look.Cards = append(look.Cards, view)
	}
	look.Found = w.TN("window.alike.found", len(look.Cards))
	return nil
}

func card(w desk.Words, p *app.Hit, why string) cardView {
	view := cardView{ID: p.ID, Name: p.DisplayName(), Number: p.Number, Why: why}
	if p.Birth != "" {
		view.Facts = append(view.Facts, i18n.Date(w.Lang, p.Birth))
	}
	place := w.Office(p.Office)
	if p.City != "" {
		place += ", " + p.City
	}
	view.Facts = append(view.Facts, place)
	return view
}

// why are the reasons in words, the weightiest first.
func why(w desk.Words, all []app.Reason) string { return strings.Join(app.Words(w.Lang, all), " · ") }

// looked is the answer to the script: what the document says, and two pieces of the page.
type looked struct {
	Fields map[string]string `json:"fields,omitempty"`
	Start  string            `json:"start,omitempty"`
	Zone   string            `json:"zone"`
	Alike  string            `json:"alike"`
}

// look answers the script of the form while the officer types or scans.
func (s *Room) look(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	if err := authz.Check(v.Actor, authz.Register, v.Actor.Office); err != nil {
		return err
	}
	page := s.screen(v, read(v.Request), v.PostFormValue("once"))
	scanned := page.Scan != ""
	if scanned {
		page.readScan(v.Words)
	}
	for _, e := range page.Errors {
		page.Zone.Notes = append(page.Zone.Notes, e.Text)
	}
	if err := s.fillLook(v, page.form, &page.Look, v.PostFormValue("do") == askWorld); err != nil {
		return err
	}
	out := looked{Start: page.Start}
	if scanned && len(page.Errors) == 0 {
		out.Fields = page.filled()
	}
	for name, to := range map[string]*string{"zone.html": &out.Zone, "candidates.html": &out.Alike} {
		html, err := s.HTML(name, page)
		if err != nil {
			return err
		}
		*to = string(html)
	}
	ui.Headers(v.W.Header())
	v.W.Header().Set("Content-Type", "application/json; charset=utf-8")
	v.W.WriteHeader(http.StatusOK)
	if err := json.NewEncoder(v.W).Encode(out); err != nil {
		s.Log.Warn("an answer was cut short", "err", err)
	}
	return nil
}

// filled are the inputs that a document fills, by name.
func (p *registerScreen) filled() map[string]string {
	return map[string]string{"scan": p.Scan, "document.mrz": p.MRZ, "document.type": p.DocType, "document.number": p.DocNumber,
		"document.issuer": p.DocIssuer, "document.expires-day": p.DocExpires.Day, "document.expires-month": p.DocExpires.Month,
		"document.expires-year": p.DocExpires.Year, "id.number": p.IDNumber, "surname_paternal": p.Paternal,
		"surname_maternal": p.Maternal, "given_names": p.Given, "surname_married": p.Married, "sex": p.Sex,
		"birth_date-day": p.Birth.Day, "birth_date-month": p.Birth.Month, "birth_date-year": p.Birth.Year}
}

type cardScreen struct {
	ui.Page
	Person  cardView
	Compare ui.Comparison
	More    int
	Reason  string
	Hidden  []hidden
}

// showCard stops before a second entry for somebody who may be in the register: the
// officer sees both and says whether they are one person or two. One at a time, the
// likeliest first.
func (s *Room) showCard(v *desk.Visit, f form, same []app.Candidate, problem error) error {
	w, p := v.Words, &same[0]
	page := &cardScreen{Page: s.Frame(v, w.T("window.card.title"), "/registrar"), More: len(same) - 1, Hidden: carry(v, f), Reason: v.PostFormValue("verdict.reason"),
		Person: card(w, &app.Hit{PersonRow: p.PersonRow}, why(w, p.Reasons))}
	birth := f.Birth.Text()
	if d, ok := f.birthDate(w.Today); ok {
		birth = i18n.Date(w.Lang, d)
	}
	there := p.Birth
	if there != "" {
		there = i18n.Date(w.Lang, there)
	}
	page.Compare = ui.Comparison{Caption: w.T("window.card.caption", "number", p.Number), Left: w.T("window.card.typed"),
		Right: w.T("window.card.there", "number", p.Number)}
	for _, r := range [][3]string{{w.Label("surname_paternal"), f.Paternal, p.SurnamePaternal}, {w.Label("surname_maternal"), f.Maternal, p.SurnameMaternal},
		{w.Label("given_names"), f.Given, p.GivenNames}, {w.Label("birth_date"), birth, there},
		{w.Label("sex"), w.Code("sex", f.Sex), w.Code("sex", p.Sex)},
		{w.T("officer.col.office"), w.Office(v.Actor.Office), w.Office(p.Office)}, {w.T("officer.col.city"), f.City, p.City}} {
		page.Compare.Rows = append(page.Compare.Rows, ui.Compared{Label: r[0], Left: r[1], Right: r[2]})
	}
	if problem != nil {
		page.Fail(problem)
	}
	return s.Show(v, http.StatusConflict, "card.html", page)
}

// decide takes what the officer said of a candidate, and goes on.
func (s *Room) decide(v *desk.Visit, f form, once string) error {
	id, unsure := v.PostFormValue("unsure"), true
	if id == "" {
		id, unsure = v.PostFormValue("apart"), false
	}
	person, number, _ := strings.Cut(id, " ")
	reason := strings.TrimSpace(v.PostFormValue("verdict.reason"))
	f.Alike = append(f.Alike, registry.Verdict{Person: person, Number: number, Reason: reason, Unsure: unsure})
	return s.review(v, f, once)
}
