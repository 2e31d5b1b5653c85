package match

import (
	"math"
	"slices"
	"strings"

	"quipu/internal/fault"
	"quipu/internal/linkage"
)

// Records that weights are learnt from; with fewer, the search alone decides.
const (
	leastIndexed = 200
	leastAsked   = 50
)

// column is one column of both lists together.
type column struct {
	field      linkage.Field
	index, ask []int // fields whose values, joined, are the column's
}

// columns pairs the fields of the two lists. Where names are in parts in one list and whole
// in the other they are compared whole.
func (v *view) columns(index, queries []linkage.Field) (out []column) {
	if v.text >= 0 {
		return nil
	}
	names := map[linkage.Kind]bool{linkage.GivenNames: true, linkage.Surname: true, linkage.SecondSurname: true, linkage.FullName: true}
	whole := v.index.parted() != v.ask.parted()
	if whole {
		order := func(s *side) []int { return slices.Concat(s.full, s.given, s.surname, s.second) }
		out = append(out, column{linkage.Field{Name: "name", Kind: linkage.FullName}, order(&v.index), order(&v.ask)})
	}
	with := func(fields []linkage.Field) (at []int) {
		for _, i := range used(fields) {
			if !whole || !names[fields[i].Kind] {
				at = append(at, i)
			}
		}
		return at
	}
	for _, p := range pairs(index, queries, with(index), with(queries)) {
		out = append(out, column{index[p[0]], []int{p[0]}, []int{p[1]}})
	}
	return out
}

// mostLearnt is from how many rows of the index on the weights are learnt from a part of it.
const mostLearnt = 60_000

// taught is the rows of the index that weights are learnt from: all of a small one, else
// those that the search found and as many from all over the list, so that what is common is
// known to be. They rise.
func taught(rows int, found [][]Candidate) (out []int32) {
	step := rows/mostLearnt + 1
	if step == 1 {
		for row := range rows {
			out = append(out, int32(row))
		}
		return out
	}
	for row := 0; row < rows; row += step {
		out = append(out, int32(row))
	}
	for _, cs := range found {
		for _, c := range cs {
			out = append(out, c.Row)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// together is rows of the index and all queries as one list.
func together(index, queries *linkage.List, rows []int32, columns []column) (*linkage.List, []uint8) {
	fields := make([]linkage.Field, len(columns))
	for i, c := range columns {
		fields[i] = c.field
	}
	var all [][]string
	add := func(l *linkage.List, row int, of func(column) []int) {
		values := make([]string, len(columns))
		for i, c := range columns {
			values[i] = texts(l, row, of(c))
		}
		all = append(all, values)
	}
	for _, row := range rows {
		add(index, int(row), func(c column) []int { return c.index })
	}
	for row := range queries.Len() {
		add(queries, row, func(c column) []int { return c.ask })
	}
	out, mail := linkage.NewList(fields), learnMailNames(columns, all)
	for _, values := range all {
		mail.fill(values)
		out.Append(values)
	}
	sources := make([]uint8, out.Len())
	for i := len(rows); i < len(sources); i++ {
		sources[i] = 1
	}
	return out, sources
}

// weigh learns from both lists what agreement says and gives for each query the rows of the
// index that may be the same person, with their log2 odds. It is nil when there is too
// little to learn from or nothing to compare.
func weigh(v *view, index, queries *linkage.List, found [][]Candidate, o Options) ([]map[int32]float64, error) {
	columns := v.columns(index.Fields(), queries.Fields())
	if len(columns) < 2 || index.Len() < leastIndexed || queries.Len() < leastAsked {
		return nil, nil
	}
	rows := taught(index.Len(), found)
	all, sources := together(index, queries, rows, columns)
	res, err := linkage.Link(all, linkage.Options{Threads: o.Threads, Seed: o.Seed, Sources: sources, OneToOne: new(bool), Progress: o.Progress, Stop: o.Stop})
	if f := fault.As(err); f != nil && strings.HasPrefix(f.Key, "linkage.") {
		return nil, nil // nothing that can be compared: the search has found what there is
	}
	if err != nil {
		return nil, err
	}
	w := &weighing{list: all, sources: sources, rows: rows, odds: make([]map[int32]float64, queries.Len()), options: o}
	for q := range w.odds {
		w.odds[q] = map[int32]float64{}
	}
	if int64(len(rows))*int64(queries.Len()) <= mostCompared {
		err = w.all(res.Model)
	} else {
		err = w.some(res, found)
	}
	return w.odds, err
}

// mostCompared is up to how many pairs of an index and queries all are weighed, some hundred
// nanoseconds each. Beyond, only those that have a key in common or that the search found are.
const mostCompared = 200_000_000

// weighing collects the odds of the rows of the index by query.
type weighing struct {
	list    *linkage.List // rows of the index, then the queries
	sources []uint8
	rows    []int32 // of the index
	odds    []map[int32]float64
	options Options
}

// all weighs every row of the index for every query and keeps the best.
func (w *weighing) all(m *linkage.Model) error {
	o := linkage.Options{Threads: w.options.Threads, Sources: w.sources, Progress: w.options.Progress, Stop: w.options.Stop}
	near, err := linkage.Nearest(w.list, m, max(least, wide*w.options.Top), o)
	if err != nil {
		return err
	}
	for q := range w.odds {
		for _, p := range near[len(w.rows)+q] {
			w.odds[q][w.rows[p.B]] = float64(p.Weight)
		}
	}
	return nil
}

// some takes the pairs that were linked and weighs those that the search found besides.
func (w *weighing) some(res *linkage.Result, found [][]Candidate) error {
	for _, p := range res.Pairs {
		w.odds[int(p.B)-len(w.rows)][w.rows[p.A]] = float64(p.Weight)
	}
	g, err := linkage.NewWeigher(res.Model)
	if err != nil {
		return err
	}
	for q, cs := range found {
		var others []int32
		var rows [][]string
		for _, c := range cs {
			at, ok := slices.BinarySearch(w.rows, c.Row)
			if _, known := w.odds[q][c.Row]; ok && !known {
				others, rows = append(others, c.Row), append(rows, w.list.Values(at))
			}
		}
		pairs, err := g.Weigh(w.list.Values(len(w.rows)+q), rows)
		if err != nil {
			return err
		}
		for i, p := range pairs {
			w.odds[q][others[i]] = float64(p.Weight)
		}
	}
	return w.options.Stop()
}

// chance is the probability that goes with log2 odds.
func chance(odds float64) float64 { return 1 / (1 + math.Exp2(-odds)) }
