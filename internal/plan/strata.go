package plan

import (
	"math"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// scaledByStratum is the design whose weights add up, over the rows with a value of every
// variable, to a total for each stratum of the first stage: a table of strata and totals.
func (a *Args) scaledByStratum(d *design.Design, vars []formula.Variable, totals *frame.Frame) (*design.Design, error) {
	if !d.Stratified() || len(totals.Names()) < 2 {
		return nil, a.misfit("Ntotal")
	}
	text := d.Spec().Strata[0]
	stratum, err := formula.EvalText(text, d.Frame())
	if err != nil {
		return nil, err
	}
	names, _ := totals.Col(totals.Names()[0])
	number, _ := totals.Col(totals.Names()[1])
	of := map[string]float64{}
	for i := range totals.N() {
		of[names.Text(i)] = formula.AsNumbers(number)[i]
	}
	f := stratum.AsFactor()
	w, in := d.Weights(), estimate.Complete(d.Frame().N(), vars)
	sums := tally.By(len(w), len(f.Levels), f.Code, func(i int) float64 {
		if in[i] {
			return w[i]
		}
		return 0
	})
	scaled := make([]float64, len(w))
	for i, k := range f.Code {
		if w[i] == 0 || k < 0 {
			continue
		}
		n, ok := of[f.Levels[k]]
		if !ok {
			return nil, fault.New(fault.Invalid, "inference.stratum_total", "stratum", f.Levels[k], "column", text)
		}
		if scaled[i] = w[i] * n / sums[k]; math.IsNaN(scaled[i]) || math.IsInf(scaled[i], 0) {
			scaled[i] = 0
		}
	}
	return d.Reweight(scaled, nil), nil
}
