package estimate

import (
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/fault"
)

// Contrast is a function of estimates: a linear combination, or an expression of their terms.
type Contrast struct {
	Name   string
	Linear map[string]float64 // by term; terms left out count 0
	Order  []float64          // or by place, one for each estimate
	Expr   formula.Expr       // or an expression
}

// Contrasts estimates functions of the estimates of r (svycontrast): linear combinations,
// and expressions by the delta method with exact derivatives.
func Contrasts(r *Result, all []Contrast) (Result, error) {
	if r.Cov == nil {
		return Result{}, fault.New(fault.Invalid, "estimate.no_covariances")
	}
	values, jac := make([]float64, len(all)), mat.NewDense(len(all), len(r.Estimates), nil)
	for i, c := range all {
		v, grad, err := c.at(r.Terms(), r.Values())
		if err != nil {
			return Result{}, err
		}
		values[i] = v
		jac.SetRow(i, grad)
	}
	var half, cov mat.Dense
	half.Mul(jac, r.Cov)
	cov.Mul(&half, jac.T())
	return r.derived(all, values, Symmetric(&cov)), nil
}

// derived are estimates made of those of r: they rest on the same rows.
func (r *Result) derived(all []Contrast, values []float64, cov *mat.SymDense) Result {
	out := Result{Cov: cov, DF: r.DF, Warnings: r.Warnings}
	n, psus := 0, 0
	for _, e := range r.Estimates {
		n, psus = max(n, e.N), max(psus, e.PSUs)
	}
	named := false
	for _, c := range all {
		named = named || c.Name != ""
	}
	for i, c := range all {
		name := c.Name
		if !named {
			name = "contrast"
		}
		out.Estimates = append(out.Estimates, Estimate{Term: name, Estimate: values[i], SE: math.Sqrt(cov.At(i, i)),
			DF: r.DF, Deff: math.NaN(), N: n, PSUs: psus})
	}
	out.Finish(Options{Level: r.Level})
	return out
}

// ContrastsInReplicates works functions out in every replicate instead of linearising them.
func ContrastsInReplicates(d *design.Design, r *Result, all []Contrast) (Result, error) {
	value := func(x []float64) ([]float64, error) {
		out := make([]float64, len(all))
		for i, c := range all {
			v, _, err := c.at(r.Terms(), x)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	}
	values, err := value(r.Values())
	if err != nil {
		return Result{}, err
	}
	reps := make([][]float64, len(r.Replicates))
	for i, x := range r.Replicates {
		if reps[i], err = value(x); err != nil {
			return Result{}, err
		}
	}
	cov, _, err := d.Variance(reps, values)
	if err != nil {
		return Result{}, err
	}
	out := r.derived(all, values, cov)
	out.Replicates = reps
	return out, nil
}

// at is the value and gradient of a contrast.
func (c Contrast) at(terms []string, x []float64) (float64, []float64, error) {
	if c.Expr != nil {
		d, err := derive(c.Expr, terms, x)
		return d.value, d.grad, err
	}
	grad := make([]float64, len(x))
	switch {
	case c.Order != nil:
		if len(c.Order) != len(x) {
			return 0, nil, fault.New(fault.Invalid, "estimate.contrast_length", "weights", len(c.Order), "terms", len(x))
		}
		copy(grad, c.Order)
	default:
		found := 0
		for i, t := range terms {
			if k, ok := c.Linear[t]; ok {
				grad[i] = k
				found++
			}
		}
		if found < len(c.Linear) {
			for name := range c.Linear {
				if !contains(terms, name) {
					return 0, nil, fault.New(fault.NotFound, "estimate.no_term", "term", name, "terms", strings.Join(terms, ", "))
				}
			}
		}
	}
	v := 0.0
	for i := range x {
		if grad[i] != 0 {
			v += grad[i] * x[i]
		}
	}
	return v, grad, nil
}

func contains(all []string, s string) bool {
	for _, a := range all {
		if a == s {
			return true
		}
	}
	return false
}
