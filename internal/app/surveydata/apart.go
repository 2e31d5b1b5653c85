package surveydata

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"quipu/internal/code"
	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/suppress"
	"quipu/internal/fault"
	"quipu/internal/place"
	"quipu/internal/plan"
	"quipu/internal/survey/codebook"
)

// ByCountry are the groups by which a sensitive question may be told: the country of the office.
// No column is called so.
const ByCountry = ":country"

// countryColumn is its column while a figure is worked out.
const countryColumn = "office_country"

// Fewest is how many people gave an answer at least for a figure of it to be told.
const Fewest = 10

// Sensitive reports whether a column is of a question that is withheld.
func (s *Set) Sensitive(name string) bool { return s.Book.FindWithheld(name) != nil }

// Find is a column of the book, one that is withheld, or the countries; nil for no column.
func (s *Set) Find(name string) *codebook.Variable {
	if v := s.Book.Find(name); v != nil {
		return v
	}
	if name != ByCountry {
		return s.Book.FindWithheld(name)
	}
	v := &codebook.Variable{Name: ByCountry, Kind: codebook.Group, Label: both("surveydata.by.country")}
	c, err := s.countries()
	if err != nil {
		return v
	}
	for _, l := range c.Levels {
		v.Values = append(v.Values, codebook.Value{Code: l, Label: map[string]string{"es": code.List("country").Label(l, "es"), "en": code.List("country").Label(l, "en")}})
	}
	return v
}

// countries is the country of the office of each row.
func (s *Set) countries() (*frame.Column, error) {
	office, err := s.Frame.Col("office")
	if err != nil {
		return nil, err
	}
	x := make([]string, s.Frame.N())
	for i := range x {
		o, _ := place.Network().Office(office.Text(i))
		x[i] = o.Country
	}
	c := frame.Texts(countryColumn, x)
	return &c, nil
}

// apart is the design of those who answered a sensitive question, with the question and the
// countries as columns. Nothing else of the set has them.
func (s *Set) apart(name string) (*design.Design, *frame.Column, *frame.Column, error) {
	c, err := s.Apart.Col(name)
	if err != nil {
		return nil, nil, nil, err
	}
	country, err := s.countries()
	if err != nil {
		return nil, nil, nil, err
	}
	f, err := s.Frame.With(*c, *country)
	if err != nil {
		return nil, nil, nil, err
	}
	d, err := s.Design.WithFrame(f)
	if err != nil {
		return nil, nil, nil, err
	}
	in := make([]bool, f.N())
	for i := range in {
		in[i] = !c.IsMissing(i)
	}
	return d.Subset(in), c, country, nil
}

// answerApart works out a figure of a sensitive question, for everybody or by country. There is
// no plan of it: the exported table does not have the column.
func (s *Set) answerApart(q Question) (*plan.Analysis, error) {
	if err := s.allowed(q); err != nil {
		return nil, err
	}
	d, c, country, err := s.apart(q.Row)
	if err != nil {
		return nil, err
	}
	hidden, n := cellsOf(c, country, q.By == ByCountry)
	one := oneCase{Estimator: map[string]string{Share: "mean", Mean: "mean", Total: "total"}[q.Statistic], Vars: []string{formula.Name(q.Row).String()}, Args: map[string]any{"na_rm": true, "deff": true}}
	if q.By == ByCountry {
		one.By = []string{countryColumn}
	}
	text, err := json.Marshal(written{Data: Table, Level: float64(q.Level) / 100, Analyses: []oneCase{one}})
	if err != nil {
		return nil, err
	}
	p, err := plan.ReadPlan(text)
	if err != nil {
		return nil, err
	}
	all, err := p.RunOn(d)
	if err != nil {
		return nil, err
	}
	a := &all.Analyses[0]
	out := &plan.Analysis{Outcome: &plan.Outcome{Levels: a.Outcome.Levels}, Level: a.Level, Warnings: a.Warnings}
	v := s.Book.FindWithheld(q.Row)
	for i, e := range a.Estimates {
		group, answer := s.Cell(q, a, i)
		k := cell{group, answer}
		if v.Kind == codebook.Choice && !v.Offers(answer) && n[cell{"", answer}] < Fewest { // that somebody said it is told of nobody
			continue
		}
		if was, known := hidden[k]; was || !known || n[k] < Fewest {
			e = blank(e.Term)
		}
		out.Estimates = append(out.Estimates, e)
	}
	return out, nil
}

