// Package impute fills in answers that are missing in answered questionnaires, says which, and
// knows what that does to the error of an estimate.
//
// A hot deck takes the answer of somebody of the same class who gave it (the donor), drawn
// with chances in proportion to the weights. An estimate that takes filled-in answers as if
// they were given states too small an error; Repeated (Rubin's rules over several
// imputations) and Replicated (imputing anew in every replicate) state the right one.
package impute

import (
	"math/rand/v2"
	"slices"
	"sort"
	"strings"

	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// Spec says what is filled in, and within which classes.
type Spec struct {
	Column string   // a number or a factor with missing values
	Within []string // variables that make the classes, the most important first: where a class has no donor, the last are given up one by one
	Seed   uint64
	// Needed says which rows ought to have an answer; nil: all. A row that was not to be
	// asked (no remittance, no amount) stays missing.
	Needed []bool
	// Proper draws the donors themselves first, with replacement (the approximate Bayesian
	// bootstrap of Rubin and Schenker 1986): what Rubin's rules ask for.
	Proper bool
}

// Report says what was filled in.
type Report struct {
	Missing int   // answers that ought to be there and were not
	Given   int   // donors
	Within  []int // answers filled in from classes of all variables, of one fewer, ... of none
}

// Flag is the name of the column that is TRUE where Column was filled in.
func (s Spec) Flag() string { return s.Column + "_imputed" }

// HotDeck is f with the column filled in and its flag. w are the weights: nobody
// of weight 0 is a donor or needs an answer. The same seed gives the same answers in
// whatever order the rows are.
func HotDeck(f *frame.Frame, w []float64, s Spec) (*frame.Frame, Report, error) {
	donor, report, err := s.donors(f, w)
	if err != nil {
		return nil, report, err
	}
	c, _ := f.Col(s.Column)
	filled := frame.Column{Name: c.Name, Kind: c.Kind, Levels: c.Levels, Num: slices.Clone(c.Num), Code: slices.Clone(c.Code)}
	flag := make([]int32, f.N())
	for i, d := range donor {
		if d < 0 {
			continue
		}
		flag[i] = 1
		if c.Kind == frame.Number {
			filled.Num[i] = c.Num[d]
		} else {
			filled.Code[i] = c.Code[d]
		}
	}
	next, err := f.With(filled, frame.Logical(s.Flag(), flag))
	return next, report, err
}

// donors gives the row from which each row takes its answer, -1 where it needs none.
func (s Spec) donors(f *frame.Frame, w []float64) ([]int32, Report, error) {
	var report Report
	c, err := f.Col(s.Column)
	if err != nil {
		return nil, report, err
	}
	all := make([]int32, f.N())
	for i := range all {
		all[i] = int32(i)
	}
	rows := f.ByContent(all)
	donor := make([]int32, f.N())
	var open, given []int32
	for _, i := range rows {
		donor[i] = -1
		switch {
		case w[i] <= 0 || s.Needed != nil && !s.Needed[i]:
		case c.IsMissing(int(i)):
			open = append(open, i)
		default:
			given = append(given, i)
		}
	}
	report.Missing, report.Given = len(open), len(given)
	source := rand.NewPCG(s.Seed, 0x51ed270b)
	for kept := len(s.Within); kept >= 0 && len(open) > 0; kept-- {
		key, err := keys(f, s.Within[:kept])
		if err != nil {
			return nil, report, err
		}
		decks := map[string]*deck{}
		for _, i := range given {
			k := key(int(i))
			if decks[k] == nil {
				decks[k] = &deck{}
			}
			decks[k].add(i, w[i])
		}
		if s.Proper {
			for _, k := range sorted(decks) {
				decks[k] = decks[k].redrawn(source, w)
			}
		}
		var left []int32
		for _, i := range open {
			d, ok := decks[key(int(i))]
			if !ok {
				left = append(left, i)
				continue
			}
			donor[i] = d.draw(source)
		}
		report.Within = append(report.Within, len(open)-len(left))
		open = left
	}
	if len(open) > 0 {
		return nil, report, fault.New(fault.Invalid, "impute.no_donor", "column", s.Column, "rows", len(open))
	}
	return donor, report, nil
}

// keys gives the class of each row; a missing value is a value of its own.
func keys(f *frame.Frame, vars []string) (func(int) string, error) {
	cols := make([]*frame.Column, len(vars))
	for j, v := range vars {
		c, err := f.Col(v)
		if err != nil {
			return nil, err
		}
		cols[j] = c
	}
	return func(i int) string {
		var b strings.Builder
		for _, c := range cols {
			b.WriteString(c.Text(i))
			b.WriteByte(0x1f)
		}
		return b.String()
	}, nil
}

func sorted(m map[string]*deck) []string {
	names := make([]string, 0, len(m))
	for k := range m {
		names = append(names, k)
	}
	slices.Sort(names)
	return names
}

// deck are the donors of a class with their running sum of weights.
type deck struct {
	rows []int32
	upto []float64
}

func (d *deck) add(row int32, w float64) {
	if n := len(d.upto); n > 0 {
		w += d.upto[n-1]
	}
	d.rows, d.upto = append(d.rows, row), append(d.upto, w)
}

// unit is a number from 0 to below 1, the same on every computer.
func unit(source *rand.PCG) float64 { return float64(source.Uint64()>>11) / (1 << 53) }

func (d *deck) draw(source *rand.PCG) int32 {
	at := unit(source) * d.upto[len(d.upto)-1]
	k := sort.Search(len(d.upto), func(k int) bool { return d.upto[k] > at })
	return d.rows[min(k, len(d.rows)-1)]
}

// redrawn is the deck of as many donors drawn from it, each as likely as its weight says; they
// count alike afterwards.
func (d *deck) redrawn(source *rand.PCG, w []float64) *deck {
	next := &deck{}
	for range d.rows {
		next.add(d.draw(source), 1)
	}
	return next
}
