package survey

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"quipu/internal/app/surveydata"
	"quipu/internal/estimate"
	"quipu/internal/estimate/formula"
	"quipu/internal/i18n"
	"quipu/internal/plan"
	"quipu/internal/survey/codebook"
	"quipu/internal/web/ui"
)

// tabler makes a table and a chart of estimates.
type tabler struct {
	w   words
	set *surveydata.Set
	q   surveydata.Question
	row *codebook.Variable   // nil of a plan that somebody brought, and of an expression
	by  []*codebook.Variable // that make the groups

	hidden []bool // estimates that are not told
}

func (t *tabler) hides(i int) bool { return i < len(t.hidden) && t.hidden[i] }

// turn gives a table of two questions its groups by what it is per cent of.
func (t *tabler) turn() {
	switch {
	case t.q.Statistic == surveydata.Interval, t.q.Statistic == surveydata.Contrast:
		t.row = nil
		if t.q.Statistic == surveydata.Contrast {
			t.by = nil
		}
	case t.q.Statistic != surveydata.Cross:
	case t.q.Percent == "all":
		t.row, t.by = nil, nil
	case t.q.Percent == "column":
	default: // of rows
		t.row, t.by = t.by[0], []*codebook.Variable{t.row}
	}
}

func (t *tabler) table(a *plan.Analysis) (ui.Table, *forest) {
	w := t.w
	out := ui.Table{Caption: t.caption(), Empty: w.T("fault.estimate.empty_domain")}
	for _, by := range t.by {
		out.Head = append(out.Head, ui.Column{Text: w.named(by)})
	}
	head := w.T("surveydata.head.term")
	if t.row != nil {
		head = w.named(t.row)
	}
	out.Head = append(out.Head, ui.Column{Text: head})
	for _, key := range []string{"estimate", "se", "cv", "interval", "deff", "n", "psus"} {
		out.Head = append(out.Head, ui.Column{Text: w.T("surveydata.head."+key, "level", strconv.Itoa(t.q.Level)), Numeric: true})
	}
	out.Head = append(out.Head, ui.Column{Text: w.T("surveydata.head.verdict")})
	c := &forest{}
	for i := range a.Estimates {
		e := &a.Estimates[i]
		groups, answer, ok := t.names(a, i)
		if !ok {
			continue
		}
		var line []ui.Cell
		for _, g := range groups {
			line = append(line, ui.Cell{Text: g})
		}
		line = append(line, ui.Cell{Text: answer})
		out.Rows = append(out.Rows, append(line, t.figures(e, t.hides(i))...))
		if e.Verdict != estimate.Suppress && !t.hides(i) {
			c.add(strings.Join(append(groups, answer), " · "), e.Estimate, e.Low, e.High)
		}
	}
	return out, c.drawn(t.figure)
}

func (t *tabler) caption() string {
	if t.q.Statistic == "" {
		return t.w.T("surveydata.result")
	}
	text := t.w.T("surveydata.statistic." + t.q.Statistic)
	if t.q.Statistic == surveydata.Cross {
		text += ", " + t.w.T("surveydata.percent."+cmp.Or(t.q.Percent, surveydata.Percents[0]))
	}
	for _, part := range []string{t.q.Answer, t.q.Against, t.q.Domain} {
		if said := t.answer(part); said != "" {
			text += ": " + said
		}
	}
	return text
}

// answer is "column=code" in words.
func (t *tabler) answer(text string) string {
	name, code, ok := strings.Cut(text, "=")
	v := t.set.Book.Find(name)
	if !ok || v == nil {
		return ""
	}
	return t.w.named(v) + " = " + t.word(v, code)
}

// names are the groups and the answer of an estimate, in words; of a tick only those who ticked
// are shown.
func (t *tabler) names(a *plan.Analysis, i int) (groups []string, answer string, ok bool) {
	term, n := a.Estimates[i].Term, len(a.Outcome.Levels)
	if len(t.by) > 0 && n > 0 {
		level := a.Outcome.Levels[i%n]
		var codes []string
		for _, by := range t.by {
			code, said := level[by.Name]
			if !said {
				code, said = level[formula.Name(by.Name).String()]
			}
			if !said && len(t.by) == 1 { // the countries of a sensitive question
				for _, code = range level {
				}
			}
			codes, groups = append(codes, code), append(groups, t.word(by, code))
		}
		term = strings.TrimPrefix(term, strings.Join(codes, ".")+":") // the group stands before what is estimated in it
	}
	switch {
	case t.q.Statistic == surveydata.Interval:
		return groups, t.answer(t.q.Answer), true
	case t.q.Statistic == surveydata.Contrast:
		return groups, t.w.T("surveydata.less", "first", t.answer(t.q.Answer), "second", t.answer(t.q.Against)), true
	case t.row == nil:
		return groups, term, true
	case !t.row.Categorical():
		return groups, t.w.T("surveydata.statistic." + t.q.Statistic), true
	}
	code := strings.TrimPrefix(strings.TrimPrefix(term, t.row.Name), "`"+t.row.Name+"`")
	if t.row.Kind == codebook.Tick && code == "FALSE" {
		return nil, "", false
	}
	return groups, t.word(t.row, code), true
}

