// Package crosstab tests hypotheses under a design: association in a table (Rao and Scott,
// Wald), equal means of two groups, equal ranks of several. Results are those of svychisq,
// svyttest and svyranktest of R's package survey 4.1.1.
package crosstab

import "math"

// Figure is a number with its name, as R prints it.
type Figure struct {
	Name  string
	Value float64
}

// Test is the result of a test.
type Test struct {
	Method    string
	Statistic Figure
	Parameter []Figure // degrees of freedom
	P         float64
	Estimate  *Figure    // what was estimated, where something was
	Interval  [2]float64 // of the estimate, 95 %; NaN without
	N         int        // rows that count

	// Of tables: counts scaled to the rows, and those expected, column by column.
	Rows, Columns      []string
	Observed, Expected []float64
	Effects            []float64 // generalised design effects
}

func newTest(method string) Test {
	return Test{Method: method, P: math.NaN(), Interval: [2]float64{math.NaN(), math.NaN()}}
}
