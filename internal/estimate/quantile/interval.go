package quantile

import (
	"math"
	"slices"
	"strings"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/tail"
	"quipu/internal/fault"
)

// Interval is how the interval of a quantile is found.
type Interval string

// Mean, Beta, XLogit and Asin make an interval for the share at or below the quantile, on
// that scale, and turn it back (Woodruff 1952, JASA 47; the beta interval is that of Korn and
// Graubard 1998). Score inverts the score test (Francisco and Fuller 1991, Annals of
// Statistics 19), for designs without replicates. Replicates takes the spread of the
// quantile over replicate weights, where those are not a jackknife.
const (
	Mean       Interval = "mean"
	Beta       Interval = "beta"
	XLogit     Interval = "xlogit"
	Asin       Interval = "asin"
	Score      Interval = "score"
	Replicates Interval = "quantile"
)

// Options of Of; the zero value asks for what is usual.
type Options struct {
	Rule     Rule
	Interval Interval
	Alpha    float64 // 1 - level; 0 is 0.05
	DF       float64 // degrees of freedom of the interval; 0 is the design's
	Bare     bool    // no interval
}

// Estimate is a quantile with its interval; Low, High and SE are NaN where the interval
// reaches beyond what was seen. SE is the width of the interval over 2 t.
type Estimate struct{ P, Quantile, Low, High, SE float64 }

// ask is one question: a variable under a design.
type ask struct {
	Options
	d     *design.Design
	x     []float64
	order *Order
	full  *Sorted
	t     float64 // critical value
}

// Of estimates the quantiles of x, a value a row of the design. Rows without weight do not
// count; a missing value among the others is an error.
func Of(d *design.Design, x, probs []float64, o Options) ([]Estimate, error) {
	a, err := newAsk(d, x, o)
	if err != nil {
		return nil, err
	}
	out := make([]Estimate, len(probs))
	for i, p := range probs {
		if math.IsNaN(p) || p < 0 || p > 1 {
			return nil, fault.New(fault.Invalid, "inference.quantile_p", "p", p)
		}
		e := Estimate{P: p, Low: math.NaN(), High: math.NaN(), SE: math.NaN()}
		if e.Quantile, err = a.full.At(a.Rule, p); err != nil {
			return nil, err
		}
		if !a.Bare {
			if e.Low, e.High, err = a.limits(e.Quantile, p); err != nil {
				return nil, err
			}
			e.SE = (e.High - e.Low) / (2 * a.t)
		}
		out[i] = e
	}
	return out, nil
}

func newAsk(d *design.Design, x []float64, o Options) (*ask, error) {
	if o.Rule == "" {
		o.Rule = Math
	}
	if o.Interval == "" {
		o.Interval = Mean
	}
	if o.Alpha == 0 {
		o.Alpha = 0.05
	}
	if o.DF == 0 {
		o.DF = d.DF()
	}
	known := []Interval{Mean, Beta, XLogit, Asin, Score}
	if d.Replicated() {
		known[4] = Replicates
	}
	switch {
	case !slices.Contains(known, o.Interval):
		return nil, fault.New(fault.Invalid, "inference.quantile_interval", "interval", string(o.Interval), "intervals", strings.Join(estimate.Names(known), ", "))
	case o.Interval == Replicates && strings.HasPrefix(d.Replicates().Type, "JK") && !o.Bare:
		return nil, fault.New(fault.Invalid, "inference.quantile_jackknife", "type", d.Replicates().Type)
	}
	w := d.Weights()
	for i, v := range x {
		if w[i] != 0 && math.IsNaN(v) {
			return nil, fault.New(fault.Invalid, "inference.missing_value", "row", i+1)
		}
	}
	a := &ask{Options: o, d: d, x: x, order: NewOrder(x, w), t: tail.StudentQuantile(1-o.Alpha/2, o.DF)}
	a.full = a.order.Under(w)
	return a, nil
}

func (a *ask) limits(q, p float64) (low, high float64, err error) {
	switch a.Interval {
	case Score:
		return a.score(p)
	case Replicates:
		return a.spread(q, p)
	}
	return a.woodruff(q)
}

// share is the mean of whether x is at most a value, and its variance.
func (a *ask) share(at float64) (p, variance float64, err error) {
	in := make([]float64, len(a.x))
	for i, v := range a.x {
		if v <= at {
			in[i] = 1
		}
	}
	return estimate.NumberMean(a.d, in)
}

// woodruff turns an interval for the share at or below q back into values.
func (a *ask) woodruff(q float64) (low, high float64, err error) {
	p, v, err := a.share(q)
	if err != nil {
		return 0, 0, err
	}
	l, h := Limits(a.Interval, p, v, a.Alpha, a.DF, a.d.DF(), a.d.Rows())
	low, high = math.NaN(), math.NaN()
	if l >= 0 {
		if low, err = a.full.At(a.Rule, l); err != nil {
			return 0, 0, err
		}
	}
	if h <= 1 {
		if high, err = a.full.At(a.Rule, h); err != nil {
			return 0, 0, err
		}
	}
	return low, high, nil
}

// Limits is the interval of level 1-alpha for a share p of variance v, on the scale of a
// method. df belongs to the interval, degf to the design, rows are those of its data: the
// beta interval turns both into an effective size n* = p(1-p)/v (t(rows-1)/t(degf))^2 (Korn
// and Graubard 1998, Survey Methodology 24).
func Limits(method Interval, p, v, alpha, df, degf float64, rows int) (low, high float64) {
	t := tail.StudentQuantile(1-alpha/2, df)
	se := math.Sqrt(v)
	switch method {
	case XLogit:
		l, s := math.Log(p/(1-p)), t*se/(p*(1-p))
		return Expit(l - s), Expit(l + s)
	case Asin:
		l, s := math.Asin(math.Sqrt(p)), t*se/(2*math.Sqrt(p*(1-p)))
		return math.Pow(math.Sin(l-s), 2), math.Pow(math.Sin(l+s), 2)
	case Beta:
		r := tail.StudentQuantile(alpha/2, float64(rows-1)) / tail.StudentQuantile(alpha/2, degf)
		n := p * (1 - p) / v * r * r
		return tail.BetaQuantile(alpha/2, n*p, n*(1-p)+1), tail.BetaQuantile(1-alpha/2, n*p+1, n*(1-p))
	}
	return p - t*se, p + t*se
}

// Expit is the inverse of the logit.
func Expit(x float64) float64 { return math.Exp(x) / (1 + math.Exp(x)) }

// spread is the interval from the replicates of the quantile.
func (a *ask) spread(q, p float64) (low, high float64, err error) {
	r := a.d.Replicates()
	theta := make([][]float64, len(r.Weights))
	w := make([]float64, len(a.x))
	for k := range theta {
		a.d.ReplicateWeights(k, w)
		v, err := a.order.Under(w).At(a.Rule, p)
		if err != nil {
			return 0, 0, err
		}
		theta[k] = []float64{v}
	}
	v, _, err := a.d.Variance(theta, []float64{q})
	if err != nil {
		return 0, 0, err
	}
	half := math.Sqrt(v.At(0, 0)) * a.t
	return q - half, q + half, nil
}
