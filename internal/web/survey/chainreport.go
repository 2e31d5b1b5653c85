package survey

import (
	"net/http"
	"strconv"

	app "quipu/internal/app/survey"
	"quipu/internal/estimate/rds"
	"quipu/internal/i18n"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// chainReportScreen says how far chains can be believed.
type chainReportScreen struct {
	ui.Page
	ID        string
	Tabs      []ui.Link
	Question  string
	Questions []ui.Option
	Refusal   string
	Doubts    []doubt
	Figures   []ui.Figure
	Estimate  ui.Table
	Settling  *lines // the estimate by wave
	Branches  *lines // and chain by chain
	Waves     ui.Table
	Chains    ui.Table
	Who       ui.Table
}

type doubt struct{ Text, Do string }

func (s *Room) chainReportPage(v *desk.Visit) error {
	w := words{v.Words}
	r, err := s.App.Surveys.ChainReport(v.Context(), v.Actor, v.PathValue("survey"), v.URL.Query().Get("pregunta"))
	if err != nil && (r == nil || !desk.Mendable(err)) {
		return err
	}
	page := &chainReportScreen{Page: s.Frame(v, w.T("chain.report"), home), ID: r.Survey.Entity.ID, Tabs: w.tabs(v), Question: r.Question}
	page.Back.Href = home + "/" + page.ID + "/campo"
	for _, q := range r.Questions {
		page.Questions = append(page.Questions, ui.Option{Value: q, Label: q})
	}
	if err != nil {
		page.Refusal = i18n.Fault(w.Lang, err)
		return s.Show(v, http.StatusOK, "chainreport.html", page)
	}
	w.chainReport(page, r)
	return s.Show(v, http.StatusOK, "chainreport.html", page)
}

func (w words) chainReport(page *chainReportScreen, r *app.ChainReport) {
	d := &r.Diagnosis
	for _, x := range d.Doubts {
		page.Doubts = append(page.Doubts, doubt{w.T("chain.doubt."+string(x), w.doubtArgs(x, d)...), w.T("chain.doubt." + string(x) + ".do")})
	}
	decimal := func(x float64, places int) string { return i18n.Decimal(w.Lang, x, places) }
	page.Figures = []ui.Figure{{Value: w.Number(d.N), Label: w.T("chain.people")}, {Value: w.Number(d.Waves), Label: w.T("chain.longest")}, {Value: w.percent(d.LargestTree), Label: w.T("chain.largest")},
		{Value: w.percent(d.RecruitedAny), Label: w.T("chain.brought")}, {Value: decimal(d.Homophily, 2), Label: w.T("chain.homophily"), Note: w.T("chain.homophily.note")},
		{Value: decimal(d.Kish, 0), Label: w.T("chain.kish")}}
	page.Estimate = ui.Table{Caption: w.T("chain.estimate", "question", r.Question), Head: w.Heads("chain.answer", "#chain.plain", "#chain.share", "#chain.interval", "#chain.deff")}
	if r.Failed != nil {
		page.Estimate.Empty = i18n.Fault(w.Lang, r.Failed)
	}
	for _, e := range r.Estimate {
		between := "–" // no coupon came back twice: drawing the trees again gives the same
		if e.SE > 0 {
			between = w.percent(e.Low) + " – " + w.percent(e.High)
		}
		page.Estimate.Rows = append(page.Estimate.Rows, []ui.Cell{{Text: e.Level}, {Text: w.percent(r.Plain[e.Level]), Numeric: true}, {Text: w.percent(e.Estimate), Numeric: true},
			{Text: between, Numeric: true}, {Text: decimal(e.DesignEffect, 1), Numeric: true}})
	}
	w.settling(page, r)
	page.Who = ui.Table{Caption: w.T("chain.who"), Head: w.Heads("chain.who.from")}
	for _, l := range r.Matrix.Levels {
		page.Who.Head = append(page.Who.Head, ui.Column{Text: l, Numeric: true})
	}
	page.Who.Head = append(page.Who.Head, w.Heads("#chain.who.own")...)
	for g, l := range r.Matrix.Levels {
		row := []ui.Cell{{Text: l}}
		for h := range r.Matrix.Levels {
			row = append(row, ui.Cell{Text: w.Number(int(r.Matrix.Counts[g][h])), Numeric: true})
		}
		page.Who.Rows = append(page.Who.Rows, append(row, ui.Cell{Text: decimal(r.Matrix.Own[g], 2), Numeric: true}))
	}
}

// settling draws the estimate of the first answer as waves come in, and chain by chain.
func (w words) settling(page *chainReportScreen, r *app.ChainReport) {
	if len(r.Steps) == 0 {
		return
	}
	last := r.Steps[len(r.Steps)-1].Estimate
	page.Waves = ui.Table{Caption: w.T("chain.settling.table"), Head: w.Heads("chain.wave", "#chain.people")}
	for _, l := range r.Matrix.Levels {
		page.Waves.Head = append(page.Waves.Head, ui.Column{Text: l, Numeric: true})
	}
	curves := make([]curve, len(last))
	for _, st := range r.Steps {
		row := []ui.Cell{{Text: strconv.Itoa(st.Wave)}, {Text: w.Number(st.N), Numeric: true}}
		for g, p := range st.Estimate {
			row = append(row, ui.Cell{Text: w.percent(p), Numeric: true})
			curves[g].Label = r.Matrix.Levels[g]
			curves[g].at = append(curves[g].at, [2]float64{float64(st.Wave), p})
		}
		page.Waves.Rows = append(page.Waves.Rows, row)
	}
	page.Settling = drawLines(curves)
	page.Chains = ui.Table{Caption: w.T("chain.bottleneck.table"), Head: w.Heads("chain.chain", "#chain.people", "#chain.waves")}
	for _, l := range r.Matrix.Levels {
		page.Chains.Head = append(page.Chains.Head, ui.Column{Text: l, Numeric: true})
	}
	var branches []curve
	for _, b := range r.Branches {
		row := []ui.Cell{{Text: b.Seed}, {Text: w.Number(b.N), Numeric: true}, {Text: w.Number(b.Waves), Numeric: true}}
		c := curve{Label: b.Seed}
		for _, st := range b.Steps {
			c.at = append(c.at, [2]float64{float64(st.Wave), st.Estimate[0]})
		}
		for g := range last {
			text := "–"
			if n := len(b.Steps); n > 0 {
				text = w.percent(b.Steps[n-1].Estimate[g])
			}
			row = append(row, ui.Cell{Text: text, Numeric: true})
		}
		page.Chains.Rows = append(page.Chains.Rows, row)
		if len(c.at) > 0 && len(branches) < mostBranches {
			branches = append(branches, c)
		}
	}
	page.Branches = drawLines(branches)
}

// doubtArgs are the figures of a doubt.
func (w words) doubtArgs(x rds.Doubt, d *rds.Diagnosis) []any {
	switch x {
	case rds.FewWaves:
		return []any{"waves", d.Waves, "least", rds.MinWaves}
	case rds.ManySeeds:
		return []any{"share", w.percent(d.SeedShare)}
	case rds.OneTree:
		return []any{"share", w.percent(d.LargestTree)}
	case rds.Unsettled:
		return []any{"points", i18n.Decimal(w.Lang, 100*d.Drift, 1)}
	case rds.StrongHomophily:
		return []any{"times", i18n.Decimal(w.Lang, d.Homophily, 1)}
	case rds.SmallEffective:
		return []any{"n", i18n.Decimal(w.Lang, d.Kish, 0)}
	}
	return nil
}
