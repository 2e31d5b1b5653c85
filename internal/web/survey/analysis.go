package survey

import (
	"net/http"
	"net/url"
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
	ID        string
	Tabs      []ui.Link
	State     ui.Tag
	Footing   []string // what may be said of the population
	Ready     bool     // there are answers to ask
	Asks      asks
	Table     ui.Table
	Chart     *forest
	Test      []ui.Row
	Notes     []string
	published []byte // the table as a file
	Plan      string
	File      string // address of the table for publication
}

// asks is the form: what may be chosen, and what was.
type asks struct {
	Statistics, Columns, Groups, Domains, Numbers, Levels []ui.Option
	Statistic, Row, By, Of, P, Domain, Level              string
}

// analysisPage asks a question of the answers. The address holds the question, so that it can
// be sent to a colleague, who gets the answer with their own right.
func (s *Room) analysisPage(v *desk.Visit) error {
	p, err := s.App.Surveys.Open(v.Context(), v.Actor, v.PathValue("survey"))
	if err != nil {
		return err
	}
	w, sv := words{v.Words}, &p.Survey
	page := &analysisScreen{Page: s.Frame(v, sv.Title, home), ID: sv.Entity.ID, Tabs: w.tabs(v), State: w.state(sv.State),
		Footing: []string{w.T("survey.footing." + string(sv.Footing)), w.T("survey.footing." + string(sv.Footing) + ".hint")}}
	page.Back.Href = home
	set, err := surveydata.Open(v.Context(), s.App.Surveys, v.Actor, sv.Entity.ID)
	if err != nil {
		if fault.KindOf(err) != fault.Invalid {
			return err
		}
		page.Notes = []string{i18n.Fault(w.Lang, err)} // there is nothing to ask yet
		return s.Show(v, http.StatusOK, "analysis.html", page)
	}
	page.Ready = true
	w.asks(page, set, v.URL.Query())
	status := http.StatusOK
	if page.Asks.Statistic != "" {
		if err := w.answer(page, set); err != nil {
			if fault.KindOf(err) != fault.Invalid {
				return err
			}
			page.Fail(err)
			status = http.StatusUnprocessableEntity
		} else if len(page.Table.Head) > 0 {
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

// asks fills the form.
func (w words) asks(page *analysisScreen, set *surveydata.Set, q url.Values) {
	a := &page.Asks
	a.Statistic, a.Row, a.By, a.Of, a.P, a.Domain, a.Level = q.Get("statistic"), q.Get("row"), q.Get("by"), q.Get("of"), q.Get("p"), q.Get("domain"), q.Get("level")
	if a.Level == "" {
		a.Level = "95"
	}
	a.Statistics = desk.Choices(w.Words, "surveydata.statistic.", surveydata.Statistics)
	for _, l := range surveydata.Levels {
		a.Levels = append(a.Levels, ui.Option{Value: strconv.Itoa(l), Label: strconv.Itoa(l) + " %"})
	}
	a.Groups = []ui.Option{{Label: w.T("surveydata.by.none")}}
	a.Numbers = []ui.Option{{Label: w.T("surveydata.of.none")}}
	a.Domains = []ui.Option{{Label: w.T("surveydata.domain.all")}}
	a.Columns = []ui.Option{{Label: w.T("surveydata.choose")}}
	for i := range set.Book.Variables {
		x := &set.Book.Variables[i]
		if x.Kind == codebook.Design {
			continue
		}
		one := ui.Option{Value: x.Name, Label: w.named(x)}
		a.Columns = append(a.Columns, one)
		if !x.Categorical() {
			a.Numbers = append(a.Numbers, one)
			continue
		}
		a.Groups = append(a.Groups, one)
		for _, value := range x.Values {
			a.Domains = append(a.Domains, ui.Option{Value: x.Name + "=" + value.Code, Label: w.named(x) + " = " + w.value(x, value)})
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
func (w words) answer(page *analysisScreen, set *surveydata.Set) error {
	a := &page.Asks
	q := surveydata.Question{Statistic: a.Statistic, Row: a.Row, By: a.By, Denominator: a.Of, Domain: a.Domain}
	q.Level, _ = strconv.Atoi(a.Level)
	percent, _ := strconv.ParseFloat(strings.Replace(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(a.P), "%")), ",", ".", 1), 64)
	q.Probability = percent / 100
	got, text, err := set.Answer(q)
	if err != nil {
		return err
	}
	page.Plan = string(text)
	for _, warning := range got.Warnings {
		page.Notes = append(page.Notes, w.T(warning))
	}
	if set.Sensitive(q.Row) {
		page.Notes = append(page.Notes, w.T("surveydata.apart"))
	}
	if set.Left.Equal {
		page.Notes = append(page.Notes, w.T("surveydata.equal"))
	}
	if q.Statistic == surveydata.Chi || q.Statistic == surveydata.T {
		page.Test = w.test(got)
		return nil
	}
	t := tabler{w: w, set: set, q: q, row: set.Find(q.Row), by: set.Find(q.By)}
	if t.hidden, err = set.Hidden(q, got); err != nil {
		return err
	}
	page.Table, page.Chart = t.table(got)
	page.published, err = set.PublishedTable(q, got, func(i int) (string, string, bool) { return t.names(got, i) })
	return err
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
	shown, key := i18n.Decimal(w.Lang, p, 4), "surveydata.test.apart"
	if p < 0.0001 {
		shown = "< " + i18n.Decimal(w.Lang, 0.0001, 4)
	}
	if p >= 1-a.Level {
		key = "surveydata.test.alike"
	}
	return append(rows, ui.Row{Key: w.T("surveydata.test.p"), Value: shown, Note: w.T(key)})
}

var verdictColours = map[estimate.Verdict]string{estimate.Publish: "green", estimate.Flag: "yellow", estimate.Suppress: "red"}

func (w words) verdict(v estimate.Verdict) ui.Tag {
	return ui.Tag{Text: w.T("surveydata.verdict." + string(v)), Colour: verdictColours[v]}
}
