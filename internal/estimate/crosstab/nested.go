package crosstab

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate"
	"quipu/internal/estimate/tail"
	"quipu/internal/fault"
)

// Nested compares two log-linear models of a table (R: anova.svyloglin; Rao and Scott 1984): by how
// much the deviance falls, and by Pearson's statistic of the one's cells against the other's.
type Nested struct {
	Deviance, Score float64
	DF              float64
	Effects         []float64 // design effects of what is tested
	OfDeviance      Tails
	OfScore         Tails
}

// Tails are the probability of a statistic under the smaller model, by each correction: of the first
// order, of the second with the error of the design, by the saddlepoint, and by the integral.
type Tails struct{ Chisq, F, Saddlepoint, Lincom float64 }

// Compare tests what the larger of two models has more; it is an error when they are not of the same
// table, or the larger has not all columns of the smaller.
func Compare(a, b *Loglinear) (n Nested, err error) {
	if len(b.Coef) < len(a.Coef) {
		a, b = b, a
	}
	if !a.of.same(b.of) {
		return n, fault.New(fault.Invalid, "inference.loglinear_tables")
	}
	if !within(a.Names, b.Names) || len(a.Names) == len(b.Names) {
		return n, fault.New(fault.Invalid, "inference.loglinear_not_nested")
	}
	more, err := left(a, b)
	if err != nil {
		return n, err
	}
	c := a.of
	simple, err := inverted(around(more, multinomial(c.p, c.n)))
	if err != nil {
		return n, err
	}
	if n.Effects, err = ratios(simple, around(more, c.v)); err != nil {
		return n, err
	}
	n.DF = float64(len(n.Effects))
	n.Deviance = a.Deviance - b.Deviance
	for i, p := range a.fitted {
		d := b.fitted[i] - p
		n.Score += c.n * d * d / p
	}
	n.OfDeviance, n.OfScore = n.tails(n.Deviance, c.null), n.tails(n.Score, c.null)
	return n, nil
}

// same reports whether two tables have the same cells.
func (c *cells) same(o *cells) bool {
	if c == o {
		return true
	}
	return slices.Equal(c.names, o.names) && slices.EqualFunc(c.levels, o.levels, slices.Equal[[]string]) && slices.Equal(c.p, o.p) && c.n == o.n && mat.Equal(c.v, o.v)
}

func within(some, all []string) bool {
	have := map[string]bool{}
	for _, n := range all {
		have[n] = true
	}
	for _, n := range some {
		if !have[n] {
			return false
		}
	}
	return true
}

// left are the columns that the larger model has more, less what those of the smaller say of them.
func left(a, b *Loglinear) (*mat.Dense, error) {
	rows, _ := b.x.Dims()
	have := map[string]bool{}
	for _, n := range a.Names {
		have[n] = true
	}
	var more *mat.Dense
	for j, n := range b.Names {
		if have[n] {
			continue
		}
		col := mat.NewDense(rows, 1, mat.Col(nil, j, b.x))
		if more == nil {
			more = col
			continue
		}
		var both mat.Dense
		both.Augment(more, col)
		more = &both
	}
	if a.x == nil {
		return more, nil
	}
	p := multinomial(b.fitted, a.of.n)
	inverse, err := inverted(around(a.x, p))
	if err != nil {
		return nil, err
	}
	var px, share, said mat.Dense
	px.Mul(p, more)
	share.Mul(a.x.T(), &px)
	share.Mul(inverse, &share)
	said.Mul(a.x, &share)
	more.Sub(more, &said)
	return more, nil
}

// ratios are the eigenvalues of A V, A being an inverse covariance.
func ratios(a, v *mat.SymDense) ([]float64, error) {
	var ch mat.Cholesky
	if !ch.Factorize(a) {
		return nil, fault.New(fault.Invalid, "inference.loglinear_empty")
	}
	var u mat.TriDense
	ch.UTo(&u)
	var half, whole mat.Dense
	half.Mul(&u, v)
	whole.Mul(&half, u.T())
	var e mat.EigenSym
	if !e.Factorize(estimate.Symmetric(&whole), false) {
		return nil, fault.New(fault.Invalid, "inference.loglinear_empty")
	}
	return e.Values(nil), nil
}

func (n *Nested) tails(x, null float64) Tails {
	trace, df := reference(n.Effects)
	return Tails{
		Chisq:       tail.ChiSquareUpper(x*n.DF/trace, n.DF),
		F:           tail.FUpper(x/trace, df, null*df),
		Saddlepoint: tail.FSaddlepoint(x, n.Effects, math.Inf(1)),
		Lincom:      tail.FMixtureUpper(x, n.Effects, math.Inf(1)),
	}
}
