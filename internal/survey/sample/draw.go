package sample

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
	"strconv"

	"quipu/internal/fault"
)

// Unit is what can be drawn.
type Unit struct {
	ID    string  // its name, the only one in the frame
	Order string  // for systematic draws: those that are alike have orders that are near
	Size  float64 // for draws by size
}

// Pick is a unit that was drawn.
type Pick struct {
	ID          string
	Probability float64 // of being among those drawn; for a reserve as if it were not one
	Place       int     // from 1: reserves follow those that are drawn
	Reserve     bool
}

// lot is a number from 0 to 1 that follows from the seed and names: nobody can foresee it and
// everybody can reckon it again.
func lot(seed uint64, of ...string) float64 {
	return float64(hash(seed, of...)>>11) / (1 << 53)
}

func hash(seed uint64, of ...string) uint64 {
	var text []byte
	text = binary.BigEndian.AppendUint64(text, seed)
	for _, t := range of {
		text = append(append(text, t...), 0)
	}
	sum := sha256.Sum256(text)
	return binary.BigEndian.Uint64(sum[:8])
}

// Draw draws s.Take units of a stratum and, but for draws by size, s.Reserve more.
func Draw(s Stratum, units []Unit, how Method, seed uint64) ([]Pick, error) {
	if s.Take > len(units) {
		return nil, fault.New(fault.Invalid, "sample.more_than_all", "n", s.Take, "population", len(units)).On("n")
	}
	if s.Take <= 0 {
		return nil, nil
	}
	sorted := slices.SortedFunc(slices.Values(units), func(a, b Unit) int { return cmp.Compare(a.ID, b.ID) })
	for i := 1; i < len(sorted); i++ {
		if sorted[i].ID == sorted[i-1].ID {
			return nil, fault.New(fault.Invalid, "sample.twice", "unit", sorted[i].ID)
		}
	}
	switch how {
	case Simple:
		return simple(s, sorted, seed), nil
	case Systematic:
		return systematic(s, sorted, seed), nil
	case PPS, Brewer, Sampford:
		p, err := Inclusion(sorted, s.Take)
		if err != nil {
			return nil, err
		}
		switch how {
		case PPS:
			return bySize(s, sorted, p, seed), nil
		case Sampford:
			return sampford(s, sorted, p, seed), nil
		}
		return brewer(s, sorted, p, seed), nil
	}
	return nil, fault.New(fault.Invalid, "sample.method").On("method")
}

// simple puts all in the order of their lots: the first are drawn, the next are the reserves.
func simple(s Stratum, units []Unit, seed uint64) []Pick {
	return lots(s, units, nil, seed, nil)
}

// lots appends units in the order of their lots to what was drawn, up to take and reserve.
func lots(s Stratum, units []Unit, drawn map[string]bool, seed uint64, out []Pick) []Pick {
	type drawLot struct {
		id string
		at float64
	}
	var all []drawLot
	for _, u := range units {
		if !drawn[u.ID] {
			all = append(all, drawLot{u.ID, lot(seed, "unit", s.Name, u.ID)})
		}
	}
	slices.SortFunc(all, func(a, b drawLot) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id)) })
	p := float64(s.Take) / float64(len(units))
	for _, l := range all {
		if len(out) >= s.Take+s.Reserve {
			break
		}
		out = append(out, Pick{ID: l.id, Probability: p, Place: len(out) + 1, Reserve: len(out) >= s.Take})
	}
	return out
}

// systematic takes every N/n-th of the units in their order, from a random start. Reserves are
// drawn by lot from the others.
func systematic(s Stratum, units []Unit, seed uint64) []Pick {
	order := slices.SortedStableFunc(slices.Values(units), func(a, b Unit) int { return cmp.Compare(a.Order, b.Order) })
	step, at := float64(len(order))/float64(s.Take), lot(seed, "start", s.Name)
	drawn := map[string]bool{}
	var out []Pick
	for k := range s.Take {
		u := order[min(len(order)-1, int((at+float64(k))*step))]
		drawn[u.ID] = true
		out = append(out, Pick{ID: u.ID, Probability: 1 / step, Place: k + 1})
	}
	return lots(s, units, drawn, seed, out)
}

// Inclusion is the probability of each unit when n are drawn by size: n·size/Σ size, and 1 for
// those so large that it would be more, the rest shared out among the others.
func Inclusion(units []Unit, n int) ([]float64, error) {
	p := make([]float64, len(units))
	for _, u := range units {
		if !(u.Size > 0) || math.IsInf(u.Size, 0) {
			return nil, fault.New(fault.Invalid, "sample.size", "unit", u.ID).On("size")
		}
	}
	for left := n; ; {
		sum := 0.0
		for i, u := range units {
			if p[i] < 1 {
				sum += u.Size
			}
		}
		sure := 0
		for i, u := range units {
			if p[i] < 1 {
				if p[i] = float64(left) * u.Size / sum; p[i] >= 1 {
					p[i] = 1
					sure++
				}
			}
		}
		if sure == 0 {
			return p, nil
		}
		left -= sure
		if left <= 0 {
			return p, nil
		}
	}
}

// bySize is the systematic draw with unequal probabilities (Madow 1949).
func bySize(s Stratum, units []Unit, p []float64, seed uint64) (out []Pick) {
	order := make([]int, len(units))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(units[a].Order, units[b].Order) })
	at, sum := lot(seed, "start", s.Name), 0.0
	for _, i := range order {
		before := sum
		sum += p[i]
		if p[i] == 1 || math.Floor(sum-at) > math.Floor(before-at) {
			out = append(out, Pick{ID: units[i].ID, Probability: p[i], Place: len(out) + 1})
		}
	}
	return out
}

// brewer draws one unit after the other (Brewer 1975; Tillé 2006, algorithm 6.10): the
// probabilities are met exactly, and any two units may come together.
func brewer(s Stratum, units []Unit, p []float64, seed uint64) (out []Pick) {
	gone := make([]bool, len(units))
	sum, n := 0.0, s.Take
	for i, x := range p {
		if x == 1 {
			gone[i] = true
			n--
			out = append(out, Pick{ID: units[i].ID, Probability: 1, Place: len(out) + 1})
		}
	}
	for j := range n {
		weight, total := make([]float64, len(units)), 0.0
		for i, x := range p {
			if !gone[i] {
				weight[i] = x * (float64(n) - sum - x) / (float64(n) - sum - x*float64(n-j))
				total += weight[i]
			}
		}
		at, last := lot(seed, "brewer", s.Name, strconv.Itoa(j))*total, -1
		for i, w := range weight {
			if gone[i] {
				continue
			}
			last = i
			if at -= w; at < 0 {
				break
			}
		}
		gone[last] = true
		sum += p[last]
		out = append(out, Pick{ID: units[last].ID, Probability: p[last], Place: len(out) + 1})
	}
	return out
}
