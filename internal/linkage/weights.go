package linkage

import (
	"math"
	"math/bits"
	"slices"
)

// weights is a model made ready for the loop over pairs.
type weights struct {
	prior float32
	of    [most][16]float32
	base  [most]float32     // what the frequency of a value takes the place of
	tf    [most]rarities    // by slot value: the weight of an exact agreement on it
	top   [most][16]float32 // the most that a level may weigh on any value
}

// Caps of weights in bits: of one agreement, of one by the rarity of a name, of one disagreement.
const (
	mostWeight  = 22
	mostRarity  = 15
	leastWeight = -12
)

func clampWeight(w float64) float64 { return max(leastWeight, min(mostWeight, w)) }

// share is the part of the population that has a value which occurs n times in the list.
func (c *Comparison) share(n uint32) float64 {
	return (float64(n) + 1) / (float64(c.Total) + float64(c.Values) + 1)
}

// rarity is the evidence, in bits, of agreement on a value that occurs n times, beside an
// agreement that every pair of one person has.
func (c *Comparison) rarity(n uint32) float64 {
	top := float64(mostRarity)
	switch c.Kind {
	case Document, Phone, Email:
		top = mostWeight
	}
	return min(top, -math.Log2(c.share(n)))
}

// frequencies count how often the values of each comparison occur.
func (t *table) frequencies() []map[uint32]uint32 {
	out := make([]map[uint32]uint32, len(t.cmps))
	values, counts := make([]uint32, 0, 2*t.len()), make([]uint32, t.words.Len()+1)
	for i := range t.cmps {
		c := &t.cmps[i]
		if c.isWord(0) {
			clear(counts)
			out[i] = t.wordsOf(c, counts)
			continue
		}
		values = values[:0]
		for r := range t.list {
			row := t.row(uint32(r))
			v := row[c.at]
			if v == 0 {
				continue
			}
			c.Total++
			values = append(values, v)
		}
		slices.Sort(values)
		out[i] = map[uint32]uint32{}
		for k := 0; k < len(values); {
			j := k + 1
			for j < len(values) && values[j] == values[k] {
				j++
			}
			c.Values++
			if j-k >= listed {
				out[i][values[k]] = uint32(j - k)
			}
			k = j
		}
	}
	return out
}

// wordsOf counts the words of a comparison, whose codes are the places of counts.
func (t *table) wordsOf(c *comparer, counts []uint32) map[uint32]uint32 {
	for r := range t.list {
		row := t.row(uint32(r))
		v := row[c.at]
		if v == 0 {
			continue
		}
		c.Total++
		counts[v]++
		if c.op == opName && row[c.at+2] != v {
			counts[row[c.at+2]]++
		}
	}
	out := map[uint32]uint32{}
	for v, n := range counts {
		if n > 0 {
			c.Values++
		}
		if n >= listed {
			out[uint32(v)] = n
		}
	}
	return out
}

// listed is from how many occurrences on a value's frequency is kept; all others count as
// those that occur twice.
const listed = 3

// unlisted is how often a value occurs that the frequencies do not list.
func (c *Comparison) unlisted() uint32 {
	if c.Others {
		return 0
	}
	return listed - 1
}

// unlistedRarity is the rarity of values that the frequencies do not list. Who is on a list twice
// makes his own value occur twice, and in a list of whole names nearly all that occur twice are
// such: so it is at least what is left of the agreements of random pairs, which hold no matches,
// when those on listed values are taken out.
func (c *Comparison) unlistedRarity(tf map[uint32]uint32) float64 {
	byCount := c.rarity(c.unlisted())
	if c.Total < 2 {
		return byCount
	}
	total, equal := float64(c.Total), c.Levels[len(c.Levels)-1].U
	pairs, held := 0.0, 0.0
	for _, n := range tf {
		pairs += float64(n) * (float64(n) - 1)
		held += float64(n)
	}
	left := max(0, equal-pairs/(total*(total-1)))
	left += 2 * math.Sqrt(equal/samplePairs) // what chance may have hidden
	rest := max(1-held/total, 1/total)
	return max(byCount, min(mostRarity, -math.Log2(left/rest)))
}

