// Package calls has the calls that plans and reference cases may make: those of R's package survey and
// some of R's own, put to the estimators of package estimate. A file a subject; each has a table of
// functions, which New takes in.
package calls

import (
	"math"

	"quipu/internal/plan/lang"
)

var na = math.NaN()

// New starts a session that knows all calls. data may be nil.
func New(data lang.Data) *lang.Session {
	known := map[string]lang.Function{}
	for _, table := range []map[string]function{designFunctions(), estimateFunctions(), inferenceFunctions(), partFunctions(), tableFunctions(),
		weightFunctions(), predictionFunctions(), distributionFunctions(), loglinearFunctions(), itemFunctions()} {
		for name, f := range table {
			known[name] = lang.Function(f)
		}
	}
	return lang.New(data, known)
}

// function is a row of a table, a lang.Function: the names of the arguments in R's order, and what the call does.
type function struct {
	Formals []string
	Run     func(s *lang.Session, a *lang.Args) (lang.Value, error)
}
