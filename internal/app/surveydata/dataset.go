// Package surveydata makes of the answers of a survey what a statistician works with: a table
// described question by question, figures with their error, and files that other programs
// read. A figure and the file beside it come from one plan, which is written as R would have it.
package surveydata

import (
	"bytes"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/suppress"
	"quipu/internal/estimate/table"
	"quipu/internal/i18n"
	form "quipu/internal/survey"
	"quipu/internal/survey/codebook"
	"quipu/internal/survey/rates"
	"quipu/internal/survey/xform"
)

// Actor is who asks.
type Actor = survey.Actor

// Set is the table of a survey with its description.
type Set struct {
	survey.Weighted
	Book  codebook.Book
	cases []survey.CaseCount // of the sample, by what became of them
}

// Open makes the table of a survey with its description. The labels are those of the
// questionnaire in force; without one that can be read the names stand for them.
func Open(ctx context.Context, m *survey.Surveys, actor Actor, id string) (*Set, error) {
	w, err := m.Weighted(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	var asked *form.Form
	if w.Survey.Form != "" {
		_, text, err := m.Form(ctx, actor, id, "")
		if err != nil {
			return nil, err
		}
		if f, err := xform.Read(bytes.NewReader(text)); err == nil {
			asked = f
		}
	}
	s, err := describe(w, asked)
	if err != nil {
		return nil, err
	}
	s.Book.Made = civil.FromTime(m.Now()).String()
	if authz.ReachOf(actor, authz.Fieldwork) != authz.None { // a token may be for analysis alone
		_, s.cases, err = m.Fieldwork(ctx, actor, id)
	}
	return s, err
}

// describe lists the columns: the questions as they are asked, then those of the design.
func describe(w survey.Weighted, asked *form.Form) (*Set, error) {
	s := &Set{Weighted: w}
	sv := &w.Survey
	s.Book = codebook.Book{ID: sv.Entity.ID, Title: sv.Title, Version: sv.Form, Note: sv.Note, Rows: w.Frame.N(), First: sv.First.String(), Last: sv.Last.String(),
		Sampling: string(sv.Footing)}
	s.Book.Year, _, _ = strings.Cut(s.Book.Last, "-")
	l := newLabeller(asked)
	if asked != nil {
		s.Book.Languages = asked.Languages
	}
	for i := range w.Form.Questions {
		if err := s.question(&w.Form.Questions[i], l); err != nil {
			return nil, err
		}
	}
	for _, name := range w.Frame.Names() {
		if name == "case" || s.Book.Find(name) != nil { // the case may lead to a person
			continue
		}
		c, err := w.Frame.Col(name)
		if err != nil {
			return nil, err
		}
		if name == "psu" { // a place that may be finer than the district: a number stands for it
			c = numbered(c)
		}
		v := variable(c, w.Design.Weights(), codebook.Design)
		s.Book.Variables = append(s.Book.Variables, v.Variable)
	}
	cover(s.Book.Variables)
	s.Book.Parts = l.parts(&s.Book)
	return s, nil
}

// question describes the columns of a question.
func (s *Set) question(q *table.Question, l *labeller) error {
	from, into := s.Frame, &s.Book.Variables
	if q.Sensitive {
		from, into = s.Apart, &s.Book.Withheld
	}
	for _, name := range columnsOf(from, q) {
		c, err := from.Col(name)
		if err != nil {
			return err
		}
		v := variable(c, s.Design.Weights(), codebook.Number)
		if q.Sensitive {
			v.uncount(q)
		}
		v.Question = q.Path
		l.label(&v, q)
		*into = append(*into, v.Variable)
		if err := s.inDollars(name, v.Variable); err != nil {
			return err
		}
	}
	return nil
}

// inDollars describes the amount of a question in dollars, where there is one.
func (s *Set) inDollars(name string, asked codebook.Variable) error {
	i := slices.IndexFunc(s.Money.Columns, func(d survey.Dollars) bool { return d.Amount == name })
	if i < 0 {
		return nil
	}
	c, err := s.Frame.Col(name + rates.Suffix)
	if err != nil {
		return err
	}
	v := variable(c, s.Design.Weights(), codebook.Number)
	v.Question, v.Relevant, v.Label, v.Derived = asked.Question, asked.Relevant, form.Text{}, form.Text{}
	for _, l := range []i18n.Lang{i18n.Spanish, i18n.English} {
		v.Label[string(l)] = i18n.T(l, "rates.label", "question", asked.Label.In(string(l)))
		v.Derived[string(l)] = i18n.T(l, "rates.derived", "amount", name, "currency", s.Money.Currency, "lost", s.Money.Columns[i].Lost)
	}
	s.Book.Variables = append(s.Book.Variables, v.Variable)
	return nil
}

// columnsOf are the columns of a question that are in the table.
func columnsOf(f *frame.Frame, q *table.Question) (out []string) {
	for _, name := range f.Names() {
		if name == q.Name && q.Kind != table.Choices || q.Kind == table.Choices && strings.HasPrefix(name, q.Name+".") {
			out = append(out, name)
		}
	}
	return out
}

// described is a variable on its way.
type described struct{ codebook.Variable }

// variable counts a column.
func variable(c *frame.Column, w []float64, number codebook.Kind) described {
	no := math.NaN()
	v := described{codebook.Variable{Name: c.Name, Kind: number, Low: no, High: no, Mean: no, SD: no}}
	if c.Kind == frame.Factor {
		v.Kind = codebook.Choice
		if number == codebook.Design {
			v.Kind = codebook.Group
		}
		if slices.Equal(c.Levels, []string{"FALSE", "TRUE"}) {
			v.Kind = codebook.Tick
		}
		for _, l := range c.Levels {
			v.Values = append(v.Values, codebook.Value{Code: l, Label: form.Text{"": l}})
		}
	}
	for i := range c.Len() {
		if c.IsMissing(i) {
			v.Missing++
			continue
		}
		v.N++
		if v.Values == nil {
			v.Low, v.High = lower(v.Low, c.Num[i]), -lower(-v.High, -c.Num[i])
			continue
		}
		v.Values[c.Code[i]].N++
		v.Values[c.Code[i]].Weighted += w[i]
	}
	if v.N < codebook.Least {
		v.Low, v.High = no, no
	}
	if v.N >= Fewest && c.Kind == frame.Number {
		v.Mean, v.SD = moments(c, w)
	}
	v.Label = form.Text{"": v.Name}
	if key := "surveydata.column." + strings.Replace(v.Name, "weight", "factor", 1); number == codebook.Design && i18n.Has(i18n.Spanish, key) {
		v.Label = both(key)
	}
	if v.Kind == codebook.Tick {
		v.Values[0].Label, v.Values[1].Label = both("surveydata.tick.false"), both("surveydata.tick.true")
	}
	return v
}

// moments are the weighted mean and standard deviation of a column of numbers.
func moments(c *frame.Column, w []float64) (mean, sd float64) {
	var sum, all, squares float64
	for i, x := range c.Num {
		if !c.IsMissing(i) {
			sum, all = sum+w[i]*x, all+w[i]
		}
	}
	mean = sum / all
	for i, x := range c.Num {
		if !c.IsMissing(i) {
			squares += w[i] * (x - mean) * (x - mean)
		}
	}
	return mean, math.Sqrt(squares / all)
}

// cover marks the answers that few people gave, and as many others as it takes that those do not
// follow from the number of all who answered.
func cover(all []codebook.Variable) {
	for k := range all {
		v := &all[k]
		counts := make([]int, len(v.Values))
		for i, x := range v.Values {
			counts[i] = x.N
		}
		for i, hidden := range suppress.Hide([][]int{counts}, suppress.Rule{Least: codebook.Least}, nil)[0] {
			v.Values[i].Few = hidden
		}
	}
}

// uncount takes away what the column says of those who answered. Of the answers only those that
// the questionnaire offers are named.
func (v *described) uncount(q *table.Question) {
	no := math.NaN()
	v.N, v.Missing, v.Low, v.High, v.Mean, v.SD = 0, 0, no, no, no, no
	if v.Kind == codebook.Choice {
		v.Values = slices.DeleteFunc(v.Values, func(x codebook.Value) bool { return !slices.Contains(q.Levels, x.Code) })
	}
	for i := range v.Values {
		v.Values[i].N, v.Values[i].Weighted = 0, 0
	}
}

// both is a message in the languages that we have.
func both(key string) form.Text {
	return form.Text{string(i18n.Spanish): i18n.T(i18n.Spanish, key), string(i18n.English): i18n.T(i18n.English, key)}
}

func lower(a, b float64) float64 {
	if math.IsNaN(a) {
		return b
	}
	return min(a, b)
}

// numbered puts numbers in the place of names, in the order of the names.
func numbered(c *frame.Column) *frame.Column {
	f := c.AsFactor()
	order := slices.Sorted(slices.Values(f.Levels))
	x := make([]string, len(f.Levels))
	for i, l := range f.Levels {
		x[i] = strconv.Itoa(slices.Index(order, l) + 1)
	}
	return &frame.Column{Name: c.Name, Kind: frame.Factor, Code: f.Code, Levels: x}
}
