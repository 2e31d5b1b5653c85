package crosstab

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate"
	"quipu/internal/estimate/tail"
	"quipu/internal/fault"
)

// AgainstGiven tests whether the shares behind totals are those given (R: svygofchisq). Pearson's
// statistic is of the totals as they are, and so is the covariance to which it is referred, by
// Satterthwaite's approximation.
func AgainstGiven(totals *estimate.Result, p []float64) (Test, error) {
	k := len(totals.Estimates)
	if k < 2 || len(p) != k {
		return Test{}, fault.New(fault.Invalid, "inference.given_shares", "shares", len(p), "levels", k)
	}
	all := 0.0
	for _, x := range p {
		if !(x > 0) || math.IsInf(x, 0) {
			return Test{}, fault.New(fault.Invalid, "inference.given_share", "share", x)
		}
		all += x
	}
	n, x2 := sum(totals.Values()), 0.0
	test := newTest("Design-based chi-squared test for given probabilities")
	slope := mat.NewDense(k, k, nil) // of (O - E)/sqrt(E), E being p times the sum of all
	for i, o := range totals.Values() {
		share := p[i] / all
		e := share * n
		x2 += (o - e) * (o - e) / e
		test.Observed, test.Expected = append(test.Observed, o), append(test.Expected, e)
		for j := range k {
			slope.Set(i, j, -share*(o+e)/(2*e*math.Sqrt(e)))
		}
		slope.Set(i, i, slope.At(i, i)+1/math.Sqrt(e))
	}
	var half, v mat.Dense
	half.Mul(slope, totals.Cov)
	v.Mul(&half, slope.T())
	var eig mat.EigenSym
	if !eig.Factorize(estimate.Symmetric(&v), false) {
		return Test{}, fault.New(fault.Invalid, "inference.table_empty")
	}
	test.Effects = eig.Values(nil)
	scale, df := tail.Satterthwaite(test.Effects)
	if !(df > 0) || math.IsNaN(x2) {
		return Test{}, fault.New(fault.Invalid, "inference.table_empty")
	}
	test.Statistic = Figure{"X-squared", x2}
	test.Parameter = []Figure{{"scale", scale}, {"df", df}}
	test.P = tail.ChiSquareUpper(x2/scale, df)
	return test, nil
}
