package surveys

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"quipu/internal/estimate"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/quantile"
	"quipu/internal/estimate/remit"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/plan"
	"quipu/internal/survey/rates"
)

// remittances makes the indicators of remittances by a plan. The answers are the plan's data,
// beside it, or --data.
func remittances(c Console, args []string) error {
	data := c.Flags.String("data", "", "the answers: CSV with a head line; by default the data of the plan, beside it")
	asJSON := c.Flags.Bool("json", false, "one JSON object")
	asCSV := c.Flags.Bool("csv", false, "a row for each estimate")
	words, err := c.Parse(args, 1, 1)
	if err != nil {
		return err
	}
	if *asJSON && *asCSV {
		return ErrUsage
	}
	b, err := os.ReadFile(words[0])
	if err != nil {
		return fault.New(fault.NotFound, "cli.no_file", "file", words[0]).Because(err)
	}
	p, err := plan.ReadRemittances(b)
	if err != nil {
		return err
	}
	beside := filepath.Dir(words[0])
	if *data == "" {
		if *data = p.Data; *data == "" {
			*data = p.Design.Data
		}
		if *data == "" {
			return fault.New(fault.Invalid, "plan.no_data")
		}
		*data = filepath.Join(beside, filepath.FromSlash(*data))
	}
	f, err := readAnswers(c, *data, p.Columns)
	if err != nil {
		return err
	}
	x := &exchange{of: p.Of.Rates, beside: beside, c: c}
	convert := x.dollars
	if x.of == nil {
		convert = nil
	}
	d, r, err := p.Run(tables(&p.Plan, f, *data, beside), convert)
	if err != nil {
		return allColumns(err, *data)
	}
	switch {
	case *asJSON:
		said := jsonRemittances(&r, x.lacks)
		said.Rows, said.PSUs, said.DF, said.Population = d.Count(), d.PSUs(), number(d.DF()), number(d.Population())
		return c.JSON(said)
	case *asCSV:
		return csvRemittances(c, &r)
	}
	return writeRemittances(c, &r, x.lacks)
}

// exchange brings amounts to dollars by a file of rates beside the plan.
type exchange struct {
	of     *plan.Exchange
	beside string
	c      Console
	lacks  []rates.Lack
}

func (x *exchange) dollars(f *frame.Frame, amount []float64) ([]float64, error) {
	name := filepath.Join(x.beside, filepath.FromSlash(x.of.File))
	r, err := os.Open(name)
	if err != nil {
		return nil, fault.New(fault.NotFound, "cli.no_file", "file", name).Because(err)
	}
	defer r.Close() //nolint:errcheck // it was only read
	all, problems := rates.ReadCSV(r)
	for _, p := range problems {
		fmt.Fprintln(x.c.Err, i18n.T(x.c.Lang(), "cli.estimate.rates", "line", p.Line, "column", p.Column, "what", i18n.Fault(x.c.Lang(), p.Fault)))
	}
	if len(problems) > 0 {
		return nil, fault.New(fault.Invalid, "rates.faulty", "count", len(problems))
	}
	currency, err := f.Col(x.of.Currency)
	if err != nil {
		return nil, err
	}
	month, err := f.Col(x.of.Month)
	if err != nil {
		return nil, err
	}
	text := func(c *frame.Column, i int) string {
		if c.IsMissing(i) {
			return ""
		}
		return c.Text(i)
	}
	t := rates.Table{Rates: all}
	usd, lacks := t.Dollars(amount, func(i int) string { return strings.ToUpper(text(currency, i)) }, func(i int) string { m := text(month, i); return m[:min(7, len(m))] })
	x.lacks = lacks
	return usd, nil
}

type saidRemittances struct {
	Rows       int               `json:"rows"`
	PSUs       int               `json:"psus"`
	DF         *float64          `json:"df"`
	Population *float64          `json:"population"`
	Senders    int               `json:"senders"`
	Unknown    int               `json:"unknown"`       // say an amount or how often, not both
	Lost       float64           `json:"unknown_share"` // their share of the weight of senders
	Cut        *float64          `json:"cut"`           // the year's money above which a sender is among the top
	Above      int               `json:"above_cut"`
	Unused     []string          `json:"unused,omitempty"` // formal channels that nobody names
	Lacks      []saidLack        `json:"rates_missing,omitempty"`
	Tables     []saidIndicator   `json:"tables"`
	Quantiles  []saidSetQuantile `json:"quantiles"`
}

type saidLack struct {
	Currency string `json:"currency"`
	Month    string `json:"month"`
	N        int    `json:"n"`
}

