package survey

import (
	"net/http"
	"strconv"

	app "quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/survey/fieldwork"
	"quipu/internal/survey/study"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type fieldScreen struct {
	ui.Page
	ID       string
	Tabs     []ui.Link
	State    ui.Tag
	MayGive  bool
	Invents  bool // in a demonstration
	Figures  []ui.Figure
	Strata   ui.Table
	Rates    ui.Table
	Cases    []caseLine
	Askers   []ui.Option
	Paging   ui.Paging
	Filter   []ui.Option
	Selected string
	Chain    *chainField // where people invite people
}

// caseLine is a case in the list.
type caseLine struct {
	ID, Name, Note, Asker string
	Tag                   ui.Tag
	Open                  bool // may still be given to somebody
}

// fieldPage is how the fieldwork goes: dispositions and rates by stratum, and the cases.
func (s *Room) fieldPage(v *desk.Visit) error {
	page, err := s.fieldScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "field.html", page)
}

func (s *Room) fieldScreen(v *desk.Visit) (*fieldScreen, error) {
	sv, counts, err := s.App.Surveys.Fieldwork(v.Context(), v.Actor, v.PathValue("survey"))
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return nil, err
	}
	w := words{v.Words}
	page := &fieldScreen{Page: s.Frame(v, sv.Title, home), ID: sv.Entity.ID, Tabs: w.tabs(v), State: w.state(sv.State),
		MayGive: authz.ReachOf(v.Actor, authz.Fieldwork) != authz.None, Selected: v.URL.Query().Get("resultado")}
	page.Back.Href, page.Invents = home, s.mayInvent(v)
	if page.Chain, err = s.chainField(v, &sv); err != nil {
		return nil, err
	}
	if page.Chain == nil {
		if err := w.progress(page, counts); err != nil {
			return nil, err
		}
	}
	skip, _ := strconv.Atoi(v.URL.Query().Get("desde"))
	skip = max(0, skip)
	rows, err := s.App.Surveys.Cases(v.Context(), v.Actor, app.CaseFilter{Survey: sv.Entity.ID, Disposition: page.Selected}, skip, desk.EventsAPage)
	if err != nil {
		return nil, err
	}
	total := 0
	for _, c := range counts {
		if page.Selected == "" || page.Selected == c.Disposition {
			total += int(c.N)
		}
	}
	query := ""
	if page.Selected != "" {
		query = "resultado=" + page.Selected
	}
	page.Paging = w.Paging(v.URL.Path, query, skip, skip+len(rows), total)
	for i := range rows {
		page.Cases = append(page.Cases, w.caseLine(&rows[i]))
	}
	if page.MayGive {
		if page.Askers, err = s.askers(v); err != nil {
			return nil, err
		}
	}
	return page, nil
}

func (w words) caseLine(r *app.CaseRow) caseLine {
	l := caseLine{ID: r.ID, Name: w.CaseName(r), Note: w.Office(r.Office), Tag: w.disposition(r.Disposition), Open: r.Submission == ""}
	if r.Tries > 0 {
		l.Note += " · " + w.TN("survey.tries", int(r.Tries))
	}
	if r.Interviewer != "" {
		l.Asker = w.Who(r.Interviewer)
	}
	return l
}

var classColours = map[fieldwork.Class]string{fieldwork.Interview: "green", fieldwork.Partial: "green", fieldwork.Refusal: "red", fieldwork.NotEligible: "grey"}

// disposition is what became of a case; "" for one that waits.
func (w words) disposition(code string) ui.Tag {
	if code == "" {
		return ui.Tag{Text: w.T("survey.waiting"), Colour: "blue"}
	}
	d, err := fieldwork.Find(code)
	if err != nil {
		return ui.Tag{Text: code, Colour: "grey"}
	}
	colour, ok := classColours[d.Class]
	if !ok {
		colour = "yellow"
	}
	return ui.Tag{Text: w.T(d.Key()), Colour: colour}
}

