package design

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"quipu/internal/estimate/replicate"
	"quipu/internal/fault"
)

// Making says which replicate weights are made of a design.
type Making struct {
	// Type is auto (or ""), JK1, JKn, BRR, Fay, bootstrap, subbootstrap or mrbbootstrap.
	Type       string
	Rho        float64 // Fay's factor; above 0 it makes BRR Fay's method
	Replicates int     // of a bootstrap; 0 for 50
	Seed       uint64  // of a bootstrap
	MSE        bool    // deviations from the estimate, not from the mean of the replicates
	Pairing    replicate.Pairing
	// AsTheyCome takes units where they first occur among the rows, as R does, and not by their
	// names, which no order of rows changes: pairs of half-samples, and the order of a jackknife.
	AsTheyCome bool
	// FPC overrides the finite populations of the design: one value a row or one for all, of the kind
	// FPCType says: population (a size), fraction (n/N) or correction (1-n/N).
	FPC     []float64
	FPCType string
}

// Replicate makes replicate weights of the first-stage units and strata (mrbbootstrap: of all
// stages). Errors name the stratum that cannot be halved, drawn from or left out of.
func (d *Design) Replicate(m Making) (*Design, error) {
	if d.rep != nil {
		return nil, fault.New(fault.Invalid, "replicate.already")
	}
	if d.pps != nil {
		return nil, fault.New(fault.Invalid, "replicate.pps")
	}
	if m.Type == "" || m.Type == "auto" {
		m.Type = "JK1"
		if d.strata {
			m.Type = "JKn"
		}
	}
	if m.Replicates == 0 {
		m.Replicates = 50
	}
	e := *d
	strata, unit, err := d.firstStage(m)
	if err != nil {
		return nil, err
	}
	w, err := d.make(m, strata)
	if err != nil {
		return nil, err
	}
	if d.fpc {
		switch {
		case m.Type == "BRR" || m.Type == "Fay" || m.Type == "subbootstrap":
			e.Warnings = append(slices.Clone(d.Warnings), "estimate.warning.fpc_dropped")
		case len(d.stages) > 1 && m.Type != "mrbbootstrap":
			e.Warnings = append(slices.Clone(d.Warnings), "estimate.warning.later_fpc_dropped")
		}
	}
	if m.Type == "mrbbootstrap" {
		unit = d.lastUnits()
	}
	r := Replicates{Weights: w.Factors, Unit: unit, Type: w.Type, Scale: w.Scale, RScales: w.RScales, MSE: m.MSE}
	return e.WithReplicates(r)
}

func (d *Design) make(m Making, strata []replicate.Stratum) (*replicate.Weights, error) {
	if !d.strata && (m.Type == "JKn" || m.Type == "BRR" || m.Type == "Fay") {
		return nil, fault.New(fault.Invalid, "replicate.needs_strata", "type", m.Type)
	}
	switch m.Type {
	case "JK1":
		if d.strata {
			return nil, fault.New(fault.Invalid, "replicate.jk1_strata")
		}
		return replicate.JK1(strata[0])
	case "JKn":
		return replicate.JKn(strata, string(d.spec.Lonely))
	case "BRR", "Fay":
		return replicate.BRR(strata, m.Rho, m.Pairing)
	case "bootstrap":
		return replicate.Bootstrap(strata, m.Replicates, m.Seed)
	case "subbootstrap":
		return replicate.RaoWu(strata, m.Replicates, m.Seed)
	case "mrbbootstrap":
		levels := d.levels()
		return replicate.Preston(levels, d.stages[d.lastStage()].n, m.Replicates, m.Seed)
	}
	return nil, fault.New(fault.Invalid, "replicate.type", "type", m.Type)
}

// firstStage are the strata in the order of their names, as texts (R's order, which decides which row
// of a Hadamard matrix is whose), and the unit of each row. Units are in the order of their
// codes; where the row is the unit, in the order of its contents, so that the order of the
// file changes nothing (for balanced half-samples in that of the file, as R).
func (d *Design) firstStage(m Making) ([]replicate.Stratum, []int32, error) {
	st := &d.stages[0]
	order := make([]int32, 0, st.n)
	present, first := make([]bool, st.n), slices.Repeat([]int{-1}, st.strata)
	for r := range d.f.N() {
		if c := st.clusterOf(r); d.at(r) && !present[c] {
			present[c] = true
			if h := st.stratum[c]; first[h] < 0 {
				first[h] = r
			}
			order = append(order, c)
		}
	}
	if !m.AsTheyCome {
		slices.Sort(order)
	}
	jackknife := m.AsTheyCome && strings.HasPrefix(m.Type, "JK")
	if st.cluster == nil && m.Type != "BRR" && m.Type != "Fay" && !jackknife {
		order = d.f.ByContent(order)
	}
	all := make([]replicate.Stratum, st.strata)
	number := make([]int32, st.n)
	for h := range all {
		if first[h] < 0 {
			continue
		}
		all[h].Name = d.rowText(d.spec.Strata[:min(1, len(d.spec.Strata))], first[h])
	}
	for _, c := range order {
		s := &all[st.stratum[c]]
		s.Units = append(s.Units, c)
		if d.fpc && m.FPC == nil {
			s.Population = st.pop[c]
		}
	}
	if jackknife { // the rank of the weights is told to five digits: with some weights it hangs on their order
		all = byFirst(all, first)
	} else {
		slices.SortStableFunc(all, func(a, b replicate.Stratum) int { return strings.Compare(a.Name, b.Name) })
	}
	all = slices.DeleteFunc(all, func(s replicate.Stratum) bool { return len(s.Units) == 0 })
	next := int32(0)
	for h := range all {
		for i, c := range all[h].Units {
			number[c] = next
			all[h].Units[i] = next
			next++
		}
	}
	if err := d.givenPopulations(m, all, number); err != nil {
		return nil, nil, err
	}
	unit := make([]int32, d.f.N())
	for r := range unit {
		unit[r] = number[st.clusterOf(r)]
	}
	return all, unit, nil
}

