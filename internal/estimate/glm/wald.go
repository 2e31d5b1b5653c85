package glm

import (
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate/tail"
	"quipu/internal/fault"
)

// Wald is a test that some coefficients are those of a null hypothesis together.
type Wald struct {
	F, P    float64
	DF, DDF float64
	Terms   []string
}

// Test tests terms of the model, each by its label; an interaction may be written in any
// order. With constant the intercept is tested, too. null are the values of the hypothesis
// (nil: zeros), df the degrees of freedom of the denominator (0: the model's; infinite for
// chi-square over its degrees of freedom).
func (m *Model) Test(terms []string, constant bool, null []float64, df float64) (Wald, error) {
	index, err := m.columns(terms, constant)
	if err != nil {
		return Wald{}, err
	}
	if df == 0 {
		df = m.DF
	}
	if !(df > 0) {
		return Wald{}, fault.New(fault.Invalid, "inference.no_df", "df", df)
	}
	k := len(index)
	b, v := mat.NewVecDense(k, nil), mat.NewSymDense(k, nil)
	for a, i := range index {
		b.SetVec(a, m.Coef[i])
		if null != nil {
			b.SetVec(a, m.Coef[i]-null[a%len(null)])
		}
		for c := a; c < k; c++ {
			v.SetSym(a, c, m.Cov.At(i, index[c]))
		}
	}
	chi, err := quadratic(v, b)
	if err != nil {
		return Wald{}, err
	}
	w := Wald{F: chi / float64(k), DF: float64(k), DDF: df, Terms: terms}
	w.P = tail.FUpper(w.F, w.DF, df)
	return w, nil
}

// columns are the places of the coefficients of terms.
func (m *Model) columns(terms []string, constant bool) ([]int, error) {
	var index []int
	for j, term := range m.Term {
		if constant && term == 0 || term > 0 && slices.ContainsFunc(terms, func(t string) bool { return canonical(t) == canonical(m.Labels[term-1]) }) {
			index = append(index, j)
		}
	}
	for _, t := range terms {
		if !slices.ContainsFunc(m.Labels, func(l string) bool { return canonical(l) == canonical(t) }) {
			return nil, fault.New(fault.Invalid, "inference.term", "term", t, "terms", strings.Join(m.Labels, ", "))
		}
	}
	if len(index) == 0 {
		return nil, fault.New(fault.Invalid, "inference.term", "term", "", "terms", strings.Join(m.Labels, ", "))
	}
	return index, nil
}

// quadratic is b' V^-1 b, with each coefficient on the scale of its error.
func quadratic(v *mat.SymDense, b *mat.VecDense) (float64, error) {
	k := b.Len()
	scaled, z := mat.NewSymDense(k, nil), mat.NewVecDense(k, nil)
	for i := range k {
		si := math.Sqrt(v.At(i, i))
		z.SetVec(i, b.AtVec(i)/si)
		for j := i; j < k; j++ {
			scaled.SetSym(i, j, v.At(i, j)/(si*math.Sqrt(v.At(j, j))))
		}
	}
	var ch mat.Cholesky
	x := mat.NewVecDense(k, nil)
	if !ch.Factorize(scaled) || ch.Cond() > 1e14 {
		return 0, fault.New(fault.Invalid, "inference.wald_singular")
	}
	if err := ch.SolveVecTo(x, z); err != nil {
		return 0, fault.New(fault.Invalid, "inference.wald_singular")
	}
	return mat.Dot(z, x), nil
}

func canonical(term string) string {
	parts := strings.Split(term, ":")
	slices.Sort(parts)
	return strings.Join(parts, ":")
}
