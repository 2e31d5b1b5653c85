package survey

import (
	"net/http"
	"strings"

	app "quipu/internal/app/survey"
	"quipu/internal/i18n"
	"quipu/internal/survey/study"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type planScreen struct {
	ui.Page
	ID, Seen string
	Tabs     []ui.Link
	State    ui.Tag
	Rows     []ui.Row
	Moves    []ui.Button
	Destroy  bool
	MayPlan  bool
	F        planForm
	Events   []ui.Event
}

func (s *Room) planPage(v *desk.Visit) error {
	page, err := s.planScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "survey.html", page)
}

// moves are the states into which a survey can be brought by hand.
var moves = map[study.State][]study.State{study.Draft: {study.Open}, study.Open: {study.Closed}, study.Closed: {study.Open}}

func (s *Room) planScreen(v *desk.Visit) (*planScreen, error) {
	p, err := s.App.Surveys.Open(v.Context(), v.Actor, v.PathValue("survey"))
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return nil, err
	}
	w, sv := words{v.Words}, &p.Survey
	page := &planScreen{Page: s.Frame(v, sv.Title, home), ID: sv.Entity.ID, Seen: sv.Head.String(), Tabs: w.tabs(v), State: w.state(sv.State),
		Rows: w.planRows(p), MayPlan: p.MayPlan && sv.State != study.Closed, Events: w.events(p.Changes)}
	page.Back.Href = home
	linked := p.Link.Destroyed.Micros == 0
	if p.MayPlan {
		for _, to := range moves[sv.State] {
			if to == study.Open && (sv.Form == "" || sv.State == study.Closed && !linked) {
				continue
			}
			kind := map[bool]string{true: "secondary"}[sv.State != study.Draft]
			page.Moves = append(page.Moves, ui.Button{Text: w.T("survey.move." + string(to)), Name: "state", Value: string(to), Kind: kind})
		}
		page.Destroy = sv.State == study.Closed && linked
		f := w.form(sv.Posts)
		f.Title, f.Note, f.Footing, f.First, f.Last = sv.Title, sv.Note, string(sv.Footing), ui.PartsOf(sv.First.String()), ui.PartsOf(sv.Last.String())
		page.F = f
	}
	return page, nil
}

func (w words) planRows(p *app.Page) []ui.Row {
	sv := &p.Survey
	var posts []string
	for _, o := range sv.Posts {
		posts = append(posts, w.Office(o))
	}
	form := w.T("survey.form.none")
	if f, ok := sv.FormOf(sv.Form); ok {
		form = w.T("survey.form.version", "name", f.Name, "version", f.Version)
	}
	drawn := 0
	for _, c := range p.Counts {
		drawn += int(c.N)
	}
	link := w.T("survey.link.there")
	if p.Link.Destroyed.Micros != 0 {
		link = w.T("survey.link.gone", "when", w.Stamp(p.Link.Destroyed), "who", w.Who(p.Link.By))
	}
	return []ui.Row{{Key: w.T("survey.when"), Value: w.T("survey.from_to", "from", i18n.Date(w.Lang, sv.First.String()), "to", i18n.Date(w.Lang, sv.Last.String()))},
		{Key: w.T("survey.footing"), Value: w.T("survey.footing." + string(sv.Footing)), Note: w.T("survey.footing." + string(sv.Footing) + ".hint")},
		{Key: w.T("survey.posts"), Value: strings.Join(posts, ", ")}, {Key: w.T("survey.tab.form"), Value: form},
		{Key: w.T("survey.cases"), Value: w.Number(drawn)}, {Key: w.T("survey.tab.answers"), Value: w.Number(int(p.Answers))},
		{Key: w.T("survey.link"), Value: link}, {Key: w.T("survey.note"), Value: sv.Note}}
}

func (s *Room) onPlan(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	last, err := v.Seen()
	if err != nil {
		return err
	}
	at, to := v.PathValue("survey"), v.PostFormValue("state")
	switch {
	case v.PostFormValue("do") == "destroy":
		err = s.App.Surveys.DestroyLink(v.Context(), v.Actor, at)
	case to != "":
		err = s.App.Surveys.Move(v.Context(), v.Actor, at, study.State(to), last)
	default:
		var cmd study.PlanCmd
		if cmd, err = planCmd(v); err == nil {
			err = s.App.Surveys.Revise(v.Context(), v.Actor, at, cmd, last)
		}
	}
	if err == nil {
		return s.Done(v, home+"/"+at, v.Words.T("survey.done"))
	}
	if !stays(err) {
		return err
	}
	page, err2 := s.planScreen(v)
	if err2 != nil {
		return err2
	}
	if page.Fail(err); to == "" && v.PostFormValue("do") == "" {
		page.F = words{v.Words}.typed(v)
	}
	return s.Show(v, http.StatusUnprocessableEntity, "survey.html", page)
}
