package visits

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"quipu/internal/fault"
)

// Interview is one respondent of centre sampling.
type Interview struct {
	ID      string // orders the bootstrap, so that rows may stand in any order
	Centre  int    // where he was met, an index into the centres
	Attends []bool // to which of all centres he goes, this one included
}

// Centres are weights of the centre sampling technique.
type Centres struct {
	Weights []float64 // sum to the number of interviews
	Share   []float64 // F_k, the share of the population that goes to centre k
	Rounds  int
	Kish    float64
}

const (
	settled   = 1e-10 // F stands still
	maxRounds = 200_000
)

// CentreSampling weighs each interview by w = 1/sum_k(n_k u_k/F_k), n_k the interviews made at centre k,
// u the centres that the person goes to. How many of the population go to each, F, is found together
// with the weights: F_k = sum(w u_k)/sum(w) from F = 1, until nothing moves by 1e-10. That fixed point is
// Vardi's (1985) estimate from samples with known biases; it is one only when the centres hang together
// by people who go to several of them, and refused when they do not.
func CentreSampling(names []string, interviews []Interview) (Centres, error) {
	if err := checkProfiles(names, interviews); err != nil {
		return Centres{}, err
	}
	patterns, of := profiles(len(names), interviews)
	if a, b, apart := patterns.apart(); apart {
		return Centres{}, fault.New(fault.Invalid, "visits.apart", "first", names[a], "second", names[b])
	}
	share, weights, rounds := patterns.solve()
	if rounds > maxRounds {
		return Centres{}, fault.New(fault.Invalid, "visits.unsettled", "rounds", maxRounds)
	}
	c := Centres{Share: share, Rounds: rounds, Weights: make([]float64, len(interviews))}
	sum, squares := 0.0, 0.0
	for k, n := range patterns.count {
		sum += n * weights[k]
		squares += n * weights[k] * weights[k]
	}
	c.Kish = sum * sum / squares
	for i, k := range of {
		c.Weights[i] = weights[k] * float64(len(interviews)) / sum
	}
	return c, nil
}

func checkProfiles(names []string, interviews []Interview) error {
	if len(names) == 0 || len(interviews) == 0 {
		return fault.New(fault.Invalid, "visits.nobody")
	}
	for i, v := range interviews {
		if len(v.Attends) != len(names) {
			return fault.New(fault.Invalid, "visits.profile", "row", i+1, "has", len(v.Attends), "centres", len(names))
		}
		if v.Centre < 0 || v.Centre >= len(names) {
			return fault.New(fault.Invalid, "visits.centre", "row", i+1, "centre", v.Centre+1, "centres", len(names))
		}
		if !v.Attends[v.Centre] {
			return fault.New(fault.Invalid, "visits.not_there", "row", i+1, "centre", names[v.Centre])
		}
	}
	return nil
}

// pattern holds the interviews by profile: those of one profile have one weight, and there are few.
type pattern struct {
	attends [][]bool
	count   []float64 // interviews of each profile
	made    []float64 // n_k
}

// profiles groups the interviews; of says for each which profile it has.
func profiles(centres int, interviews []Interview) (*pattern, []int) {
	keys := make([]string, len(interviews))
	for i, v := range interviews {
		key := make([]byte, centres)
		for k, goes := range v.Attends {
			if goes {
				key[k] = 1
			}
		}
		keys[i] = string(key)
	}
	distinct := slices.Clone(keys)
	slices.Sort(distinct)
	distinct = slices.Compact(distinct)
	p := &pattern{make([][]bool, len(distinct)), make([]float64, len(distinct)), make([]float64, centres)}
	of := make([]int, len(interviews))
	for i, v := range interviews {
		k, _ := slices.BinarySearchFunc(distinct, keys[i], strings.Compare)
		of[i], p.attends[k] = k, v.Attends
		p.count[k]++
		p.made[v.Centre]++
	}
	return p, of
}

// apart finds two centres with interviews that no chain of shared visitors connects.
func (p *pattern) apart() (a, b int, apart bool) {
	parent := make([]int, len(p.made))
	for k := range parent {
		parent[k] = k
	}
	root := func(k int) int {
		for parent[k] != k {
			k = parent[k]
		}
		return k
	}
	for g, u := range p.attends {
		first := -1
		for k, goes := range u {
			if !goes || p.made[k] == 0 || p.count[g] == 0 {
				continue
			}
			if first >= 0 {
				parent[root(k)] = root(first)
			}
			first = k
		}
	}
	a = slices.IndexFunc(p.made, func(n float64) bool { return n > 0 })
	for k, n := range p.made {
		if n > 0 && root(k) != root(a) {
			return a, k, true
		}
	}
	return 0, 0, false
}

// solve iterates shares and weights (of each profile, on any scale).
func (p *pattern) solve() (share, weights []float64, rounds int) {
	share, weights = make([]float64, len(p.made)), make([]float64, len(p.attends))
	for k := range share {
		share[k] = 1
	}
	for rounds = 1; rounds <= maxRounds; rounds++ {
		total := 0.0
		for g, u := range p.attends {
			draws := 0.0
			for k, goes := range u {
				if goes && p.made[k] > 0 {
					draws += p.made[k] / share[k]
				}
			}
			weights[g] = 1 / draws
			total += p.count[g] * weights[g]
		}
		moved := 0.0
		for k := range share {
			next := 0.0
			for g, u := range p.attends {
				if u[k] {
					next += p.count[g] * weights[g]
				}
			}
			next /= total
			moved = max(moved, math.Abs(next-share[k]))
			share[k] = next
		}
		if moved <= settled {
			return share, weights, rounds
		}
	}
	return share, weights, rounds
}

func shown(x float64) string {
	if math.IsNaN(x) {
		return "NA"
	}
	return fmt.Sprint(x)
}

// byCentre lists the interviews of each centre in order of their ids.
func byCentre(centres int, interviews []Interview) [][]int {
	rows := make([][]int, centres)
	for i, v := range interviews {
		rows[v.Centre] = append(rows[v.Centre], i)
	}
	for _, r := range rows {
		slices.SortFunc(r, func(a, b int) int { return cmp.Compare(interviews[a].ID, interviews[b].ID) })
	}
	return rows
}
