// Package estimate turns answers of a sample into figures with their error: means, totals,
// ratios, variances, by groups and for domains, with design effects, contrasts and tables.
// How the sample was drawn is package design's; calibration, quantiles, tests and models
// stand on the Statistic defined here.
//
// Sums do not depend on the order of rows or on the number of threads, so a result is the
// same bytes wherever it is worked out.
package estimate

import (
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"quipu/internal/estimate/design"
)

// Statistic is what is estimated: its value under any weights, and the influence of each
// row on it. Value may be called from several goroutines at once.
type Statistic interface {
	// Terms names the values in their order.
	Terms() []string
	// Value is the statistic under weights w, one a row, 0 for rows outside.
	Value(w []float64) ([]float64, error)
	// Influence gives a column a term, a value a row with the weight in it, at theta = Value(w):
	// the estimate is linearised to the total of its column. Rows with weight 0 have 0.
	Influence(w, theta []float64) ([][]float64, error)
}

// Scorer is a Statistic that hands its influence out piece by piece, so that no matrix of
// rows x terms is made.
type Scorer interface {
	Statistic
	Scores(w, theta []float64) design.Scores
}

// Estimate is one figure with its error. What cannot be said is NaN.
type Estimate struct {
	Term      string
	Estimate  float64
	SE        float64
	CV        float64 // SE over the absolute estimate: 0.15 is 15 %
	Low, High float64 // interval, Student's t with DF
	DF        float64
	Deff      float64 // variance over that of a simple random sample of the same size; NaN unless asked for
	N         int     // rows that it rests on
	PSUs      int     // units of the first stage that they are in; 0 for replicate weights from a file
	Verdict   Verdict
}

// Result is what an estimator gives.
type Result struct {
	Estimates []Estimate
	Cov       *mat.SymDense // of the estimates; nil where it was not worked out
	DF        float64
	Level     float64  // of the intervals, such as 0.95
	Warnings  []string // keys of the catalogue
	// Replicates are the values in each replicate, for designs with replicate weights.
	Replicates [][]float64
	// Influence are the columns of a linearised result that were kept for further steps, else nil.
	Influence [][]float64
}

// Terms names the estimates.
func (r *Result) Terms() []string {
	out := make([]string, len(r.Estimates))
	for i, e := range r.Estimates {
		out[i] = e.Term
	}
	return out
}

// Values are the estimates alone.
func (r *Result) Values() []float64 {
	out := make([]float64, len(r.Estimates))
	for i, e := range r.Estimates {
		out[i] = e.Estimate
	}
	return out
}

// Find is the estimate of that term.
func (r *Result) Find(term string) (Estimate, bool) {
	for _, e := range r.Estimates {
		if e.Term == term {
			return e, true
		}
	}
	return Estimate{}, false
}

// Options of the estimators.
type Options struct {
	DropMissing bool // leave rows out that lack a value of any variable; otherwise the result is missing, too
	Deff        Deff
	Level       float64 // of intervals; 0 is 0.95
	Cov         bool    // covariances between groups of a By
	Publish     Thresholds
}

// Deff asks for design effects.
type Deff int

const (
	NoDeff      Deff = iota
	WithoutBack      // against simple random sampling without replacement (R: deff = TRUE)
	WithBack         // against sampling with replacement (R: deff = "replace")
)

func (o Options) level() float64 {
	if o.Level == 0 {
		return 0.95
	}
	return o.Level
}

// Of estimates a statistic from a design: through the replicates where there are replicate
// weights, by linearisation otherwise.
func Of(d *design.Design, s Statistic) (Result, error) { return OfWith(d, s, Options{}) }

// OfWith is Of with options; Deff is the estimators' own business.
func OfWith(d *design.Design, s Statistic, o Options) (Result, error) {
	theta, err := s.Value(d.Weights())
	if err != nil {
		return Result{}, err
	}
	r := Result{DF: d.DF(), Level: o.level()}
	switch {
	case d.Replicated():
		if r.Replicates, err = replicate(d, s); err != nil {
			return Result{}, err
		}
		var left int
		if r.Cov, left, err = d.Variance(r.Replicates, theta); err != nil {
			return Result{}, err
		}
		if left > 0 {
			r.Warnings = append(r.Warnings, "estimate.warning.replicates_left")
		}
	default:
		if sc, ok := s.(Scorer); ok {
			r.Cov, err = d.CovOf(sc.Scores(d.Weights(), theta))
		} else {
			var z [][]float64
			if z, err = s.Influence(d.Weights(), theta); err == nil {
				r.Cov, err = d.Cov(z)
			}
		}
		if err != nil {
			return Result{}, err
		}
	}
	n, psus := d.Count(), d.PSUs()
	for i, term := range s.Terms() {
		r.Estimates = append(r.Estimates, Estimate{Term: term, Estimate: theta[i], SE: math.Sqrt(r.Cov.At(i, i)), DF: r.DF, Deff: math.NaN(), N: n, PSUs: psus})
	}
	r.Finish(o)
	return r, nil
}

// Finish fills in what follows from estimate, SE and df: CV, interval, verdict. Estimators
// that set these themselves do not call it.
func (r *Result) Finish(o Options) {
	r.Level = o.level()
	for i := range r.Estimates {
		e := &r.Estimates[i]
		if math.Abs(e.SE) == 0 {
			e.SE = 0 // not -0
		}
		e.CV = e.SE / math.Abs(e.Estimate)
		e.Low, e.High = Interval(e.Estimate, e.SE, e.DF, r.Level)
		e.Verdict = o.Publish.Judge(*e)
	}
}

// Interval is estimate -/+ t SE, Student's t with df degrees of freedom; the normal
// distribution when df is infinite, NaN when it is not positive.
func Interval(estimate, se, df, level float64) (low, high float64) {
	q := Quantile(1-(1-level)/2, df)
	return estimate - q*se, estimate + q*se
}

// Quantile is that of Student's t with df degrees of freedom, NaN unless df > 0.
func Quantile(p, df float64) float64 {
	switch {
	case math.IsInf(df, 1):
		return distuv.UnitNormal.Quantile(p)
	case df > 0:
		return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(p)
	}
	return math.NaN()
}

// replicate is the statistic in each replicate, worked out on all processors.
func replicate(d *design.Design, s Statistic) ([][]float64, error) {
	rep := d.Replicates()
	theta, errs := make([][]float64, len(rep.Weights)), make([]error, len(rep.Weights))
	if t, ok := s.(totaled); ok {
		if c := collapse(d, t); c != nil {
			each(len(theta), func() func(int) {
				return func(r int) { theta[r] = c.value(rep.Weights[r]) }
			})
			return theta, nil
		}
	}
	each(len(theta), func() func(int) {
		w := make([]float64, d.Frame().N())
		return func(r int) {
			d.ReplicateWeights(r, w)
			theta[r], errs[r] = s.Value(w)
		}
	})
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return theta, nil
}
