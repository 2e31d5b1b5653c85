package survey

import (
	"net/http"
	"slices"

	"quipu/internal/authz"
	"quipu/internal/place"
	"quipu/internal/survey/study"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type listScreen struct {
	ui.Page
	MayPlan, MayAsk bool
	Table           ui.Table
}

// listPage is the surveys that the officer may see, the latest first.
func (s *Room) listPage(v *desk.Visit) error {
	w := words{v.Words}
	page := &listScreen{Page: s.Frame(v, w.T("survey.title"), home), MayPlan: authz.May(v.Actor, authz.Survey, v.Actor.Office),
		MayAsk: authz.May(v.Actor, authz.Interview, v.Actor.Office)}
	all, err := s.App.Surveys.List(v.Context(), v.Actor)
	if err != nil {
		return err
	}
	page.Table = ui.Table{Caption: w.T("survey.title"), Head: w.Heads("survey.name", "survey.when", "survey.footing", "survey.state"), Empty: w.T("survey.none")}
	asks := page.MayAsk && !page.MayPlan && !authz.May(v.Actor, authz.Fieldwork, v.Actor.Office)
	for i := range all {
		r := &all[i]
		at := home + "/" + r.ID
		if asks { // who only interviews has no other page of it
			if r.State != string(study.Open) {
				continue
			}
			at += "/entrevista"
		}
		page.Table.Rows = append(page.Table.Rows, []ui.Cell{{Text: r.Title, Href: at, Note: w.Office(r.Office)}, {Text: w.days(r)},
			{Text: w.T("survey.footing." + r.Footing)}, {Tag: w.state(study.State(r.State))}})
	}
	return s.Show(v, http.StatusOK, "surveys.html", page)
}

// planForm is what the form says of a survey.
type planForm struct {
	Title, Note, Footing string
	First, Last          ui.DateParts
	Footings, Posts      []ui.Option
}

func (w words) form(posts []string) (f planForm) {
	for _, k := range study.Footings {
		f.Footings = append(f.Footings, ui.Option{Value: string(k), Label: w.T("survey.footing." + string(k)), Hint: w.T("survey.footing." + string(k) + ".hint")})
	}
	for _, o := range place.Network().Offices() {
		f.Posts = append(f.Posts, ui.Option{Value: o.Code, Label: o.Name(string(w.Lang)), Checked: slices.Contains(posts, o.Code)})
	}
	return f
}

func planCmd(v *desk.Visit) (cmd study.PlanCmd, err error) {
	cmd = study.PlanCmd{Title: v.PostFormValue("title"), Note: v.PostFormValue("note"), Footing: study.Footing(v.PostFormValue("footing")), Posts: v.PostForm["posts"]}
	if cmd.First, err = v.Day("first"); err == nil {
		cmd.Last, err = v.Day("last")
	}
	return cmd, err
}

// typed is the form as it was sent.
func (w words) typed(v *desk.Visit) planForm {
	f := w.form(v.PostForm["posts"])
	f.Title, f.Note, f.Footing = v.PostFormValue("title"), v.PostFormValue("note"), v.PostFormValue("footing")
	f.First, f.Last = ui.FormDate(v.Request, "first"), ui.FormDate(v.Request, "last")
	return f
}

func (s *Room) newPage(v *desk.Visit) error {
	if err := authz.Check(v.Actor, authz.Survey, v.Actor.Office); err != nil {
		return err
	}
	return s.showNew(v, http.StatusOK, words{v.Words}.form(nil), nil)
}

func (s *Room) showNew(v *desk.Visit, status int, f planForm, problem error) error {
	page := &planScreen{Page: s.Frame(v, v.Words.T("survey.new"), home), F: f}
	page.Back.Href, page.Narrow = home, true
	if problem != nil {
		page.Fail(problem)
	}
	return s.Show(v, status, "newsurvey.html", page)
}

func (s *Room) plan(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	cmd, err := planCmd(v)
	at := ""
	if err == nil {
		at, err = s.App.Surveys.Plan(v.Context(), v.Actor, cmd)
	}
	if err == nil {
		return s.Done(v, home+"/"+at, v.Words.T("survey.planned"))
	}
	if !stays(err) {
		return err
	}
	return s.showNew(v, http.StatusUnprocessableEntity, words{v.Words}.typed(v), err)
}
