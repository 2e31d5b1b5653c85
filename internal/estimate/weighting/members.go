package weighting

import (
	"cmp"
	"slices"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tally"
)

// Everybody is the key of Cased.Members for the whole sample.
const Everybody = ""

// membersOf estimates how many of the people drawn from belong to the population, by office and
// in all. The weights of those who answered add up to the same, but they alone, being as many as
// they are by design, say nothing of the error: that is of how many cases were found not to belong.
// w are the weights of the cases that stand for the others, as known after the step of eligibility.
// A stratum with one such case is centred at the mean of all (R's "adjust").
func membersOf(cases []Case, w []float64) (map[string]estimate.Estimate, error) {
	var in, weight, size []float64
	var office, stratum, unit []string
	units := false
	for i := range cases {
		c := &cases[i]
		if w[i] == 0 {
			continue
		}
		belongs := 1.0
		if outside(c) {
			belongs = 0
		}
		in, weight = append(in, belongs), append(weight, w[i])
		office, stratum, unit = append(office, c.Office), append(stratum, c.Stratum), append(unit, cmp.Or(c.Unit, "-"))
		units = units || c.Unit != ""
	}
	if len(in) < 2 {
		return nil, nil
	}
	s := frame.Texts("stratum", stratum)
	sizes := tally.By(len(weight), len(s.Levels), s.Code, func(i int) float64 { return weight[i] })
	drawn := make([]float64, len(s.Levels))
	for _, k := range s.Code {
		drawn[k]++
	}
	for _, k := range s.Code {
		size = append(size, max(sizes[k], drawn[k])) // a stratum that was taken whole may round below its cases
	}
	f, err := frame.New(len(in)).With(s, frame.Texts("office", office), frame.Texts("unit", unit), frame.Numbers("weight", weight), frame.Numbers("size", size))
	if err != nil {
		return nil, err
	}
	spec := design.Spec{Strata: []string{"stratum"}, Weights: "weight", Nest: true, Lonely: design.Adjust}
	if units {
		spec.IDs = []string{"unit"}
	} else {
		spec.FPC = []string{"size"}
	}
	d, err := design.New(f, spec)
	if err != nil {
		return nil, err
	}
	return totals(d, in, office)
}

func totals(d *design.Design, in []float64, office []string) (map[string]estimate.Estimate, error) {
	names := slices.Compact(slices.Sorted(slices.Values(office)))
	var vars []formula.Variable
	for _, name := range append([]string{Everybody}, names...) {
		y := slices.Clone(in)
		for i := range y {
			if name != Everybody && office[i] != name {
				y[i] = 0
			}
		}
		c := frame.Numbers("office "+name, y)
		vars = append(vars, formula.Variable{Name: c.Name, Column: &c})
	}
	r, err := estimate.Total(d, vars, estimate.Options{})
	if err != nil {
		return nil, err
	}
	out := map[string]estimate.Estimate{Everybody: r.Estimates[0]}
	for i, name := range names {
		out[name] = r.Estimates[i+1]
	}
	return out, nil
}