func (t *tabler) word(v *codebook.Variable, code string) string {
	for _, x := range v.Values {
		if x.Code == code {
			return t.w.value(v, x)
		}
	}
	return code
}

// figures are the cells of an estimate; what may not be published is not shown here either.
func (t *tabler) figures(e *estimate.Estimate, hidden bool) []ui.Cell {
	cell := func(text string) ui.Cell { return ui.Cell{Text: text, Numeric: true} }
	verdict := ui.Cell{Tag: t.w.verdict(e.Verdict)}
	n := t.w.Number(e.N)
	if e.N < surveydata.Fewest {
		n = "< " + t.w.Number(surveydata.Fewest)
	}
	if none := cell("–"); hidden { // of few people, or what would tell of few
		return []ui.Cell{none, none, none, none, none, none, none, {Tag: t.w.verdict(estimate.Suppress)}}
	} else if e.Verdict == estimate.Suppress {
		return []ui.Cell{none, none, cell(t.percent(e.CV)), none, none, cell(n), none, verdict}
	}
	return []ui.Cell{cell(t.figure(e.Estimate)), cell(t.figure(e.SE)), cell(t.percent(e.CV)), cell(t.figure(e.Low) + " – " + t.figure(e.High)), cell(i18n.Decimal(t.w.Lang, e.Deff, 2)), cell(n),
		cell(t.w.Number(e.PSUs)), verdict}
}

// figure is a share as per cent, a total without decimals, anything else with two.
func (t *tabler) figure(x float64) string {
	switch t.q.Statistic {
	case surveydata.Share, surveydata.Interval, surveydata.Cross:
		return t.percent(x)
	case surveydata.Total:
		return i18n.Decimal(t.w.Lang, x, 0)
	case "":
		return i18n.Decimal(t.w.Lang, x, 4)
	}
	return i18n.Decimal(t.w.Lang, x, 2)
}

func (t *tabler) percent(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	return i18n.Decimal(t.w.Lang, 100*x, 1) + "\u00a0%"
}

// model are the coefficients with their intervals, and a chart of them. Of a logistic and a Poisson
// model what they multiply stands beside.
func (w words) model(a *plan.Analysis, q surveydata.Question) (ui.Table, *forest) {
	level := strconv.Itoa(q.Level)
	out := ui.Table{Caption: w.T("surveydata.model"), Head: []ui.Column{{Text: w.T("surveydata.head.coefficient")}}}
	keys := []string{"estimate", "se", "interval", "t", "p_value"}
	multiplies := q.Statistic == surveydata.Logistic || q.Statistic == surveydata.Poisson
	if multiplies {
		keys = append(keys, "exp")
	}
	for _, key := range keys {
		out.Head = append(out.Head, ui.Column{Text: w.T("surveydata.head."+key, "level", level), Numeric: true})
	}
	c := &forest{}
	say := func(x float64) string { return i18n.Decimal(w.Lang, x, 3) }
	for _, r := range a.Outcome.Rows {
		b, low, high := r.Number("estimate"), r.Number("ci_low"), r.Number("ci_high")
		line := []ui.Cell{{Text: r.Term}}
		cells := []string{say(b), say(r.Number("se")), say(low) + " – " + say(high), say(r.Number("t")), w.pValue(r.Number("p_value"))}
		if multiplies {
			cells = append(cells, say(math.Exp(b))+" ("+say(math.Exp(low))+" – "+say(math.Exp(high))+")")
		}
		for _, text := range cells {
			line = append(line, ui.Cell{Text: text, Numeric: true})
		}
		out.Rows = append(out.Rows, line)
		if r.Term != "(Intercept)" {
			c.add(r.Term, b, low, high)
		}
	}
	return out, c.drawn(say)
}
