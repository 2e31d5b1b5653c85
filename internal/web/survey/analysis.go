package survey

import (
	"cmp"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/app/surveydata"
	"quipu/internal/estimate"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/plan"
	"quipu/internal/survey/codebook"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type analysisScreen struct {
	ui.Page
	ID      string
	Tabs    []ui.Link
	State   ui.Tag
	Footing []string // what may be said of the population
	Ready   bool     // there are answers to ask
	Asks    asks
	Results []result
	Notes   []string
	Plan    string
	Code    string // the same in R
	PlanURL string // of the plan as a file
	File    string // address of the table for publication

	published []byte // that table
}

// result is what came of one analysis of a plan.
type result struct {
	Title string
	Table ui.Table
	Chart *forest
	Test  []ui.Row
	Notes []string
}

// asks is the form: what may be chosen, and what was.
type asks struct {
	Statistics, Columns, Groups, Domains, Answers, Numbers, Levels, Methods, Rules, Tests, Percents, Terms []ui.Option

	Statistic, Row, By, By2, Of, P, Domain, Level, Answer, Against, Method, Rule, Test, Percent string
	More                                                                                        bool // something is set that stands under more options
}

// analysisPage asks a question of the answers. The address holds the question, so that it can
// be sent to a colleague, who gets the answer with their own right.
func (s *Room) analysisPage(v *desk.Visit) error {
	page, set, err := s.analysisScreen(v)
	if err != nil {
		return err
	}
	if set == nil {
		return s.Show(v, http.StatusOK, "analysis.html", page)
	}
	w, status := words{v.Words}, http.StatusOK
	if page.Asks.Statistic != "" {
		if err := w.answer(page, set, v.URL.Query()["terms"]); err != nil {
			if fault.KindOf(err) != fault.Invalid {
				return err
			}
			page.Fail(err)
			status = http.StatusUnprocessableEntity
		} else {
			page.Asks.More = false // the answer is what is looked at; what was set is still sent
		}
		page.PlanURL = home + "/" + page.ID + "/analisis/plan?" + v.URL.RawQuery
		if page.published != nil {
			q := v.URL.Query()
			q.Set("archivo", "1")
			page.File = v.URL.Path + "?" + q.Encode()
		}
	}
	if page.File != "" && v.URL.Query().Get("archivo") != "" {
		ui.SendFile(v.W, v.Request, page.published, "table.csv", "text/csv; charset=utf-8")
		return nil
	}
	return s.Show(v, status, "analysis.html", page)
}

// analysisScreen is the page with its form; set is nil where there is nothing to ask yet.
func (s *Room) analysisScreen(v *desk.Visit) (*analysisScreen, *surveydata.Set, error) {
	p, err := s.App.Surveys.Open(v.Context(), v.Actor, v.PathValue("survey"))
	if err != nil {
		return nil, nil, err
	}
	w, sv := words{v.Words}, &p.Survey
	page := &analysisScreen{Page: s.Frame(v, sv.Title, home), ID: sv.Entity.ID, Tabs: w.tabs(v), State: w.state(sv.State),
		Footing: []string{w.T("survey.footing." + string(sv.Footing)), w.T("survey.footing." + string(sv.Footing) + ".hint")}}
	page.Back.Href = home
	set, err := surveydata.Open(v.Context(), s.App.Surveys, v.Actor, sv.Entity.ID)
	if err != nil {
		if fault.KindOf(err) != fault.Invalid {
			return nil, nil, err
		}
		page.Notes = []string{i18n.Fault(w.Lang, err)}
		return page, nil, nil
	}
	page.Ready = true
	w.asks(page, set, v.URL.Query())
	return page, set, nil
}

// planFile is the plan of a question, as a file.
func (s *Room) planFile(v *desk.Visit) error {
	set, err := surveydata.Open(v.Context(), s.App.Surveys, v.Actor, v.PathValue("survey"))
	if err != nil {
		return err
	}
	a := asksOf(v.URL.Query())
	text, err := set.Plan(a.question(v.URL.Query()["terms"]))
	if err != nil {
		return err
	}
	ui.SendFile(v.W, v.Request, text, "plan.json", "application/json")
	return nil
}

// mostPlan bounds a plan that is uploaded, in bytes.
const mostPlan = 1 << 20

// onPlanFile works a plan out that somebody brings, on the design of the survey.
func (s *Room) onPlanFile(v *desk.Visit) error {
	u, err := brought(v)
	page, set, err2 := s.analysisScreen(v)
	if err2 != nil {
		return err2
	}
	if err == nil && set != nil {
		var all []plan.Analysis
		if all, err = set.Run(u.file); err == nil {
			w := words{v.Words}
			page.Plan, page.Code = string(u.file), set.Code(surveydata.Question{}, all)
			for i := range all {
				page.Results = append(page.Results, w.result(&all[i], set, surveydata.Question{Level: int(math.Round(100 * all[i].Level))}, all[i].Call))
			}
		}
	}
	status := http.StatusOK
	if err != nil {
		if !stays(err) {
			return err
		}
		page.Fail(fault.As(err).On("file"))
		status = http.StatusUnprocessableEntity
	}
	return s.Show(v, status, "analysis.html", page)
}

// asksOf reads the address.
func asksOf(q url.Values) asks {
	a := asks{Statistic: q.Get("statistic"), Row: q.Get("row"), By: q.Get("by"), By2: q.Get("by2"), Of: q.Get("of"), P: q.Get("p"), Domain: q.Get("domain"), Level: cmp.Or(q.Get("level"), "95"),
		Answer: q.Get("answer"), Against: q.Get("against"), Method: q.Get("method"), Rule: q.Get("rule"), Test: q.Get("test"), Percent: q.Get("percent")}
	a.More = a.By2+a.Of+a.P+a.Answer+a.Against+a.Method+a.Rule+a.Test+a.Percent != "" || len(q["terms"]) > 0
	return a
}

// question is what the form asks.
func (a *asks) question(terms []string) surveydata.Question {
	q := surveydata.Question{Statistic: a.Statistic, Row: a.Row, By: a.By, By2: a.By2, Denominator: a.Of, Domain: a.Domain, Answer: a.Answer, Against: a.Against,
		Method: a.Method, Rule: a.Rule, Test: a.Test, Percent: a.Percent, Terms: terms}
	q.Level, _ = strconv.Atoi(a.Level)
	percent, _ := strconv.ParseFloat(strings.Replace(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(a.P), "%")), ",", ".", 1), 64)
	q.Probability = percent / 100
	return q
}

