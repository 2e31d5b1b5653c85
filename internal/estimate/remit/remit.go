package remit

import (
	"cmp"
	"slices"
	"strings"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/quantile"
	"quipu/internal/fault"
)

// Base says what a share is a share of.
type Base string

// The bases.
const (
	OfSenders  Base = "senders"  // people, by the amount of one sending of theirs
	OfMonths   Base = "months"   // people, by what they send in a month, A f/12
	OfSendings Base = "sendings" // sendings: who sends twelve times counts twelve times
	OfMoney    Base = "money"    // the money of a year
)

// Options of the indicators; the zero value takes the usual ones.
type Options struct {
	Limit   float64   // the amount of "at most" and "less than"; 250
	Heaps   []float64 // amounts at which the distribution is read; 50 ... 1,000
	Top     float64   // share of senders who are taken out or cut; .005
	Level   float64   // of intervals; .95
	Publish estimate.Thresholds
	// Published is the total of a year that the survey is compared with (of the central bank, say), in
	// the unit of the amounts; 0 when there is none.
	Published float64
}

// Table is one indicator; the texts of the catalogue under "remit.table." say what its key means.
type Table struct {
	Key    string
	Base   Base // "" for totals
	Result estimate.Result
}

// Quantiles are the median and the deciles of one base, with Woodruff intervals.
type Quantiles struct {
	Base Base // OfSenders: of one sending; OfMonths: of a month
	At   []quantile.Estimate
}

// Report holds the indicators.
type Report struct {
	Senders   int
	Unknown   int     // rows that say an amount or a frequency, not both: impute them, or say that they are left out
	Lost      float64 // their share of the weight of all senders
	Tables    []Table
	Quantiles []Quantiles
	// Cut is the money of a year above which a sender is among the top, and Above how many rows are.
	Cut   float64
	Above int
	// Unused are formal channels that no sender names.
	Unused []string
}

// Table finds an indicator.
func (r Report) Table(key string, base Base) (Table, bool) {
	i := slices.IndexFunc(r.Tables, func(t Table) bool { return t.Key == key && t.Base == base })
	if i < 0 {
		return Table{}, false
	}
	return r.Tables[i], true
}

// Indicators estimates all of them from the senders of a design (calibrated to the senders known from
// elsewhere where possible; a domain keeps every PSU).
func Indicators(d *design.Design, c Columns, o Options) (Report, error) {
	o.Limit, o.Top = cmp.Or(o.Limit, 250), cmp.Or(o.Top, .005)
	if o.Heaps == nil {
		o.Heaps = []float64{50, 100, 150, 200, 250, 300, 400, 500, 750, 1000}
	}
	if o.Limit < 0 || o.Top < 0 || o.Top >= .5 || o.Published < 0 {
		return Report{}, fault.New(fault.Invalid, "remit.options", "limit", o.Limit, "top", o.Top, "published", o.Published)
	}
	s, err := newSenders(d, c)
	if err != nil {
		return Report{}, err
	}
	r := Report{Senders: s.d.Count(), Unknown: s.unknown, Lost: s.lost}
	w := &writing{s: s, o: o, r: &r}
	w.totals(c)
	w.small()
	w.heaps()
	w.ways(c)
	w.quantiles()
	w.heavy()
	return r, w.err
}

// writing fills a report until something fails.
type writing struct {
	s   *senders
	o   Options
	r   *Report
	err error
}

func (w *writing) table(key string, base Base, f *figures) {
	if w.err != nil || len(f.names) == 0 {
		return
	}
	f.share = base != ""
	result, err := f.estimates(w.s.d, w.o)
	w.err = err
	w.r.Tables = append(w.r.Tables, Table{key, base, result})
}

func (w *writing) class(name string) *class {
	if w.err != nil || name == "" {
		return nil
	}
	c, err := w.s.class(name)
	w.err = err
	return c
}

// totals are sums of w A f: in all, by channel, by country, beside the published figure.
func (w *writing) totals(c Columns) {
	all := &figures{}
	all.add("year", w.s.year, nil)
	w.table("total", "", all)
	w.by("total_by_channel", c.Channel)
	w.by("total_by_country", c.Country)
	if w.o.Published > 0 {
		part := make([]float64, len(w.s.year))
		for i, y := range w.s.year {
			part[i] = y / w.o.Published
		}
		f := &figures{}
		f.add("coverage", part, nil)
		w.table("coverage", "", f)
	}
}

func (w *writing) by(key, column string) {
	if c := w.class(column); c != nil {
		f := &figures{}
		c.split(f, w.s, w.s.year, nil)
		w.table(key, "", f)
	}
}

// bases gives for each base what is compared with an amount and what is counted.
func (s *senders) bases() map[Base][2][]float64 {
	month := make([]float64, len(s.year))
	for i, y := range s.year {
		month[i] = y / 12
	}
	return map[Base][2][]float64{OfSenders: {s.amount, s.one}, OfMonths: {month, s.one}, OfSendings: {s.amount, s.frequency}, OfMoney: {s.amount, s.year}}
}

