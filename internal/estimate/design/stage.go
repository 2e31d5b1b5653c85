package design

import (
	"slices"

	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// stage is one stage of sampling: clusters within strata.
type stage struct {
	cluster []int32   // of each row; nil: the row itself
	n       int       // clusters
	stratum []int32   // of each cluster
	strata  int       // how many
	size    []int32   // clusters sampled in each stratum
	pop     []float64 // units in the population of the cluster's stratum, by cluster; nil without sizes
	parent  []int32   // of each stratum: the cluster of the stage before; nil at the first stage
	columns []string  // what names a stratum
}

func (s *stage) clusterOf(row int) int32 {
	if s.cluster == nil {
		return int32(row)
	}
	return s.cluster[row]
}

// Units describes the clusters of one stage for whoever makes weights of them. The slices
// belong to the design.
type Units struct {
	Of      []int32   // the cluster of each row; nil: each row is its own
	N       int       // clusters
	Stratum []int32   // of each cluster
	Strata  int       // how many
	Size    []int32   // clusters sampled in each stratum
	Pop     []float64 // clusters in the population, by cluster; nil without sizes
}

// Stages is the number of stages.
func (d *Design) Stages() int { return len(d.stages) }

// Stage describes stage i, counted from 0.
func (d *Design) Stage(i int) Units {
	s := &d.stages[i]
	return Units{Of: s.cluster, N: s.n, Stratum: s.stratum, Strata: s.strata, Size: s.size, Pop: s.pop}
}

// key is a value of each row as codes 0..n-1, in the order of the values; nil: each row its own.
type key struct {
	code []int32
	n    int
}

// keyOf makes codes of a column; numbers in their order.
func keyOf(c *frame.Column, role string) (key, error) {
	for i := range c.Len() {
		if c.IsMissing(i) {
			return key{}, fault.New(fault.Invalid, "estimate.design_missing", "role", role, "column", c.Name, "row", i+1)
		}
	}
	if c.Kind == frame.Factor {
		return compact(key{c.Code, len(c.Levels)}), nil
	}
	lo, hi, whole := c.Num[0], c.Num[0], true
	for _, x := range c.Num {
		lo, hi = min(lo, x), max(hi, x)
		whole = whole && x == float64(int64(x))
	}
	code := make([]int32, len(c.Num))
	if whole && hi-lo < 1<<26 {
		for i, x := range c.Num {
			code[i] = int32(x - lo)
		}
		return compact(key{code, int(hi-lo) + 1}), nil
	}
	values := slices.Clone(c.Num)
	slices.Sort(values)
	values = slices.Compact(values)
	for i, x := range c.Num {
		k, _ := slices.BinarySearch(values, x)
		code[i] = int32(k)
	}
	return key{code, len(values)}, nil
}

// compact numbers the codes that occur, in their order.
func compact(k key) key {
	to := make([]int32, k.n)
	for _, c := range k.code {
		to[c] = 1
	}
	next := int32(0)
	for c, used := range to {
		to[c] = next
		next += used
	}
	if int(next) == k.n {
		return k
	}
	code := make([]int32, len(k.code))
	for i, c := range k.code {
		code[i] = to[c]
	}
	return key{code, int(next)}
}

// cross numbers the pairs of a and b that occur, ordered by a, then b.
func cross(a, b key) key {
	if b.code == nil || a.n == 1 && a.code != nil {
		return b
	}
	if a.code == nil {
		return a
	}
	if pairs := int64(a.n) * int64(b.n); pairs < 1<<25 {
		code := make([]int32, len(a.code))
		for i := range code {
			code[i] = a.code[i]*int32(b.n) + b.code[i]
		}
		return compact(key{code, int(pairs)})
	}
	seen := map[int64]int32{}
	for i := range a.code {
		seen[int64(a.code[i])*int64(b.n)+int64(b.code[i])] = 0
	}
	pairs := make([]int64, 0, len(seen))
	for p := range seen {
		pairs = append(pairs, p)
	}
	slices.Sort(pairs)
	for i, p := range pairs {
		seen[p] = int32(i)
	}
	code := make([]int32, len(a.code))
	for i := range code {
		code[i] = seen[int64(a.code[i])*int64(b.n)+int64(b.code[i])]
	}
	return key{code, len(pairs)}
}

func (d *Design) keys(columns []string, role string) ([]key, error) {
	var all []key
	for _, text := range columns {
		c, err := formula.EvalText(text, d.f)
		if err != nil {
			return nil, err
		}
		if c.Len() != d.f.N() {
			all = append(all, key{nil, d.f.N()}) // "1" or "0": the row
			continue
		}
		k, err := keyOf(c, role)
		if err != nil {
			return nil, err
		}
		all = append(all, k)
	}
	return all, nil
}

// addStages makes clusters of ids and strata as R's svydesign does: the unit of a later
// stage is what its own number and those above it say together.
func (d *Design) addStages() error {
	ids, err := d.keys(d.spec.IDs, "ids")
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		ids = []key{{nil, d.f.N()}}
	}
	strata, err := d.keys(d.spec.Strata, "strata")
	if err != nil {
		return err
	}
	if ids[0].n == 1 && (!d.spec.Nest || len(strata) == 0) {
		return fault.New(fault.Invalid, "estimate.one_psu")
	}
	for i := 1; i < len(ids); i++ {
		ids[i] = cross(ids[i-1], ids[i])
	}
	one := key{make([]int32, d.f.N()), 1}
	for i := range ids {
		if d.spec.Nest && len(strata) > 0 {
			k := strata[0]
			for _, s := range strata[1:min(i+1, len(strata))] {
				k = cross(k, s)
			}
			ids[i] = cross(k, ids[i])
		}
		within := one
		if len(strata) > 0 {
			within = strata[min(i, len(strata)-1)]
		}
		var parent key
		if i > 0 {
			parent = ids[i-1]
			within = cross(within, parent)
		}
		st, err := d.newStage(i, ids[i], within, parent)
		if err != nil {
			return err
		}
		d.stages = append(d.stages, st)
	}
	return nil
}

