package linkage

import "slices"

// scorer runs all rules over a table and keeps the pairs above a floor.
type scorer struct {
	*table
	weights *weights
	floor   float32
	options *Options
	workers []*worker
	found   [][]Pair        // by worker; A and B are places in the table
	seen    [][]sighting    // by worker; for learning the mixture, nil when a model is applied
	every   uint64          // one of so many pairs is seen
	usual   *weights        // by which a pair looks like something at all
	draw    divisor         // every
	sight   sight           // of every pair to begin with
	steps   []step          // in which a pair is compared
	matches map[uint64]bool // pairs found so far that look like one person; of large lists
	counted []int           // how many of found, by worker, are in matches
	left    left
	scored  int64
}

// left is how many pairs were left when those found twice were last taken out.
type left struct{ found, seen int }

// sighting is a pair and its pattern.
type sighting struct{ pair, pattern uint64 }

// shareRows is how many keys of a rule are held at once.
const shareRows = 12 << 20

// rule scores the pairs of one rule; the pairs it may make are about budget, unless known
// holds the keys to split.
func (s *scorer) rule(r *rule, known []map[uint64]bool, budget int64) (RuleReport, [][]uint64, error) {
	b := &blocks{table: s.table, rule: r, known: known}
	report := RuleReport{Name: r.name}
	var all splitting
	shares := s.shares(r)
	for share := range shares {
		es, ends := s.bucketed(r, share, shares, false)
		if err := s.sort(es, ends); err != nil {
			return report, nil, err
		}
		if known == nil {
			if err := s.limit(b, es, ends, budget/int64(shares)); err != nil {
				return report, nil, err
			}
		}
		if err := s.walk(b, es, ends, &all, s.block); err != nil {
			return report, nil, err
		}
	}
	report.Pairs, report.Dropped, report.Lost = all.pairs, all.dropped, all.lost
	for d := range all.split {
		slices.Sort(all.split[d])
		report.Refined += len(all.split[d])
	}
	report.Refined -= all.dropped
	s.scored += all.pairs
	return report, all.split, nil
}

// limit finds the largest block with which a rule stays within its budget, split blocks
// included, and sets it.
func (s *scorer) limit(b *blocks, es []entry, ends []int, budget int64) error {
	b.limit = limitFor(sizesOf(es), budget)
	if b.rule.small {
		b.limit = min(b.limit, smallBlock)
	}
	for b.limit > leastBlock {
		var count splitting
		if err := s.walk(b, es, ends, &count, func(int, []entry) {}); err != nil {
			return err
		}
		if count.pairs <= budget {
			return nil
		}
		b.limit = max(b.limit*2/3, leastBlock)
	}
	return nil
}

func (s *scorer) shares(r *rule) uint64 {
	keys := s.len()
	if r.drop != nil {
		keys *= 9
	}
	return uint64(keys/shareRows) + 1
}

func (s *scorer) sort(es []entry, ends []int) error {
	return sorted(es, ends, s.options.Threads, func(int, []entry) error { return s.options.Stop() })
}

// sizesOf counts the runs of equal keys by their length.
func sizesOf(es []entry) []int64 {
	sizes := make([]int64, largeBlock+2)
	for i := 0; i < len(es); {
		j := run(es, i)
		sizes[min(j-i, largeBlock+1)]++
		i = j
	}
	return sizes
}

// walk calls do with every block.
func (s *scorer) walk(b *blocks, es []entry, ends []int, all *splitting, do func(worker int, es []entry)) error {
	parts := make([]splitting, max(s.options.Threads, 1))
	err := parallel(s.options.Threads, len(ends), func(worker, i int) error {
		from := 0
		if i > 0 {
			from = ends[i-1]
		}
		part := es[from:ends[i]]
		warm := 0
		for k := 0; k < len(part); {
			j := run(part, k)
			if j > warm {
				warm = s.warm(worker, part, max(k, warm))
			}
			b.each(part[k:j], 0, &parts[worker], func(es []entry) { do(worker, es) })
			k = j
		}
		return s.options.Stop()
	})
	for _, p := range parts {
		all.pairs += p.pairs
		all.dropped += p.dropped
		all.lost += p.lost
		for d, keys := range p.split {
			for len(all.split) <= d {
				all.split = append(all.split, nil)
			}
			all.split[d] = append(all.split[d], keys...)
		}
	}
	return err
}

// touched is how many rows are brought into the processor's cache at a time.
const touched = 256