// small are the shares at most, and less than, the limit.
func (w *writing) small() {
	bases := w.s.bases()
	for _, base := range []Base{OfSendings, OfMonths, OfSenders, OfMoney} {
		size, of := bases[base][0], bases[base][1]
		f := &figures{}
		f.add("at_most", w.s.times(of, func(i int) bool { return size[i] <= w.o.Limit }), of)
		f.add("less_than", w.s.times(of, func(i int) bool { return size[i] < w.o.Limit }), of)
		w.table("small", base, f)
	}
}

// heaps are the distribution at round amounts, of sendings and of people.
func (w *writing) heaps() {
	bases := w.s.bases()
	for _, base := range []Base{OfSendings, OfSenders} {
		size, of := bases[base][0], bases[base][1]
		at, below := &figures{}, &figures{}
		for _, h := range w.o.Heaps {
			name := frame.NumberText(h)
			at.add(name, w.s.times(of, func(i int) bool { return size[i] <= h }), of)
			below.add(name, w.s.times(of, func(i int) bool { return size[i] < h }), of)
		}
		w.table("at_most", base, at)
		w.table("less_than", base, below)
	}
}

// ways are channel, frequency and the formal share, by people, sendings and money.
func (w *writing) ways(c Columns) {
	channel, frequency := w.class(c.Channel), w.class(c.Frequency)
	for _, b := range []struct {
		base Base
		of   []float64
	}{{OfSenders, w.s.one}, {OfSendings, w.s.frequency}, {OfMoney, w.s.year}} {
		if channel != nil {
			f := &figures{}
			channel.split(f, w.s, b.of, b.of)
			w.table("channel", b.base, f)
		}
		if frequency != nil && b.base != OfSendings {
			f := &figures{}
			frequency.split(f, w.s, b.of, b.of)
			w.table("frequency", b.base, f)
		}
		if channel != nil && len(c.Formal) > 0 {
			w.formal(channel, c.Formal, b.base, b.of)
		}
	}
}

// formal leaves out who did not say the channel. A formal channel that nobody uses is told, and one
// name that is right there must be.
func (w *writing) formal(c *class, formal []string, base Base, of []float64) {
	w.r.Unused = nil
	for _, name := range formal {
		if !slices.Contains(c.levels, name) {
			w.r.Unused = append(w.r.Unused, name)
		}
	}
	if len(w.r.Unused) == len(formal) && w.err == nil {
		w.err = fault.New(fault.NotFound, "remit.channel", "channels", strings.Join(formal, ", "), "levels", strings.Join(c.levels, ", "))
		return
	}
	said := w.s.times(of, func(i int) bool { return c.levels[c.code[i]] != unsaid })
	f := &figures{}
	f.add("formal", w.s.times(of, func(i int) bool { return slices.Contains(formal, c.levels[c.code[i]]) }), said)
	w.table("formal", base, f)
}

func (w *writing) quantiles() {
	probs := []float64{.1, .2, .3, .4, .5, .6, .7, .8, .9}
	bases := w.s.bases()
	for _, base := range []Base{OfSenders, OfMonths} {
		if w.err != nil {
			return
		}
		at, err := quantile.Of(w.s.d, bases[base][0], probs, quantile.Options{Interval: quantile.XLogit, Alpha: 1 - cmp.Or(w.o.Level, .95)})
		w.err = err
		w.r.Quantiles = append(w.r.Quantiles, Quantiles{base, at})
	}
}

// heavy shows the total and the mean of a year as they are, without the top, and with the top cut to the
// amount where it begins. That amount is taken as given: its own error is not in theirs.
func (w *writing) heavy() {
	if w.err != nil {
		return
	}
	q, err := quantile.Of(w.s.d, w.s.year, []float64{1 - w.o.Top}, quantile.Options{Bare: true})
	if err != nil {
		w.err = err
		return
	}
	cut := q[0].Quantile
	w.r.Cut = cut
	under := func(i int) bool { return w.s.year[i] <= cut }
	capped := make([]float64, len(w.s.year))
	for i, y := range w.s.year {
		capped[i] = min(y, cut)
		if y > cut {
			w.r.Above++
		}
	}
	rest := w.s.times(w.s.year, under)
	total, mean := &figures{}, &figures{}
	total.add("all", w.s.year, nil)
	total.add("without_top", rest, nil)
	total.add("winsorised", capped, nil)
	w.table("heavy_total", "", total)
	mean.add("all", w.s.year, w.s.one)
	mean.add("without_top", rest, w.s.times(w.s.one, under))
	mean.add("winsorised", capped, w.s.one)
	w.table("heavy_mean", "", mean)
}
