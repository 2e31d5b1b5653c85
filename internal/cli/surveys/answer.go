package surveys

import (
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"quipu/internal/estimate"
	"quipu/internal/i18n"
	"quipu/internal/plan"
)

// number is a figure of JSON; what cannot be said is null.
func number(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

type saidAnswer struct {
	Rows       int            `json:"rows"`
	PSUs       int            `json:"psus"`
	DF         *float64       `json:"df"`
	Population *float64       `json:"population"`
	Analyses   []saidAnalysis `json:"analyses"`
}

type saidAnalysis struct {
	Call      string                         `json:"call"`
	Type      string                         `json:"type"`
	Level     float64                        `json:"level"`
	Estimates []saidEstimate                 `json:"estimates,omitempty"`
	Groups    []map[string]string            `json:"groups,omitempty"`
	Cov       [][]*float64                   `json:"vcov,omitempty"`
	Rows      []map[string]any               `json:"rows,omitempty"`
	Figures   map[string]*float64            `json:"figures,omitempty"`
	Named     map[string]map[string]*float64 `json:"named,omitempty"`
	Warnings  []string                       `json:"warnings,omitempty"`
}

type saidEstimate struct {
	Term     string           `json:"term"`
	Estimate *float64         `json:"estimate"`
	SE       *float64         `json:"se"`
	CV       *float64         `json:"cv"`
	Low      *float64         `json:"low"`
	High     *float64         `json:"high"`
	DF       *float64         `json:"df"`
	Deff     *float64         `json:"deff"`
	N        int              `json:"n"`
	PSUs     int              `json:"psus"`
	Verdict  estimate.Verdict `json:"verdict"`
}

func saidOf(e estimate.Estimate) saidEstimate {
	return saidEstimate{e.Term, number(e.Estimate), number(e.SE), number(e.CV), number(e.Low), number(e.High),
		number(e.DF), number(e.Deff), e.N, e.PSUs, e.Verdict}
}

func jsonAnswer(l i18n.Lang, a *plan.Answer) saidAnswer {
	out := saidAnswer{Analyses: []saidAnalysis{}}
	if d := a.Design; d != nil {
		out.Rows, out.PSUs, out.DF, out.Population = d.Count(), d.PSUs(), number(d.DF()), number(d.Population())
	}
	for _, one := range a.Analyses {
		said := saidAnalysis{Call: one.Call, Type: one.Outcome.Type, Level: one.Level, Groups: one.Outcome.Levels}
		for _, e := range one.Estimates {
			said.Estimates = append(said.Estimates, saidOf(e))
		}
		for _, line := range one.Outcome.Vcov {
			var row []*float64
			for _, x := range line {
				row = append(row, number(x))
			}
			said.Cov = append(said.Cov, row)
		}
		said.more(one.Outcome, one.Estimates == nil || one.Outcome.More)
		for _, w := range one.Warnings {
			said.Warnings = append(said.Warnings, i18n.T(l, w))
		}
		out.Analyses = append(out.Analyses, said)
	}
	return out
}

// more adds what is not an estimate with an error: cells of tables, tests, figures of models.
func (s *saidAnalysis) more(o *plan.Outcome, withRows bool) {
	for _, r := range o.Rows {
		if !withRows {
			break
		}
		row := map[string]any{}
		if r.Term != "" {
			row["term"] = r.Term
		}
		for k, v := range r.Keys {
			row[k] = v
		}
		for k, v := range r.Values {
			if len(v) == 1 {
				row[k] = number(v[0])
			} else {
				row[k] = v
			}
		}
		s.Rows = append(s.Rows, row)
	}
	for k, x := range o.Single {
		if s.Figures == nil {
			s.Figures = map[string]*float64{}
		}
		s.Figures[k] = number(x)
	}
	for k, g := range o.Named {
		if s.Named == nil {
			s.Named = map[string]map[string]*float64{}
		}
		s.Named[k] = map[string]*float64{}
		for i, name := range g.Names {
			s.Named[k][name] = number(g.Values[i])
		}
	}
}

// csvHead names what csvOf gives of an estimate.
var csvHead = []string{"term", "estimate", "se", "cv", "low", "high", "df", "deff", "n", "psus", "verdict"}

func csvOf(e estimate.Estimate) []string {
	row := []string{e.Term}
	for _, x := range []float64{e.Estimate, e.SE, e.CV, e.Low, e.High, e.DF, e.Deff} {
		row = append(row, plainText(x))
	}
	return append(row, strconv.Itoa(e.N), strconv.Itoa(e.PSUs), string(e.Verdict))
}

// writeCSV writes a row for each estimate, or for each cell of a table.
func writeCSV(w io.Writer, a *plan.Answer) error {
	out := csv.NewWriter(w)
	rows := [][]string{append([]string{"analysis"}, csvHead...)}
	for i, one := range a.Analyses {
		for _, e := range one.Estimates {
			rows = append(rows, append([]string{strconv.Itoa(i + 1)}, csvOf(e)...))
		}
		if one.Estimates != nil {
			continue
		}
		for _, r := range one.Outcome.Rows {
			x := r.Number("estimate")
			if math.IsNaN(x) {
				x = r.Number("Freq")
			}
			rows = append(rows, []string{strconv.Itoa(i + 1), rowName(r), plainText(x), "", "", "", "", "", "", "", "", ""})
		}
	}
	return out.WriteAll(rows)
}

func plainText(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

func rowName(r plan.Row) string {
	if r.Keys == nil {
		return r.Term
	}
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(r.Keys)) {
		parts = append(parts, k+"="+r.Keys[k])
	}
	return strings.Join(parts, " ")
}

// writeTables writes a table for each analysis for people.
func writeTables(w io.Writer, l i18n.Lang, a *plan.Answer) error {
	if d := a.Design; d != nil {
		fmt.Fprintln(w, i18n.T(l, "cli.analyse.design", "rows", d.Count(), "psus", d.PSUs(), "df", d.DF(), "population", round(d.Population())))
	}
	for _, one := range a.Analyses {
		fmt.Fprintf(w, "\n%s\n", one.Call)
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		if one.Estimates != nil {
			fmt.Fprintln(t, i18n.T(l, "cli.analyse.head", "level", strconv.FormatFloat(one.Level*100, 'g', -1, 64))+"\t")
		}
		for _, e := range one.Estimates {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s – %s\t%s\t%s\t%d\t%d\t%s\t\n", e.Term, seven(e.Estimate), seven(e.SE), percent(e.CV), seven(e.Low), seven(e.High),
				seven(e.DF), seven(e.Deff), e.N, e.PSUs, i18n.T(l, "cli.analyse.verdict."+string(e.Verdict)))
		}
		if one.Estimates == nil || one.Outcome.More {
			if one.Outcome.More { // columns of another kind
				fmt.Fprintln(t)
			}
			plainRows(t, one.Outcome)
		}
		if err := t.Flush(); err != nil {
			return err
		}
		figures(w, one.Outcome)
		for _, warning := range one.Warnings {
			fmt.Fprintln(w, i18n.T(l, warning))
		}
	}
	return nil
}

func plainRows(w io.Writer, o *plan.Outcome) {
	for _, r := range o.Rows {
		fmt.Fprint(w, rowName(r), "\t")
		for _, k := range slices.Sorted(maps.Keys(r.Values)) {
			for _, x := range r.Values[k] {
				fmt.Fprint(w, k, " ", seven(x), "\t")
			}
		}
		fmt.Fprintln(w)
	}
}

// figures are those of the whole: of a test its statistic, degrees of freedom and p value.
func figures(w io.Writer, o *plan.Outcome) {
	for _, k := range slices.Sorted(maps.Keys(o.Named)) {
		for i, name := range o.Named[k].Names {
			fmt.Fprintf(w, "%s %s = %s\n", k, name, seven(o.Named[k].Values[i]))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(o.Single)) {
		fmt.Fprintf(w, "%s = %s\n", k, seven(o.Single[k]))
	}
}

func seven(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	if a := math.Abs(x); a >= 1e6 && a < 1e15 {
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	return strconv.FormatFloat(x, 'g', 7, 64)
}

func percent(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	return strconv.FormatFloat(x*100, 'f', 1, 64) + " %"
}

func round(x float64) int64 { return int64(math.Round(x)) }
