package calibrate

import (
	"math"
	"slices"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// On is the design after the adjustment: its weights, and for variances either the residuals or each
// replicate adjusted in the same way. The error names the replicate that cannot be.
func (a *Adjustment) On(d *design.Design) (*design.Design, error) {
	w := a.Weights(d.Weights())
	if !d.Replicated() {
		next := d.Reweight(w, first{a.Residual})
		a.warn(next)
		return next, nil
	}
	g, err := a.replicates(d)
	if err != nil {
		return nil, err
	}
	next := d.Rescaled(w, a.Cell, g, a.keepsDF)
	a.warn(next)
	return next, nil
}

// warn says what a reader of results should know.
func (a *Adjustment) warn(d *design.Design) {
	d.Warnings = slices.Clone(d.Warnings)
	if a.Report.Negative > 0 {
		d.Warnings = append(d.Warnings, "estimate.warning.negative_weights")
	}
	if len(a.Report.Empty) > 0 {
		d.Warnings = append(d.Warnings, "estimate.warning.cells_left")
	}
	if a.Report.Unsettled {
		d.Warnings = append(d.Warnings, "estimate.warning.rake_unsettled")
	}
	if a.Report.Unmet > 0 {
		d.Warnings = append(d.Warnings, "estimate.warning.replicates_unmet")
	}
}

// first applies a residual before the first stage.
type first struct{ Residual }

func (first) At() int { return 0 }

func (f first) Residuals(z [][]float64) error {
	for _, col := range z {
		f.Apply(col)
	}
	return nil
}

// replicates gives the factors of the cells in each replicate. Weights are summed once by unit and cell, then
// each replicate is a sum over these.
func (a *Adjustment) replicates(d *design.Design) ([][]float64, error) {
	rep := d.Replicates()
	cellsN := len(a.Factor)
	base := d.Base()
	type at struct{ unit, cell int32 }
	number := map[at]int32{}
	var pairs []at
	code := make([]int32, len(a.Cell))
	for i, c := range a.Cell {
		code[i] = -1
		if c < 0 {
			continue
		}
		p := at{int32(i), c}
		if rep.Unit != nil {
			p.unit = rep.Unit[i]
		}
		k, ok := number[p]
		if !ok {
			k = int32(len(pairs))
			number[p] = k
			pairs = append(pairs, p)
		}
		code[i] = k
	}
	weight := tally.By(len(code), len(pairs), code, func(i int) float64 { return base[i] })
	bound := 0.0
	for _, w := range weight {
		bound = max(bound, math.Abs(w))
	}
	all := make([][]float64, len(rep.Weights))
	for r, f := range rep.Weights {
		most := 0.0
		for _, v := range f {
			most = max(most, math.Abs(v))
		}
		grid := tally.NewGrid(bound*most, len(pairs))
		acc := make([]tally.Acc, cellsN)
		for k, p := range pairs {
			grid.Add(&acc[p.cell], weight[k]*f[p.unit])
		}
		sum := make([]float64, cellsN)
		for c := range acc {
			sum[c] = acc[c].Value()
		}
		g, err := a.again(sum)
		if err != nil {
			return nil, inReplicate(r+1, err)
		}
		all[r] = g
	}
	return all, nil
}

// inReplicate says which replicate could not be adjusted, and what it is about.
func inReplicate(r int, err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	about := any("")
	for _, a := range f.Args {
		if a.Name == "cell" || a.Name == "total" {
			about = a.Value
		}
	}
	return fault.New(f.Kind, "calibrate.replicate", "replicate", r, "about", about).Because(err)
}
