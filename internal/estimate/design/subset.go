package design

// Subset is the design for a domain: it keeps every unit of the sample, so that those
// without members of the domain count as zeros in a variance. Before a calibration the rows
// outside are taken away, afterwards and under PPS their weight is 0; for replicate weights
// they are taken away. in has a value for each row of the frame.
func (d *Design) Subset(in []bool) *Design {
	e := *d
	keep := d.rep == nil && d.keepsRows()
	e.w = make([]float64, len(d.w))
	for i, w := range d.w {
		if in[i] {
			e.w[i] = w
		}
	}
	if !keep {
		e.present = make([]bool, len(in))
		for i := range in {
			e.present[i] = in[i] && d.at(i)
		}
	}
	if d.rep != nil {
		e.rep = d.rep.fresh()
	}
	return &e
}

func (d *Design) at(row int) bool { return d.present == nil || d.present[row] }

// Residual is what a calibration leaves of influence values: variances of calibrated
// estimates are those of residuals. At says before which stage it is applied: 0 before
// anything else, s within the units of stage s, after their own variance was taken.
type Residual interface {
	At() int
	// Residuals replaces z, one slice a column with a value a row, by its residuals.
	Residuals(z [][]float64) error
}

// Reweight is the design with other weights and, unless r is nil, the residuals that its
// variances go through from now on.
func (d *Design) Reweight(w []float64, r Residual) *Design {
	e := *d
	e.w = w
	if r != nil {
		e.residuals = append(append([]Residual(nil), d.residuals...), r)
	}
	return &e
}

// DF is the degrees of freedom: units of the first stage less strata, both counted where
// there are rows with a weight; for replicate weights the rank of the weights less 1.
func (d *Design) DF() float64 {
	if d.rep != nil {
		return d.rep.df(d)
	}
	psus, strata := d.UnitsByGroup(nil, 1)
	return float64(psus[0] - strata[0])
}

// PSUs is the number of units of the first stage that have rows with a weight; 0 where
// nothing is known of units, as for replicate weights from a file.
func (d *Design) PSUs() int {
	if len(d.stages) == 0 {
		return 0
	}
	psus, _ := d.UnitsByGroup(nil, 1)
	return psus[0]
}

// UnitsByGroup counts, for each group, units of the first stage and strata that have rows
// with a weight in it; code is the group of each row, negative for none, nil for one group.
func (d *Design) UnitsByGroup(code []int32, groups int) (psus, strata []int) {
	st := &d.stages[0]
	psus, strata = make([]int, groups), make([]int, groups)
	var seen []bool
	if st.cluster != nil {
		seen = make([]bool, groups*st.n)
	}
	h := make([]bool, groups*st.strata)
	for r, w := range d.w {
		g := 0
		if code != nil {
			g = int(code[r])
		}
		if w == 0 || g < 0 {
			continue
		}
		c := st.clusterOf(r)
		if seen == nil {
			psus[g]++
		} else if at := g*st.n + int(c); !seen[at] {
			seen[at] = true
			psus[g]++
		}
		if at := g*st.strata + int(st.stratum[c]); !h[at] {
			h[at] = true
			strata[g]++
		}
	}
	return psus, strata
}
