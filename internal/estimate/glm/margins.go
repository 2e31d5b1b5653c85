package glm

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// marginName is that of the added variable, as in R.
const marginName = ".groupfactor"

// Margins are predictive margins (R: svypredmeans; Graubard and Korn 1999): the mean of the predictions
// for everybody if all were in one group, for each value of a variable that is added to the model. at
// are its values, nil for all that occur. The error has two parts: that of the coefficients and that of
// the people over whom the mean is taken.
func (m *Model) Margins(group *frame.Column, at []string, o Asking) (estimate.Result, error) {
	var none estimate.Result
	if m.spec.formula == nil || m.spec.outside {
		return none, fault.New(fault.Invalid, "inference.predict_offset")
	}
	bigger, err := m.with(group)
	if err != nil {
		return none, err
	}
	if at == nil {
		at = occurringTexts(group, m.Design.Weights())
	}
	if len(at) == 0 || len(at) > 1000 {
		return none, fault.New(fault.Invalid, "inference.margin_groups", "groups", len(at))
	}
	here, w := m.Design.Frame(), m.Design.Weights()
	all := tally.Sum(w)
	slope := mat.NewDense(len(bigger.Coef), len(at), nil)
	var fits []formula.Variable
	for g, value := range at {
		f, err := here.With(constant(group, value, here.N()))
		if err != nil {
			return none, err
		}
		asking := Asking{Fitted: true, AsR: o.AsR}
		x, offset, err := bigger.matrixOn(formula.Scope{Frame: f, In: m.Design.Present()}, asking)
		if err != nil {
			return none, err
		}
		mu, d := bigger.meansOf(x, offset)
		fits = append(fits, formula.Variable{Name: value, Column: &frame.Column{Kind: frame.Number, Num: mu}})
		for j := range x {
			slope.Set(j, g, tally.Of(len(w), func(i int) float64 {
				if w[i] == 0 {
					return 0
				}
				return w[i] * d[i] * x[j][i]
			})/all)
		}
	}
	r, err := estimate.Mean(m.Design, fits, estimate.Options{Level: o.Level})
	if err != nil {
		return none, err
	}
	var half, of mat.Dense
	half.Mul(bigger.Cov, slope)
	of.Mul(slope.T(), &half)
	for i := range at {
		for j := i; j < len(at); j++ {
			r.Cov.SetSym(i, j, r.Cov.At(i, j)+of.At(i, j))
		}
		r.Estimates[i].SE = math.Sqrt(r.Cov.At(i, i))
	}
	r.Replicates = nil
	return r, nil
}

// with fits the model with one variable more.
func (m *Model) with(group *frame.Column) (*Model, error) {
	f := *m.spec.formula
	f.Variables = append(slices.Clone(f.Variables), formula.Name(marginName))
	at := slices.IndexFunc(f.Terms, func(t []int) bool { return len(t) > 1 })
	if at < 0 {
		at = len(f.Terms)
	}
	f.Terms = slices.Insert(slices.Clone(f.Terms), at, []int{len(f.Variables) - 1})
	named := *group
	named.Name = marginName
	data, err := m.Design.Frame().With(named)
	if err != nil {
		return nil, err
	}
	d, err := m.Design.WithFrame(data)
	if err != nil {
		return nil, err
	}
	s, err := FromFormula(d, &f, m.Family, nil)
	if err != nil {
		return nil, err
	}
	s.Raw = m.spec.Raw
	return Fit(d, s)
}

// meansOf are means and slopes of the link at every row; what misses a variable is missing.
func (m *Model) meansOf(x [][]float64, offset []float64) (mu, slope []float64) {
	mu, slope = make([]float64, len(offset)), make([]float64, len(offset))
	for i := range mu {
		eta := offset[i]
		for j, b := range m.Coef {
			eta += b * x[j][i]
		}
		mu[i], slope[i] = m.Family.link.at(eta)
	}
	return mu, slope
}

// occurringTexts are the values of a column in the rows that have weight, in their order.
func occurringTexts(c *frame.Column, w []float64) []string {
	f := c.AsFactor()
	in := make([]bool, len(w))
	for i := range w {
		in[i] = w[i] != 0
	}
	return occurring(&frame.Column{Kind: frame.Factor, Code: f.Code, Levels: f.Levels}, in).Levels
}

// constant is a column like another that has one value everywhere.
func constant(like *frame.Column, value string, n int) frame.Column {
	f := frame.Texts(marginName, slices.Repeat([]string{value}, n))
	if like.Kind == frame.Number {
		return frame.Numbers(marginName, formula.AsNumbers(&f))
	}
	return f
}

// PseudoR2 is what the terms of a model explain, as a share (R: psrsq, for 0/1 answers and counts): Cox and
// Snell's, or Nagelkerke's, which reaches 1.
func (m *Model) PseudoR2(nagelkerke bool) (float64, error) {
	if !slices.Contains([]string{"binomial", "quasibinomial", "poisson", "quasipoisson"}, m.Family.Name) || !slices.Contains(m.Term, 0) {
		return 0, fault.New(fault.Invalid, "inference.pseudo_r2", "family", m.Family.Name)
	}
	var terms []int
	for j, t := range m.Term {
		if t > 0 {
			terms = append(terms, j)
		}
	}
	null := m.Deviance
	if len(terms) > 0 {
		more, err := m.fall(terms)
		if err != nil {
			return 0, err
		}
		null += more
	}
	n := tally.Sum(m.Design.Weights()) / m.unit // the weights as the deviance has them
	share := -math.Expm1((m.Deviance - null) / n)
	if nagelkerke {
		share /= -math.Expm1(-null / n)
	}
	return share, nil
}
