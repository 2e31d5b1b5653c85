package profile

import (
	"math"

	"quipu/internal/estimate"
	"quipu/internal/estimate/smallarea"
	"quipu/internal/estimate/suppress"
)

// fewest is how many cities a model is made of.
const fewest = 5

// borrow gives cities whose own figure may not be published that of a model of all cities: what
// the covariates say of the city, or without any the mean of the cities, as far as they are alike
// (Fay and Herriot 1979). The sampling variances are smoothed first, since those of few answers
// are themselves a matter of chance; at the end the figures of the model are brought into line
// with the direct one of all cities.
func (p *Profile) borrow(i int, o Options) {
	var areas []smallarea.Area
	var of []int
	var people []float64
	poor, direct := 0, 0.0
	for k := range p.Cities {
		f := &p.Cities[k].Figures[i]
		if f.Verdict == estimate.Suppress {
			poor++
		}
		x, known := o.Areas[p.Cities[k].Office]
		if f.N < 2 || !(f.SE > 0) || len(o.Covariates) > 0 && !known {
			continue
		}
		areas = append(areas, smallarea.Area{Name: p.Cities[k].Office, Direct: f.Estimate, Variance: f.SE * f.SE, N: f.N, X: x})
		of, people = append(of, k), append(people, f.Weight)
		direct += f.Weight * f.Estimate
	}
	if poor == 0 || len(areas) < fewest {
		return
	}
	m := Model{Key: p.Indicators[i].Key}
	smooth, _, err := smallarea.Smooth(areas)
	var fit smallarea.Fit
	if err == nil {
		fit, err = smallarea.FayHerriot(smooth, smallarea.Options{Confidence: o.Level})
	}
	if err != nil { // the figures stay suppressed
		m.Refused = err
		p.Models = append(p.Models, m)
		return
	}
	m.Between, m.Sampled, m.Coefficients, m.R2 = fit.Variance, fit.Sampled, fit.Coefficients, fit.Checks.R2
	even, err := smallarea.Benchmark(fit.Estimates, people, direct, smallarea.Ratio)
	m.Benchmarked = err == nil
	z := math.Sqrt2 * math.Erfinv(o.level())
	for j, k := range of {
		f, e := &p.Cities[k].Figures[i], fit.Estimates[j]
		if f.Verdict != estimate.Suppress || math.IsNaN(e.SE) {
			continue
		}
		if m.Benchmarked {
			b := even[j]
			e.Estimate, e.SE, e.CV, e.Low, e.High = b.Estimate, b.SE, b.SE/b.Estimate, b.Estimate-z*b.SE, b.Estimate+z*b.SE
		}
		f.Direct, f.DirectSE = f.Estimate, f.SE
		f.Estimate, f.SE, f.CV, f.Modelled, f.Gamma = min(1, max(0, e.Estimate)), e.SE, e.CV, true, e.Gamma
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
	least := o.Publish.Filled().MinN
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

func (o Options) level() float64 {
	if o.Level == 0 {
		return 0.95
	}
	return o.Level
}
