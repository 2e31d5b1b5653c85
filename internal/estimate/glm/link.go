// Package glm fits generalised linear models to survey data: linear, logistic and other
// binomial models, Poisson, gamma and inverse Gaussian, with the variance of their
// coefficients under the design (Binder 1983: the sandwich of the scores, or a fit in every
// replicate). Starting values, the rule to stop and the weights that the variance is made of
// are those of R's glm and of svyglm of its package survey 4.1.1.
package glm

import (
	"math"

	"quipu/internal/estimate/tail"
	"quipu/internal/fault"
)

const tiny = 0x1p-52

// A link turns a mean into the linear predictor.
type link struct {
	name  string
	of    func(mu float64) float64  // the predictor of a mean
	inv   func(eta float64) float64 // the mean of a predictor
	slope func(eta float64) float64 // d mean / d predictor
}

// at gives mean and slope together; the logit's share their exponential.
func (l *link) at(eta float64) (mu, slope float64) {
	if l.name == "logit" && eta >= -30 && eta <= 30 {
		t := math.Exp(eta)
		return t / (1 + t), t / ((1 + t) * (1 + t))
	}
	return l.inv(eta), l.slope(eta)
}

func clamp(x, lo, hi float64) float64 { return math.Min(math.Max(x, lo), hi) }

func density(z float64) float64 { return math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) }

// far is where a probit is as good as certain, farCauchy the same for cauchit.
var (
	far       = -tail.NormalQuantile(tiny)
	farCauchy = 1 / math.Tan(math.Pi*tiny)
)

var links = []link{
	{"identity", func(m float64) float64 { return m }, func(e float64) float64 { return e }, func(float64) float64 { return 1 }},
	{"logit", func(m float64) float64 { return math.Log(m / (1 - m)) }, logistic, logisticSlope},
	{"probit", tail.NormalQuantile,
		func(e float64) float64 { return tail.Normal(clamp(e, -far, far)) },
		func(e float64) float64 { return math.Max(density(e), tiny) }},
	{"cloglog", func(m float64) float64 { return math.Log(-math.Log1p(-m)) },
		func(e float64) float64 { return clamp(-math.Expm1(-math.Exp(e)), tiny, 1-tiny) },
		func(e float64) float64 {
			e = math.Min(e, 700)
			return math.Max(math.Exp(e)*math.Exp(-math.Exp(e)), tiny)
		}},
	{"cauchit", func(m float64) float64 { return math.Tan(math.Pi * (m - 0.5)) },
		func(e float64) float64 { return 0.5 + math.Atan(clamp(e, -farCauchy, farCauchy))/math.Pi },
		func(e float64) float64 { return math.Max(1/(math.Pi*(1+e*e)), tiny) }},
	{"log", math.Log, positive, positive},
	{"inverse", func(m float64) float64 { return 1 / m }, func(e float64) float64 { return 1 / e }, func(e float64) float64 { return -1 / (e * e) }},
	{"sqrt", math.Sqrt, func(e float64) float64 { return e * e }, func(e float64) float64 { return 2 * e }},
	{"1/mu^2", func(m float64) float64 { return 1 / (m * m) },
		func(e float64) float64 { return 1 / math.Sqrt(e) }, func(e float64) float64 { return -1 / (2 * math.Pow(e, 1.5)) }},
}

func positive(e float64) float64 { return math.Max(math.Exp(e), tiny) }

func logistic(e float64) float64 {
	t := math.Exp(e)
	if e < -30 {
		t = tiny
	} else if e > 30 {
		t = 1 / tiny
	}
	return t / (1 + t)
}

func logisticSlope(e float64) float64 {
	if e > 30 || e < -30 {
		return tiny
	}
	t := math.Exp(e)
	return t / ((1 + t) * (1 + t))
}

func findLink(name string) (link, error) {
	for _, l := range links {
		if l.name == name {
			return l, nil
		}
	}
	return link{}, fault.New(fault.Invalid, "inference.link", "link", name)
}
