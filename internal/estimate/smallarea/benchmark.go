package smallarea

import (
	"math"

	"quipu/internal/fault"
)

// Adjustment brings the estimates of areas into line with a figure for the whole country.
type Adjustment string

// The adjustments. Ratio multiplies all alike; Difference adds the same to all; Optimal adds in
// proportion to weight x MSE, so that what is known well moves least (Wang, Fuller and Qu 2008).
const (
	Ratio      Adjustment = "ratio"
	Difference Adjustment = "difference"
	Optimal    Adjustment = "optimal"
)

// Benchmarked is one area after benchmarking. MSE holds the square of what was added besides: the
// adjustment moves an estimate that was best by itself.
type Benchmarked struct {
	Name                string
	Before, Estimate    float64
	MSE, SE, Adjustment float64
}

// Benchmark makes sum(weight x estimate) equal total. For means and proportions the weights are the
// areas' shares of the population and total is the direct national estimate; for totals they are 1.
func Benchmark(estimates []Estimate, weights []float64, total float64, how Adjustment) ([]Benchmarked, error) {
	if len(weights) != len(estimates) || len(estimates) == 0 {
		return nil, fault.New(fault.Invalid, "smallarea.weights", "areas", len(estimates), "weights", len(weights))
	}
	sum, w, spread := 0.0, 0.0, 0.0
	for i, e := range estimates {
		if !(weights[i] > 0) || math.IsInf(weights[i], 0) {
			return nil, fault.New(fault.Invalid, "smallarea.weights_sign", "area", e.Name, "weight", weights[i])
		}
		sum += weights[i] * e.Estimate
		w += weights[i]
		spread += weights[i] * weights[i] * e.MSE
	}
	if how == Ratio && !(sum*total > 0) || math.IsNaN(total) || math.IsInf(total, 0) {
		return nil, fault.New(fault.Invalid, "smallarea.total", "total", total, "sum", sum)
	}
	out := make([]Benchmarked, len(estimates))
	for i, e := range estimates {
		b := Benchmarked{Name: e.Name, Before: e.Estimate}
		switch how {
		case Ratio:
			b.Estimate = e.Estimate * total / sum
		case Difference:
			b.Estimate = e.Estimate + (total-sum)/w
		case Optimal:
			b.Estimate = e.Estimate + (total-sum)*weights[i]*e.MSE/spread
		default:
			return nil, fault.New(fault.Invalid, "smallarea.adjustment", "adjustment", string(how))
		}
		b.Adjustment = b.Estimate - b.Before
		b.MSE = e.MSE + b.Adjustment*b.Adjustment
		b.SE = math.Sqrt(b.MSE)
		out[i] = b
	}
	return out, nil
}
