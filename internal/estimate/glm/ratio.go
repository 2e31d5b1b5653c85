package glm

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate/tail"
	"quipu/internal/fault"
)

// Ratio is a test of terms by how much the deviance falls with them, or, Working, by the
// squares of their coefficients over their naive errors (Rao and Scott; Lumley and Scott 2014).
// Under the hypothesis Chi is a sum of chi-squares weighted by Effects, the design effects of
// the coefficients, over a chi-square of DDF degrees of freedom.
type Ratio struct {
	Chi, P  float64
	DF, DDF float64
	Effects []float64 // the largest first
}

// RatioTest tests terms as Test does. The model without them is fitted to the same rows. With
// exact the tail is integrated, else it is the saddlepoint's.
func (m *Model) RatioTest(terms []string, constant, working, exact bool, df float64) (t Ratio, err error) {
	index, err := m.columns(terms, constant)
	if err != nil {
		return t, err
	}
	if df == 0 {
		df = m.DF
	}
	if !(df > 0) {
		return t, fault.New(fault.Invalid, "inference.no_df", "df", df)
	}
	k := len(index)
	t.DF, t.DDF = float64(k), df
	b, v, naive := mat.NewVecDense(k, nil), mat.NewSymDense(k, nil), mat.NewSymDense(k, nil)
	for a, i := range index {
		b.SetVec(a, m.Coef[i])
		for c := a; c < k; c++ {
			v.SetSym(a, c, m.Cov.At(i, index[c]))
			naive.SetSym(a, c, m.Naive.At(i, index[c]))
		}
	}
	if t.Effects, err = effects(v, naive); err != nil {
		return t, err
	}
	if working {
		t.Chi, err = quadratic(naive, b)
	} else {
		t.Chi, err = m.fall(index)
	}
	if err != nil {
		return t, err
	}
	if exact {
		t.P = tail.FMixtureUpper(t.Chi, t.Effects, df)
	} else {
		t.P = tail.FSaddlepoint(t.Chi, t.Effects, df)
	}
	return t, nil
}

// fall is by how much the deviance rises when columns are left out.
func (m *Model) fall(index []int) (float64, error) {
	s := m.spec
	s.Names, s.X, s.Term, s.Start = nil, nil, nil, nil
	left := map[string]bool{}
	for _, i := range index {
		left[m.Names[i]] = true
	}
	for j, name := range m.spec.Names {
		if !left[name] && !slices.Contains(m.Aliased, name) {
			s.Names, s.X, s.Term = append(s.Names, name), append(s.X, m.spec.X[j]), append(s.Term, m.spec.Term[j])
		}
	}
	w := m.Design.Weights() // whoever is missing in a term that goes stays away
	s.Y = slices.Clone(s.Y)
	for i := range s.Y {
		if w[i] == 0 {
			s.Y[i] = math.NaN()
		}
	}
	without, err := Fit(m.full, s)
	if err != nil {
		return 0, err
	}
	return without.Deviance - m.Deviance, nil
}

// effects are the eigenvalues of naive^-1 v, of both on the scale of the naive errors.
func effects(v, naive *mat.SymDense) ([]float64, error) {
	var ch mat.Cholesky
	if !ch.Factorize(naive) {
		return nil, fault.New(fault.Invalid, "inference.wald_singular")
	}
	var l mat.TriDense
	ch.LTo(&l)
	var half, whole mat.Dense
	if half.Solve(&l, v) != nil || whole.Solve(&l, half.T()) != nil {
		return nil, fault.New(fault.Invalid, "inference.wald_singular")
	}
	k := v.SymmetricDim()
	sym := mat.NewSymDense(k, nil)
	for i := range k {
		for j := i; j < k; j++ {
			sym.SetSym(i, j, (whole.At(i, j)+whole.At(j, i))/2)
		}
	}
	var e mat.EigenSym
	if !e.Factorize(sym, false) {
		return nil, fault.New(fault.Invalid, "inference.wald_singular")
	}
	values := e.Values(nil)
	slices.Reverse(values)
	return values, nil
}
