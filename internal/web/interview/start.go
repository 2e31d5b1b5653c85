package interview

import (
	"net/http"

	app "quipu/internal/app/survey"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/survey/study"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type startScreen struct {
	ui.Page
	ID       string
	Tabs     []ui.Link
	Why      string // nobody is interviewed, "" when somebody is
	Case     string // chosen
	Cases    []ui.Option
	More     bool   // there are more cases than are shown
	Coupon   string // where somebody with a coupon is taken in, "" where nobody invites
	UnderWay []underWay
}

// underWay is an interview that waits to be gone on with.
type underWay struct{ Href, Name, When, Token string }

// mostCases is how many cases are offered at once.
const mostCases = 200

// startPage is the interviews under way, and where another begins.
func (s *Room) startPage(v *desk.Visit) error {
	page, err := s.startScreen(v)
	if err != nil {
		return err
	}
	page.Case = v.URL.Query().Get("caso")
	return s.Show(v, http.StatusOK, "interviews.html", page)
}

func (s *Room) startScreen(v *desk.Visit) (*startScreen, error) {
	survey := v.PathValue("survey")
	plan, err := s.App.Surveys.Asks(v.Context(), v.Actor, survey)
	why := ""
	if fault.Is(err, "interview.not_open") || fault.Is(err, "interview.office") {
		why, err = i18n.Fault(v.Words.Lang, err), nil
	}
	if err != nil {
		return nil, err
	}
	page := &startScreen{Page: s.Frame(v, v.Words.T("interview.title", "survey", plan.Title), home), ID: survey}
	page.Back.Href, page.Narrow = home, true
	for _, t := range []struct{ key, path string }{{"interview.tab", "/entrevista"}, {"survey.tab.field", "/campo"}, {"survey.tab.answers", "/respuestas"}} {
		page.Tabs = append(page.Tabs, ui.Link{Text: v.Words.T(t.key), Href: home + "/" + survey + t.path, Current: t.path == "/entrevista"})
	}
	if page.Why = why; why != "" {
		return page, nil
	}
	if plan.Footing == study.Recruited {
		page.Coupon = home + "/" + survey + "/cupon"
	}
	own, err := s.App.Surveys.Interviews(v.Actor, survey)
	if err != nil {
		return nil, err
	}
	cases, err := s.App.Surveys.Cases(v.Context(), v.Actor, app.CaseFilter{Survey: survey, Interviewer: v.Actor.Login, Office: v.Actor.Office}, 0, mostCases+1)
	if err != nil {
		return nil, err
	}
	if page.More = len(cases) > mostCases; page.More {
		cases = cases[:mostCases]
	}
	names := map[string]string{}
	for _, c := range cases {
		names[c.ID] = v.Words.CaseName(&c)
		if c.Submission == "" {
			page.Cases = append(page.Cases, ui.Option{Value: c.ID, Label: names[c.ID]})
		}
	}
	for _, i := range own {
		name := names[i.Case]
		switch {
		case i.Case == "":
			name = v.Words.T("interview.no_case")
		case name == "":
			name = i.Case
		}
		page.UnderWay = append(page.UnderWay, underWay{Href: v.URL.Path + "/" + i.Token, Name: name, Token: i.Token,
			When: v.Words.T("interview.saved", "when", v.Words.Moment(i.Saved.UnixMicro()))})
	}
	return page, nil
}

// start begins an interview, or forgets one.
func (s *Room) start(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	if token := v.PostFormValue("drop"); token != "" {
		if err := s.App.Surveys.DropInterview(v.Actor, token); err != nil {
			return err
		}
		return s.Done(v, v.URL.Path, v.Words.T("interview.dropped"))
	}
	kase := v.PostFormValue("case")
	token, err := s.App.Surveys.BeginInterview(v.Context(), v.Actor, v.PathValue("survey"), kase)
	if err == nil {
		return s.Done(v, v.URL.Path+"/"+token, "")
	}
	if !desk.Mendable(err) {
		return err
	}
	page, err2 := s.startScreen(v)
	if err2 != nil {
		return err2
	}
	page.Fail(fault.As(err).On("case"))
	page.Case = kase
	return s.Show(v, http.StatusUnprocessableEntity, "interviews.html", page)
}

// sent says what became of an interview that was sent. Where people invite people, coupons
// are given next.
func (s *Room) sent(v *desk.Visit, survey, kase string, got app.Receipt) error {
	key := "interview.sent"
	if len(got.Reasons) > 0 {
		key = "interview.sent_doubtful"
	}
	if kase != "" {
		if sheet, err := s.App.Surveys.Coupons(v.Context(), v.Actor, kase); err == nil && sheet.Case.Coupon > 0 {
			return s.Done(v, home+"/"+survey+"/casos/"+kase+"/cupones", v.Words.T(key))
		}
	}
	return s.Done(v, home+"/"+survey+"/entrevista", v.Words.T(key))
}