// blank is a figure of which nothing is told.
func blank(term string) estimate.Estimate {
	no := math.NaN()
	return estimate.Estimate{Term: term, Estimate: no, SE: no, CV: no, Low: no, High: no, DF: no, Deff: no, Verdict: estimate.Suppress}
}

// allowed refuses what would tell of a sensitive question for fewer people than a country's.
func (s *Set) allowed(q Question) error {
	refuse := func(field string) error {
		return fault.New(fault.Invalid, "surveydata.sensitive", "name", q.Row).On(field)
	}
	v := s.Book.FindWithheld(q.Row)
	switch {
	case q.By != "" && q.By != ByCountry:
		return refuse("by")
	case q.By2 != "":
		return refuse("by2")
	case q.Domain != "":
		return refuse("domain")
	case !slices.Contains([]string{Share, Mean, Total}, q.Statistic):
		return fault.New(fault.Invalid, "surveydata.sensitive_statistic", "name", q.Row).On("statistic")
	case q.Statistic == Share && !v.Categorical():
		return fault.New(fault.Invalid, "surveydata.share_of_number", "name", q.Row).On("row")
	case q.Statistic == Mean && v.Categorical():
		return fault.New(fault.Invalid, "surveydata.no_number", "name", q.Row).On("row")
	case !slices.Contains(Levels, q.Level):
		return fault.New(fault.Invalid, "surveydata.level").On("level")
	}
	return nil
}

// cell is a figure by the code of its group and that of its answer, "" where there is none.
type cell struct{ group, answer string }

// Cell is the cell of an estimate.
func (s *Set) Cell(q Question, a *plan.Analysis, i int) (group, answer string) {
	term, groups := a.Estimates[i].Term, len(a.Outcome.Levels)
	if q.By != "" && groups > 0 {
		for _, group = range a.Outcome.Levels[i%groups] {
			term = strings.TrimPrefix(term, group+":") // the group stands before what is estimated in it
		}
	}
	if v := s.Find(q.Row); v != nil && v.Categorical() {
		answer = strings.TrimPrefix(strings.TrimPrefix(term, q.Row), "`"+q.Row+"`")
	}
	return group, answer
}

// cellsOf counts who answered what, and says which cells are not told: the small and the empty
// ones, and others, so that those do not follow from the sums. What is not told of everybody is
// told of no country.
func cellsOf(c, country *frame.Column, split bool) (hidden map[cell]bool, n map[cell]int) {
	answers, groups := []string{""}, []string{""}
	if c.Kind == frame.Factor {
		answers = c.Levels
	}
	count := func(by bool) [][]int {
		t := make([][]int, len(groups))
		for g := range t {
			t[g] = make([]int, len(answers))
		}
		for i := range c.Len() {
			if c.IsMissing(i) {
				continue
			}
			g, k := 0, 0
			if by {
				g = slices.Index(groups, country.Text(i))
			}
			if c.Kind == frame.Factor {
				k = int(c.Code[i])
			}
			t[g][k]++
		}
		return t
	}
	rule := suppress.Rule{Least: Fewest, Empty: true}
	whole := count(false)
	cells, away := whole, suppress.Hide(whole, rule, nil)
	if split {
		all := away[0]
		groups = country.Levels
		cells = count(true)
		also := make([][]bool, len(groups))
		for g := range also {
			also[g] = all
		}
		away = suppress.Hide(cells, rule, also)
	}
	hidden, n = map[cell]bool{}, map[cell]int{}
	for k, x := range whole[0] {
		n[cell{"", answers[k]}] = x
	}
	for g := range cells {
		for k := range cells[g] {
			hidden[cell{groups[g], answers[k]}], n[cell{groups[g], answers[k]}] = away[g][k], cells[g][k]
		}
	}
	return hidden, n
}
