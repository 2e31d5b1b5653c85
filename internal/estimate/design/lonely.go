package design

import (
	"slices"
	"strings"

	"quipu/internal/fault"
)

// rules say, group by group and stratum by stratum, how the rule for lonely units bears on
// the variance.
type rules struct {
	average []float64 // by group and parent: strata over strata that count; nil: 1
	none    []bool    // by group and stratum: contributes nothing; nil: never
	loose   []bool    // by group and stratum: not centred; nil: never
	strata  int
	parents int
	parent  []int32 // of each stratum; nil: one
}

func (r *rules) drop(g, h int) bool    { return r.none != nil && r.none[g*r.strata+h] }
func (r *rules) centred(g, h int) bool { return r.loose == nil || !r.loose[g*r.strata+h] }
func (r *rules) factor(g, h int) float64 {
	if r.average == nil {
		return 1
	}
	return r.average[g*r.parents+r.above(h)]
}

func (r *rules) above(h int) int {
	if r.parent == nil {
		return 0
	}
	return int(r.parent[h])
}

// below are the strata of a unit of the stage before.
func (r *rules) below(parent int) (strata []int) {
	for h := range r.strata {
		if r.above(h) == parent {
			strata = append(strata, h)
		}
	}
	return strata
}

// presence counts, for each group and stratum, the clusters that have rows; nil when the
// rule does not ask.
type presence []int32

// presence looks at what is there: the rows of the group, or, with one covariance for all
// groups, of the design.
func (r *running) presence(st *stage) presence {
	groups := r.asked()
	code := r.code
	if r.full || r.d.keepsRows() {
		code = nil
	}
	out := make(presence, groups*st.strata)
	var seen []bool // of a row that is its own unit nobody comes twice
	if st.cluster != nil {
		seen = make([]bool, groups*st.n)
	}
	for i := range r.d.f.N() {
		g := 0
		if code != nil {
			g = int(code[i])
		}
		if g < 0 || !r.d.at(i) {
			continue
		}
		c := st.clusterOf(i)
		if at := g*st.n + int(c); seen == nil || !seen[at] {
			out[g*st.strata+int(st.stratum[c])]++
			if seen != nil {
				seen[at] = true
			}
		}
	}
	if code == nil {
		for g := 1; g < groups; g++ {
			copy(out[g*st.strata:], out[:st.strata])
		}
	}
	return out
}

// keepsRows: a domain only sets weights to 0, so that every row counts in each group.
func (d *Design) keepsRows() bool { return d.Calibrated() || d.IsPPS() }

// asked is the number of groups that are looked at one by one.
func (r *running) asked() int {
	if r.full {
		return 1
	}
	return r.groups
}

// rules applies the rule for lonely units (R: onestrat and onestage).
func (r *running) rules(st *stage, at int) (*rules, error) {
	spec, groups := r.d.spec, r.asked()
	if !spec.LonelyInAll && slices.Min(st.size) > 1 {
		return &rules{}, nil // nothing can be lonely
	}
	seen := r.presence(st)
	out := &rules{strata: st.strata, parents: 1, parent: st.parent}
	if st.parent != nil {
		out.parents = r.d.stages[at-1].n
	}
	strata, counting := make([]int32, groups*out.parents), make([]int32, groups*out.parents)
	var lonely []int
	mark := func(to *[]bool, g, h int) {
		if *to == nil {
			*to = make([]bool, groups*st.strata)
		}
		(*to)[g*st.strata+h] = true
	}
	order, start := st.members()
	for g := range groups {
		for h := range st.strata {
			here := seen[g*st.strata+h]
			if here == 0 {
				continue
			}
			strata[g*out.parents+out.above(h)]++
			counts := true
			members := order[start[h]:start[h+1]]
			if !st.negligible(members, float64(st.size[h])) {
				inAll := here == 1 && st.size[h] > 1 && spec.LonelyInAll
				if spec.Lonely == Adjust && here == 1 && (st.size[h] == 1 || inAll) {
					mark(&out.loose, g, h)
				}
				if spec.Lonely == Average && (st.size[h] == 1 || inAll) {
					counts = false
					mark(&out.none, g, h)
				}
				if st.size[h] == 1 && spec.Lonely == Fail {
					lonely = append(lonely, h)
				}
			}
			if counts {
				counting[g*out.parents+out.above(h)]++
			}
		}
	}
	if lonely != nil {
		return nil, r.d.lonelyError(st, at, lonely)
	}
	if spec.Lonely == Average {
		out.average = make([]float64, len(strata))
		for i := range strata {
			switch {
			case strata[i] == 0: // nobody of the group is there
				out.average[i] = 1
			case counting[i] == 0:
				return nil, r.d.lonelyError(st, at, out.below(i%out.parents))
			default:
				out.average[i] = float64(strata[i]) / float64(counting[i])
			}
		}
	}
	if r.full {
		return out.forAll(r.groups), nil
	}
	return out, nil
}

// forAll repeats the rules of the whole design for each group.
func (r *rules) forAll(groups int) *rules {
	all := &rules{strata: r.strata, parents: r.parents, parent: r.parent}
	for range groups {
		if r.average != nil {
			all.average = append(all.average, r.average...)
		}
		if r.none != nil {
			all.none = append(all.none, r.none...)
		}
		if r.loose != nil {
			all.loose = append(all.loose, r.loose...)
		}
	}
	return all
}

// lonelyError names the strata with one unit and the rules on offer.
func (d *Design) lonelyError(st *stage, at int, strata []int) error {
	var names []string
	said := map[int]bool{}
	for _, h := range strata {
		if said[h] {
			continue
		}
		said[h] = true
		if len(names) == 5 {
			names = append(names, "…")
			break
		}
		names = append(names, d.stratumName(st, at, h))
	}
	var rules []string
	for _, r := range LonelyRules[1:] {
		rules = append(rules, string(r))
	}
	return fault.New(fault.Invalid, "estimate.lonely", "strata", strings.Join(names, "; "), "stage", at+1, "rules", strings.Join(rules, ", "))
}

func (d *Design) stratumName(st *stage, at, h int) string {
	for r := range d.f.N() {
		if int(st.stratum[st.clusterOf(r)]) == h {
			columns := append([]string(nil), d.spec.Strata...)
			if at > 0 {
				columns = append(columns, d.spec.IDs[:at]...)
			}
			if text := d.rowText(columns, r); text != "" {
				return text
			}
		}
	}
	return "1"
}