// byFirst puts strata in the order of their first rows.
func byFirst(all []replicate.Stratum, first []int) []replicate.Stratum {
	order := make([]int, len(all))
	for h := range order {
		order[h] = h
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(first[a], first[b]) })
	out := make([]replicate.Stratum, len(all))
	for i, h := range order {
		out[i] = all[h]
	}
	return out
}

// givenPopulations sets the finite populations that the making gives.
func (d *Design) givenPopulations(m Making, all []replicate.Stratum, number []int32) error {
	if m.FPC == nil {
		return nil
	}
	if m.Type == "BRR" || m.Type == "Fay" || m.Type == "subbootstrap" {
		return fault.New(fault.Invalid, "replicate.fpc_unused", "type", m.Type)
	}
	n := d.f.N()
	if len(m.FPC) != 1 && len(m.FPC) != n {
		return fault.New(fault.Invalid, "estimate.column_length", "column", "fpc", "rows", len(m.FPC), "expected", n)
	}
	of := make([]float64, len(number))
	for r := range n {
		of[number[d.stages[0].clusterOf(r)]] = m.FPC[r%len(m.FPC)]
	}
	for h := range all {
		s := &all[h]
		v, size := of[s.Units[0]], float64(len(s.Units))
		switch m.FPCType {
		case "population":
		case "fraction":
			v = size / v
		case "correction":
			v = size / (1 - v)
		default:
			return fault.New(fault.Invalid, "replicate.fpctype", "type", m.FPCType)
		}
		s.Population = v
		if math.IsInf(v, 1) {
			s.Population = 0
		}
	}
	return nil
}

// lastStage is the last stage that a bootstrap of all stages draws at: without sizes of
// populations the first.
func (d *Design) lastStage() int {
	if !d.fpc {
		return 0
	}
	return len(d.stages) - 1
}

func (d *Design) lastUnits() []int32 {
	st := &d.stages[d.lastStage()]
	unit := make([]int32, d.f.N())
	for r := range unit {
		unit[r] = st.clusterOf(r)
	}
	return unit
}

// levels is the tree of units of all stages.
func (d *Design) levels() []replicate.Level {
	return d.levelsWithin(0, func(int32) bool { return true })
}

func (d *Design) levelsWithin(i int, in func(stratum int32) bool) []replicate.Level {
	st := &d.stages[i]
	within := make([][]int32, st.strata)
	order := make([]int32, st.n)
	for c := range order {
		order[c] = int32(c)
	}
	if st.cluster == nil {
		order = d.f.ByContent(order)
	}
	for _, c := range order {
		if h := st.stratum[c]; in(h) {
			within[h] = append(within[h], c)
		}
	}
	// strata of the next stage by their cluster, found once
	var below map[int32][]replicate.Level
	if i < d.lastStage() {
		below = map[int32][]replicate.Level{}
		next := &d.stages[i+1]
		for h, l := range d.levelsWithin(i+1, func(int32) bool { return true }) {
			below[next.parent[h]] = append(below[next.parent[h]], l)
		}
	}
	levels := make([]replicate.Level, st.strata)
	for h, units := range within {
		for _, c := range units {
			node := replicate.Node{Leaf: c}
			if below != nil {
				node.Within = below[c]
			}
			levels[h].Units = append(levels[h].Units, node)
			if st.pop != nil {
				levels[h].Population = st.pop[c]
			}
		}
	}
	return levels
}

// Rescaled is a design of replicate weights whose weights become w and whose replicates
// are multiplied by factor[r][cell], cell being that of each row (-1: as it is). keepDF keeps the
// degrees of freedom, which otherwise are those of the new weights.
func (d *Design) Rescaled(w []float64, cell []int32, factor [][]float64, keepDF bool) *Design {
	n := d.f.N()
	pair := make([]int64, n)
	for i := range pair {
		u := int64(i)
		if d.rep.Unit != nil {
			u = int64(d.rep.Unit[i])
		}
		pair[i] = u<<32 | int64(cell[i]+1)
	}
	distinct := slices.Clone(pair)
	slices.Sort(distinct)
	distinct = slices.Compact(distinct)
	unit := make([]int32, n)
	for i, p := range pair {
		k, _ := slices.BinarySearch(distinct, p)
		unit[i] = int32(k)
	}
	e := *d
	e.w = w
	e.rep = d.rep.fresh()
	if keepDF {
		df := d.DF()
		e.rep.once.Do(func() { *e.rep.rank = df })
	}
	e.rep.Unit = unit
	e.rep.Weights = make([][]float64, len(factor))
	for r, g := range factor {
		f := make([]float64, len(distinct))
		for k, p := range distinct {
			f[k] = d.rep.Weights[r][p>>32]
			if c := p & math.MaxUint32; c > 0 {
				f[k] *= g[c-1]
			}
		}
		e.rep.Weights[r] = f
	}
	return &e
}

// Base are the weights that factors of replicates multiply: 1 where the file has the replicates' own weights.
func (d *Design) Base() []float64 {
	if d.rep.Combined {
		return slices.Repeat([]float64{1}, d.f.N())
	}
	return d.rep.base
}