func (d *Design) newStage(i int, ids, within, parent key) (stage, error) {
	st := stage{cluster: ids.code, n: ids.n, strata: within.n, columns: d.spec.Strata}
	st.stratum = slices.Repeat([]int32{-1}, ids.n)
	st.size = make([]int32, within.n)
	if parent.n > 0 {
		st.parent = make([]int32, within.n)
	}
	for r := range d.f.N() {
		h := int32(r)
		if within.code != nil {
			h = within.code[r]
		}
		switch c := st.clusterOf(r); {
		case st.stratum[c] < 0:
			st.stratum[c] = h
			st.size[h]++
		case st.stratum[c] != h:
			return stage{}, fault.New(fault.Invalid, "estimate.not_nested", "row", r+1, "stage", i+1, "unit", d.rowText(d.spec.IDs[:i+1], r))
		}
		if parent.n > 0 {
			st.parent[h] = int32(r)
			if parent.code != nil {
				st.parent[h] = parent.code[r]
			}
		}
	}
	return st, nil
}

// addPopulations reads the sizes of populations: units at each stage, or the fraction sampled.
func (d *Design) addPopulations() error {
	d.fpc = len(d.spec.FPC) > 0
	if len(d.spec.FPC) > len(d.stages) {
		return fault.New(fault.Invalid, "estimate.fpc_stages", "sizes", len(d.spec.FPC), "stages", len(d.stages))
	}
	for i, text := range d.spec.FPC {
		x, err := d.numbers(text, "fpc")
		if err != nil {
			return err
		}
		if err := d.stages[i].populate(d, i, text, x); err != nil {
			return err
		}
	}
	for i := len(d.spec.FPC); d.fpc && i < len(d.stages); i++ {
		d.stages = d.stages[:i] // nothing is known of later stages: they count as drawn with replacement
	}
	return nil
}

func (st *stage) populate(d *Design, i int, text string, x []float64) error {
	big, small := -1, -1
	for r, v := range x {
		if v > 1 {
			big = r
		} else if v < 1 {
			small = r
		}
	}
	if big >= 0 && small >= 0 {
		return fault.New(fault.Invalid, "estimate.fpc_mixed", "column", text, "row", big+1, "size", x[big], "other", small+1, "fraction", x[small])
	}
	if big >= 0 && d.spec.PPS != nil {
		return fault.New(fault.Invalid, "estimate.fpc_pps", "column", text)
	}
	st.pop = make([]float64, st.n)
	first := make([]float64, st.strata)
	varies := false
	for r := range d.f.N() {
		c := st.clusterOf(r)
		h := st.stratum[c]
		pop := x[r%len(x)]
		if big < 0 {
			pop = float64(st.size[h]) / pop
		}
		if pop < float64(st.size[h])*(1-1e-12) {
			return fault.New(fault.Invalid, "estimate.fpc_small", "column", text, "row", r+1, "stage", i+1, "sampled", st.size[h], "population", pop)
		}
		if st.pop[c] == 0 || pop < st.pop[c] {
			st.pop[c] = pop
		}
		varies = varies || first[h] != 0 && first[h] != pop
		first[h] = pop
	}
	if varies && d.spec.PPS == nil {
		d.Warnings = append(d.Warnings, "estimate.warning.fpc_varies")
	}
	return nil
}

// rowText says what some columns hold in a row, for messages.
func (d *Design) rowText(columns []string, row int) string {
	text := ""
	for _, name := range columns {
		c, err := formula.EvalText(name, d.f)
		if err != nil || c.Len() <= row {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += name + " = " + c.Text(row)
	}
	return text
}
