package linkreport

import (
	"cmp"
	"slices"
	"strings"

	"quipu/internal/linkage"
)

// sample is a pair whose weight is told step by step.
type sample struct {
	Where  string // a key: high, above, below, low
	A, B   int    // rows from 1
	Weight float64
	Joined bool
	Steps  []step
	Tall   float64
	Cross  float64 // where the threshold stands on the axis
}

// step is what one comparison adds. Name is a comparison, or a key when Own is set: the
// prior, or what the values' frequency and relatives add.
type step struct {
	Name   string
	Own    bool
	Level  string
	A, B   string
	Bar    bar
	Y      float64
	Amount float64
}

const (
	stepTall  = 22.0
	eachWhere = 2 // samples of each kind
)

// samples picks pairs from the top, from right above and below the threshold, from halfway
// up, and from the bottom.
func (r *Report) samples() (out []sample) {
	pairs := slices.Clone(r.Result.Pairs)
	slices.SortFunc(pairs, func(a, b linkage.Pair) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	above, _ := slices.BinarySearchFunc(pairs, float32(r.Result.Threshold), func(p linkage.Pair, t float32) int {
		if p.Weight >= t {
			return -1
		}
		return 1
	})
	seen := map[int]bool{}
	for _, w := range []struct {
		where    string
		from, to int
	}{{"high", 0, eachWhere}, {"middle", above / 2, above/2 + eachWhere}, {"above", above - eachWhere, above}, {"below", above, above + eachWhere},
		{"low", len(pairs) - eachWhere, len(pairs)}} {
		for i := max(w.from, 0); i < min(w.to, len(pairs)); i++ {
			if !seen[i] {
				seen[i] = true
				out = append(out, r.sample(w.where, pairs[i]))
			}
		}
	}
	return out
}

func (r *Report) sample(where string, p linkage.Pair) sample {
	m := r.Result.Model
	s := sample{Where: where, A: int(p.A) + 1, B: int(p.B) + 1, Weight: float64(p.Weight), Joined: r.Result.Clusters[p.A] == r.Result.Clusters[p.B],
		Cross: at(r.Result.Threshold)}
	sum := 0.0
	add := func(st step, weight float64) {
		st.Bar, st.Amount, st.Y = barOf(sum, weight), weight, stepTall*float64(len(s.Steps))
		sum += weight
		s.Steps = append(s.Steps, st)
	}
	add(step{Name: "prior", Own: true}, m.Prior)
	for i, c := range m.Comparisons {
		l := levelOf(p, i)
		if l >= len(c.Levels) {
			continue
		}
		st := step{Name: c.Name, Level: c.Levels[l].Key}
		if r.ShowValues {
			st.A, st.B = r.values(c, int(p.A)), r.values(c, int(p.B))
		}
		weight := c.Levels[l].Weight
		if l == 0 {
			weight = 0
		}
		add(st, weight)
	}
	add(step{Name: "rest", Own: true}, float64(p.Weight)-sum)
	s.Tall = stepTall * float64(len(s.Steps))
	return s
}

// values are those of a comparison's columns in a row.
func (r *Report) values(c linkage.Comparison, row int) string {
	var out []string
	for _, f := range c.Fields {
		if v := r.List.Value(row, f); v != "" {
			out = append(out, v)
		}
	}
	return strings.Join(out, " ")
}