// asks fills the form.
func (w words) asks(page *analysisScreen, set *surveydata.Set, q url.Values) {
	page.Asks = asksOf(q)
	a := &page.Asks
	a.Statistics = desk.Choices(w.Words, "surveydata.statistic.", surveydata.Statistics)
	for _, l := range surveydata.Levels {
		a.Levels = append(a.Levels, ui.Option{Value: strconv.Itoa(l), Label: strconv.Itoa(l) + " %"})
	}
	a.Methods, a.Rules, a.Percents = desk.Choices(w.Words, "surveydata.method.", surveydata.Methods), desk.Choices(w.Words, "surveydata.rule.", surveydata.Rules), desk.Choices(w.Words, "surveydata.percent.", surveydata.Percents)
	a.Tests = append(desk.Choices(w.Words, "surveydata.test.", surveydata.ChiTests), desk.Choices(w.Words, "surveydata.test.", surveydata.RankTests)...)
	a.Groups = []ui.Option{{Label: w.T("surveydata.by.none")}}
	a.Numbers = []ui.Option{{Label: w.T("surveydata.of.none")}}
	a.Domains = []ui.Option{{Label: w.T("surveydata.domain.all")}}
	a.Answers = []ui.Option{{Label: w.T("surveydata.of.none")}}
	a.Columns = []ui.Option{{Label: w.T("surveydata.choose")}}
	for i := range set.Book.Variables {
		x := &set.Book.Variables[i]
		if x.Kind == codebook.Design {
			continue
		}
		one := ui.Option{Value: x.Name, Label: w.named(x)}
		a.Columns = append(a.Columns, one)
		term := one
		term.Checked = slices.Contains(q["terms"], x.Name)
		a.Terms = append(a.Terms, term)
		if !x.Categorical() {
			a.Numbers = append(a.Numbers, one)
			continue
		}
		a.Groups = append(a.Groups, one)
		for _, value := range x.Values {
			answer := ui.Option{Value: x.Name + "=" + value.Code, Label: w.named(x) + " = " + w.value(x, value)}
			a.Domains, a.Answers = append(a.Domains, answer), append(a.Answers, answer)
		}
	}
	for i := range set.Book.Withheld {
		x := &set.Book.Withheld[i]
		a.Columns = append(a.Columns, ui.Option{Value: x.Name, Label: w.named(x) + " – " + w.T("surveydata.kind.withheld")})
	}
	if len(set.Book.Withheld) > 0 {
		a.Groups = append(a.Groups, ui.Option{Value: surveydata.ByCountry, Label: w.T("surveydata.by.country") + " – " + w.T("surveydata.by.country.for")})
	}
}

// longestLabel bounds a question in a list, in letters.
const longestLabel = 70

