package cluster

import "math"

// seat is a row and a list in which it may have a partner.
type seat struct {
	row  int32
	list uint8
}

// seats are those that an edge takes; lists says which list a row is of.
func (e Edge) seats(lists []uint8) [2]seat {
	return [2]seat{{e.A, lists[e.B]}, {e.B, lists[e.A]}}
}

// Compete weighs pairs between lists in each of which nobody stands twice: a row then has one
// partner at most in each other list, and pairs that share a row are rivals. The odds of a pair
// are divided by one and the odds of its rivals. Weights are log2 odds.
func Compete(edges []Edge, lists []uint8) {
	odds := make(map[seat]float64)
	for _, e := range edges {
		for _, s := range e.seats(lists) {
			odds[s] += math.Exp2(float64(e.Weight))
		}
	}
	for i, e := range edges {
		own, rivals := math.Exp2(float64(e.Weight)), 0.0
		for _, s := range e.seats(lists) {
			rivals += max(0, odds[s]-own)
		}
		edges[i].Weight -= float32(math.Log2(1 + rivals))
	}
}

const (
	// leastPartnered is how many rows must have a partner to tell whether rows have two.
	leastPartnered = 50
	// equallyGood is how much less than its best partner a second one may weigh to be no worse, in bits.
	equallyGood = 3
	// mostTwice is the share of rows with a second partner as good as the first up to which nobody is
	// taken to stand twice in one of the lists, and mostOfRivals the share of those with any second
	// partner.
	mostTwice    = 0.02
	mostOfRivals = 0.25
)

// partners are the weights of a row's best two.
type partners struct{ best, second float32 }

// Exclusive reports whether nobody stands twice in any list: whether hardly any row has two
// partners from the threshold on that are equally good, of all rows and of those with two. Copies
// of one person weigh much the same; who only looks like him weighs less than he does.
func Exclusive(edges []Edge, lists []uint8, threshold float32) bool {
	none := float32(math.Inf(-1))
	rows := make(map[seat]partners)
	for _, e := range edges {
		if e.Weight < threshold {
			continue
		}
		for _, s := range e.seats(lists) {
			p, ok := rows[s]
			switch {
			case !ok:
				p = partners{e.Weight, none}
			case e.Weight > p.best:
				p = partners{e.Weight, p.best}
			default:
				p.second = max(p.second, e.Weight)
			}
			rows[s] = p
		}
	}
	rivals, twice := 0, 0
	for _, p := range rows {
		if p.second != none {
			rivals++
		}
		if p.second >= p.best-equallyGood {
			twice++
		}
	}
	return len(rows) >= leastPartnered && float64(twice) <= mostTwice*float64(len(rows)) && float64(twice) <= mostOfRivals*float64(rivals)
}
