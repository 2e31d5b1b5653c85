package survey

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	app "quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/estimate/rds"
	"quipu/internal/estimate/table"
	"quipu/internal/estimate/weighting"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/survey/sample"
	"quipu/internal/survey/study"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type weightsScreen struct {
	ui.Page
	ID, Seen  string
	Tabs      []ui.Link
	State     ui.Tag
	MayPlan   bool
	Tried     bool // shows steps that are not kept yet
	F         weightsForm
	Refusal   string // why there are no weights
	Notes     []string
	Stages    ui.Table
	Before    ui.Bars
	After     ui.Bars
	JSONSteps string
	Chain     bool // people invited people
}

type weightsForm struct {
	Worked, Eligibility, Nonresponse, Method, Sex, Age, Visits string
	Low, High, TrimLow, TrimHigh                               string
	Workings, Eligibilities, Nonresponses, Methods             []ui.Option
	Office                                                     []ui.Option
	Texts, Numbers, All                                        []ui.Option
	Chain, Group, Population, Replicates                       string
	Chains                                                     []ui.Option
}

func (s *Room) weightsPage(v *desk.Visit) error {
	page, sv, err := s.weightsScreen(v)
	if err != nil {
		return err
	}
	steps, err := weighting.Read(sv.Weighting)
	if err == nil {
		page.F = words{v.Words}.stepsForm(steps, page.F)
		var w app.Weighted
		if w, err = s.App.Surveys.Weighted(v.Context(), v.Actor, sv.Entity.ID); err == nil {
			words{v.Words}.weighted(page, &w)
		}
	}
	if err != nil && !desk.Mendable(err) {
		return err
	}
	if err != nil {
		page.Refusal = i18n.Fault(v.Words.Lang, err)
	}
	return s.Show(v, http.StatusOK, "surveyweights.html", page)
}

func (s *Room) weightsScreen(v *desk.Visit) (*weightsScreen, *study.Survey, error) {
	sv, form, err := s.App.Surveys.Columns(v.Context(), v.Actor, v.PathValue("survey"))
	if err != nil {
		return nil, nil, err
	}
	w := words{v.Words}
	page := &weightsScreen{Page: s.Frame(v, sv.Title, home), ID: sv.Entity.ID, Seen: sv.Head.String(), Tabs: w.tabs(v), State: w.state(sv.State),
		MayPlan: authz.May(v.Actor, authz.Survey, sv.Office), F: w.columns(weightsForm{}, form)}
	page.Back.Href = home
	p, err := sample.ReadPlan(sv.Plan)
	if page.Chain = p.Chain != nil; page.Chain && p.Chain.Size > 0 {
		page.F.Population = strconv.Itoa(p.Chain.Size)
	}
	return page, sv, err
}

// columns are the questions that may say something of a margin.
func (w words) columns(f weightsForm, form *table.Form) weightsForm {
	for _, q := range form.Questions {
		o := ui.Option{Value: q.Name, Label: q.Name}
		switch q.Kind {
		case table.Choice:
			f.Texts = append(f.Texts, o)
		case table.Number:
			f.Numbers = append(f.Numbers, o)
		case table.Reckoned:
			f.Texts, f.Numbers = append(f.Texts, o), append(f.Numbers, o)
		default:
			continue
		}
		f.All = append(f.All, o)
	}
	f.Workings = desk.Choices(w.Words, "weighting.classes.", []weighting.Classes{weighting.Nearest, weighting.Stratum, weighting.Office, weighting.Whole})
	f.Eligibilities = f.Workings
	for _, m := range []rds.Method{rds.MethodII, rds.MethodI, rds.MethodSS} {
		f.Chains = append(f.Chains, ui.Option{Value: string(m), Label: w.T("weighting.step." + string(m)), Hint: w.T("weighting.chain." + string(m) + ".hint")})
	}
	f.Nonresponses = append(slices.Clone(f.Workings), desk.Choices(w.Words, "weighting.classes.", []weighting.Classes{weighting.Propensity})...)
	f.Methods = desk.Choices(w.Words, "weighting.method.", weighting.Methods[1:])
	return f
}

