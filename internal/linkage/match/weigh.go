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
	all, values := linkage.NewList(fields), make([]string, len(columns))
	for _, row := range rows {
		for i, c := range columns {
			values[i] = texts(index, int(row), c.index)
		}
		all.Append(values)
	}
	for row := range queries.Len() {
		for i, c := range columns {
			values[i] = texts(queries, row, c.ask)
		}
		all.Append(values)
	}
	sources := make([]uint8, all.Len())
	for i := len(rows); i < len(sources); i++ {
		sources[i] = 1
	}
	return all, sources
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
	res, err := linkage.Link(all, linkage.Options{Threads: o.Threads, Seed: o.Seed, Sources: sources, Progress: o.Progress, Stop: o.Stop})
	if f := fault.As(err); f != nil && strings.HasPrefix(f.Key, "linkage.") {
		return nil, nil // nothing that can be compared: the search has found what there is
	}
	if err != nil {
		return nil, err
	}
	odds := make([]map[int32]float64, queries.Len())
	for _, p := range res.Pairs {
		q := int(p.B) - len(rows)
		if odds[q] == nil {
			odds[q] = map[int32]float64{}
		}
		odds[q][rows[p.A]] = float64(p.Weight)
	}
	return odds, nil
}

// chance is the probability that goes with log2 odds.
func chance(odds float64) float64 { return 1 / (1 + math.Exp2(-odds)) }
