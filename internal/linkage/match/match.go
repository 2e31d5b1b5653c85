// Package match finds, for each row of one list of persons, the rows of another that it may
// be, the likeliest first. The lists may have different columns, and the one that asks may
// be nothing but text.
package match

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"quipu/internal/linkage"
	"quipu/internal/linkage/finder"
)

// Options say how to match.
type Options struct {
	Top     int    // candidates for each query; 0 is 10
	Threads int    // goroutines; 0 is 1. The result does not depend on it
	Seed    uint64 // of the random pairs from which the weights are learnt
	// Progress is told how far a phase is: "index", "search", and those of linkage.Options.
	Progress func(phase string, done, total int64)
	Stop     func() error // asked now and then; an error ends the work and is returned
}

// Candidate is a row of the index, from 0, and how likely it is the person asked for,
// between 0 and 1. Where both lists are large enough to learn from, Score is a probability:
// the log2 odds of Fellegi and Sunter's weights, with up to three bits more or eight less
// for how well the search likes it. Otherwise it is the score of finder.Hit.
type Candidate struct {
	Row   int32
	Score float64
}

// wide is how many persons the search hands on to be weighed for each one that is wanted,
// and least how many at least.
const (
	wide  = 3
	least = 40
)

// Match gives for each query its candidates, at most Top, the best first; equals are in the
// order of their rows. A query without any content has none.
func Match(index, queries *linkage.List, o Options) ([][]Candidate, error) {
	if o.Top <= 0 {
		o.Top = 10
	}
	o.Threads = max(1, o.Threads)
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	if o.Stop == nil {
		o.Stop = func() error { return nil }
	}
	v := newView(index.Fields(), queries.Fields())
	x := finder.New()
	for row := range index.Len() {
		if row&1023 == 0 {
			if err := o.Stop(); err != nil {
				return nil, err
			}
			o.Progress("index", int64(row), int64(index.Len()))
		}
		x.Put(uint32(row), v.entry(index, row))
	}
	found, err := search(x, v, queries, o)
	if err != nil {
		return nil, err
	}
	odds, err := weigh(v, index, queries, found, o)
	if err != nil {
		return nil, err
	}
	for i := range found {
		if odds == nil {
			found[i] = rank(found[i], o.Top)
			continue
		}
		found[i] = rank(weighed(found[i], odds[i]), o.Top)
		for k := range found[i] {
			found[i][k].Score = chance(found[i][k].Score)
		}
	}
	return found, nil
}

// search asks the finder for every query.
func search(x *finder.Index, v *view, queries *linkage.List, o Options) ([][]Candidate, error) {
	found := make([][]Candidate, queries.Len())
	var next, done atomic.Int64
	var group sync.WaitGroup
	var once sync.Once
	var progress sync.Mutex
	var failed error
	limit := max(least, wide*o.Top)
	for range o.Threads {
		group.Go(func() {
			for {
				row := int(next.Add(1) - 1)
				if row >= queries.Len() {
					return
				}
				if row%64 == 0 {
					if err := o.Stop(); err != nil {
						once.Do(func() { failed = err })
						next.Store(int64(queries.Len()))
						return
					}
				}
				for _, h := range x.Search(v.query(queries, row), limit) {
					found[row] = append(found[row], Candidate{int32(h.Row), h.Score})
				}
				if n := done.Add(1); n%64 == 0 {
					progress.Lock()
					o.Progress("search", n, int64(queries.Len()))
					progress.Unlock()
				}
			}
		})
	}
	group.Wait()
	return found, failed
}

// What a candidate's search score adds to its learnt odds, in bits: it looks at the words of
// all columns, where the weights look at columns as wholes. A score of even adds nothing;
// unfound is that of who was not among those that the search hands on.
const (
	searchBits = 10.0
	even       = 0.75
	unfound    = 0.375
)

// weighed gives those who were weighed the chance that was learnt, with what the search says.
func weighed(found []Candidate, odds map[int32]float64) []Candidate {
	out := make([]Candidate, 0, len(odds))
	for _, c := range found {
		if w, ok := odds[c.Row]; ok {
			out = append(out, Candidate{c.Row, w + searchBits*(c.Score-even)})
			delete(odds, c.Row)
		}
	}
	for row, w := range odds {
		out = append(out, Candidate{row, w + searchBits*(unfound-even)})
	}
	return out
}

func rank(cs []Candidate, top int) []Candidate {
	slices.SortFunc(cs, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Row, b.Row))
	})
	return cs[:min(len(cs), top)]
}
