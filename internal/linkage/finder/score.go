package finder

import (
	"math"
	"slices"
)

// Weights of what is not a word, in bits, and what a number earns that is not the same.
const (
	fullDateWeight = 10.0
	partDateWeight = 5.0
	documentWeight = 14.0
	phoneWeight    = 8.0
	emailWeight    = 10.0

	numberNear    = 0.8
	numberMissing = 0.35 // the person has none of this kind, or the kind is not known
	numberOther   = 0.15

	loneWorth = 0.9 // of an answer in full when the person has other names besides
	shuffled  = 0.97

	grain = 1e-6 // of a score: what differs by less is equal, and in the order of rows
)

// pair is a word asked with the token of a person that may answer it.
type pair struct {
	word, token uint8
	how         way
	worth       float32
}

// verdict is how a person answers a query.
type verdict struct {
	score    float64
	pairs    []pair // the answers, at most one for each word
	shuffled bool
	birth    agreement
	numbers  []numberFound
}

// numberFound is how one number that was asked for was found.
type numberFound struct {
	kind  keyKind
	exact bool
	worth float64
}

// scorer judges persons for one query.
type scorer struct {
	x     *Index
	a     *asked
	s     *scratch
	total float64
	dates float64 // weight of the birth date, 0 when none is asked
	floor float64 // of the score of a hit
}

func (x *Index) scorer(a *asked, s *scratch) *scorer {
	sc := &scorer{x: x, a: a, s: s}
	for _, g := range s.goals {
		sc.total += g.weight
	}
	if a.birth != 0 {
		sc.dates = s.goals[len(a.words)].weight
	}
	for _, n := range a.numbers {
		sc.total += n.weight()
	}
	return sc
}

func (n number) weight() float64 {
	switch n.kinds[0] {
	case phone:
		return phoneWeight
	case email:
		return emailWeight
	}
	return documentWeight
}

// bound is the greatest score of a person that answers these goals and no number.
func (c *scorer) bound(goals uint32) float64 {
	sum := 0.0
	for i := range c.s.goals {
		g := &c.s.goals[i]
		if goals>>i&1 == 1 {
			sum += g.weight
		} else {
			sum += g.weight * g.unwalked
		}
	}
	for _, n := range c.a.numbers {
		sum += n.weight() * numberMissing
	}
	return sum / c.total
}

// judge scores the person of a row; not ok when there is none. The verdict's slices are
// valid until the next call.
func (c *scorer) judge(row uint32) (v verdict, ok bool) {
	r := &c.s.rec
	if !c.x.records.get(row, r) {
		return v, false
	}
	v.pairs = c.align(r)
	sum := 0.0
	for _, p := range v.pairs {
		sum += c.s.goals[p.word].weight * float64(p.worth)
	}
	if c.dates > 0 {
		v.birth = agree(c.a.birth, r.birth)
		sum += c.dates * dateWorth[v.birth]
	}
	for _, n := range c.a.numbers {
		f := n.in(r, c.s.direct[row])
		v.numbers = append(v.numbers, f)
		sum += n.weight() * f.worth
	}
	v.score = sum / c.total
	if len(c.a.words) > 0 {
		v.score *= loneWorth + (1-loneWorth)*coverage(r, v.pairs)
		if v.shuffled = c.disordered(r, v.pairs); v.shuffled {
			v.score *= shuffled
		}
	}
	v.score = math.Round(v.score*1e6) / 1e6
	return v, true
}

// in finds the number among the keys of a record; candid says that it may be there.
func (n number) in(r *record, candid bool) numberFound {
	if !candid {
		if len(r.keys) == 0 {
			return numberFound{worth: numberMissing}
		}
		return numberFound{worth: numberOther}
	}
	for _, kind := range n.kinds {
		if plain := n.of(kind); plain != "" && r.has(keyOf(kind, plain)) {
			return numberFound{kind, true, 1}
		}
	}
	best := numberFound{worth: numberOther}
	for _, kind := range n.kinds {
		if kind != email {
			oneOff(kind, n.of(kind), func(k key) {
				if best.worth < numberNear && r.has(k) {
					best = numberFound{kind, false, numberNear}
				}
			})
		}
	}
	return best
}

