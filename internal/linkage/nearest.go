package linkage

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

const (
	nearestIndexed = 1024 // rows of the index that are compared with rows that ask, at a time
	nearestAsking  = 64
)

// Nearest gives for each row of source 1 of a list the rows of source 0 that weigh most by a
// model, at most top, the heaviest first, equals in the order of their rows. It compares all
// of them, whatever brings them together: some hundred nanoseconds a pair. A of a pair is the
// row that asks, B the one found. Of the options it uses Sources, Threads, Progress and Stop;
// the phase is "rank".
func Nearest(l *List, m *Model, top int, o Options) ([][]Pair, error) {
	j := &job{list: l, options: o}
	if err := j.check(); err != nil {
		return nil, err
	}
	j.options.Model = m
	if err := j.prepare(); err != nil {
		return nil, err
	}
	n := &nearest{scorer: &scorer{table: j.table, weights: j.plan.ready(j.model, j.model.counts(j.plan, j.words)), options: &j.options,
		workers: j.crew(j.options.Threads)}, top: top, raised: j.model.raised()}
	n.prepare()
	var asking []uint32
	for at, s := range j.table.sources {
		if s == 1 {
			asking = append(asking, uint32(at))
		} else {
			n.indexed = append(n.indexed, uint32(at))
		}
	}
	n.best = make([][]Pair, len(asking))
	kins := make([]*kin, j.options.Threads)
	for i := range kins {
		kins[i] = newKin(j.model)
	}
	parts, done := (len(asking)+nearestAsking-1)/nearestAsking, int64(0)
	var one sync.Mutex
	err := parallel(j.options.Threads, parts, func(worker, part int) error {
		from := part * nearestAsking
		n.ask(n.workers[worker], kins[worker], asking[from:min(len(asking), from+nearestAsking)], n.best[from:])
		one.Lock()
		defer one.Unlock()
		done++
		j.options.Progress("rank", done, int64(parts))
		return j.options.Stop()
	})
	if err != nil {
		return nil, err
	}
	out := make([][]Pair, l.Len())
	for i, at := range asking {
		out[j.table.list[at]] = n.best[i]
	}
	return out, nil
}

// nearest is a job of Nearest.
type nearest struct {
	*scorer
	top     int
	raised  float32  // the most that comparisons which go together add
	indexed []uint32 // places of the rows that are looked through
	best    [][]Pair // by asking row
}

// ask looks through the index for some rows, a part of it at a time, which stays at hand.
func (n *nearest) ask(w *worker, k *kin, asking []uint32, best [][]Pair) {
	for from := 0; from < len(n.indexed); from += nearestIndexed {
		part := n.indexed[from:min(len(n.indexed), from+nearestIndexed)]
		for i, at := range asking {
			a, floor := n.row(at), float32(math.Inf(-1))
			for _, other := range part {
				if len(best[i]) == n.top {
					floor = best[i][n.top-1].Weight - n.raised
				}
				pattern, ok := n.hopeful(w, a, n.row(other), floor)
				if !ok {
					continue
				}
				weight := float32(k.weigh(float64(n.weights.exact(n.plan, a, pattern)), pattern))
				best[i] = insert(best[i], Pair{A: n.list[at], B: n.list[other], Weight: weight, Pattern: pattern}, n.top)
			}
		}
	}
}

// hopeful compares two rows and gives up as soon as nothing that is left can bring them to the floor.
func (n *nearest) hopeful(w *worker, a, b []uint32, floor float32) (pattern uint64, ok bool) {
	most := n.weights.prior + margin
	for k := range n.steps {
		st := &n.steps[k]
		l := st.glance(a, b) & 15
		most += st.top[l]
		pattern |= uint64(l) << (st.shift & 63)
		if most+st.rest < floor {
			return 0, false
		}
	}
	if !hasDoubts(pattern) {
		return pattern, true
	}
	for k := range n.steps {
		st := &n.steps[k]
		doubt := uint8(pattern>>(st.shift&63)) & 15
		if doubt < doubtFirst {
			continue
		}
		l := w.closer(&st.comparer, a, b, doubt) & 15
		most += st.top[l] - st.top[doubt]
		pattern ^= uint64(doubt^l) << (st.shift & 63)
		if most < floor {
			return 0, false
		}
	}
	return pattern, true
}

// insert puts a pair into its place among the heaviest, of which there are top.
func insert(best []Pair, p Pair, top int) []Pair {
	at, _ := slices.BinarySearchFunc(best, p, func(x, y Pair) int {
		return cmp.Or(cmp.Compare(y.Weight, x.Weight), cmp.Compare(x.B, y.B))
	})
	if at == top {
		return best
	}
	if len(best) == top {
		best = best[:top-1]
	}
	return slices.Insert(best, at, p)
}
