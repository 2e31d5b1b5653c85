// Package linkage finds the records of a list that are of one person: it compares them, learns
// without labels what agreement says, and weighs pairs; see DESIGN.md.
package linkage

import (
	"math"
	"slices"

	"quipu/internal/fault"
	"quipu/internal/linkage/cluster"
)

// job is one run of Link, step by step.
type job struct {
	*table
	list     *List
	options  Options
	model    *Model
	tf       []map[uint32]uint32
	random   []Cell
	sessions []Session
	total    float64 // pairs of records that could be compared
	result   *Result
}

// Link finds the records of a list that are one person. It gives the same result whatever
// the order of the rows and the number of threads. A list in which nothing can be compared
// is a fault.Invalid; an error of Stop is returned as it is.
func Link(l *List, o Options) (*Result, error) {
	j := &job{list: l, options: o}
	if err := j.check(); err != nil {
		return nil, err
	}
	for _, step := range []func() error{j.prepare, j.learn, j.score, j.judge} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return j.result, nil
}

// check looks at the options and fills in what was left out.
func (j *job) check() error {
	o, n := &j.options, j.list.Len()
	o.Threads = max(o.Threads, 1)
	if o.Stop == nil {
		o.Stop = func() error { return nil }
	}
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	if o.MaxPairs <= 0 {
		o.MaxPairs = budget(n)
	}
	if o.Sources != nil && len(o.Sources) != n {
		return fault.New(fault.Invalid, "linkage.sources", "sources", len(o.Sources), "rows", n)
	}
	for _, pairs := range [][][2]int32{o.Must, o.Cannot} {
		for _, p := range pairs {
			if min(p[0], p[1]) < 0 || int(max(p[0], p[1])) >= n {
				return fault.New(fault.Invalid, "linkage.decided", "row", max(p[0], p[1])+1, "rows", n)
			}
		}
	}
	return nil
}

// budget is how many pairs are made of n records: all of a small list, thirty a record of a
// large one. With a dozen rules that is enough to find 99 of 100.
func budget(n int) int64 { return max(30*int64(n), min(20_000_000, pairsOf(n))) }

func (j *job) prepare() error {
	m := j.options.Model
	fields := j.list.fields
	if m == nil {
		m = &Model{Version: ModelVersion, Records: j.list.Len(), Fields: fields, Comparisons: choose(j.list)}
		if len(m.Comparisons) == 0 && j.list.Len() > 1 {
			return fault.New(fault.Invalid, "linkage.nothing", "columns", len(fields))
		}
	} else if err := m.fits(fields); err != nil {
		return err
	} else {
		m = m.copy()
	}
	p, err := compile(fields, m.Comparisons)
	if err != nil {
		return err
	}
	j.model = m
	j.table, err = pack(j.list, p, j.options.Sources, func(done, total int64) error {
		j.options.Progress("encode", done, total)
		return j.options.Stop()
	})
	j.total = float64(pairsOf(j.list.Len()))
	if j.options.Sources != nil {
		j.total = crossing(j.options.Sources)
	}
	return err
}

// crossing is the number of pairs between different sources.
func crossing(sources []uint8) float64 {
	var counts [256]float64
	for _, s := range sources {
		counts[s]++
	}
	n, same := float64(len(sources)), 0.0
	for _, c := range counts {
		same += c * c
	}
	return (n*n - same) / 2
}

func (j *job) learn() error {
	if j.options.Model != nil {
		j.tf = j.model.counts(j.plan, j.words)
		return nil
	}
	j.options.Progress("learn", 0, 0)
	j.tf = j.frequencies()
	var err error
	if j.random, err = j.sample(j.options.Seed, j.options.Threads, j.options.Stop); err != nil {
		return err
	}
	for _, r := range j.plan.sessions() {
		s, err := j.observe(r, j.options.Threads, j.options.Stop)
		if err != nil {
			return err
		}
		j.sessions = append(j.sessions, s)
	}
	j.estimate()
	j.model.keep(j.tf, j.plan, j.words)
	return nil
}

