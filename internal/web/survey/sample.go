package survey

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	app "quipu/internal/app/survey"
	"quipu/internal/estimate/weighting"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/survey/sample"
	"quipu/internal/survey/study"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type sampleScreen struct {
	ui.Page
	ID       string
	Tabs     []ui.Link
	State    ui.Tag
	MayPlan  bool // and nothing was drawn
	Drawn    bool
	Preview  bool
	F        sampleForm
	Rows     []ui.Row
	Figures  []ui.Figure
	Strata   ui.Table
	Chart    ui.Bars
	LeftOut  ui.Table
	JSONPlan string
	Firsts   ui.Table // offices of a first stage
	Problems ui.Table // of a list of places
	Waits    string   // a draw was interrupted: how far it came
	Resume   bool     // and can go on here
}

// sampleForm is the form as it was sent, or as it begins.
type sampleForm struct {
	Source, Method, Allocation                    string
	N, Half, Share, Deff, Response, Reserve, Each string
	Seed, Places, SD, Firsts, Good                string
	Goods                                         []ui.Option
	Sources, By, Methods, Allocations             []ui.Option
}

func (s *Room) samplePage(v *desk.Visit) error {
	p, err := s.App.Surveys.Sample(v.Context(), v.Actor, v.PathValue("survey"))
	if err != nil {
		return err
	}
	if p.Survey.Footing == study.Recruited {
		return s.Show(v, http.StatusOK, "chainplan.html", s.chainPlanScreen(v, p))
	}
	page := s.sampleScreen(v, p)
	return s.Show(v, http.StatusOK, "surveysample.html", page)
}

func (s *Room) sampleScreen(v *desk.Visit, p *app.SamplePage) *sampleScreen {
	w, sv := words{v.Words}, &p.Survey
	page := &sampleScreen{Page: s.Frame(v, sv.Title, home), ID: sv.Entity.ID, Tabs: w.tabs(v), State: w.state(sv.State), Drawn: sv.Plan != "",
		MayPlan: p.MayPlan && sv.Plan == "" && sv.State != study.Closed}
	page.Back.Href = home
	if page.Drawn {
		w.planned(page, &p.Plan, nil)
		page.JSONPlan = sv.Plan
	}
	if page.Drawn && p.Here < p.Cases {
		page.Waits, page.Resume = w.T("sample.waits", "here", w.Number(p.Here), "cases", w.Number(p.Cases)), p.Resume
	}
	page.F = w.sampleForm(sampleForm{Good: "no", Source: string(sample.Register), Method: string(sample.Simple), Allocation: string(sample.SquareRoot), Half: "4", Share: "50",
		Deff: i18n.Decimal(w.Lang, 1.3, 1), Response: "50", Reserve: "50", Each: "10", Seed: strconv.FormatInt(s.App.Now().UnixMilli(), 10)}, []string{weighting.BySex, weighting.ByAge})
	return page
}

func (w words) sampleForm(f sampleForm, by []string) sampleForm {
	for _, k := range []sample.Source{sample.Register, sample.Offices, sample.Places} {
		f.Sources = append(f.Sources, ui.Option{Value: string(k), Label: w.T("sample.source." + string(k)), Hint: w.T("sample.source." + string(k) + ".hint")})
	}
	for _, k := range []string{weighting.BySex, weighting.ByAge} {
		f.By = append(f.By, ui.Option{Value: k, Label: w.T("weighting.of." + k), Checked: slices.Contains(by, k)})
	}
	f.Methods = desk.Choices(w.Words, "sample.method.", sample.Methods)
	f.Allocations = desk.Choices(w.Words, "sample.allocation.", sample.Allocations)
	return f
}

// typedSample is the form as it was sent.
func (w words) typedSample(v *desk.Visit) sampleForm {
	t := v.PostFormValue
	return w.sampleForm(sampleForm{Source: t("source"), Method: t("method"), Allocation: t("allocation"), N: t("n"), Half: t("half"), Share: t("share"), Deff: t("deff"),
		Response: t("response"), Reserve: t("reserve"), Each: t("each"), Seed: t("seed"), Places: t("places"), SD: t("sd"), Firsts: t("firsts"), Good: t("good")}, v.PostForm["by"])
}

