package linkage

import (
	"cmp"
	"slices"
)

// step is a comparison at its place in the comparing of pairs.
type step struct {
	comparer
	shift     int         // of its level in a pattern
	equal     uint8       // the level of values that are equal; of names and documents 0, for it takes more
	unequal   uint8       // that of those that are not, 0 where it takes a closer look
	byValue   levels      // those whose weight is that of the value
	tf        *rarities   // the weights of values
	top       [16]float32 // the most that a level may weigh, a doubt on any level that it may be
	below     [16]float32 // how far that is above the weight of a value of no rarity
	usual     [16]float32 // top by the usual weights
	rest      float32     // the most that the steps after it may weigh
	restUsual float32
}

// hopeless is the weight below which no pair looks like relatives either.
const hopeless = -60

// prepare puts the comparisons in the order in which pairs are soonest out of question: first
// those that leave two strangers furthest below what they might have weighed.
func (s *scorer) prepare() {
	s.draw = newDivisor(max(s.every, 1))
	if s.usual == nil {
		s.usual, s.sight = new(weights), notDrawn
	}
	drops := make([]float64, len(s.cmps))
	s.steps = make([]step, len(s.cmps))
	for i := range s.steps {
		c := &s.cmps[i]
		st := step{comparer: *c, shift: 4 * i, top: s.weights.top[i], usual: s.usual.top[i], tf: &s.weights.tf[i]}
		st.shortCuts()
		most := st.most(&st.top)
		for l := 1; l < len(c.Levels); l++ {
			drops[i] += c.Levels[l].U * float64(most-st.top[l])
			if c.Levels[l].TF {
				st.byValue |= 1 << l
				st.below[l] = st.top[l] - s.weights.of[i][l] + s.weights.base[i]
			}
		}
		for d := doubtFirst; d <= doubtText; d++ {
			st.top[d], st.usual[d] = s.never[i].most(&st.top, d), s.never[i].most(&st.usual, d)
		}
		s.steps[i] = st
	}
	slices.SortStableFunc(s.steps, func(a, b step) int { return cmp.Compare(drops[b.shift/4], drops[a.shift/4]) })
	for i := len(s.steps) - 1; i > 0; i-- {
		st, before := &s.steps[i], &s.steps[i-1]
		before.rest, before.restUsual = st.rest+st.most(&st.top), st.restUsual+st.most(&st.usual)
	}
}

// shortCuts says what glance comes to without calling it.
func (st *step) shortCuts() {
	switch st.op {
	case opName, opDoc:
		return
	case opSex:
		st.unequal = different
	case opWord:
		st.unequal = doubtWord
	}
	st.equal = uint8(len(st.Levels)-1) & 15
}

// most is the largest weight of a level.
func (st *step) most(weights *[16]float32) float32 { return slices.Max(weights[:len(st.Levels)]) }

// levels are some levels of a comparison, by bits.
type levels uint16

// most is the largest weight of the levels that a doubt may turn out to be, but for those that
// never are.
func (never levels) most(weights *[16]float32, doubt uint8) float32 {
	all := doubts(doubt)
	most := weights[all[0]]
	for _, l := range all[1:] {
		if never>>l&1 == 0 {
			most = max(most, weights[l])
		}
	}
	return most
}

// block scores all pairs of a block.
func (s *scorer) block(worker int, es []entry) {
	for i, e := range es {
		for _, other := range es[i+1:] {
			s.pair(worker, e.row, other.row)
		}
	}
}