// progress counts cases by stratum and works out AAPOR's rates, unweighted and by the design
// weights. A case that nobody tried counts as of unknown eligibility.
func (w words) progress(page *fieldScreen, counts []app.CaseCount) error {
	strata, order := map[string]fieldwork.Counts{}, []string{}
	all, weighed := fieldwork.Counts{}, fieldwork.Counts{}
	total := 0
	for _, c := range counts {
		class := fieldwork.UnknownPerson
		if c.Disposition != "" {
			d, err := fieldwork.Find(c.Disposition)
			if err != nil {
				return err
			}
			class = d.Class
		}
		if strata[c.Stratum] == nil {
			strata[c.Stratum], order = fieldwork.Counts{}, append(order, c.Stratum)
		}
		strata[c.Stratum][class] += float64(c.N)
		all[class] += float64(c.N)
		weighed[class] += c.Weight
		total += int(c.N)
	}
	if total == 0 {
		return nil
	}
	rate := func(n fieldwork.Counts, name string) (string, error) {
		rates, err := n.Rates(n.Eligible())
		for _, r := range rates {
			if r.Name == name {
				return w.percent(r.Value), err
			}
		}
		return "–", err
	}
	page.Strata = ui.Table{Caption: w.T("survey.by_stratum"), Head: w.Heads("survey.stratum", "#survey.cases", "#survey.class.I", "#survey.class.R", "#survey.class.NC", "#survey.class.unknown", "#survey.rate.RR3")}
	for _, st := range order {
		n := strata[st]
		rr, err := rate(n, "RR3")
		if err != nil {
			return err
		}
		sum := 0.0
		for _, x := range n {
			sum += x
		}
		row := []ui.Cell{{Text: st}, {Text: w.Number(int(sum)), Numeric: true}}
		for _, x := range []float64{n[fieldwork.Interview] + n[fieldwork.Partial], n[fieldwork.Refusal], n[fieldwork.NonContact] + n[fieldwork.Other], n[fieldwork.UnknownHouse] + n[fieldwork.UnknownPerson]} {
			row = append(row, ui.Cell{Text: w.Number(int(x)), Numeric: true})
		}
		page.Strata.Rows = append(page.Strata.Rows, append(row, ui.Cell{Text: rr, Numeric: true}))
	}
	page.Rates = ui.Table{Caption: w.T("survey.rates"), Head: w.Heads("survey.rate", "#survey.rate.plain", "#survey.rate.weighted")}
	for _, name := range []string{"RR1", "RR3", "RR5", "COOP1", "REF1", "CON1"} {
		plain, err := rate(all, name)
		if err != nil {
			return err
		}
		heavy := "–"
		if weighed[fieldwork.UnknownPerson]+weighed[fieldwork.Interview] > 0 {
			if heavy, err = rate(weighed, name); err != nil {
				return err
			}
		}
		page.Rates.Rows = append(page.Rates.Rows, []ui.Cell{{Text: w.T("survey.rate." + name)}, {Text: plain, Numeric: true}, {Text: heavy, Numeric: true}})
	}
	done := all[fieldwork.Interview] + all[fieldwork.Partial]
	page.Figures = []ui.Figure{{Value: w.Number(total), Label: w.T("survey.cases")}, {Value: w.Number(int(done)), Label: w.T("survey.class.I")},
		{Value: w.percent(done / float64(total)), Label: w.T("survey.done_share")}}
	return nil
}

// askers are the accounts of the office that may do interviews.
func (s *Room) askers(v *desk.Visit) (out []ui.Option, err error) {
	users, err := s.App.Users(v.Context(), v.Actor)
	if fault.KindOf(err) == fault.Forbidden { // who sees every office gives cases to nobody by name
		return nil, nil
	}
	for _, u := range users {
		if u.Active && u.Office == v.Actor.Office && authz.May(authz.Actor{Role: u.Role, Office: u.Office}, authz.Interview, u.Office) {
			out = append(out, ui.Option{Value: u.Login, Label: u.Name + " (" + u.Login + ")"})
		}
	}
	return out, err
}

// onField gives the cases that were ticked to somebody.
func (s *Room) onField(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	if v.PostFormValue("do") == "seed" {
		return s.onSeed(v)
	}
	cases, login := v.PostForm["case"], v.PostFormValue("interviewer")
	var err error
	switch {
	case len(cases) == 0:
		err = fault.New(fault.Invalid, "survey.no_case").On("case")
	case login == "":
		err = fault.New(fault.Invalid, "survey.nobody").On("interviewer")
	default:
		err = s.App.Surveys.Assign(v.Context(), v.Actor, cases, login)
	}
	if err == nil {
		return s.Done(v, home+"/"+v.PathValue("survey")+"/campo", v.Words.TN("survey.given", len(cases), "who", v.Words.Who(login)))
	}
	if !stays(err) {
		return err
	}
	page, err2 := s.fieldScreen(v)
	if err2 != nil {
		return err2
	}
	page.Fail(err)
	return s.Show(v, http.StatusUnprocessableEntity, "field.html", page)
}