// decimal reads a number with a comma or a point; "" is 0.
func decimal(v *desk.Visit, field string) (float64, error) {
	text := strings.Replace(strings.TrimSpace(v.PostFormValue(field)), ",", ".", 1)
	if text == "" {
		return 0, nil
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !(x >= 0 && x < 1e12) {
		return 0, fault.New(fault.Invalid, "survey.no_number", "text", v.PostFormValue(field)).On(field)
	}
	return x, nil
}

// decimals reads several.
func decimals(v *desk.Visit, fields map[string]*float64) error {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		x, err := decimal(v, name)
		if err != nil {
			return err
		}
		*fields[name] = x
	}
	return nil
}

func sampleCmd(v *desk.Visit) (cmd app.SampleCmd, err error) {
	t := v.PostFormValue
	var n, each, firsts float64
	err = decimals(v, map[string]*float64{"n": &n, "firsts": &firsts, "each": &each, "half": &cmd.Wish.Half, "share": &cmd.Wish.Share, "deff": &cmd.Wish.Deff, "response": &cmd.Wish.Response, "reserve": &cmd.Reserve})
	if err != nil {
		return cmd, err
	}
	cmd.Source, cmd.Method, cmd.Allocation, cmd.Places = sample.Source(t("source")), sample.Method(t("method")), sample.Allocation(t("allocation")), t("places")
	for _, by := range []string{weighting.BySex, weighting.ByAge} {
		if slices.Contains(v.PostForm["by"], by) && cmd.Source == sample.Register {
			cmd.By = append(cmd.By, by)
		}
	}
	cmd.N, cmd.Each, cmd.Firsts, cmd.KeepGood = int(n), int(each), int(firsts), t("good") == "yes"
	cmd.Wish.Half, cmd.Wish.Share, cmd.Wish.Response, cmd.Reserve = cmd.Wish.Half/100, cmd.Wish.Share/100, cmd.Wish.Response/100, cmd.Reserve/100
	if cmd.Seed, err = strconv.ParseUint(strings.TrimSpace(t("seed")), 10, 53); err != nil {
		return cmd, fault.New(fault.Invalid, "sample.seed").On("seed")
	}
	cmd.SD = map[string]float64{}
	for _, line := range strings.Split(t("sd"), "\n") {
		f := strings.Fields(strings.Replace(line, ",", ".", 1))
		if len(f) == 0 {
			continue
		}
		x, bad := 0.0, error(nil)
		if len(f) == 2 {
			x, bad = strconv.ParseFloat(f[1], 64)
		}
		if bad != nil || len(f) != 2 {
			return cmd, fault.New(fault.Invalid, "sample.sd_line", "line", strings.TrimSpace(line)).On("sd")
		}
		cmd.SD[strings.ToUpper(f[0])] = x
	}
	return cmd, nil
}

// onSample shows what a sample would be, or draws it.
func (s *Room) onSample(v *desk.Visit) error {
	if err := readSample(v); err != nil {
		return err
	}
	at := v.PathValue("survey")
	now, err := s.App.Surveys.Sample(v.Context(), v.Actor, at)
	if err != nil {
		return err
	}
	if now.Survey.Footing == study.Recruited {
		return s.onChainPlan(v, now)
	}
	if v.PostFormValue("do") == "resume" {
		n, err := s.App.Surveys.ResumeDraw(v.Context(), v.Actor, at, nil)
		if err != nil {
			return err
		}
		return s.Done(v, home+"/"+at+"/muestra", v.Words.TN("sample.resumed", n))
	}
	cmd, err := sampleCmd(v)
	if err == nil && v.PostFormValue("do") == "draw" {
		n := 0
		if n, err = s.App.Surveys.DrawSample(v.Context(), v.Actor, at, cmd, nil); err == nil {
			return s.Done(v, home+"/"+at+"/muestra", v.Words.TN("sample.done", n))
		}
	}
	var p *app.Proposal
	if err == nil {
		p, err = s.App.Surveys.PlanSample(v.Context(), v.Actor, at, cmd)
	}
	if err != nil && !stays(err) {
		return err
	}
	page := s.sampleScreen(v, now)
	w := words{v.Words}
	page.F = w.typedSample(v)
	status := http.StatusOK
	if err != nil {
		page.Fail(err)
		status = http.StatusUnprocessableEntity
		if fault.Is(err, "sample.csv_problems") {
			wrong, err := s.App.Surveys.PlaceProblems(v.Context(), v.Actor, at, cmd.Places)
			if err != nil {
				return err
			}
			page.Problems = w.placeProblems(wrong)
		}
	} else {
		w.planned(page, &p.Plan, p)
		page.Preview = page.MayPlan
	}
	return s.Show(v, status, "surveysample.html", page)
}

