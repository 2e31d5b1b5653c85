package linkage

import "slices"

const (
	sessionPairs = 1_500_000 // of one session
	sessionBlock = 2_000     // larger blocks are left out of sessions
	maxSessions  = 5
)

// sessions are the rules whose pairs m is learnt from: dates and pairs of a given name and a
// surname before what a household or a family shares.
func (p *plan) sessions() []*rule {
	var best, rest []*rule
	for i := range p.rules {
		r := &p.rules[i]
		switch {
		case r.drop != nil:
			if p.cmps[r.drop.c].op == opBag {
				rest = append(rest, r)
			}
		case p.firm(r):
			best = append(best, r)
		default:
			rest = append(rest, r)
		}
	}
	var out []*rule
	apart := uint32(0) // comparisons that some session leaves free
	for _, r := range append(best, rest...) {
		if len(out) == maxSessions {
			break
		}
		if free := ^r.own; len(out) < 3 && p.firm(r) || free&^apart != 0 {
			out = append(out, r)
			apart |= free
		}
	}
	return out
}

// firm reports whether what a rule's key is made of is seldom shared by two persons.
func (p *plan) firm(r *rule) bool {
	if len(r.parts) == 1 {
		switch a := r.parts[0]; p.cmps[a.c].Kind {
		case Date, Document:
			return a.part == partDay || a.part == partExact
		}
		return false
	}
	given, surname := false, false
	for _, a := range r.parts {
		given = given || p.cmps[a.c].Kind == GivenNames && a.part == partSound
		surname = surname || p.cmps[a.c].Kind == Surname && a.part == partSound
	}
	return given && surname
}

// observe counts the patterns among the pairs of a rule, block by block up to a number of
// pairs. Blocks are taken in the order of their keys, which no order of rows changes.
func (t *table) observe(r *rule, threads int, stop func() error) (Session, error) {
	s := Session{Rule: r.name, Own: r.own}
	entries, ends := t.bucketed(r, 0, 1, false)
	var blocks [][]entry
	total := int64(0)
	from := 0
	for _, end := range ends {
		part := entries[from:end]
		from = end
		if total >= sessionPairs {
			break
		}
		slices.SortFunc(part, byKey)
		for i := 0; i < len(part); {
			j := run(part, i)
			if n := j - i; n > 1 && n <= sessionBlock {
				total += pairsOf(n)
				blocks = append(blocks, part[i:j])
			}
			i = j
		}
	}
	workers, tallies := t.crew(threads), make([]*tally, max(threads, 1))
	for i := range tallies {
		tallies[i] = newTally()
	}
	const chunk = 64
	err := parallel(threads, (len(blocks)+chunk-1)/chunk, func(worker, i int) error {
		w, places := workers[worker], workers[worker].places[:0]
		some := blocks[i*chunk : min(len(blocks), (i+1)*chunk)]
		for _, b := range some {
			for _, e := range b {
				places = append(places, e.row)
			}
		}
		w.fetch(t, places)
		w.places = places
		for _, b := range some {
			t.countAll(w, places[:len(b)], tallies[worker])
			places = places[len(b):]
		}
		return stop()
	})
	s.Shapes = shapes(tallies...)
	return s, err
}

// telling is how many rows tell how many keys a rule makes.
const telling = 1 << 14

// bucketed are the entries of a rule, in buckets, until those of the next are asked for.
func (t *table) bucketed(r *rule, share, shares uint64, trial bool) (es []entry, ends []int) {
	t.keyed = t.entries(r, share, shares, trial, t.keyed[:0])
	return t.keyed, bucket(t.keyed)
}

// entries appends the rows of a rule by key; of several shares of the keys the given one. A
// trial takes a share of what letters are left out of, which costs a share, too.
func (t *table) entries(r *rule, share, shares uint64, trial bool, out []entry) []entry {
	early, whole := trial && len(r.parts) > 0, newDivisor(shares)
	ofShare := func(key uint64) bool { return key >= share && whole.divides(key-share) }
	var buf []uint64
	for i := range t.list {
		if i == telling { // rows are in no order: how many keys all have follows from some
			out = slices.Grow(out, len(out)*(t.len()-i)/i*21/20)
		}
		row := t.row(uint32(i))
		if early {
			if key, ok := t.base(row, r, t.words); !ok || !ofShare(key) {
				continue
			}
		}
		buf = t.keys(row, r, t.words, buf[:0])
		for _, k := range buf {
			if early || ofShare(k) {
				out = append(out, entry{k, uint32(i)})
			}
		}
	}
	return out
}
