package survey

import (
	"context"
	"slices"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/survey/pack"
	"quipu/internal/survey/rates"
	"quipu/internal/survey/study"
)

// Money are the amounts of a survey that are in dollars too.
type Money struct {
	rates.Table
	Columns []Dollars // those of Amounts that are in the table of answers
}

// Dollars is an amount and what its conversion lacks.
type Dollars struct {
	Amount string // the question; its column in dollars is named so with rates.Suffix
	N      int    // answers with an amount in dollars
	Lacks  []rates.Lack
	Lost   int // answers with an amount and none in dollars
}

// Rates are the rates that are kept with a survey; without any, the questions of its pack. The
// profile of a pack needs these whatever else is kept.
func Rates(s *study.Survey) (t rates.Table, err error) {
	if t, err = rates.Read(s.Rates); err != nil {
		return t, err
	}
	f, ok := s.FormOf(s.Form)
	if !ok {
		return t, nil
	}
	all, err := pack.Profile(pack.Of(f.Name))
	for _, ind := range all {
		if ind.Statistic != pack.Rates || t.Currency != "" && t.Currency != ind.Question {
			continue
		}
		t.Currency = ind.Question
		for _, name := range strings.Fields(ind.Value) {
			if !slices.Contains(t.Amounts, name) {
				t.Amounts = append(t.Amounts, name)
			}
		}
	}
	return t, err
}

// monthOf is the month of an interview, YYYY-MM: as the client wrote it while that is within the
// fieldwork, else the month in which it came in.
func monthOf(s *study.Survey, sub *study.Submission) string {
	if len(sub.Ended) >= 10 {
		if d, err := civil.Parse(sub.Ended[:10]); err == nil && d.Full() && !d.Before(s.First) && !s.Last.Before(d) {
			return sub.Ended[:7]
		}
	}
	return sub.Created.At.Time().Format("2006-01")
}

// dollars adds the columns in dollars to the table.
func (a *answers) dollars() (err error) {
	if a.money.Table, err = Rates(&a.survey); err != nil || a.money.Currency == "" {
		return err
	}
	said, err := a.frame.Col(a.money.Currency)
	if err != nil {
		return nil // no version of the questionnaire asks it: there is nothing to convert
	}
	names := a.frame.Names()
	for _, name := range a.money.Amounts {
		c, err := a.frame.Col(name)
		if err != nil || c.Kind != frame.Number || slices.Contains(names, name+rates.Suffix) {
			continue
		}
		usd, lacks := a.money.Dollars(c.Num, func(i int) string {
			if said.IsMissing(i) {
				return ""
			}
			return strings.ToUpper(said.Text(i))
		}, func(i int) string { return a.months[i] })
		one := Dollars{Amount: name, Lacks: lacks}
		for i, x := range usd {
			if x == x {
				one.N++
			} else if !c.IsMissing(i) {
				one.Lost++
			}
		}
		if err := a.frame.Add(frame.Numbers(name+rates.Suffix, usd)); err != nil {
			return err
		}
		a.money.Columns = append(a.money.Columns, one)
	}
	return nil
}

// KeepRates keeps the exchange rates of a survey's amounts.
func (m *Surveys) KeepRates(ctx context.Context, actor Actor, survey string, t rates.Table, seen id.Change) error {
	if err := t.Check(); err != nil {
		return err
	}
	return m.onSurvey(ctx, actor, survey, seen, func(tx *store.Tx, s *study.Survey) (change.Change, error) {
		form, err := m.columnsOf(ctx, tx, s)
		if err != nil {
			return change.Change{}, err
		}
		var asked []string
		for _, q := range form.Questions {
			asked = append(asked, q.Name)
		}
		for _, name := range append([]string{t.Currency}, t.Amounts...) {
			if !slices.Contains(asked, name) {
				return change.Change{}, fault.New(fault.Invalid, "rates.no_column", "column", name).On("currency")
			}
		}
		return s.KeepRates(t.JSON()), nil
	})
}