// align gives each word at most one token of the person and each token to one word, the
// best answers first. A token that is two words written as one answers both.
func (c *scorer) align(r *record) []pair {
	all := c.s.pairs[:0]
	for t, tok := range r.tokens {
		for i := c.s.table.first(tok.id); i >= 0; i = c.s.table.matches[i].next {
			m := &c.s.table.matches[i]
			all = append(all, pair{m.word, uint8(t), m.how, m.worth * fit(c.a.words[m.word], tok.role)})
		}
	}
	for w := range c.a.words {
		if t := c.a.words[w].text; len(t) == 1 {
			for i, tok := range r.tokens {
				if tok.role < place && c.x.words.text[tok.id][0] == t[0] && len(c.x.words.text[tok.id]) > 1 {
					all = append(all, pair{uint8(w), uint8(i), initial, initialWorth * fit(c.a.words[w], tok.role)})
				}
			}
		}
	}
	c.s.pairs = all
	return c.choose(all)
}

// choose takes the best pair whose word and token are free, again and again.
func (c *scorer) choose(all []pair) []pair {
	chosen := c.s.chosen[:0]
	var words, tokens, whole uint64
	for {
		best := -1
		for i, p := range all {
			taken := words>>p.word&1 == 1 || tokens>>p.token&1 == 1 && (p.how != joined || whole>>p.token&1 == 1)
			if !taken && (best < 0 || better(p, all[best])) {
				best = i
			}
		}
		if best < 0 {
			c.s.chosen = chosen
			return chosen
		}
		p := all[best]
		words |= 1 << p.word
		tokens |= 1 << p.token
		if p.how != joined {
			whole |= 1 << p.token
		}
		chosen = append(chosen, p)
	}
}

func better(p, q pair) bool {
	if p.worth != q.worth {
		return p.worth > q.worth
	}
	if p.word != q.word {
		return p.word < q.word
	}
	return p.token < q.token
}

// fit is how well the role of a token suits where the word was asked: a surname typed in the
// field of the other is a slip, a surname among given names is a doubtful one.
func fit(w word, r role) float32 {
	switch {
	case !w.asked:
		if r == other {
			return 0.97
		}
		return 1
	case w.role == r:
		return 1
	case r >= place || w.role >= place:
		return 0
	case r == other:
		return 0.95
	case w.role == given || r == given:
		return 0.75
	}
	return 0.92
}

// coverage is the share of the person's own names that the query names.
func coverage(r *record, pairs []pair) float64 {
	names, found := 0, 0
	for _, t := range r.tokens {
		if t.role <= maternal {
			names++
		}
	}
	for i, p := range pairs {
		if r.tokens[p.token].role <= maternal && !slices.ContainsFunc(pairs[:i], func(q pair) bool { return q.token == p.token }) {
			found++
		}
	}
	if names == 0 {
		return 1
	}
	return float64(found) / float64(names)
}

// disordered reports whether free text has the names in an order that nobody writes: given
// names and surnames may change places as a whole.
func (c *scorer) disordered(r *record, pairs []pair) bool {
	var at [mostWords]int
	for _, p := range pairs {
		if t := r.tokens[p.token]; t.role <= maternal && !c.a.words[p.word].asked {
			at[p.word] = int(p.token) + 1
		}
	}
	last, first, falls := 0, 0, 0
	for _, t := range at[:len(c.a.words)] {
		if t == 0 {
			continue
		}
		if first == 0 {
			first = t
		}
		if t < last {
			falls++
			if r.tokens[t-1].role != given || r.tokens[last-1].role == given {
				return true
			}
		}
		last = t
	}
	return falls > 1 || falls == 1 && (r.tokens[first-1].role == given || r.tokens[last-1].role != given)
}
