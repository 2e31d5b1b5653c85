package linkage

import (
	"cmp"
	"math"
	"slices"
)

// Mix learns M, the prior and the classes of relatives together, from the patterns of the
// pairs that blocking made; levels come with U and with the M that is usual. Learnt apart,
// M would take siblings for one person wherever there are more of them than duplicates.
// total is the number of pairs of the list, made or not.
func (m *Model) Mix(cells []Cell, records int, total float64) {
	m.mix(cells, nil, records, total)
}

// mix is Mix when some pairs are known to be one person, which are not among the cells.
func (m *Model) mix(cells, known []Cell, records int, total float64) {
	sorted := slices.SortedFunc(slices.Values(cells), func(a, b Cell) int { return cmp.Compare(a.Pattern, b.Pattern) })
	x := newMixture(m.Comparisons, sorted, float64(records), total)
	x.known = known
	if len(x.cells) == 0 && len(known) == 0 {
		m.Prior, m.Classes = math.Log2(1/total), nil
		m.weigh()
		return
	}
	var classes []*ingredient
	for _, k := range kinships {
		if k.fits(m.Comparisons) {
			classes = append(classes, k.class(m.Comparisons, float64(records)/50))
		}
	}
	x.admit(classes)
	one := x.parts[0]
	m.Prior = math.Log2(max(one.n, 1) / total)
	for i := range m.Comparisons {
		for l := 1; l < len(one.level[i]); l++ {
			m.Comparisons[i].Levels[l].M = one.level[i][l]
		}
	}
	m.weigh()
	m.Classes = nil
	for _, p := range x.parts[1:] {
		m.Classes = append(m.Classes, Class{Name: p.name, Prior: math.Log2(p.n / total), Level: p.level})
	}
}

func (m *Model) weigh() {
	for i := range m.Comparisons {
		for l := range m.Comparisons[i].Levels {
			if v := &m.Comparisons[i].Levels[l]; l != 0 && v.M > 0 && v.U > 0 {
				v.Weight = math.Log2(v.M / v.U)
			}
		}
	}
}

// kin weighs pairs against the classes of relatives. It remembers patterns and is used by
// one goroutine.
type kin struct {
	m    *Model
	seen map[uint64]float64
}

func newKin(m *Model) *kin { return &kin{m: m, seen: make(map[uint64]float64)} }

// odds are the log2 odds of any kind of relatives against one person, given the pattern;
// minus infinity when the model has no classes.
func (k *kin) odds(pattern uint64) float64 {
	if v, ok := k.seen[pattern]; ok {
		return v
	}
	v := math.Log2(k.chances(pattern))
	k.seen[pattern] = v
	return v
}

func (k *kin) chances(pattern uint64) float64 {
	sum := 0.0
	for _, c := range k.m.Classes {
		bits := c.Prior - k.m.Prior
		for i := range k.m.Comparisons {
			if l := levelOf(pattern, i); l != 0 {
				bits += math.Log2(c.Level[i][l] / k.m.Comparisons[i].Levels[l].M)
			}
		}
		sum += math.Exp2(bits)
	}
	return sum
}

// bound is what comparisons that go together add to the odds of one person, and of strangers, in bits.
func (k *kin) bound(pattern uint64) (same, strange float64) {
	for i := range k.m.Bonds {
		b := &k.m.Bonds[i]
		x, y := levelOf(pattern, b.A), levelOf(pattern, b.B)
		same += b.Same[x][y]
		strange += b.Strange[x][y]
	}
	return same, strange
}

// raised is the most that comparisons which go together can add to a weight, in bits.
func (m *Model) raised() float32 {
	sum := 0.0
	for i := range m.Bonds {
		most := 0.0
		for x, row := range m.Bonds[i].Same {
			for y := range row {
				most = max(most, row[y]-m.Bonds[i].Strange[x][y])
			}
		}
		sum += most
	}
	return float32(sum)
}

