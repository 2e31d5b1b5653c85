package remit

import (
	"math"
	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/quantile"
	"quipu/internal/estimate/tally"
)

// figures are totals, or totals over totals: sum(w num)/sum(w den).
type figures struct {
	names    []string
	num, den [][]float64 // a column a figure; a den of nil is a total
	share    bool        // within 0 and 1: intervals on the log odds
}

func (f *figures) add(name string, num, den []float64) {
	f.names, f.num, f.den = append(f.names, name), append(f.num, num), append(f.den, den)
}

func (f *figures) Terms() []string { return f.names }

func (f *figures) Value(w []float64) ([]float64, error) {
	theta := make([]float64, len(f.names))
	for j := range theta {
		theta[j] = tally.Dot(w, f.num[j])
		if f.den[j] != nil {
			theta[j] /= tally.Dot(w, f.den[j])
		}
	}
	return theta, nil
}

// Influence is w num for a total and w (num - theta den)/sum(w den) for a ratio.
func (f *figures) Influence(w, theta []float64) ([][]float64, error) {
	z := make([][]float64, len(f.names))
	for j := range z {
		z[j] = make([]float64, len(w))
		whole := 1.0
		if f.den[j] != nil {
			whole = tally.Dot(w, f.den[j])
		}
		for i := range w {
			if w[i] == 0 {
				continue
			}
			z[j][i] = w[i] * f.num[j][i]
			if f.den[j] != nil {
				z[j][i] = w[i] * (f.num[j][i] - theta[j]*f.den[j][i]) / whole
			}
		}
	}
	return z, nil
}

// estimates works the figures out; N and PSUs of each are of the rows that it rests on: its base, or
// for a total those that bring something to it.
func (f *figures) estimates(d *design.Design, o Options) (estimate.Result, error) {
	r, err := estimate.OfWith(d, f, estimate.Options{Level: o.Level, Publish: o.Publish})
	if err != nil {
		return r, err
	}
	for j := range r.Estimates {
		e := &r.Estimates[j]
		on := f.den[j]
		if on == nil {
			on = f.num[j]
		}
		in := make([]bool, len(on))
		for i := range on {
			in[i] = on[i] != 0
		}
		sub := d.Subset(in)
		e.N, e.PSUs = sub.Count(), sub.PSUs()
		e.Verdict = o.Publish.Judge(*e)
		if f.share {
			bounded(e, r.Level)
		}
	}
	return r, nil
}

// bounded puts the interval of a share on the log odds. Where all said the same there is no error to
// go by: the exact interval for N answers stands in, and the figure is flagged.
func bounded(e *estimate.Estimate, level float64) {
	tail := (1 - level) / 2
	switch {
	case e.Estimate <= 0:
		e.Low, e.High = 0, 1-math.Pow(tail, 1/float64(e.N))
	case e.Estimate >= 1:
		e.Low, e.High = math.Pow(tail, 1/float64(e.N)), 1
	default:
		odds, step := math.Log(e.Estimate/(1-e.Estimate)), estimate.Quantile(1-tail, e.DF)*e.SE/(e.Estimate*(1-e.Estimate))
		e.Low, e.High = quantile.Expit(odds-step), quantile.Expit(odds+step)
		return
	}
	if e.Verdict == estimate.Publish {
		e.Verdict = estimate.Flag
	}
}
