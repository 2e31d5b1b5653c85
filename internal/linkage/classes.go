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

// weigh is the weight of a pair against strangers and relatives together, given its weight
// against strangers alone. Rarity of a value speaks against strangers only: relatives have
// a rare surname in common by descent.
func (k *kin) weigh(weight float64, pattern uint64) float64 {
	if len(k.m.Classes) == 0 {
		return weight
	}
	return -math.Log2(math.Exp2(-weight) + math.Exp2(k.odds(pattern)))
}