// pair compares two rows and stops as soon as nothing that is left can make them a pair to
// keep or to see. It never changes what is kept or seen: that is decided by the whole pattern.
func (s *scorer) pair(worker int, x, y uint32) {
	if x == y || s.sources != nil && s.sources[x] == s.sources[y] {
		return
	}
	a, b, pattern := s.row(x), s.row(y), uint64(0)
	most, usual := s.weights.prior+margin, s.usual.prior+margin
	seen := s.sight
	for k := range s.steps {
		st := &s.steps[k]
		l := uint8(missing)
		switch x, y := a[st.at], b[st.at]; {
		case st.op == opName:
			l = st.names(a, b, x, y) & 15
		case st.equal == 0:
			l = st.glance(a, b) & 15
		case x == 0 || y == 0:
		case x == y:
			l = st.equal
		case st.unequal != 0:
			l = st.unequal
		default:
			l = st.glance(a, b) & 15
		}
		most += st.top[l]
		usual += st.usual[l]
		pattern |= uint64(l) << (st.shift & 63)
		if most+st.rest < s.floor && !s.maySee(&seen, usual+st.restUsual, x, y) {
			return
		}
	}
	if most >= s.floor {
		for k := range s.steps {
			st := &s.steps[k]
			if l := uint8(pattern>>(st.shift&63)) & 15; st.byValue>>l&1 != 0 {
				most += st.tf.of(a[st.shared(l)]) - st.below[l]
			}
		}
		if most < s.floor && !s.maySee(&seen, usual, x, y) {
			return
		}
	}
	if hasDoubts(pattern) {
		for k := range s.steps {
			st := &s.steps[k]
			doubt := uint8(pattern>>(st.shift&63)) & 15
			if doubt < doubtFirst {
				continue
			}
			l := s.workers[worker].closer(&st.comparer, a, b, doubt) & 15
			most += st.top[l] - st.top[doubt]
			usual += st.usual[l] - st.usual[doubt]
			pattern ^= uint64(doubt^l) << (st.shift & 63)
			if most < s.floor && !s.maySee(&seen, usual, x, y) {
				return
			}
		}
	}
	if most >= s.floor {
		s.keep(worker, x, y, pattern)
	}
	if s.maySee(&seen, usual, x, y) {
		s.see(worker, x, y, pattern)
	}
}

// sight is what is known of whether a pair is one of every so many, which alone are seen.
type sight uint8

const (
	notAsked sight = iota
	drawn
	notDrawn
)

// maySee reports whether a pair may be seen that looks like so much at most.
func (s *scorer) maySee(seen *sight, usual float32, x, y uint32) bool {
	if *seen == notAsked && usual >= worthSeeing {
		*seen = notDrawn
		if s.draw.divides(mix(pairKey(x, y))) {
			*seen = drawn
		}
	}
	return *seen == drawn && usual >= worthSeeing
}

func pairKey(x, y uint32) uint64 { return uint64(min(x, y))<<32 | uint64(max(x, y)) }

// see remembers a pair when it looks like something.
func (s *scorer) see(worker int, x, y uint32, pattern uint64) {
	evidence, sum := s.usual.prior, s.weights.prior
	for c := range s.cmps {
		l := levelOf(pattern, c)
		evidence += s.usual.of[c][l]
		sum += s.weights.of[c][l]
	}
	if evidence >= worthSeeing && sum >= hopeless {
		s.seen[worker] = append(s.seen[worker], sighting{pairKey(x, y), pattern})
	}
}

// keep weighs a pair exactly and keeps it when it is above the floor.
func (s *scorer) keep(worker int, x, y uint32, pattern uint64) {
	most := s.weights.prior
	for c := range s.cmps {
		most += s.weights.top[c][levelOf(pattern, c)]
	}
	if most < s.floor-margin {
		return
	}
	weight, a := s.weights.prior, s.row(x)
	for c := range s.cmps {
		l := levelOf(pattern, c)
		one := s.weights.one(s.table.plan, c, l, a)
		weight += one
		if most += one - s.weights.top[c][l]; most < s.floor-margin {
			return
		}
	}
	if weight < s.floor {
		return
	}
	s.found[worker] = append(s.found[worker], Pair{int32(min(x, y)), int32(max(x, y)), weight, pattern})
}