// named is the question of a column, with its name where that says something else.
func (w words) named(v *codebook.Variable) string {
	label := strings.Join(strings.Fields(v.Label.In(string(w.Lang))), " ")
	if r := []rune(label); len(r) > longestLabel {
		label = string(r[:longestLabel]) + "…"
	}
	if label == "" || label == v.Name || v.Question == "" {
		return label
	}
	return label + " (" + v.Name + ")"
}

func (w words) value(v *codebook.Variable, x codebook.Value) string {
	if v.Name == "office" && v.Kind == codebook.Group {
		return w.Office(x.Code)
	}
	if l := x.Label.In(string(w.Lang)); l != "" {
		return l
	}
	return x.Code
}

// answer works the question out.
func (w words) answer(page *analysisScreen, set *surveydata.Set, terms []string) error {
	q := page.Asks.question(terms)
	all, text, err := set.Answer(q)
	if err != nil {
		return err
	}
	if page.Plan = string(text); text != nil {
		page.Code = set.Code(q, all)
	}
	if set.Sensitive(q.Row) {
		page.Notes = append(page.Notes, w.T("surveydata.apart"))
	}
	if set.Left.Equal {
		page.Notes = append(page.Notes, w.T("surveydata.equal"))
	}
	for i := range all {
		page.Results = append(page.Results, w.result(&all[i], set, q, ""))
	}
	return w.publish(page, set, q, all)
}

// publishable is the question whose cells say which figures of the table are not told: a table of
// per cent is the shares of one question by the other. There is none of other forms, where only
// what rests on few people is hidden.
func publishable(q surveydata.Question) (surveydata.Question, bool) {
	switch {
	case q.By2 != "":
		return q, false
	case q.Statistic == surveydata.Cross && q.Percent == "column":
		q.Statistic = surveydata.Share
	case q.Statistic == surveydata.Cross && q.Percent != "all":
		q.Statistic, q.Row, q.By = surveydata.Share, q.By, q.Row
	}
	return q, slices.Contains([]string{surveydata.Share, surveydata.Mean, surveydata.Median, surveydata.Total, surveydata.Ratio, surveydata.Quantile}, q.Statistic)
}

// publish makes the table for publication of a question that has one.
func (w words) publish(page *analysisScreen, set *surveydata.Set, q surveydata.Question, all []plan.Analysis) (err error) {
	asked, ok := publishable(q)
	if !ok || len(all) != 1 {
		return nil
	}
	t := tabler{w: w, set: set, q: q, row: set.Find(q.Row)}
	if q.By != "" {
		t.by = append(t.by, set.Find(q.By))
	}
	page.published, err = set.PublishedTable(asked, &all[0], func(i int) (string, string, bool) {
		groups, answer, ok := t.names(&all[0], i)
		return strings.Join(groups, " · "), answer, ok
	})
	return err
}

// result shows an analysis: a test, a model, or estimates.
func (w words) result(a *plan.Analysis, set *surveydata.Set, q surveydata.Question, title string) result {
	r := result{Title: title}
	for _, warning := range a.Warnings {
		r.Notes = append(r.Notes, w.T(warning))
	}
	switch a.Outcome.Type {
	case "test", "wald_test", "ratio_test", "loglinear_test":
		r.Test = w.test(a)
	case "glm":
		r.Table, r.Chart = w.model(a, q)
	default:
		t := tabler{w: w, set: set, q: q, row: set.Find(q.Row)}
		for _, by := range []string{q.By, q.By2} {
			if by != "" {
				t.by = append(t.by, set.Find(by))
			}
		}
		if asked, ok := publishable(q); ok {
			t.hidden, _ = set.Hidden(asked, a) // what is wrong with it the answer has said
		}
		t.turn()
		r.Table, r.Chart = t.table(a)
	}
	return r
}

// test is what a test found, in words too.
func (w words) test(a *plan.Analysis) (rows []ui.Row) {
	o := a.Outcome
	for _, group := range []string{"estimate", "statistic", "parameter"} {
		g := o.Named[group]
		for i, name := range g.Names {
			rows = append(rows, ui.Row{Key: w.T("surveydata.test."+group) + " " + name, Value: i18n.Decimal(w.Lang, g.Values[i], 4)})
		}
	}
	p, ok := o.Single["p_value"]
	if !ok {
		return rows
	}
	key := "surveydata.test.apart"
	if p >= 1-a.Level {
		key = "surveydata.test.alike"
	}
	return append(rows, ui.Row{Key: w.T("surveydata.test.p"), Value: w.pValue(p), Note: w.T(key)})
}

var verdictColours = map[estimate.Verdict]string{estimate.Publish: "green", estimate.Flag: "yellow", estimate.Suppress: "red"}

func (w words) verdict(v estimate.Verdict) ui.Tag {
	return ui.Tag{Text: w.T("surveydata.verdict." + string(v)), Colour: verdictColours[v]}
}