// stepsForm is the form with steps as they are kept.
func (w words) stepsForm(s weighting.Steps, f weightsForm) weightsForm {
	text := func(x float64) string {
		if x == 0 {
			return ""
		}
		return w.short(x, 3)
	}
	f.Worked, f.Eligibility, f.Nonresponse, f.Method, f.Visits = string(s.Worked), string(s.Eligibility), string(s.Nonresponse), string(s.Method), s.Visits
	f.Chain, f.Group, f.Replicates = string(cmp.Or(s.Chain, rds.MethodII)), s.Group, number(s.Replicates)
	if s.Chain != "" {
		f.Population = number(s.Population)
	}
	f.Low, f.High, f.TrimLow, f.TrimHigh = text(s.Low), text(s.High), text(s.TrimLow), text(s.TrimHigh)
	office := false
	for _, x := range s.Variables {
		switch x.Of {
		case weighting.ByOffice:
			office = true
		case weighting.BySex:
			f.Sex = x.Column
		case weighting.ByAge:
			f.Age = x.Column
		}
	}
	f.Office = []ui.Option{{Value: "1", Label: w.T("weighting.of.office"), Checked: office}}
	return f
}

// number is a whole number in a form, "" for 0.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// typedSteps reads the form.
func typedSteps(v *desk.Visit) (s weighting.Steps, err error) {
	t := v.PostFormValue
	s.Worked = weighting.Classes(t("worked"))
	s.Eligibility, s.Nonresponse, s.Method, s.Visits = weighting.Classes(t("eligibility")), weighting.Classes(t("nonresponse")), weighting.Method(t("calibration")), t("visits")
	s.Chain, s.Group = rds.Method(t("chain")), t("group")
	if s.Chain != rds.MethodI {
		s.Group = ""
	}
	if s.Population, err = whole("population", t("population")); err != nil {
		return s, err
	}
	if s.Replicates, err = whole("replicates", t("replicates")); err != nil {
		return s, err
	}
	if t("office") != "" {
		s.Variables = append(s.Variables, weighting.Variable{Of: weighting.ByOffice})
	}
	for _, of := range []string{weighting.BySex, weighting.ByAge} {
		if t(of) != "" {
			s.Variables = append(s.Variables, weighting.Variable{Of: of, Column: t(of)})
		}
	}
	if !slices.Contains(weighting.Methods, s.Method) {
		return s, fault.New(fault.Invalid, "weighting.classes").On("calibration")
	}
	return s, decimals(v, map[string]*float64{"low": &s.Low, "high": &s.High, "trim_low": &s.TrimLow, "trim_high": &s.TrimHigh})
}

// onWeights tries steps, or keeps them.
func (s *Room) onWeights(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	steps, err := typedSteps(v)
	at := v.PathValue("survey")
	if err == nil && v.PostFormValue("do") == "keep" {
		last, bad := v.Seen()
		if bad != nil {
			return bad
		}
		if err = s.App.Surveys.WeightSurvey(v.Context(), v.Actor, at, steps, last); err == nil {
			return s.Done(v, home+"/"+at+"/pesos", v.Words.T("weighting.kept"))
		}
	}
	var w app.Weighted
	tried := steps
	if err == nil {
		if err = steps.Check(); err == nil {
			tried, err = s.App.Surveys.Counted(v.Context(), v.Actor, at, steps)
		}
		if err == nil {
			w, err = s.App.Surveys.WeightedBy(v.Context(), v.Actor, at, tried)
		}
	}
	if err != nil && !stays(err) {
		return err
	}
	page, _, err2 := s.weightsScreen(v)
	if err2 != nil {
		return err2
	}
	page.F = words{v.Words}.stepsForm(steps, page.F)
	status := http.StatusOK
	if err != nil {
		page.Fail(err)
		status = http.StatusUnprocessableEntity
	} else {
		words{v.Words}.weighted(page, &w)
		page.Tried = true
	}
	return s.Show(v, status, "surveyweights.html", page)
}