// warm touches the rows that come next and are not alone under their key. Rows lie anywhere
// in memory: read one after the other while they are compared, each is waited for; read
// together, they are waited for together. It gives the place that it came to.
func (s *scorer) warm(worker int, es []entry, from int) int {
	to := min(from+touched, len(es))
	sum := uint32(0)
	for i := from; i < to; i++ {
		if alone := (i == 0 || es[i-1].key != es[i].key) && (i+1 == len(es) || es[i+1].key != es[i].key); alone {
			continue
		}
		sum += touch(s.row(es[i].row))
	}
	s.workers[worker].touched = sum
	return to
}

// cells are the patterns seen, each pair once.
func (s *scorer) cells() []Cell {
	t := newTally()
	for _, x := range s.sightings() {
		t.add(x.pattern, int64(s.every))
	}
	return shapes(t)
}

// sightings are those of all workers, each once.
func (s *scorer) sightings() []sighting {
	var all []sighting
	for i, w := range s.seen {
		all = append(all, w...)
		s.seen[i] = nil
	}
	slices.SortFunc(all, func(a, b sighting) int { return cmpUint64(a.pair, b.pair) })
	return slices.CompactFunc(all, func(a, b sighting) bool { return a.pair == b.pair })
}

const (
	// manyPairs is how many pairs are held before those that several rules found are looked for;
	// in large lists it is manyARecord for each record.
	manyPairs   = 8 << 20
	manyARecord = 20
	// floorStep is by how many bits the floor rises, up to the one that holds when all is learnt,
	// where more than so many pairs are above it.
	floorStep = 4
)

// thin takes out what several rules have found when pairs have become many and twice as many as
// they were the last time. Where all share few names and dates, more would be left than memory
// holds: then only the likelier ones are kept. Whether and which follows from what was found,
// not from who found it.
func (s *scorer) thin(many int) {
	found, seen := 0, 0
	for w := range s.found {
		found += len(s.found[w])
		if s.seen != nil {
			seen += len(s.seen[w])
		}
	}
	if found >= max(many, 2*s.left.found) {
		if s.matches != nil {
			s.remember() // before the pairs change their places
		}
		all := s.merge()
		for len(all) > many && s.floor < -floorBelow {
			s.floor = min(s.floor+floorStep, -floorBelow)
			all = slices.DeleteFunc(all, func(p Pair) bool { return p.Weight < s.floor })
		}
		s.found[0], s.left.found = all, len(all)
		if s.counted != nil {
			clear(s.counted)
			s.counted[0] = len(all)
		}
	}
	if seen >= max(many, 2*s.left.seen) {
		all := s.sightings()
		s.seen[0], s.left.seen = all, len(all)
	}
}

// exact is the weight of a pair with the frequency of its values; a is either of the two rows.
func (t *weights) exact(p *plan, a []uint32, pattern uint64) float32 {
	sum := t.prior
	for c := range p.cmps {
		sum += t.one(p, c, levelOf(pattern, c), a)
	}
	return sum
}

// one is the weight of one comparison.
func (t *weights) one(p *plan, c int, l uint8, a []uint32) float32 {
	if p.cmps[c].Levels[l].TF {
		return t.rarity(&p.cmps[c], c, l, a)
	}
	return t.of[c][l]
}

// rarity is the weight of agreement on the value that two rows share.
func (t *weights) rarity(cmp *comparer, c int, l uint8, a []uint32) float32 {
	return t.tf[c].of(a[cmp.shared(l)]) + t.of[c][l] - t.base[c]
}

// shared is the slot of the value that two rows share at a level: of equal names all words.
func (c *comparer) shared(l uint8) int {
	if c.op == opName && l == nameEqual {
		return c.at + 2
	}
	return c.at
}

// merge is the pairs of all workers, each once.
func (s *scorer) merge() []Pair {
	n := 0
	for _, f := range s.found {
		n += len(f)
	}
	out := make([]Pair, 0, n)
	for i, f := range s.found {
		out = append(out, f...)
		s.found[i] = nil
	}
	sortPairs(out)
	return slices.CompactFunc(out, func(x, y Pair) bool { return x.A == y.A && x.B == y.B })
}

func sortPairs(ps []Pair) {
	slices.SortFunc(ps, func(x, y Pair) int {
		return cmpUint64(uint64(x.A)<<32|uint64(x.B), uint64(y.A)<<32|uint64(y.B))
	})
}
