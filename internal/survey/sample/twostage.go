package sample

import (
	"cmp"
	"slices"

	"quipu/internal/fault"
)

// First is a unit of the first stage: an office whose people are drawn next.
type First struct {
	Name        string  `json:"name"`
	People      int     `json:"people"` // in its frame: its size in draws by size
	Probability float64 `json:"probability"`
	Drawn       bool    `json:"drawn,omitempty"`
	Take        int     `json:"take,omitempty"` // people drawn there
}

// Second is the probability of one of its people, once the unit was drawn.
func (f *First) Second() float64 { return float64(f.Take) / float64(max(1, f.People)) }

// FirstMethods are those by which units of a first stage are drawn.
var FirstMethods = []Method{PPS, Sampford, Brewer, Simple}

// DrawFirst draws n of the units, and says how many people each that was drawn is to give: each of
// them, or all it has. Drawn by size with as many people in each, all people have the same
// probability in the end. Units come back by name, with their probabilities.
func DrawFirst(all []First, n, each int, how Method, seed uint64) ([]First, error) {
	if !slices.Contains(FirstMethods, how) {
		return nil, fault.New(fault.Invalid, "sample.method").On("method")
	}
	if n < 2 {
		return nil, fault.New(fault.Invalid, "sample.two_firsts", "n", n).On("firsts")
	}
	out := slices.SortedFunc(slices.Values(all), func(a, b First) int { return cmp.Compare(a.Name, b.Name) })
	units := make([]Unit, len(out))
	for i, f := range out {
		units[i] = Unit{ID: f.Name, Order: f.Name, Size: float64(f.People)}
	}
	s := Stratum{Name: "first", Population: len(units), Take: n}
	picks, err := Draw(s, units, how, seed)
	if err != nil {
		return nil, err
	}
	p := make([]float64, len(units))
	for i := range p {
		p[i] = float64(n) / float64(len(units))
	}
	if how != Simple {
		if p, err = Inclusion(units, n); err != nil {
			return nil, err
		}
	}
	for i := range out {
		out[i].Probability = p[i]
		out[i].Drawn = slices.ContainsFunc(picks, func(k Pick) bool { return k.ID == out[i].Name })
		if out[i].Drawn {
			out[i].Take = min(each, out[i].People)
		}
	}
	return out, nil
}
