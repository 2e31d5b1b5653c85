package survey

import (
	"math"
	"net/http"
	"slices"
	"strconv"

	app "quipu/internal/app/survey"
	"quipu/internal/app/surveydata"
	"quipu/internal/authz"
	"quipu/internal/estimate"
	"quipu/internal/estimate/profile"
	"quipu/internal/estimate/remit"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	questions "quipu/internal/survey"
	packs "quipu/internal/survey/pack"
	"quipu/internal/survey/study"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type profileScreen struct {
	ui.Page
	Tabs        []ui.Link
	State       ui.Tag
	ID          string      // where the model of cities may be changed
	Covariates  []ui.Option // what it may know of each city
	None        string      // why there is no profile
	Figures     []ui.Figure
	Rung, Reach string
	Groups      []conclusions
	Tables      []ui.Table
	Remit       []ui.Table
	Rates       string // where the exchange rates are, "" without amounts
	Notes       []string
}

// conclusions are sentences of a report, each with what the data say.
type conclusions struct {
	Title string
	Said  []conclusion
}

type conclusion struct {
	Sentence, Figure, Question, Base string
	Holds                            ui.Tag
	Chart                            *shareChart
}

// shareChart is a share with its interval on a line from 0 to 100 %, and the share from which
// the sentence would hold. Places are in pixels.
type shareChart struct {
	Label                   string
	Point, Low, High, Above string
	Wide                    string // of the interval
	Scale                   []mark
}

// mark is a place on a scale, and what stands below it.
type mark struct{ X, Text string }

// profilePage is the profile of the survey's people: what a report says of them, remittances,
// and a table with a row a city.
func (s *Room) profilePage(v *desk.Visit) error {
	w := words{v.Words}
	p, err := s.App.Surveys.Profile(v.Context(), v.Actor, v.PathValue("survey"), v.URL.Query()["c"]...)
	if err != nil && fault.KindOf(err) == fault.Invalid { // too few answers, weights that cannot be: said on the page
		sv, _, err2 := s.App.Surveys.Fieldwork(v.Context(), v.Actor, v.PathValue("survey"))
		if err2 != nil {
			return err2
		}
		page := s.profileFrame(v, &sv)
		page.None = i18n.Fault(w.Lang, err)
		return s.Show(v, http.StatusOK, "profile.html", page)
	}
	if err != nil {
		return err
	}
	page := s.profileFrame(v, &p.Survey)
	page.Rung, page.Reach = w.T("visits.rung."+string(p.Rung.Rung)), w.T("visits.reach."+string(p.Rung.Rung))
	if !p.Known {
		page.None = w.T("surveyprofile.no_pack")
		return s.Show(v, http.StatusOK, "profile.html", page)
	}
	w.profile(page, p)
	if authz.May(v.Actor, authz.Survey, p.Survey.Office) {
		page.ID = p.Survey.Entity.ID
		page.Covariates = desk.Choices(w.Words, "surveyprofile.covariate.", app.Covariates)
		for i := range page.Covariates {
			page.Covariates[i].Checked = slices.Contains(p.Options.Covariates, page.Covariates[i].Value)
		}
	}
	return s.Show(v, http.StatusOK, "profile.html", page)
}

func (s *Room) profileFrame(v *desk.Visit, sv *study.Survey) *profileScreen {
	w := words{v.Words}
	page := &profileScreen{Page: s.Frame(v, sv.Title, home), Tabs: w.tabs(v), State: w.state(sv.State)}
	page.Back.Href = home
	return page
}

func (w words) profile(page *profileScreen, p *app.Profiled) {
	all := &p.Profile.All
	page.Figures = []ui.Figure{{Value: w.Number(all.N), Label: w.T("surveyprofile.n")}, {Value: w.Number(len(p.Profile.Cities)), Label: w.T("surveyprofile.cities")}}
	for i, ind := range p.Profile.Indicators {
		if ind.Statistic == packs.Persons {
			f := all.Figures[i]
			page.Figures = append(page.Figures, ui.Figure{Value: i18n.Decimal(w.Lang, f.Estimate, 0), Label: w.label(ind), Note: w.T("surveyprofile.se", "se", i18n.Decimal(w.Lang, f.SE, 0))})
		}
	}
	for _, group := range []string{"a", "b"} {
		g := conclusions{Title: w.T("surveyprofile.group." + group)}
		for i, ind := range p.Profile.Indicators {
			if ind.Conclusion == group {
				g.Said = append(g.Said, w.conclusion(p, ind, all.Figures[i]))
			}
		}
		if len(g.Said) > 0 {
			page.Groups = append(page.Groups, g)
		}
	}
	for _, topic := range []string{"people", "work", "money"} {
		if t := w.cities(p, topic); len(t.Head) > 2 {
			page.Tables = append(page.Tables, t)
		}
	}
	if p.Remits {
		page.Remit = w.remittances(&p.Remit)
		page.Rates = home + "/" + p.Survey.Entity.ID + "/cambio"
	}
	page.Notes = w.profileNotes(p)
}

func (w words) label(ind packs.Indicator) string { return ind.Label.In(string(w.Lang)) }

func (w words) text(t questions.Text) string { return t.In(string(w.Lang)) }

var holdColours = map[profile.Holding]string{profile.Yes: "green", profile.No: "red", profile.Unknown: "yellow"}

func (w words) conclusion(p *app.Profiled, ind packs.Indicator, f profile.Figure) conclusion {
	holds := p.Options.Holds(ind, f)
	c := conclusion{Sentence: w.text(ind.Sentence), Holds: ui.Tag{Text: w.T("surveyprofile.holds." + string(holds)), Colour: holdColours[holds]},
		Question: w.text(p.Texts[ind.Question]), Base: w.T("surveyprofile.base", "n", w.Number(f.N), "above", w.percent(ind.Above))}
	if f.Verdict == estimate.Suppress || math.IsNaN(f.Estimate) {
		c.Figure = w.T("surveyprofile.few")
		return c
	}
	if !p.Rung.Interval { // of those met, and nothing of an error
		c.Figure = w.T("surveyprofile.met", "share", w.percent(f.Estimate))
		return c
	}
	c.Figure = w.T("surveyprofile.interval", "share", w.percent(f.Estimate), "low", w.percent(f.Low), "high", w.percent(f.High), "se", i18n.Decimal(w.Lang, 100*f.SE, 1))
	at := func(v float64) string { return strconv.FormatFloat(10+300*v, 'f', 1, 64) }
	c.Chart = &shareChart{Label: w.label(ind) + ": " + c.Figure, Point: at(f.Estimate), Low: at(f.Low), High: at(f.High), Above: at(ind.Above),
		Wide: strconv.FormatFloat(300*f.Estimate, 'f', 1, 64)}
	for _, v := range []float64{0, .25, .5, .75, 1} {
		c.Chart.Scale = append(c.Chart.Scale, mark{at(v), i18n.Decimal(w.Lang, 100*v, 0) + " %"})
	}
	return c
}

// cities is the part of the table of cities about one subject.
func (w words) cities(p *app.Profiled, topic string) ui.Table {
	t := ui.Table{Caption: w.T("surveyprofile.topic." + topic), Head: []ui.Column{{Text: w.T("surveyprofile.city")}, {Text: w.T("surveyprofile.answers"), Numeric: true}}}
	var of []int
	for i, ind := range p.Profile.Indicators {
		if ind.Topic == topic {
			of = append(of, i)
			t.Head = append(t.Head, ui.Column{Text: w.label(ind), Numeric: true})
		}
	}
	line := func(name string, c *profile.City) {
		row := []ui.Cell{{Text: name}, {Text: w.Number(c.N), Numeric: true}}
		for _, i := range of {
			row = append(row, w.profileCell(p, p.Profile.Indicators[i], c.Figures[i]))
		}
		t.Rows = append(t.Rows, row)
	}
	for i := range p.Profile.Cities {
		line(w.Office(p.Profile.Cities[i].Office), &p.Profile.Cities[i])
	}
	line(w.T("surveyprofile.all"), &p.Profile.All)
	return t
}

func (w words) profileCell(p *app.Profiled, ind packs.Indicator, f profile.Figure) ui.Cell {
	if f.Verdict == estimate.Suppress || math.IsNaN(f.Estimate) {
		return ui.Cell{Text: "—", Numeric: true, Tag: ui.Tag{Text: w.T("surveyprofile.suppress"), Colour: "grey"}}
	}
	c := ui.Cell{Numeric: true}
	switch ind.Statistic {
	case packs.Persons:
		c.Text, c.Note = i18n.Decimal(w.Lang, f.Estimate, 0), w.T("surveyprofile.se", "se", i18n.Decimal(w.Lang, f.SE, 0))
	case packs.Median:
		c.Text, c.Note = i18n.Decimal(w.Lang, f.Estimate, 1), w.T("surveyprofile.se", "se", i18n.Decimal(w.Lang, f.SE, 1))
	default:
		c.Text, c.Note = w.percent(f.Estimate), w.T("surveyprofile.se", "se", i18n.Decimal(w.Lang, 100*f.SE, 1))
	}
	if f.Answer != "" {
		answer := f.Answer
		if t, ok := p.Answers[ind.Question][f.Answer]; ok {
			answer = w.text(t)
		}
		c.Text = answer + ": " + c.Text
	}
	if !p.Rung.Interval {
		c.Note = ""
		return c
	}
	switch {
	case f.Modelled:
		if f.N >= surveydata.Fewest {
			c.Note += " · " + w.T("surveyprofile.direct", "share", w.percent(f.Direct), "se", i18n.Decimal(w.Lang, 100*f.DirectSE, 1))
		}
		c.Tag = ui.Tag{Text: w.T("surveyprofile.modelled"), Colour: "blue"}
	case f.Verdict == estimate.Flag:
		c.Tag = ui.Tag{Text: w.T("surveyprofile.flag"), Colour: "yellow"}
	}
	return c
}

func (w words) profileNotes(p *app.Profiled) (out []string) {
	if p.Margins {
		out = append(out, w.T("surveyprofile.note.margins"))
	}
	if p.Left.Equal {
		out = append(out, w.T("surveyprofile.note.equal"))
	}
	if p.Left.Caseless+p.Left.Twice > 0 {
		out = append(out, w.T("surveyprofile.note.left", "caseless", w.Number(p.Left.Caseless), "twice", w.Number(p.Left.Twice)))
	}
	if len(p.Options.Covariates) > 0 && len(p.Profile.Models) == 0 {
		out = append(out, w.T("surveyprofile.note.unneeded"))
	}
	for _, m := range p.Profile.Models {
		for _, ind := range p.Profile.Indicators {
			if ind.Key == m.Key && m.Refused != nil {
				out = append(out, w.T("surveyprofile.note.no_model", "what", w.label(ind), "why", i18n.Fault(w.Lang, m.Refused)))
			}
			if ind.Key == m.Key && m.Lent > 0 {
				out = append(out, w.T("surveyprofile.note.model", "what", w.label(ind), "sampled", w.Number(m.Sampled), "lent", w.Number(m.Lent),
					"sd", i18n.Decimal(w.Lang, 100*math.Sqrt(max(0, m.Between)), 1))+w.modelKnows(p, m))
			}
		}
	}
	if lost := w.lost(&p.Money, "amount"); lost != "" {
		out = append(out, lost)
	}
	if p.Remits && p.Remit.Unknown > 0 {
		out = append(out, w.T("surveyprofile.note.unknown", "n", w.Number(p.Remit.Unknown), "share", w.percent(p.Remit.Lost)))
	}
	if p.Remits && p.Remit.Above == 0 {
		out = append(out, w.T("surveyprofile.note.no_top"))
	}
	return append(out, w.T("surveyprofile.note.rules"))
}

// modelKnows says which figures of the register a model rests on, and with which coefficients.
func (w words) modelKnows(p *app.Profiled, m profile.Model) (out string) {
	for k, c := range p.Options.Covariates {
		out += " " + w.T("surveyprofile.note.covariate", "what", w.T("surveyprofile.covariate."+c), "points", i18n.Decimal(w.Lang, 100*m.Coefficients[k+1], 2))
	}
	if len(p.Options.Covariates) > 0 {
		out += " " + w.T("surveyprofile.note.explained", "share", w.percent(m.R2))
	}
	if m.Benchmarked {
		out += " " + w.T("surveyprofile.note.benchmarked")
	}
	return out
}

// remittances are the shares of small amounts by what they are shares of, the money of a year
// with and without the largest senders, and the channels.
func (w words) remittances(r *remit.Report) (out []ui.Table) {
	small := ui.Table{Caption: w.T("surveyprofile.small"), Head: w.Heads("surveyprofile.of", "surveyprofile.at_most", "surveyprofile.less_than", "surveyprofile.answers")}
	for _, base := range []remit.Base{remit.OfSendings, remit.OfMonths, remit.OfSenders, remit.OfMoney} {
		if t, ok := r.Table("small", base); ok && len(t.Result.Estimates) == 2 {
			e := t.Result.Estimates
			small.Rows = append(small.Rows, []ui.Cell{{Text: w.T("remit.base." + string(base))}, w.remitCell(e[0], true), w.remitCell(e[1], true), {Text: w.Number(e[0].N)}})
		}
	}
	out = append(out, small)
	heavy := ui.Table{Caption: w.T("surveyprofile.heavy"), Head: w.Heads("surveyprofile.what", "surveyprofile.with_all", "surveyprofile.without_top", "surveyprofile.cut")}
	for _, key := range []string{"heavy_total", "heavy_mean"} {
		if t, ok := r.Table(key, ""); ok && len(t.Result.Estimates) == 3 {
			e := t.Result.Estimates
			heavy.Rows = append(heavy.Rows, []ui.Cell{{Text: w.T("surveyprofile." + key)}, w.remitCell(e[0], false), w.remitCell(e[1], false), w.remitCell(e[2], false)})
		}
	}
	return append(out, heavy)
}

func (w words) remitCell(e estimate.Estimate, share bool) ui.Cell {
	if e.Verdict == estimate.Suppress {
		return ui.Cell{Text: "—", Tag: ui.Tag{Text: w.T("surveyprofile.suppress"), Colour: "grey"}}
	}
	show := func(v float64) string { return i18n.Decimal(w.Lang, v, 0) }
	if share {
		show = w.percent
	}
	c := ui.Cell{Text: show(e.Estimate), Note: w.T("surveyprofile.between", "low", show(e.Low), "high", show(e.High))}
	if e.Verdict == estimate.Flag {
		c.Tag = ui.Tag{Text: w.T("surveyprofile.flag"), Colour: "yellow"}
	}
	return c
}