// ready makes weights of a model. tf are the counts of values by slot value.
func (p *plan) ready(m *Model, tf []map[uint32]uint32) *weights {
	w := &weights{prior: float32(m.Prior)}
	for i := range p.cmps {
		c := &p.cmps[i]
		for l := 1; l < len(c.Levels); l++ {
			w.of[i][l] = float32(c.Levels[l].Weight)
		}
		top := len(c.Levels) - 1
		base := -math.Log2(c.Levels[top].U)
		w.base[i] = float32(base)
		rare := float32(c.unlistedRarity(tf[i]))
		w.tf[i] = newRarities(c.isWord(0), tf[i], func(n uint32) float32 { return float32(c.rarity(n)) }, rare)
		for l := range c.Levels {
			w.top[i][l] = w.of[i][l]
			if c.Levels[l].TF {
				w.top[i][l] += float32(max(0, float64(rare)-base))
			}
		}
	}
	return w
}

// margin is more than rounding can add to a sum of weights, in bits.
const margin = 0.01

// tighten lowers the tops of comparisons all of whose values are listed, which is so of the
// list that the weights were learnt from.
func (t *weights) tighten(p *plan) {
	for i := range p.cmps {
		c := &p.cmps[i]
		if int(c.Values) != t.tf[i].listed || c.Others {
			continue
		}
		for l := range c.Levels {
			if c.Levels[l].TF {
				t.top[i][l] = t.of[i][l] + max(0, t.tf[i].most-t.base[i])
			}
		}
	}
}

// rarities are the weights of values by slot value: there is a look-up for every agreement of
// every pair that may be kept. Codes of words, which are counted up, are places in direct;
// others are in open addressing, at a third of a map's cost.
type rarities struct {
	direct []float32
	slots  []rareValue
	shift  int
	listed int     // values
	most   float32 // of those listed
	rare   float32 // of those that are not
}

// rareValue is a value and its weight; value 0 is a free slot, for no slot that holds a value is 0.
type rareValue struct {
	value  uint32
	weight float32
}

// newRarities takes the weights of values that are listed and of those that are not.
func newRarities(words bool, counts map[uint32]uint32, weight func(n uint32) float32, rare float32) rarities {
	r := rarities{listed: len(counts), rare: rare}
	if words {
		last := uint32(0)
		for v := range counts {
			last = max(last, v)
		}
		r.direct = make([]float32, last+1)
		for v := range r.direct {
			r.direct[v] = rare
		}
	} else {
		size := bits.Len(uint(2 * len(counts)))
		r.slots, r.shift = make([]rareValue, 1<<size), 64-size
	}
	for v, n := range counts {
		x := weight(n)
		r.most = max(r.most, x)
		switch {
		case v == 0:
		case words:
			r.direct[v] = x
		default:
			r.slots[r.slot(v)] = rareValue{v, x}
		}
	}
	return r
}

func (r *rarities) slot(value uint32) uint {
	mask := uint(len(r.slots) - 1)
	i := uint(uint64(value)*0x9E3779B97F4A7C15>>r.shift) & mask
	for r.slots[i].value != 0 && r.slots[i].value != value {
		i = (i + 1) & mask
	}
	return i
}

// of is the weight of a value.
func (r *rarities) of(value uint32) float32 {
	if int(value) < len(r.direct) {
		return r.direct[value]
	}
	return r.listedOr(value)
}

// listedOr is of where values are no places: there, as beyond the last place, what is not
// listed is rare.
//
//go:noinline
func (r *rarities) listedOr(value uint32) float32 {
	if r.slots != nil {
		if x := &r.slots[r.slot(value)]; x.value != 0 {
			return x.weight
		}
	}
	return r.rare
}