type saidIndicator struct {
	Key       string         `json:"key"`
	Base      remit.Base     `json:"base,omitempty"`
	Estimates []saidEstimate `json:"estimates"`
}

type saidSetQuantile struct {
	Base remit.Base     `json:"base"`
	At   []saidQuantile `json:"at"`
}

type saidQuantile struct {
	P        float64  `json:"p"`
	Quantile *float64 `json:"quantile"`
	SE       *float64 `json:"se"`
	Low      *float64 `json:"low"`
	High     *float64 `json:"high"`
}

func jsonRemittances(r *remit.Report, lacks []rates.Lack) saidRemittances {
	out := saidRemittances{Senders: r.Senders, Unknown: r.Unknown, Lost: r.Lost, Cut: number(r.Cut), Above: r.Above, Unused: r.Unused, Tables: []saidIndicator{}}
	for _, l := range lacks {
		out.Lacks = append(out.Lacks, saidLack(l))
	}
	for _, t := range r.Tables {
		one := saidIndicator{Key: t.Key, Base: t.Base}
		for _, e := range t.Result.Estimates {
			one.Estimates = append(one.Estimates, saidOf(e))
		}
		out.Tables = append(out.Tables, one)
	}
	for _, q := range r.Quantiles {
		one := saidSetQuantile{Base: q.Base}
		for _, at := range q.At {
			one.At = append(one.At, saidQuantile{at.P, number(at.Quantile), number(at.SE), number(at.Low), number(at.High)})
		}
		out.Quantiles = append(out.Quantiles, one)
	}
	return out
}

func csvRemittances(c Console, r *remit.Report) error {
	out := csv.NewWriter(c.Out)
	rows := [][]string{append([]string{"table", "base"}, csvHead...)}
	for _, t := range r.Tables {
		for _, e := range t.Result.Estimates {
			rows = append(rows, append([]string{t.Key, string(t.Base)}, csvOf(e)...))
		}
	}
	for _, q := range r.Quantiles {
		for _, at := range q.At {
			rows = append(rows, []string{"quantile", string(q.Base), plainText(at.P), plainText(at.Quantile), plainText(at.SE), "", plainText(at.Low), plainText(at.High), "", "", "", "", ""})
		}
	}
	return out.WriteAll(rows)
}

// writeRemittances writes a table for each indicator for people.
func writeRemittances(c Console, r *remit.Report, lacks []rates.Lack) error {
	say := func(key string, args ...any) { fmt.Fprintln(c.Out, i18n.T(c.Lang(), key, args...)) }
	say("cli.estimate.senders", "senders", r.Senders, "unknown", r.Unknown, "share", percent(r.Lost))
	for _, l := range lacks {
		name := l.Currency + " " + l.Month
		if l.Currency == "" {
			name = i18n.T(c.Lang(), "rates.unsaid")
		}
		say("cli.estimate.lacks", "which", name, "n", l.N)
	}
	for _, t := range r.Tables {
		head := i18n.T(c.Lang(), "remit.table."+t.Key)
		if t.Base != "" {
			head += ", " + i18n.T(c.Lang(), "remit.base."+string(t.Base))
		}
		fmt.Fprintf(c.Out, "\n%s\n", head)
		w := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', tabwriter.AlignRight)
		for _, e := range t.Result.Estimates {
			writeIndicator(c, w, e)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	for _, q := range r.Quantiles {
		fmt.Fprintf(c.Out, "\n%s, %s\n", i18n.T(c.Lang(), "cli.estimate.quantiles"), i18n.T(c.Lang(), "remit.base."+string(q.Base)))
		if err := writeQuantiles(c, q.At); err != nil {
			return err
		}
	}
	return nil
}

func writeIndicator(c Console, w *tabwriter.Writer, e estimate.Estimate) {
	name := map[string]string{"?": "remit.unsaid"}[e.Term]
	if name != "" {
		name = i18n.T(c.Lang(), name)
	} else if name = e.Term; i18n.Has(c.Lang(), "cli.estimate.term."+e.Term) {
		name = i18n.T(c.Lang(), "cli.estimate.term."+e.Term)
	}
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s – %s\t%d\t%s\t\n", name, seven(e.Estimate), seven(e.SE), percent(e.CV), seven(e.Low), seven(e.High), e.N,
		i18n.T(c.Lang(), "cli.analyse.verdict."+string(e.Verdict)))
}

func writeQuantiles(c Console, all []quantile.Estimate) error {
	w := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, q := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s – %s\t\n", seven(q.P), seven(q.Quantile), seven(q.SE), seven(q.Low), seven(q.High))
	}
	return w.Flush()
}
