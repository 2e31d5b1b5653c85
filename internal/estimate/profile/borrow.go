package profile

import (
	"math"

	"quipu/internal/estimate"
	"quipu/internal/estimate/smallarea"
	"quipu/internal/estimate/suppress"
)

// fewest is how many cities a model is made of.
const fewest = 5

// borrow gives cities whose own figure may not be published that of a model of all cities, with
// no covariate: the mean of the cities, as far as they are alike. The sampling variances are
// smoothed first, since those of few answers are themselves a matter of chance.
func (p *Profile) borrow(i int, o Options) {
	var areas []smallarea.Area
	var of []int
	poor := 0
	for k := range p.Cities {
		f := &p.Cities[k].Figures[i]
		if f.Verdict == estimate.Suppress {
			poor++
		}
		if f.N < 2 || !(f.SE > 0) {
			continue
		}
		areas = append(areas, smallarea.Area{Name: p.Cities[k].Office, Direct: f.Estimate, Variance: f.SE * f.SE, N: f.N})
		of = append(of, k)
	}
	if poor == 0 || len(areas) < fewest {
		return
	}
	smooth, _, err := smallarea.Smooth(areas)
	if err != nil {
		return // the figures stay suppressed
	}
	fit, err := smallarea.FayHerriot(smooth, smallarea.Options{Confidence: o.Level})
	if err != nil {
		return
	}
	m := Model{Key: p.Indicators[i].Key, Between: fit.Variance, Sampled: fit.Sampled}
	for j, k := range of {
		f, e := &p.Cities[k].Figures[i], fit.Estimates[j]
		if f.Verdict != estimate.Suppress || math.IsNaN(e.SE) {
			continue
		}
		f.Estimate, f.SE, f.CV, f.Modelled, f.Gamma = e.Estimate, e.SE, e.CV, true, e.Gamma
		f.Low, f.High = max(0, e.Low), min(1, e.High)
		// The model rests on the answers of all cities.
		f.Verdict = o.Publish.Judge(estimate.Estimate{CV: e.CV, N: p.All.Figures[i].N})
		if f.Verdict != estimate.Suppress {
			m.Lent++
		}
	}
	p.Models = append(p.Models, m)
}

// conceal hides another city's figure where that of a city of few answers would be what is left
// of everybody's.
func (p *Profile) conceal(i int, o Options) {
	least := o.Publish.MinN
	if least == 0 {
		least = 10
	}
	n := make([][]int, len(p.Cities))
	for k := range p.Cities {
		n[k] = []int{p.Cities[k].Figures[i].N}
	}
	for k, hidden := range suppress.Hide(n, suppress.Rule{Least: least}, nil) {
		if f := &p.Cities[k].Figures[i]; hidden[0] && f.N >= least {
			no := math.NaN()
			*f = Figure{Estimate: no, SE: no, CV: no, Low: no, High: no, N: f.N, Verdict: estimate.Suppress}
		}
	}
}
