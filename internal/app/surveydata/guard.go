package surveydata

import (
	"bytes"
	"encoding/csv"
	"math"
	"slices"
	"strings"

	"quipu/internal/estimate"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/suppress"
	"quipu/internal/plan"
)

// Hidden says of each estimate of an answer whether it is not told: it rests on fewer than Fewest
// people, or those that do would follow from it and from the sums. Of a median or a quantile
// nothing follows.
func (s *Set) Hidden(q Question, a *plan.Analysis) ([]bool, error) {
	out := make([]bool, len(a.Estimates))
	if s.Sensitive(q.Row) { // it was looked at when it was worked out
		for i, e := range a.Estimates {
			out[i] = math.IsNaN(e.Estimate)
		}
		return out, nil
	}
	cells, groups, answers, err := s.counted(q)
	if err != nil || len(cells) == 0 {
		return out, err
	}
	rule := suppress.Rule{Least: Fewest}
	hidden := make([][]bool, len(cells))
	if q.Statistic == Median || q.Statistic == Quantile {
		for g := range cells {
			hidden[g] = []bool{cells[g][0] > 0 && cells[g][0] < Fewest}
		}
	} else {
		hidden = suppress.Hide(cells, rule, nil)
	}
	for i := range a.Estimates {
		group, answer := s.Cell(q, a, i)
		g, k := max(0, slices.Index(groups, group)), max(0, slices.Index(answers, answer))
		out[i] = hidden[g][k]
	}
	return out, nil
}

// counted is how many people are in each cell of a question: in rows of groups, in columns of
// answers; one column for a number.
func (s *Set) counted(q Question) (cells [][]int, groups, answers []string, err error) {
	row, err := s.Frame.Col(q.Row)
	if err != nil {
		return nil, nil, nil, err
	}
	var by *frame.Column
	groups, answers = []string{""}, []string{""}
	if q.By != "" {
		if by, err = s.Frame.Col(q.By); err != nil {
			return nil, nil, nil, err
		}
		groups = by.Levels
	}
	if row.Kind == frame.Factor {
		answers = row.Levels
	}
	in, err := s.within(q.Domain)
	if err != nil {
		return nil, nil, nil, err
	}
	cells = make([][]int, len(groups))
	for g := range cells {
		cells[g] = make([]int, len(answers))
	}
	for i := range row.Len() {
		g, k := 0, 0
		if row.IsMissing(i) || by != nil && by.IsMissing(i) || in != nil && !in[i] {
			continue
		}
		if by != nil {
			g = int(by.Code[i])
		}
		if row.Kind == frame.Factor {
			k = int(row.Code[i])
		}
		cells[g][k]++
	}
	return cells, groups, answers, nil
}

// within are the rows of a domain, nil for all.
func (s *Set) within(domain string) ([]bool, error) {
	condition, err := s.domain(domain, "domain")
	if err != nil || condition == "" {
		return nil, err
	}
	e, err := formula.Parse(condition)
	if err != nil {
		return nil, err
	}
	return formula.Condition(e, formula.Scope{Frame: s.Frame})
}

// PublishedTable is an answer as a table for publication: what is not told is empty. say gives
// the words of a group and an answer.
func (s *Set) PublishedTable(q Question, a *plan.Analysis, say func(i int) (group, answer string, ok bool)) ([]byte, error) {
	hidden, err := s.Hidden(q, a)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"group", "answer", "estimate", "se", "cv", "low", "high", "level", "n", "verdict"}}
	for i, e := range a.Estimates {
		group, answer, ok := say(i)
		if !ok {
			continue
		}
		line := []string{group, answer, "", "", "", "", "", exact(float64(q.Level) / 100), "", string(estimate.Suppress)}
		if !hidden[i] && e.Verdict != estimate.Suppress {
			for k, x := range []float64{e.Estimate, e.SE, e.CV, e.Low, e.High} {
				line[2+k] = exact(x)
			}
			line[8], line[9] = exact(float64(e.N)), string(e.Verdict)
		}
		rows = append(rows, line)
	}
	for _, r := range rows {
		for k := range 2 { // a spreadsheet would take it for a formula
			if strings.ContainsAny(r[k][:min(1, len(r[k]))], "=+-@") {
				r[k] = "'" + r[k]
			}
		}
	}
	err = w.WriteAll(rows)
	return b.Bytes(), err
}