// casePage is one case: whom to ask while that is known, and what was tried.
func (s *Room) casePage(v *desk.Visit) error {
	page, err := s.caseScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "case.html", page)
}

type caseScreen struct {
	ui.Page
	Path     string
	Ask      string // where an interview of it begins, "" where none may
	Coupons  string // where its coupons are, "" where it has none
	Case     string
	Tag      ui.Tag
	Rows     []ui.Row
	MayTry   bool
	Codes    []ui.Option
	Code     string
	Note     string
	Attempts []ui.Event
}

func (s *Room) caseScreen(v *desk.Visit) (*caseScreen, error) {
	p, err := s.App.Surveys.Case(v.Context(), v.Actor, v.PathValue("case"))
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return nil, err
	}
	if p.Survey.Entity.ID != v.PathValue("survey") {
		return nil, fault.New(fault.NotFound, "app.not_found", "what", "case", "which", v.PathValue("case"))
	}
	w, c := words{v.Words}, &p.Case
	at := home + "/" + p.Survey.Entity.ID
	page := &caseScreen{Page: s.Frame(v, w.caseName(c), home), Path: at + "/casos/" + c.Entity.ID, Tag: w.disposition(c.Disposition),
		MayTry: c.Submission == "" && authz.May(v.Actor, authz.Interview, c.Office) && p.Survey.State != study.Draft}
	page.Back.Href, page.Case = at+"/campo", c.Entity.ID
	if c.Coupon > 0 {
		page.Coupons = page.Path + "/cupones"
	}
	if page.MayTry && p.Survey.State == study.Open && c.Office == v.Actor.Office {
		page.Ask = at + "/entrevista"
	}
	person := w.T("survey.case.unlinked")
	if p.Person != nil {
		person = desk.Called(app.NameOf(p.Person), p.Person.Number)
	}
	asker := w.T("survey.case.nobody")
	if c.Interviewer != "" {
		asker = w.Who(c.Interviewer)
	}
	page.Rows = []ui.Row{{Key: w.T("survey.case.person"), Value: person, Note: w.T("survey.case.person.note")}, {Key: w.T("survey.stratum"), Value: c.Stratum}, {Key: w.T("survey.case.asker"), Value: asker},
		{Key: w.T("survey.case.code"), Value: c.Entity.ID, Note: w.T("survey.case.code.note")}}
	if c.Coupon > 0 {
		page.Rows[0] = ui.Row{Key: w.T("survey.case.person"), Value: w.T("chain.case.nobody"), Note: w.T("chain.case.nobody.note")}
		page.Rows = append(page.Rows, ui.Row{Key: w.T("chain.degree"), Value: w.Number(c.Degree)}, ui.Row{Key: w.T("chain.relation"), Value: w.T("chain.relation." + string(c.Relation))})
	}
	if c.Probability > 0 {
		page.Rows = append(page.Rows, ui.Row{Key: w.T("survey.case.probability"), Value: i18n.Decimal(w.Lang, c.Probability, 6),
			Note: w.T("survey.case.factor", "factor", i18n.Decimal(w.Lang, c.Weight(), 2))})
	}
	for _, d := range fieldwork.Dispositions() {
		if d.Class != fieldwork.Interview && d.Class != fieldwork.Partial {
			page.Codes = append(page.Codes, ui.Option{Value: d.Code, Label: d.Code + " " + w.T(d.Key())})
		}
	}
	for i := len(c.Attempts) - 1; i >= 0; i-- {
		a := c.Attempts[i]
		page.Attempts = append(page.Attempts, ui.Event{Title: w.disposition(a.Code).Text, By: w.Who(a.Author), When: w.Stamp(a.At), Time: a.At.String(), Text: a.Note})
	}
	return page, nil
}

func (w words) caseName(c *study.Case) string {
	return w.CaseName(&app.CaseRow{ID: c.Entity.ID, Stratum: c.Stratum, Place: int64(c.Order), Coupon: int64(c.Coupon)})
}

// onCase notes a try.
func (s *Room) onCase(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	code, note := v.PostFormValue("code"), v.PostFormValue("note")
	err := s.App.Surveys.Try(v.Context(), v.Actor, v.PathValue("case"), code, note)
	if err == nil {
		return s.Done(v, v.URL.Path, v.Words.T("survey.tried"))
	}
	if !stays(err) {
		return err
	}
	page, err2 := s.caseScreen(v)
	if err2 != nil {
		return err2
	}
	page.Fail(err)
	page.Code, page.Note = code, note
	return s.Show(v, http.StatusUnprocessableEntity, "case.html", page)
}