// planned says what is, or would be, drawn.
func (w words) planned(page *sampleScreen, p *sample.Plan, proposal *app.Proposal) {
	if len(p.Strata) == 0 {
		return
	}
	w.offices(page, p)
	taken, population := p.Taken()
	if p.Source == sample.Offices {
		population = 0
		for _, f := range p.Firsts {
			population += f.People
		}
	}
	page.Figures = []ui.Figure{{Value: w.Number(population), Label: w.T("sample.in_frame." + string(p.Source))}, {Value: w.Number(taken), Label: w.T("sample.taken." + string(p.Source))}}
	if proposal != nil {
		page.Figures = append(page.Figures, ui.Figure{Value: w.margin(proposal.Half), Label: w.T("sample.half_whole")}, ui.Figure{Value: w.Number(proposal.Cases), Label: w.T("survey.cases")})
	} else {
		page.Rows = []ui.Row{{Key: w.T("sample.source"), Value: w.T("sample.source." + string(p.Source))}, {Key: w.T("sample.method"), Value: w.T("sample.method." + string(p.Method))},
			{Key: w.T("sample.seed"), Value: strconv.FormatUint(p.Seed, 10)},
			{Key: w.T("sample.date"), Value: i18n.Date(w.Lang, p.Date)}, {Key: w.T("sample.log_size"), Value: w.Number(int(p.LogSize))}}
		if p.Allocation != "" {
			page.Rows = slices.Insert(page.Rows, 2, ui.Row{Key: w.T("sample.allocation"), Value: w.T("sample.allocation." + string(p.Allocation))})
		}
	}
	page.Strata = ui.Table{Caption: w.T("sample.strata"), Head: w.Heads("survey.stratum", "#sample.population", "#sample.take", "#sample.reserve", "#sample.probability")}
	if proposal != nil {
		page.Strata.Head = append(page.Strata.Head, w.Heads("#sample.half_stratum")...)
	}
	offices, value := []string{}, map[string]float64{}
	for i, s := range p.Strata {
		row := []ui.Cell{{Text: s.Name}, {Text: w.Number(s.Population), Numeric: true}, {Text: w.Number(s.Take), Numeric: true}, {Text: w.Number(s.Reserve), Numeric: true},
			{Text: w.chance(&s, p), Numeric: true}}
		if proposal != nil {
			row = append(row, ui.Cell{Text: w.margin(proposal.Halves[i]), Numeric: true})
		}
		page.Strata.Rows = append(page.Strata.Rows, row)
		if _, ok := value[s.Office]; !ok {
			offices = append(offices, s.Office)
		}
		value[s.Office] += float64(s.Take)
	}
	var values []float64
	var text []string
	for _, o := range offices {
		values, text = append(values, value[o]), append(text, w.Number(int(value[o])))
	}
	page.Chart = ui.DrawBars(values, text, offices)
	page.LeftOut = ui.Table{Caption: w.T("sample.left_out"), Head: w.Heads("sample.reason", "#sample.people"), Empty: w.T("sample.left_out.none")}
	for _, why := range []string{"withdrawn", "dead", "closed", "contested", "refused", "age", "line"} {
		if n := p.LeftOut[why]; n > 0 {
			page.LeftOut.Rows = append(page.LeftOut.Rows, []ui.Cell{{Text: w.T("sample.out." + why)}, {Text: w.Number(n), Numeric: true}})
		}
	}
}

// margin is half the width of an interval; one beyond 50 points says nothing.
func (w words) margin(half float64) string {
	if !(half < 0.5) {
		return "–"
	}
	return "± " + w.percent(half)
}

// chance is the probability with which a unit of a stratum is drawn; by size each has its own.
func (w words) chance(s *sample.Stratum, p *sample.Plan) string {
	if p.Source == sample.Places && p.Method != sample.Simple && p.Method != sample.Systematic {
		return w.T("sample.by_size")
	}
	return i18n.Decimal(w.Lang, float64(s.Take)/float64(max(1, s.Population)), 4)
}