// weigh is the weight of a pair against strangers and relatives together, given its weight
// against strangers alone as if all comparisons were independent. Rarity of a value speaks against strangers only: relatives have
// a rare surname in common by descent.
func (k *kin) weigh(weight float64, pattern uint64) float64 {
	same, strange := k.bound(pattern)
	weight += same - strange
	if len(k.m.Classes) == 0 {
		return weight
	}
	return -math.Log2(math.Exp2(-weight) + math.Exp2(k.odds(pattern)-same))
}

const (
	// leastBond is the mutual information of two columns, in one person, from which they go together, in bits.
	leastBond = 0.05
	// unbound is how many pairs stand for independence before anything is seen.
	unbound = 5
	// strongest is the most that two columns may say together beyond what they say apart, in bits.
	strongest = 6
)

// goesTogether are the kinds of columns that say where somebody is or belongs, which change together.
func goesTogether(k Kind) bool { return k == Place || k == Street || k == Number || k == Category }

// bind learns which columns go together: the tree of most mutual information in one person (Chow and
// Liu 1968), of pairs that are weighed by the chance that they are one person. random are the
// patterns of random pairs.
func (m *Model) bind(cells, random []Cell) {
	m.Bonds = nil
	k := newKin(m)
	chance := func(pattern uint64) float64 {
		sum := m.Prior
		for c := range m.Comparisons {
			if l := levelOf(pattern, c); l != missing {
				sum += m.Comparisons[c].Levels[l].Weight
			}
		}
		return posteriorOf(k.weigh(sum, pattern))
	}
	same, strange := slices.Clone(cells), slices.Clone(random)
	for i := range same {
		same[i].Pairs *= chance(same[i].Pattern)
	}
	for i := range strange {
		strange[i].Pairs *= 1 - chance(strange[i].Pattern)
	}
	type tie struct {
		bond Bond
		bits float64
	}
	var ties []tie
	for b := range m.Comparisons {
		for a := range b {
			if goesTogether(m.Comparisons[a].Kind) && goesTogether(m.Comparisons[b].Kind) {
				t := tie{bond: Bond{A: a, B: b}}
				t.bond.Same, t.bits = m.together(a, b, same)
				t.bond.Strange, _ = m.together(a, b, strange)
				ties = append(ties, t)
			}
		}
	}
	slices.SortStableFunc(ties, func(x, y tie) int { return cmp.Compare(y.bits, x.bits) })
	tree := make([]int, len(m.Comparisons))
	for i := range tree {
		tree[i] = i
	}
	for _, t := range ties {
		x, y := tree[t.bond.A], tree[t.bond.B]
		if t.bits < leastBond || x == y {
			continue
		}
		m.Bonds = append(m.Bonds, t.bond)
		for i := range tree {
			if tree[i] == y {
				tree[i] = x
			}
		}
	}
}

// together says how much more often than by chance the levels of two comparisons come together,
// in bits, and how much one says about the other.
func (m *Model) together(a, b int, cells []Cell) (ratio [][]float64, information float64) {
	na, nb := len(m.Comparisons[a].Levels), len(m.Comparisons[b].Levels)
	joint, as, bs, all := make([][]float64, na), make([]float64, na), make([]float64, nb), 0.0
	for i := range joint {
		joint[i] = make([]float64, nb)
	}
	for _, c := range cells {
		if x, y := levelOf(c.Pattern, a), levelOf(c.Pattern, b); x != missing && y != missing {
			joint[x][y] += c.Pairs
			as[x] += c.Pairs
			bs[y] += c.Pairs
			all += c.Pairs
		}
	}
	for x := range joint {
		for y, n := range joint[x] {
			if all == 0 {
				continue
			}
			expected := as[x] * bs[y] / all
			joint[x][y] = max(-strongest, min(strongest, math.Log2((n+unbound)/(expected+unbound))))
			information += n / all * joint[x][y]
		}
	}
	return joint, information
}
