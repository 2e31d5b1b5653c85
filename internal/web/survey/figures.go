package survey

import (
	"math"
	"strconv"
	"strings"

	"quipu/internal/app/surveydata"
	"quipu/internal/estimate"
	"quipu/internal/i18n"
	"quipu/internal/plan"
	"quipu/internal/survey/codebook"
	"quipu/internal/web/ui"
)

// tabler makes a table and a chart of estimates.
type tabler struct {
	w       words
	set     *surveydata.Set
	q       surveydata.Question
	row, by *codebook.Variable
	hidden  []bool // estimates that are not told
}

func (t *tabler) table(a *plan.Analysis) (ui.Table, *forest) {
	w := t.w
	out := ui.Table{Caption: t.caption(), Empty: w.T("fault.estimate.empty_domain")}
	if t.by != nil {
		out.Head = append(out.Head, ui.Column{Text: w.named(t.by)})
	}
	out.Head = append(out.Head, ui.Column{Text: w.named(t.row)})
	for _, key := range []string{"estimate", "se", "cv", "interval", "deff", "n", "psus"} {
		out.Head = append(out.Head, ui.Column{Text: w.T("surveydata.head."+key, "level", strconv.Itoa(t.q.Level)), Numeric: true})
	}
	out.Head = append(out.Head, ui.Column{Text: w.T("surveydata.head.verdict")})
	c := &forest{}
	for i := range a.Estimates {
		e := &a.Estimates[i]
		group, answer, ok := t.names(a, i)
		if !ok {
			continue
		}
		var line []ui.Cell
		if t.by != nil {
			line = append(line, ui.Cell{Text: group})
		}
		line = append(line, ui.Cell{Text: answer})
		out.Rows = append(out.Rows, append(line, t.figures(e, t.hidden[i])...))
		if e.Verdict != estimate.Suppress && !t.hidden[i] {
			c.add(strings.Trim(group+" · "+answer, " ·"), e.Estimate, e.Low, e.High)
		}
	}
	return out, c.drawn(t.figure)
}

func (t *tabler) caption() string {
	text := t.w.T("surveydata.statistic." + t.q.Statistic)
	if name, code, ok := strings.Cut(t.q.Domain, "="); ok {
		v := t.set.Book.Find(name)
		for _, x := range v.Values {
			if x.Code == code {
				text += ": " + t.w.named(v) + " = " + t.w.value(v, x)
			}
		}
	}
	return text
}

// names are the group and the answer of an estimate, in words; of a tick only those who ticked
// are shown.
func (t *tabler) names(a *plan.Analysis, i int) (group, answer string, ok bool) {
	group, code := t.set.Cell(t.q, a, i)
	if t.by != nil {
		group = t.word(t.by, group)
	}
	if !t.row.Categorical() {
		return group, t.w.T("surveydata.statistic." + t.q.Statistic), true
	}
	if t.row.Kind == codebook.Tick && code == "FALSE" {
		return "", "", false
	}
	return group, t.word(t.row, code), true
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
	deff := "–"
	if !math.IsNaN(e.Deff) && !math.IsInf(e.Deff, 0) {
		deff = i18n.Decimal(t.w.Lang, e.Deff, 2)
	}
	return []ui.Cell{cell(t.figure(e.Estimate)), cell(t.figure(e.SE)), cell(t.percent(e.CV)), cell(t.figure(e.Low) + " – " + t.figure(e.High)), cell(deff), cell(n),
		cell(t.w.Number(e.PSUs)), verdict}
}

// figure is a share as per cent, a total without decimals, anything else with two.
func (t *tabler) figure(x float64) string {
	switch t.q.Statistic {
	case surveydata.Share:
		return t.percent(x)
	case surveydata.Total:
		return i18n.Decimal(t.w.Lang, x, 0)
	}
	return i18n.Decimal(t.w.Lang, x, 2)
}

func (t *tabler) percent(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	return i18n.Decimal(t.w.Lang, 100*x, 1) + "\u00a0%"
}
