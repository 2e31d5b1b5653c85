package crosstab

import (
	"math"
	"slices"
	"strings"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tail"
	"quipu/internal/fault"
)

// Statistic is a test of association.
type Statistic string

// F is the second-order correction of Rao and Scott, ChiSquare the first-order one; Wald
// and AdjustedWald test the counts themselves. Saddlepoint and Exact look Pearson's
// statistic up in its own distribution, a weighted sum of chi-squares over one for the
// error of the design. Lincom is what R calls the exact one: without R's package
// CompQuadForm, as survey is installed alone, that is the saddlepoint approximation, and so
// it is here; Exact is the integral.
const (
	F            Statistic = "F"
	ChiSquare    Statistic = "Chisq"
	Wald         Statistic = "Wald"
	AdjustedWald Statistic = "adjWald"
	Lincom       Statistic = "lincom"
	Saddlepoint  Statistic = "saddlepoint"
	Exact        Statistic = "exact"
)

// Statistics are all of them, the usual first.
var Statistics = []Statistic{F, ChiSquare, Wald, AdjustedWald, Lincom, Saddlepoint, Exact}

const corrected = "Pearson's X^2: Rao & Scott adjustment"

// Association tests whether two variables are independent. Rows in which one is missing are
// left out, but count in the number to which the table is scaled, as in R.
func Association(d *design.Design, a, b *frame.Column, stat Statistic) (Test, error) {
	if stat == "" {
		stat = F
	}
	if !slices.Contains(Statistics, stat) {
		return Test{}, fault.New(fault.Invalid, "inference.table_statistic", "statistic", string(stat), "statistics", strings.Join(estimate.Names(Statistics), ", "))
	}
	t, err := newTable(d, a, b)
	if err != nil {
		return Test{}, err
	}
	test := newTest(corrected)
	test.Rows, test.Columns, test.N = t.rows, t.cols, t.d.Count()
	total := t.totals(t.d.Weights())
	n, all := float64(d.Rows()), sum(total)
	test.Observed = make([]float64, len(total))
	for k, x := range total {
		test.Observed[k] = x * n / all
	}
	x2, expected := pearson(test.Observed, len(t.rows))
	test.Expected = expected
	if math.IsNaN(x2) {
		return Test{}, fault.New(fault.Invalid, "inference.table_empty")
	}
	if stat == Wald || stat == AdjustedWald {
		return t.wald(test, stat, freedom(d))
	}
	p, v, err := t.estimate(true)
	if err != nil {
		return Test{}, err
	}
	if test.Effects, err = effects(p, v, len(t.rows), d.Rows()); err != nil {
		return Test{}, err
	}
	test.refer(x2, stat, freedom(d), d.Replicated())
	return test, nil
}

// refer looks Pearson's statistic up.
func (t *Test) refer(x2 float64, stat Statistic, nu float64, replicated bool) {
	trace, df := reference(t.Effects)
	k := float64(len(t.Effects))
	ddf := df * nu
	if replicated {
		ddf = math.Inf(1) // R takes the sum of chi-squares alone where there are replicates
	}
	t.Statistic = Figure{"X-squared", x2}
	switch stat {
	case F:
		t.Statistic = Figure{"F", x2 / trace}
		t.Parameter = []Figure{{"ndf", df}, {"ddf", df * nu}}
		t.P = tail.FUpper(x2/trace, df, df*nu)
	case ChiSquare:
		t.Parameter = []Figure{{"df", k}}
		t.P = tail.ChiSquareUpper(x2/(trace/k), k)
	case Exact:
		t.Method = "Pearson's X^2: asymptotic exact distribution"
		t.P = tail.FMixtureUpper(x2, t.Effects, ddf)
	default:
		t.P = tail.FSaddlepoint(x2, t.Effects, ddf)
		if !replicated { // the name that R gives it there is lost on the way
			t.Method = "Pearson's X^2: asymptotic exact distribution"
			if stat == Saddlepoint {
				t.Method = "Pearson's X^2: saddlepoint approximation"
			}
		}
	}
}

func (t *table) wald(test Test, stat Statistic, nu float64) (Test, error) {
	total, v, err := t.estimate(false)
	if err != nil {
		return Test{}, err
	}
	w, err := wald(total, v, len(t.rows))
	if err != nil {
		return Test{}, err
	}
	df := float64((len(t.rows) - 1) * (len(t.cols) - 1))
	den := nu
	if stat == AdjustedWald {
		den = nu - df + 1
		w *= den / nu
	}
	test.Method = "Design-based Wald test of association"
	test.Statistic = Figure{"F", w / df}
	test.Parameter = []Figure{{"ndf", df}, {"ddf", den}}
	test.P = tail.FUpper(w/df, df, den)
	return test, nil
}
