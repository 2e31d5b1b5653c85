// Package ordinal fits proportional odds models to answers in order, such as never, sometimes, often
// (R: svyolr of the package survey 4.1.1, after polr of MASS; McCullagh 1980), with the variance of their
// coefficients under the design.
package ordinal

import (
	"math"

	"quipu/internal/estimate/tail"
	"quipu/internal/fault"
)

// link is a distribution: its function, its density and the slope of the density.
type link struct {
	name             string
	f, density, bend func(z float64) float64
	quantile         func(p float64) float64
}

var links = []link{
	{"logistic", logistic,
		func(z float64) float64 { return logistic(z) * logistic(-z) },
		func(z float64) float64 { return logistic(z) * logistic(-z) * (logistic(-z) - logistic(z)) },
		func(p float64) float64 { return math.Log(p / (1 - p)) }},
	{"probit", tail.Normal, normal, func(z float64) float64 { return -z * normal(z) }, tail.NormalQuantile},
	{"cloglog", func(z float64) float64 { return math.Exp(-math.Exp(-z)) },
		func(z float64) float64 { return math.Exp(-z - math.Exp(-z)) },
		func(z float64) float64 { return math.Exp(-z-math.Exp(-z)) * (math.Exp(-z) - 1) },
		func(p float64) float64 { return -math.Log(-math.Log(p)) }},
	{"cauchit", func(z float64) float64 { return 0.5 + math.Atan(z)/math.Pi },
		func(z float64) float64 { return 1 / (math.Pi * (1 + z*z)) },
		func(z float64) float64 { return -2 * z / (math.Pi * (1 + z*z) * (1 + z*z)) },
		func(p float64) float64 { return math.Tan(math.Pi * (p - 0.5)) }},
}

// Methods are the names of the distributions, the usual first.
var Methods = []string{"logistic", "probit", "cloglog", "cauchit"}

func logistic(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

func normal(z float64) float64 { return math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) }

func find(name string) (*link, error) {
	for i := range links {
		if links[i].name == name {
			return &links[i], nil
		}
	}
	return nil, fault.New(fault.Invalid, "inference.link", "link", name)
}
