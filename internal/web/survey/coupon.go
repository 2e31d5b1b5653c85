package survey

import (
	"net/http"
	"strconv"

	app "quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/render"
	"quipu/internal/survey/study"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// takeScreen is where somebody is taken in who comes with a coupon.
type takeScreen struct {
	ui.Page
	ID        string
	Tabs      []ui.Link
	Code      string
	Good      bool // the code was looked at and holds
	Rows      []ui.Row
	Degree    string
	Relation  string
	Relations []ui.Option
}

func (s *Room) takePage(v *desk.Visit) error {
	page, err := s.takeScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "coupon.html", page)
}

func (s *Room) takeScreen(v *desk.Visit) (*takeScreen, error) {
	c, err := s.App.Surveys.Chains(v.Context(), v.Actor, v.PathValue("survey"))
	if err != nil {
		return nil, err
	}
	if c.Plan == nil {
		return nil, fault.New(fault.Conflict, "chain.none")
	}
	if err := authz.Check(v.Actor, authz.Interview, v.Actor.Office); err != nil {
		return nil, err
	}
	w := words{v.Words}
	page := &takeScreen{Page: s.Frame(v, w.T("chain.take"), home), ID: c.Survey.Entity.ID, Tabs: w.tabs(v)}
	page.Back.Href, page.Narrow = home+"/"+page.ID+"/campo", true
	for _, r := range study.Relations {
		page.Relations = append(page.Relations, ui.Option{Value: string(r), Label: w.T("chain.relation." + string(r))})
	}
	return page, nil
}

// onTake looks at a code, or takes in who came with it and begins the interview.
func (s *Room) onTake(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	page, err := s.takeScreen(v)
	if err != nil {
		return err
	}
	t := v.PostFormValue
	page.Code, page.Degree, page.Relation = t("coupon"), t("degree"), t("relation")
	look, err := s.App.Surveys.LookAtCoupon(v.Context(), v.Actor, page.ID, page.Code)
	if err == nil {
		w := words{v.Words}
		page.Good = true
		page.Rows = []ui.Row{{Key: w.T("chain.coupon"), Value: page.Code, Tag: ui.Tag{Text: w.T("chain.coupon.good"), Colour: "green"}}, {Key: w.T("chain.chain"), Value: look.Chain},
			{Key: w.T("chain.wave"), Value: strconv.Itoa(look.Wave)}, {Key: w.T("chain.until"), Value: i18n.Date(w.Lang, look.Until.String())}}
	}
	if err == nil && t("do") == "redeem" {
		cmd := app.RedeemCmd{Code: page.Code, Relation: study.Relation(page.Relation)}
		kase := ""
		if cmd.Degree, err = whole("degree", page.Degree); err == nil {
			kase, err = s.App.Surveys.Redeem(v.Context(), v.Actor, page.ID, cmd)
		}
		if err == nil {
			return s.ask(v, page.ID, kase)
		}
	}
	if err == nil {
		return s.Show(v, http.StatusOK, "coupon.html", page)
	}
	if !stays(err) {
		return err
	}
	page.Fail(err)
	return s.Show(v, http.StatusUnprocessableEntity, "coupon.html", page)
}

// ask begins the interview of a case; where none can be held in a browser, its page says so.
func (s *Room) ask(v *desk.Visit, survey, kase string) error {
	token, err := s.App.Surveys.BeginInterview(v.Context(), v.Actor, survey, kase)
	if err == nil {
		return s.Done(v, home+"/"+survey+"/entrevista/"+token, v.Words.T("chain.taken", "case", app.Tail(kase)))
	}
	if !desk.Mendable(err) {
		return err
	}
	return s.Done(v, home+"/"+survey+"/casos/"+kase, v.Words.T("chain.taken", "case", app.Tail(kase)))
}

