package impute

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// Pooled is an estimate over several imputations.
type Pooled struct {
	estimate.Result
	Imputations int
	Within      []float64 // mean of the variances
	Between     []float64 // variance of the estimates between imputations
	Lost        []float64 // share of the information that is missing: (1+1/M)B over the whole variance
}

// Pool puts results of the same statistic over M imputations together by Rubin's rules (1987):
// V = mean V + (1+1/M)·B, df = (M−1)·(1 + mean V/((1+1/M)B))², not above that of the design.
func Pool(results []estimate.Result, o estimate.Options) (Pooled, error) {
	m := float64(len(results))
	if len(results) < 2 {
		return Pooled{}, fault.New(fault.Invalid, "impute.few", "imputations", len(results))
	}
	p := len(results[0].Estimates)
	out := Pooled{Result: results[0], Imputations: len(results), Within: make([]float64, p), Between: make([]float64, p), Lost: make([]float64, p)}
	out.Estimates = append([]estimate.Estimate(nil), results[0].Estimates...)
	out.Replicates, out.Influence = nil, nil
	mean := make([]float64, p)
	for _, r := range results {
		for j, e := range r.Estimates {
			mean[j] += e.Estimate / m
		}
	}
	cov := mat.NewSymDense(p, nil)
	for a := range p {
		for b := a; b < p; b++ {
			within, between := 0.0, 0.0
			for _, r := range results {
				within += r.Cov.At(a, b) / m
				between += (r.Estimates[a].Estimate - mean[a]) * (r.Estimates[b].Estimate - mean[b]) / (m - 1)
			}
			cov.SetSym(a, b, within+(1+1/m)*between)
			if a == b {
				out.Within[a], out.Between[a] = within, between
			}
		}
	}
	out.Cov = cov
	for j := range out.Estimates {
		e := &out.Estimates[j]
		more := (1 + 1/m) * out.Between[j]
		e.Estimate, e.SE = mean[j], math.Sqrt(cov.At(j, j))
		e.DF = out.DF
		if more > 0 {
			e.DF = min(out.DF, (m-1)*(1+out.Within[j]/more)*(1+out.Within[j]/more))
			out.Lost[j] = more / (out.Within[j] + more)
		}
		e.Deff = math.NaN()
	}
	out.Finish(o)
	return out, nil
}

// Repeated imputes several times, properly, and pools what is estimated from each.
func Repeated(d *design.Design, s Spec, imputations int, o estimate.Options, of func(*design.Design) (estimate.Result, error)) (Pooled, error) {
	s.Proper = true
	var results []estimate.Result
	for k := range imputations {
		once := s
		once.Seed = s.Seed + uint64(k)*0x9e3779b97f4a7c15
		f, _, err := HotDeck(d.Frame(), d.Weights(), once)
		if err != nil {
			return Pooled{}, err
		}
		e, err := d.WithFrame(f)
		if err != nil {
			return Pooled{}, err
		}
		r, err := of(e)
		if err != nil {
			return Pooled{}, err
		}
		results = append(results, r)
	}
	return Pool(results, o)
}

// Replicated imputes once for the estimate and anew in each replicate of a bootstrap, from donors by the
// replicate's weights (Shao and Sitter 1996), so that the spread of the replicates holds
// the error of the imputation as well. A jackknife or balanced half-samples change a replicate too
// little for that, and are refused.
func Replicated(d *design.Design, s Spec, o estimate.Options, of func(*frame.Frame) (estimate.Statistic, error)) (estimate.Result, error) {
	if !d.Replicated() {
		return estimate.Result{}, fault.New(fault.Invalid, "impute.no_replicates")
	}
	rep := d.Replicates()
	switch rep.Type {
	case "bootstrap", "subbootstrap", "mrbbootstrap":
	default:
		return estimate.Result{}, fault.New(fault.Invalid, "impute.replicates", "type", rep.Type)
	}
	value := func(w []float64, seed uint64) (estimate.Statistic, []float64, error) {
		once := s
		once.Seed = seed
		f, _, err := HotDeck(d.Frame(), w, once)
		if err != nil {
			return nil, nil, err
		}
		stat, err := of(f)
		if err != nil {
			return nil, nil, err
		}
		v, err := stat.Value(w)
		return stat, v, err
	}
	stat, theta, err := value(d.Weights(), s.Seed)
	if err != nil {
		return estimate.Result{}, err
	}
	result := estimate.Result{DF: d.DF()}
	w := make([]float64, d.Frame().N())
	for r := range rep.Weights {
		d.ReplicateWeights(r, w)
		_, v, err := value(w, s.Seed+uint64(r+1)*0x9e3779b97f4a7c15)
		if err != nil {
			return estimate.Result{}, err
		}
		result.Replicates = append(result.Replicates, v)
	}
	left := 0
	if result.Cov, left, err = d.Variance(result.Replicates, theta); err != nil {
		return estimate.Result{}, err
	}
	if left > 0 {
		result.Warnings = append(result.Warnings, "estimate.warning.replicates_left")
	}
	n, psus := d.Count(), d.PSUs()
	for i, term := range stat.Terms() {
		result.Estimates = append(result.Estimates, estimate.Estimate{Term: term, Estimate: theta[i], SE: math.Sqrt(result.Cov.At(i, i)), DF: result.DF, Deff: math.NaN(), N: n, PSUs: psus})
	}
	result.Finish(o)
	return result, nil
}
