package proportion

import (
	"math"
	"slices"
	"strings"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/glm"
	"quipu/internal/estimate/quantile"
	"quipu/internal/estimate/tail"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// Method is how the interval of a share is found.
type Method string

// Logit is Wald's interval on the log-odds of a binomial model; Likelihood the set of shares
// whose deviance, scaled by the design (Rao and Scott 1984), is small; Asin and XLogit are
// delta intervals on these scales; Beta is that of Korn and Graubard (1998), to be taken near
// 0 and 1; Mean is the plain one. Auto takes Beta within 5 % of 0 and 1 or with an effective
// size below 30, Logit otherwise, and for replicates XLogit in its place.
const (
	Logit      Method = "logit"
	Likelihood Method = "likelihood"
	Asin       Method = "asin"
	Beta       Method = "beta"
	Mean       Method = "mean"
	XLogit     Method = "xlogit"
	Auto       Method = "auto"
)

// Methods are all of them, the usual first.
var Methods = []Method{Logit, Likelihood, Asin, Beta, Mean, XLogit, Auto}

// Options of Of; the zero value asks for what is usual.
type Options struct {
	Method Method
	Level  float64 // 0 is 0.95
	DF     float64 // 0 is the design's

	DropMissing bool
	// AsR gives what R's survey does where nothing can be said: missing figures, not an error.
	AsR bool
}

// Estimate is a share with its interval.
type Estimate struct {
	P, SE, Low, High float64
	Method           Method // how the interval was found
}

// Of estimates the share of y = 1, a value 0 or 1 for each row of the design.
//
// Where all answered alike, the data say nothing of an interval but the beta's, with the
// rows as the effective size (one-sided in effect); other methods refuse. A missing value in
// a row with weight is an error unless it may be left out; Logit and Likelihood always leave
// it out. Degrees of freedom and rows are those of the design with such rows, as in R.
func Of(d *design.Design, y []float64, o Options) (Estimate, error) {
	if o.Method == "" {
		o.Method = Logit
	}
	if !slices.Contains(Methods, o.Method) {
		return Estimate{}, fault.New(fault.Invalid, "inference.proportion_method", "method", string(o.Method), "methods", strings.Join(estimate.Names(Methods), ", "))
	}
	if o.Level == 0 {
		o.Level = 0.95
	}
	if !(o.Level > 0 && o.Level < 1) {
		return Estimate{}, fault.New(fault.Invalid, "inference.level", "level", o.Level)
	}
	if o.DF == 0 {
		o.DF = d.DF()
	}
	model := o.Method == Logit || o.Method == Likelihood
	within, missing, err := answered(d, y, model || o.DropMissing)
	switch {
	case err != nil && missing && o.AsR:
		nan := math.NaN()
		return Estimate{nan, nan, nan, nan, o.Method}, nil
	case err != nil:
		return Estimate{}, err
	}
	p, v, err := estimate.NumberMean(within, y)
	if err != nil {
		return Estimate{}, err
	}
	if o.Method == Auto {
		o.Method = choose(p, v, d.Replicated())
		model = o.Method == Logit
	}
	e := Estimate{P: p, SE: math.Sqrt(v), Method: o.Method}
	if o.AsR && missing && !o.DropMissing {
		e.SE = math.NaN() // the model leaves the rows out, the mean that R takes the error from does not
	}
	switch {
	case p == 0 || p == 1:
		return e.atEnd(within, o)
	case model:
		return e.fromModel(d, y, o)
	}
	e.Low, e.High = quantile.Limits(quantile.Interval(o.Method), p, v, 1-o.Level, o.DF, d.DF(), d.Rows())
	return e, nil
}

// choose is what Auto takes for a share p of variance v. A model in every replicate would be thrown by
// those in which all answered alike, whose logit has no end: with replicates the delta interval.
func choose(p, v float64, replicated bool) Method {
	switch {
	case p < 0.05 || p > 0.95 || p*(1-p)/v < 30:
		return Beta
	case replicated:
		return XLogit
	}
	return Logit
}

// fromModel takes share and interval from a binomial model of a constant.
func (e Estimate) fromModel(d *design.Design, y []float64, o Options) (Estimate, error) {
	m, err := fit(d, y)
	if err != nil {
		return Estimate{}, err
	}
	e.P = quantile.Expit(m.Coef[0])
	if o.Method == Likelihood {
		return e.profile(m, y, tally.Sum(d.Weights())/float64(d.Rows()), o)
	}
	half := tail.StudentQuantile(1-(1-o.Level)/2, o.DF) * math.Sqrt(m.Cov.At(0, 0))
	e.Low, e.High = quantile.Expit(m.Coef[0]-half), quantile.Expit(m.Coef[0]+half)
	return e, nil
}

// answered leaves out rows without a value, where there are any and that is asked for.
func answered(d *design.Design, y []float64, drop bool) (*design.Design, bool, error) {
	w := d.Weights()
	in, missing := make([]bool, len(y)), 0
	for i, v := range y {
		in[i] = !math.IsNaN(v)
		switch {
		case w[i] == 0:
		case !in[i]:
			missing = i + 1
		case v != 0 && v != 1:
			return nil, false, fault.New(fault.Invalid, "inference.proportion_value", "row", i+1, "value", v)
		}
	}
	switch {
	case missing == 0:
		return d, false, nil
	case drop:
		return d.Subset(in), true, nil
	}
	return nil, true, fault.New(fault.Invalid, "inference.missing_value", "row", missing)
}

// atEnd is what can be said of 0 or 1.
func (e Estimate) atEnd(d *design.Design, o Options) (Estimate, error) {
	switch {
	case o.AsR && o.Method == Mean:
		e.Low, e.High = e.P, e.P
		return e, nil
	case o.AsR && (o.Method == Asin || o.Method == XLogit || o.Method == Beta):
		e.Low, e.High = math.NaN(), math.NaN()
		return e, nil
	case o.Method != Beta:
		return Estimate{}, fault.New(fault.Invalid, "inference.proportion_end", "share", e.P, "method", string(o.Method))
	}
	n, a := float64(d.Count()), (1-o.Level)/2
	e.Low, e.High = tail.BetaQuantile(a, n*e.P, n*(1-e.P)+1), tail.BetaQuantile(1-a, n*e.P+1, n*(1-e.P))
	return e, nil
}

// fit is the binomial model of a constant.
func fit(d *design.Design, y []float64) (*glm.Model, error) {
	family, err := glm.FindFamily("quasibinomial", "logit")
	if err != nil {
		return nil, err
	}
	return glm.Fit(d, glm.Spec{Names: []string{"(Intercept)"}, Term: []int{0}, Y: y,
		X: [][]float64{slices.Repeat([]float64{1}, len(y))}, Family: family})
}

// profile finds where the signed root of the deviance crosses the critical values: at steps
// of a fifth of the way, joined by a spline and read between its points, as R does. unit is the weight that counts as 1.
func (e Estimate) profile(m *glm.Model, y []float64, unit float64, o Options) (Estimate, error) {
	critical := tail.StudentQuantile((1-o.Level)/2, o.DF) * math.Sqrt(m.Cov.At(0, 0)/m.Naive.At(0, 0))
	far := math.Sqrt(tail.FQuantileUpper(tail.Normal(critical)/2, float64(m.N-1)))
	step := far / 5 * math.Sqrt(m.Cov.At(0, 0))
	w := m.Design.Weights()
	ones := tally.Dot(w, y) / unit
	zeros := tally.Sum(w)/unit - ones
	deviance := func(b float64) float64 {
		p := quantile.Expit(b)
		return m.Family.Deviance(1, p, ones) + m.Family.Deviance(0, p, zeros)
	}
	x, z := []float64{m.Coef[0]}, []float64{0}
	for _, sign := range []float64{-1, 1} {
		last := 0.0
		for k := 1; k < 10 && math.Abs(last) < far; k++ {
			b := m.Coef[0] + sign*float64(k)*step
			last = sign * math.Sqrt(math.Max(0, (deviance(b)-m.Deviance)/m.Dispersion))
			x, z = append(x, b), append(z, last)
		}
	}
	order(x, z)
	xs, zs := spline(x, z, 3*len(x))
	e.Low, e.High = quantile.Expit(read(xs, zs, critical)), quantile.Expit(read(xs, zs, -critical))
	return e, nil
}

// order sorts the points of a profile by x; it rises with x.
func order(x, z []float64) {
	for i := range x {
		for j := i; j > 0 && x[j] < x[j-1]; j-- {
			x[j], x[j-1], z[j], z[j-1] = x[j-1], x[j], z[j-1], z[j]
		}
	}
}