// couponsScreen are the coupons of a case, on a sheet.
type couponsScreen struct {
	ui.Page
	Path       string
	Case       string
	Given      bool
	Why        string // no coupons can be given, "" when they can
	N, Most    string
	Degree     string
	Coupons    []coupon
	Texts      []string // what each coupon says
	MayRecount bool
}

type coupon struct {
	Code, QR string
	Side     int
	Number   string // which of them
}

func (s *Room) couponsPage(v *desk.Visit) error {
	page, err := s.couponsScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "coupons.html", page)
}

func (s *Room) couponsScreen(v *desk.Visit) (*couponsScreen, error) {
	sheet, err := s.App.Surveys.Coupons(v.Context(), v.Actor, v.PathValue("case"))
	if err != nil {
		return nil, err
	}
	if sheet.Survey.Entity.ID != v.PathValue("survey") || sheet.Case.Coupon == 0 {
		return nil, fault.New(fault.NotFound, "app.not_found", "what", "case", "which", v.PathValue("case"))
	}
	w, c := words{v.Words}, &sheet.Case
	at := home + "/" + sheet.Survey.Entity.ID + "/casos/" + c.Entity.ID
	page := &couponsScreen{Page: s.Frame(v, w.T("chain.sheet"), home), Path: at + "/cupones", Given: c.Given > 0, N: strconv.Itoa(sheet.Plan.Each), Most: w.Number(sheet.Plan.Each),
		Case:   w.caseName(c),
		Degree: strconv.Itoa(c.Degree), MayRecount: authz.May(v.Actor, authz.Interview, c.Office) && sheet.Survey.State != study.Closed}
	page.Back.Href = at
	switch {
	case page.Given:
	case sheet.Survey.State != study.Open || !authz.May(v.Actor, authz.Interview, c.Office):
		page.Why = w.T("chain.sheet.not_here")
	case c.Submission == "":
		page.Why = i18n.Fault(w.Lang, fault.New(fault.Conflict, "chain.not_asked"))
	case sheet.Left <= 0:
		page.Why = i18n.Fault(w.Lang, fault.New(fault.Conflict, "chain.target_reached", "target", sheet.Plan.Target))
	}
	for i, code := range sheet.Codes {
		k := coupon{Code: code, Number: w.T("chain.coupon.nth", "n", strconv.Itoa(i+1), "of", strconv.Itoa(len(sheet.Codes)))}
		if k.QR, k.Side, err = render.QRPath(code); err != nil {
			return nil, err
		}
		page.Coupons = append(page.Coupons, k)
	}
	page.Texts = []string{sheet.Survey.Title, w.T("chain.coupon.until", "day", i18n.Date(w.Lang, c.Until.String()))}
	for _, o := range sheet.Survey.Posts {
		page.Texts = append(page.Texts, w.Office(o))
	}
	if len(page.Texts) > 8 { // a coupon has room for a few offices
		page.Texts = append(page.Texts[:7], w.T("chain.coupon.offices"))
	}
	if sheet.Plan.Reward != "" {
		page.Texts = append(page.Texts, sheet.Plan.Reward)
	}
	return page, nil
}

// onCoupons gives coupons, or corrects how many people somebody knows.
func (s *Room) onCoupons(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	said, kase := "chain.handed", v.PathValue("case")
	var err error
	n := 0
	if v.PostFormValue("do") == "recount" {
		said = "chain.recounted"
		if n, err = whole("degree", v.PostFormValue("degree")); err == nil {
			err = s.App.Surveys.Recount(v.Context(), v.Actor, kase, n)
		}
	} else if n, err = whole("n", v.PostFormValue("n")); err == nil {
		err = s.App.Surveys.HandOut(v.Context(), v.Actor, kase, n)
	}
	if err == nil {
		return s.Done(v, v.URL.Path, v.Words.T(said))
	}
	if !stays(err) {
		return err
	}
	page, err2 := s.couponsScreen(v)
	if err2 != nil {
		return err2
	}
	page.Fail(err)
	return s.Show(v, http.StatusUnprocessableEntity, "coupons.html", page)
}