// weighted says what the steps did.
func (w words) weighted(page *weightsScreen, x *app.Weighted) {
	d := func(v float64, places int) ui.Cell {
		return ui.Cell{Text: i18n.Decimal(w.Lang, v, places), Numeric: true}
	}
	page.Stages = ui.Table{Caption: w.T("weighting.stages"), Head: w.Heads("weighting.step", "#weighting.n", "#weighting.sum", "#weighting.min", "#weighting.max", "#weighting.cv", "#weighting.deff", "#weighting.negative")}
	for _, s := range x.Stages {
		page.Stages.Rows = append(page.Stages.Rows, []ui.Cell{{Text: w.T("weighting.step." + s.Step)}, {Text: w.Number(s.N), Numeric: true}, d(s.Sum, 0), d(s.Min, 2), d(s.Max, 2), d(s.CV, 2), d(s.Deff, 2),
			{Text: w.percent(s.Negative), Numeric: true}})
	}
	if n := len(x.Stages); n > 0 {
		page.Before = w.spread(x.Stages[0])
		if n > 1 {
			page.After = w.spread(x.Stages[n-1])
		}
	}
	note := func(n int, key string) {
		if n > 0 {
			page.Notes = append(page.Notes, w.TN(key, n))
		}
	}
	if x.Left.Equal {
		page.Notes = append(page.Notes, w.T("weighting.note.equal"))
	}
	if x.Chain != "" {
		page.Notes = append(page.Notes, w.TN("weighting.note.chain", len(x.Replicates)))
		note(x.Left.Failed, "weighting.note.failed")
	}
	note(x.Left.Caseless, "weighting.note.caseless")
	note(x.Left.Twice, "weighting.note.twice")
	note(x.Left.Joined, "weighting.note.joined")
	note(x.Left.Silent, "weighting.note.silent")
	note(x.Cases.Lent, "weighting.note.lent")
	page.Notes = append(page.Notes, w.stands(x)...)
	if len(x.Margins) > 0 {
		page.Notes = append(page.Notes, w.T("weighting.note.register", "date", i18n.Date(w.Lang, x.Steps.Date)))
	}
	page.JSONSteps = x.Steps.JSON()
}

// stands says for how many people the answers stand, beside those who were drawn from, and
// why the two differ. Without a sample there is nobody to hold them against.
func (w words) stands(x *app.Weighted) (out []string) {
	c := &x.Cases
	if c.Drawn <= 0 || len(x.Stages) == 0 {
		return nil
	}
	whole := func(v float64) string { return i18n.Decimal(w.Lang, v, 0) }
	sum := x.Stages[len(x.Stages)-1].Sum
	out = append(out, w.T("weighting.note.drawn", "drawn", whole(c.Drawn), "outside", whole(c.Outside), "sum", whole(sum)))
	if c.Unworked > 0 {
		key := "weighting.note.waiting"
		if x.Steps.Worked == weighting.Never {
			key += ".unknown"
		}
		out = append(out, w.T(key, "n", w.Number(c.Unworked)))
	}
	if rest := c.Drawn - c.Outside; len(x.Margins) == 0 && x.Steps.Visits == "" && sum < 0.995*rest {
		out = append(out, w.T("weighting.note.short", "people", whole(rest-sum)))
	}
	return out
}

// spread draws how weights are distributed, in medians.
func (w words) spread(s weighting.Stage) ui.Bars {
	var text, label []string
	for i, share := range s.Bars {
		text = append(text, i18n.Decimal(w.Lang, 100*share, 0)+" %")
		if i < len(weighting.BarEnds) {
			label = append(label, "≤ "+w.short(weighting.BarEnds[i], 2))
		} else {
			label = append(label, "> "+i18n.Decimal(w.Lang, weighting.BarEnds[i-1], 0))
		}
	}
	return ui.DrawBars(s.Bars, text, label)
}

// mayAnalyse reports whether the officer makes figures of answers.
func mayAnalyse(v *desk.Visit) bool { return authz.ReachOf(v.Actor, authz.Analyse) != authz.None }