// estimate learns u and m in turn: what random pairs turn out to be matches are taken out
// of u, which matters in small lists.
func (j *job) estimate() {
	p := j.plan
	u, m := p.randomChances(j.random, nil), p.typical()
	prior := math.Inf(-1)
	for range 4 {
		m = p.matchChances(j.sessions, m, u)
		prior = j.priorOf(m, u)
		u = p.randomChances(j.random, func(s Cell) float64 { return posteriorOf(prior + odds(s.Pattern, m, u, 0)) })
	}
	j.model.Prior = prior
	for c := range p.cmps {
		for l := 1; l < len(m[c]); l++ {
			p.cmps[c].Levels[l].M, p.cmps[c].Levels[l].U = m[c][l], u[c][l]
			p.cmps[c].Levels[l].Weight = clampWeight(math.Log2(m[c][l] / u[c][l]))
		}
	}
}

// priorOf is a first guess at the log2 odds that two records are one person, from the
// sessions: the most matches that one of them holds.
func (j *job) priorOf(m, u chances) float64 {
	matches := 1.0
	for _, s := range j.sessions {
		found := 0.0
		prior := math.Log2(s.Lambda / (1 - s.Lambda))
		for _, x := range s.Shapes {
			found += x.Pairs * posteriorOf(prior+odds(x.Pattern, m, u, s.Own))
		}
		matches = max(matches, found)
	}
	matches = min(1.1*matches, j.total/3)
	return math.Log2(matches / max(j.total-matches, 1))
}

// floorBelow is how far below even odds a pair may be and still be kept.
const floorBelow = 6

func (j *job) score() error {
	learning := j.options.Model == nil
	s := &scorer{table: j.table, weights: j.plan.ready(j.model, j.tf), floor: -floorBelow - j.model.raised(), options: &j.options,
		workers: j.crew(j.options.Threads), found: make([][]Pair, j.options.Threads)}
	if learning {
		s.seen, s.every, s.usual = make([][]sighting, j.options.Threads), uint64(j.len()/seeAll)+1, j.usual()
		s.floor -= unlearnt
		s.weights.tighten(j.plan)
	}
	s.prepare()
	j.result = &Result{Model: j.model}
	left := j.options.MaxPairs
	rules := j.plan.rules
	for i := range rules {
		j.options.Progress("score", int64(i), int64(len(rules)))
		var known []map[uint64]bool
		if !learning {
			if known = j.model.Rules[i].known(); j.model.Rules[i].Idle {
				j.result.Rules = append(j.result.Rules, RuleReport{Name: rules[i].name, Idle: true})
				continue
			}
		} else if idle, err := s.idle(&rules[i]); err != nil {
			return err
		} else if idle {
			j.result.Rules = append(j.result.Rules, RuleReport{Name: rules[i].name, Idle: true})
			j.model.Rules = append(j.model.Rules, Rule{Name: rules[i].name, Idle: true})
			continue
		}
		report, split, err := s.rule(&rules[i], known, 2*left/int64(len(rules)-i+1))
		if err != nil {
			return err
		}
		s.thin(max(manyPairs, manyARecord*j.len()))
		left = max(left-report.Pairs, 0)
		j.result.Rules = append(j.result.Rules, report)
		if learning {
			j.model.Rules = append(j.model.Rules, Rule{Name: rules[i].name, Split: split})
		}
	}
	j.table.keyed = nil
	j.result.Pairs, j.result.PairsScored = s.merge(), s.scored
	if !learning {
		j.weigh()
		return nil
	}
	cells := s.cells()
	j.relearn(cells)
	if !j.repeats() {
		j.weigh()
		return nil
	}
	raw := slices.Clone(j.result.Pairs)
	j.weigh()
	if err := j.judge(); err != nil {
		return err
	}
	j.again(raw, cells)
	return nil
}

