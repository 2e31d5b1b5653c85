package survey

import (
	"net/http"
	"strconv"
	"strings"

	app "quipu/internal/app/survey"
	"quipu/internal/fault"
	"quipu/internal/survey/sample"
	"quipu/internal/survey/study"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// chainPlanScreen is the sample of a survey in which people invite people: nobody is drawn.
type chainPlanScreen struct {
	ui.Page
	ID, Seen string
	Tabs     []ui.Link
	State    ui.Tag
	MayPlan  bool
	Begun    bool // there are cases: numbers stand
	Rows     []ui.Row
	F        chainForm
}

type chainForm struct{ Seeds, Each, Days, Target, Size, Reward string }

func (s *Room) chainPlanScreen(v *desk.Visit, p *app.SamplePage) *chainPlanScreen {
	w, sv, c := words{v.Words}, &p.Survey, p.Plan.Chain
	page := &chainPlanScreen{Page: s.Frame(v, sv.Title, home), ID: sv.Entity.ID, Seen: sv.Head.String(), Tabs: w.tabs(v), State: w.state(sv.State),
		MayPlan: p.MayPlan && sv.State != study.Closed, F: chainForm{Seeds: "5", Each: "3", Days: "21", Target: "300"}}
	page.Back.Href = home
	for _, n := range p.Counts {
		page.Begun = page.Begun || n.N > 0
	}
	if c == nil {
		return page
	}
	page.F = chainForm{Seeds: strconv.Itoa(c.SeedsEach), Each: strconv.Itoa(c.Each), Days: strconv.Itoa(c.Days), Target: strconv.Itoa(c.Target), Reward: c.Reward}
	size := w.T("chain.size.none")
	if c.Size > 0 {
		page.F.Size, size = strconv.Itoa(c.Size), w.Number(c.Size)
	}
	page.Rows = []ui.Row{{Key: w.T("chain.seeds"), Value: w.Number(c.SeedsEach), Note: strings.Join(c.Posts, ", ")}, {Key: w.T("chain.each"), Value: w.Number(c.Each)},
		{Key: w.T("chain.days"), Value: w.Number(c.Days)}, {Key: w.T("chain.target"), Value: w.Number(c.Target)}, {Key: w.T("chain.size"), Value: size}}
	if c.Reward != "" {
		page.Rows = append(page.Rows, ui.Row{Key: w.T("chain.reward"), Value: c.Reward})
	}
	return page
}

// onChainPlan notes how people invite people.
func (s *Room) onChainPlan(v *desk.Visit, p *app.SamplePage) error {
	t := v.PostFormValue
	f := chainForm{t("seeds"), t("each"), t("days"), t("target"), t("size"), t("reward")}
	c := sample.Chain{Reward: strings.Join(strings.Fields(f.Reward), " ")}
	last, err := v.Seen()
	if err != nil {
		return err
	}
	for _, n := range []struct {
		field, text string
		to          *int
	}{{"seeds", f.Seeds, &c.SeedsEach}, {"each", f.Each, &c.Each}, {"days", f.Days, &c.Days}, {"target", f.Target, &c.Target}, {"size", f.Size, &c.Size}} {
		if err == nil {
			*n.to, err = whole(n.field, n.text)
		}
	}
	if err == nil {
		err = s.App.Surveys.PlanChain(v.Context(), v.Actor, p.Survey.Entity.ID, c, last)
	}
	if err == nil {
		return s.Done(v, v.URL.Path, v.Words.T("chain.planned"))
	}
	if !stays(err) {
		return err
	}
	page := s.chainPlanScreen(v, p)
	page.F = f
	page.Fail(err)
	return s.Show(v, http.StatusUnprocessableEntity, "chainplan.html", page)
}

// whole reads a number without decimals; "" is 0.
func whole(field, text string) (int, error) {
	text = strings.NewReplacer(" ", "", "\u00a0", "").Replace(text)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, fault.New(fault.Invalid, "chain.no_number", "text", text).On(field)
	}
	return n, nil
}
