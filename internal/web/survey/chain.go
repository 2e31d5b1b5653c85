package survey

import (
	"net/http"
	"strconv"

	app "quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/survey/study"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// chainField is what the page of the fieldwork says of chains.
type chainField struct {
	Planned  bool
	Figures  []ui.Figure
	Waves    ui.Table
	Tree     *tree
	MaySeed  bool
	MayTake  bool
	Report   bool
	Offices  []ui.Option
	Office   string // the only one, "" when there is a choice
	Degree   string
	Degrees  string // the error of it
	OfficeIs string // and that of the office
}

// chainField reads the chains of a survey; nil where it does not stand on them.
func (s *Room) chainField(v *desk.Visit, sv *study.Survey) (*chainField, error) {
	if sv.Footing != study.Recruited {
		return nil, nil
	}
	c, err := s.App.Surveys.Chains(v.Context(), v.Actor, sv.Entity.ID)
	if err != nil {
		return nil, err
	}
	w, out := words{v.Words}, &chainField{Planned: c.Plan != nil, Report: mayAnalyse(v)}
	if c.Plan == nil {
		return out, nil
	}
	open := sv.State == study.Open
	for _, o := range c.Plan.Posts {
		if open && authz.May(v.Actor, authz.Fieldwork, o) {
			out.Offices = append(out.Offices, ui.Option{Value: o, Label: w.Office(o)})
		}
	}
	out.MaySeed = len(out.Offices) > 0
	if len(out.Offices) == 1 {
		out.Office = out.Offices[0].Value
	}
	out.MayTake = open && authz.May(v.Actor, authz.Interview, v.Actor.Office) && sv.Takes(v.Actor.Office)
	out.Figures = []ui.Figure{{Value: w.Number(c.Asked), Label: w.T("chain.asked"), Note: w.T("chain.of_target", "n", c.Plan.Target)}, {Value: w.Number(c.Seeds), Label: w.T("chain.chains")},
		{Value: w.Number(c.Given), Label: w.T("chain.given")}, {Value: w.Number(c.Returned), Label: w.T("chain.returned"), Note: w.share(c.Returned, c.Given)},
		{Value: w.Number(c.Ended), Label: w.T("chain.ended")}, {Value: w.Number(c.Out), Label: w.T("chain.out")}}
	out.Waves = w.waves(c)
	out.Tree = growTree(w, c)
	return out, nil
}

func (w words) share(n, of int) string {
	if of == 0 {
		return ""
	}
	return w.percent(float64(n) / float64(of))
}

// waves counts interviews by chain and wave.
func (w words) waves(c *app.Chains) ui.Table {
	most, order, counts := 0, []string{}, map[string][]int{}
	for i := range c.Links {
		most = max(most, c.Links[i].Wave)
	}
	for i := range c.Links {
		l := &c.Links[i]
		if counts[l.Stratum] == nil {
			counts[l.Stratum], order = make([]int, most+1), append(order, l.Stratum)
		}
		if l.Submission != "" {
			counts[l.Stratum][l.Wave]++
		}
	}
	t := ui.Table{Caption: w.T("chain.by_wave"), Head: w.Heads("chain.chain"), Empty: w.T("chain.no_chains")}
	for k := range most + 1 {
		name := w.T("chain.wave.n", "n", strconv.Itoa(k))
		if k == 0 {
			name = w.T("chain.seed")
		}
		t.Head = append(t.Head, ui.Column{Text: name, Numeric: true})
	}
	t.Head = append(t.Head, w.Heads("#chain.all")...)
	all := make([]int, most+2)
	line := func(name string, counts []int) {
		row, sum := []ui.Cell{{Text: name}}, 0
		for _, n := range counts {
			sum += n
			row = append(row, ui.Cell{Text: w.Number(n), Numeric: true})
		}
		t.Rows = append(t.Rows, append(row, ui.Cell{Text: w.Number(sum), Numeric: true}))
	}
	for _, name := range order {
		for k, n := range counts[name] {
			all[k] += n
		}
		line(name, counts[name])
	}
	if len(order) > 1 {
		line(w.T("chain.all"), all[:most+1])
	}
	return t
}

// onSeed begins a chain.
func (s *Room) onSeed(v *desk.Visit) error {
	at, degree := home+"/"+v.PathValue("survey"), v.PostFormValue("degree")
	n, err := whole("degree", degree)
	kase := ""
	if err == nil {
		kase, err = s.App.Surveys.AddSeed(v.Context(), v.Actor, v.PathValue("survey"), v.PostFormValue("office"), n)
	}
	if err == nil {
		return s.Done(v, at+"/casos/"+kase, v.Words.T("chain.seed.made"))
	}
	if !stays(err) {
		return err
	}
	page, err2 := s.fieldScreen(v)
	if err2 != nil {
		return err2
	}
	page.Fail(err)
	if page.Chain != nil {
		page.Chain.Degree, page.Chain.Degrees, page.Chain.OfficeIs = degree, page.Err("degree"), page.Err("office")
	}
	return s.Show(v, http.StatusUnprocessableEntity, "field.html", page)
}
