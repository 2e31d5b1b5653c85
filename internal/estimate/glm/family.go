package glm

import (
	"math"
	"slices"
	"strings"

	"quipu/internal/fault"
)

// Family is a distribution and a link. The quasi families are the same as those without:
// with a design the variance is estimated, not assumed.
type Family struct {
	Name string // as in R: gaussian, binomial, quasibinomial, poisson, quasipoisson, Gamma, inverse.gaussian
	kind *kind
	link link
}

// Link names the link.
func (f Family) Link() string { return f.link.name }

// kind is what a family knows of its distribution; weights do not enter.
type kind struct {
	names    []string
	links    []string // the usual first
	variance func(mu float64) float64
	deviance func(y, mu float64) float64
	start    func(y, w float64) float64 // a first mean
	allows   func(y float64) bool
	inside   func(mu float64) bool // a mean that can be
	refusal  string                // the message for a response that is not allowed
}

func anyNumber(float64) bool      { return true }
func above(mu float64) bool       { return mu > 0 && !math.IsInf(mu, 1) }
func between(mu float64) bool     { return mu > 0 && mu < 1 }
func itself(y, _ float64) float64 { return y }

func yLogY(y, mu float64) float64 {
	if y == 0 {
		return 0
	}
	return y * math.Log(y/mu)
}

var kinds = []kind{
	{[]string{"gaussian"}, []string{"identity", "log", "inverse"},
		func(float64) float64 { return 1 }, func(y, mu float64) float64 { return (y - mu) * (y - mu) },
		itself, anyNumber, anyNumber, ""},
	{[]string{"binomial", "quasibinomial"}, []string{"logit", "probit", "cauchit", "log", "cloglog"},
		func(mu float64) float64 { return mu * (1 - mu) },
		func(y, mu float64) float64 { return 2 * (yLogY(y, mu) + yLogY(1-y, 1-mu)) },
		func(y, w float64) float64 { return (w*y + 0.5) / (w + 1) },
		func(y float64) bool { return y >= 0 && y <= 1 }, between, "inference.response_share"},
	{[]string{"poisson", "quasipoisson"}, []string{"log", "identity", "sqrt"},
		func(mu float64) float64 { return mu },
		func(y, mu float64) float64 { return 2 * (yLogY(y, mu) - (y - mu)) },
		func(y, _ float64) float64 { return y + 0.1 },
		func(y float64) bool { return y >= 0 }, above, "inference.response_count"},
	{[]string{"Gamma"}, []string{"inverse", "identity", "log"},
		func(mu float64) float64 { return mu * mu },
		func(y, mu float64) float64 { return -2 * (math.Log(y/mu) - (y-mu)/mu) },
		itself, func(y float64) bool { return y > 0 }, above, "inference.response_positive"},
	{[]string{"inverse.gaussian"}, []string{"1/mu^2", "inverse", "identity", "log"},
		func(mu float64) float64 { return mu * mu * mu },
		func(y, mu float64) float64 { return (y - mu) * (y - mu) / (y * mu * mu) },
		itself, func(y float64) bool { return y > 0 }, above, "inference.response_positive"},
}

// Quasi is a family that is known by its variance alone, as a function of the mean: constant,
// mu(1-mu), mu, mu^2 or mu^3, with any link; an empty link is the identity.
func Quasi(variance, linkName string) (Family, error) {
	like := map[string]string{"": "gaussian", "constant": "gaussian", "mu(1-mu)": "binomial", "mu": "poisson", "mu^2": "Gamma", "mu^3": "inverse.gaussian"}
	name, ok := like[variance]
	if !ok {
		return Family{}, fault.New(fault.Invalid, "inference.family", "family", "quasi "+variance, "families", "constant, mu(1-mu), mu, mu^2, mu^3")
	}
	of, err := FindFamily(name, "")
	if err != nil {
		return Family{}, err
	}
	k := *of.kind
	if name == "poisson" {
		k.start = func(y, _ float64) float64 {
			if y == 0 {
				return 0.1
			}
			return y
		}
	}
	if linkName == "" {
		linkName = "identity"
	}
	l, err := findLink(linkName)
	return Family{"quasi", &k, l}, err
}

// FindFamily gives the family of a name with a link; an empty link is the usual one.
func FindFamily(name, linkName string) (Family, error) {
	var known []string
	for i := range kinds {
		k := &kinds[i]
		known = append(known, k.names...)
		if !slices.Contains(k.names, name) {
			continue
		}
		if linkName == "" {
			linkName = k.links[0]
		}
		if !slices.Contains(k.links, linkName) && !strings.HasPrefix(name, "quasi") {
			return Family{}, fault.New(fault.Invalid, "inference.family_link", "family", name, "link", linkName, "links", strings.Join(k.links, ", "))
		}
		l, err := findLink(linkName)
		return Family{name, k, l}, err
	}
	return Family{}, fault.New(fault.Invalid, "inference.family", "family", name, "families", strings.Join(known, ", "))
}

// response checks the response of the rows that count.
func (f Family) response(y, w []float64) error {
	for i, v := range y {
		if w[i] != 0 && !f.kind.allows(v) {
			return fault.New(fault.Invalid, f.kind.refusal, "row", i+1, "value", v)
		}
	}
	return nil
}

// Deviance of a mean for one observation of weight w.
func (f Family) Deviance(y, mu, w float64) float64 { return w * f.kind.deviance(y, mu) }
