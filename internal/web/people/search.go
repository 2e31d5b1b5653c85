package people

import (
	"net/http"
	"strings"

	"quipu/internal/app"
	"quipu/internal/app/review"
	"quipu/internal/authz"
	"quipu/internal/i18n"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// maxHits is how many people a page of results holds; who is not among them is found
// with another word.
const maxHits = 50

type searchScreen struct {
	ui.Page
	Text    string
	Asked   bool
	Full    bool // there are more than are shown
	May     bool // the officer may register people
	Results ui.Table
	Waiting []ui.Figure // what waits at the office; empty while results are shown
	Far     ui.Table    // of a node: who was found at other offices
	Near    string      // of a node: what the results do not know, "" when the hub was asked
}

func (s *Room) searchPage(v *desk.Visit) error {
	if _, ok := authz.ScopeOf(v.Actor, authz.Search); !ok { // auditors, statisticians and interviewers begin elsewhere
		if _, ok := authz.ScopeOf(v.Actor, authz.ReadLog); ok {
			return s.Done(v, "/accesos", "")
		}
		if authz.May(v.Actor, authz.Interview, v.Actor.Office) {
			return s.Done(v, "/encuestas", "")
		}
		return s.Done(v, "/codigos", "")
	}
	page := s.searchScreen(v, "")
	day, err := s.App.OfficeDay(v.Context(), v.Actor)
	if err != nil {
		return err
	}
	morning, err := s.App.Morning(v.Context(), v.Actor)
	if err != nil {
		return err
	}
	var pairs int64
	if authz.May(v.Actor, authz.Review, v.Actor.Office) {
		if pairs, err = s.App.Review.Count(v.Context(), v.Actor, review.Filter{Office: v.Actor.Office}); err != nil {
			return err
		}
	}
	page.Waiting = words{v.Words}.waiting(v, day, morning, pairs)
	return s.Show(v, http.StatusOK, "search.html", page)
}

func (s *Room) searchScreen(v *desk.Visit, text string) *searchScreen {
	page := &searchScreen{Page: s.Frame(v, v.Words.T("officer.search.title"), "/"), Text: text}
	page.May = authz.May(v.Actor, authz.Register, v.Actor.Office)
	return page
}

func (s *Room) search(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	text := strings.TrimSpace(v.PostFormValue("q"))
	page := s.searchScreen(v, text)
	if text == "" {
		return s.Show(v, http.StatusOK, "search.html", page)
	}
	hits, err := s.App.Search(v.Context(), v.Actor, text, maxHits)
	if err != nil {
		return err
	}
	page.Asked, page.Full = true, len(hits) == maxHits
	page.Results = words{v.Words}.hits(hits)
	s.far(v, page, text, hits)
	return s.Show(v, http.StatusOK, "search.html", page)
}

// hits is the table of the people found, with the reasons in words.
func (w words) hits(hits []app.Hit) ui.Table {
	t := ui.Table{Caption: w.TN("officer.search.found", len(hits)), Empty: w.T("officer.search.nobody")}
	t.Head = w.Heads("officer.col.name", "officer.col.number", "officer.col.birth", "officer.col.office", "officer.col.city", "officer.col.reason")
	for i := range hits {
		h := &hits[i]
		name := ui.Cell{Text: h.DisplayName(), Href: "/persona/" + h.ID}
		if name.Text == "" {
			name.Text = h.Number
		}
		switch {
		case h.Vital == "deceased":
			name.Tag = ui.Tag{Text: w.T("officer.tag.deceased"), Colour: "grey"}
		case h.Entry == "provisional":
			name.Tag = ui.Tag{Text: w.T("officer.state.provisional"), Colour: "yellow"}
		}
		birth := ""
		if h.Birth != "" {
			birth = i18n.Date(w.Lang, h.Birth)
		}
		t.Rows = append(t.Rows, []ui.Cell{name, {Text: h.Number}, {Text: birth}, {Text: w.Office(h.Office)}, {Text: h.City},
			{Text: strings.Join(app.Words(w.Lang, h.Reasons), ", ")}})
	}
	return t
}