const (
	// seeAll is up to how many records every pair that looks like something is learnt from.
	seeAll = 300_000
	// unlearnt is how much further below even odds pairs are kept until all is learnt.
	unlearnt = 12
)

// usual are weights by which Mix judges what looks like something: see newMixture.
func (j *job) usual() *weights {
	w := &weights{prior: float32(math.Log2(max(float64(j.len())/20, 1) / j.total))}
	typical := j.plan.typical()
	for c := range j.cmps {
		for l := 1; l < len(j.cmps[c].Levels); l++ {
			w.of[c][l] = float32(max(math.Log2(typical[c][l]/j.cmps[c].Levels[l].U), -3))
		}
	}
	w.top = w.of
	return w
}

// relearn learns persons and their relatives together.
func (j *job) relearn(cells []Cell) {
	j.model.Mix(cells, j.len(), j.total)
	j.model.bind(cells, j.random)
	j.clamp()
}

// clamp keeps weights within their caps.
func (j *job) clamp() {
	for c := range j.cmps {
		for l := range j.cmps[c].Levels {
			if l != j.cmps[c].veto() {
				j.cmps[c].Levels[l].Weight = clampWeight(j.cmps[c].Levels[l].Weight)
			}
		}
	}
}

// weigh weighs the pairs by what was learnt at last, leaves those out that fall below the
// floor, and names them by the rows of the list.
func (j *job) weigh() {
	w, kin := j.plan.ready(j.model, j.tf), newKin(j.model)
	kept := j.result.Pairs[:0]
	for _, p := range j.result.Pairs {
		x, y := uint32(p.A), uint32(p.B)
		p.Weight = float32(kin.weigh(float64(w.exact(j.plan, j.row(x), p.Pattern)), p.Pattern))
		if p.Weight < -floorBelow {
			continue
		}
		p.A, p.B = j.table.list[x], j.table.list[y]
		if p.A > p.B {
			p.A, p.B = p.B, p.A
		}
		kept = append(kept, p)
	}
	sortPairs(kept)
	j.result.Pairs = kept
}

// judge finds the threshold and the clusters.
func (j *job) judge() error {
	r := j.result
	r.Threshold = j.model.Threshold
	if j.options.Threshold != nil {
		r.Threshold = *j.options.Threshold
	}
	j.options.Progress("cluster", 0, 0)
	edges := make([]cluster.Edge, len(r.Pairs))
	for i, p := range r.Pairs {
		edges[i] = cluster.Edge{A: p.A, B: p.B, Weight: p.Weight}
	}
	if j.exclusive(edges) {
		cluster.Compete(edges, j.options.Sources)
		for i := range r.Pairs {
			r.Pairs[i].Weight = edges[i].Weight
		}
	}
	hashes := make([]uint64, j.len())
	for at, row := range j.table.list {
		hashes[row] = j.content(j.row(uint32(at)), j.words)
	}
	r.Clusters = group(j.len(), edges, r.Threshold, j.options.Must, j.options.Cannot, hashes)
	return nil
}

// exclusive reports whether a row has one partner at most, and remembers it.
func (j *job) exclusive(edges []cluster.Edge) bool {
	r, o := j.result, &j.options
	switch {
	case o.Sources == nil:
	case o.OneToOne != nil:
		r.OneToOne = *o.OneToOne
	default:
		r.OneToOne = cluster.Exclusive(edges, o.Sources, float32(r.Threshold))
	}
	return r.OneToOne
}

// group makes clusters; hashes are of the content of the rows, so that ties do not fall by
// their order.
func group(n int, edges []cluster.Edge, threshold float64, must, cannot [][2]int32, hashes []uint64) []int32 {
	return cluster.Make(n, edges, cluster.Options{Threshold: float32(threshold), Absent: -1, Must: must, Cannot: cannot,
		Key: func(row int32) uint64 { return hashes[row] }}).Labels
}
