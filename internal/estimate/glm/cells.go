package glm

import (
	"slices"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/fault"
)

// CellFit is a log-linear model of counts.
type CellFit struct {
	Coef     []float64
	Fitted   []float64
	Deviance float64
}

// Cells fits a Poisson model with a logarithmic link to counts, all of the same weight (R: glm with
// quasipoisson). x are its columns; it is an error when one repeats others, and when the fit runs off,
// as it does when cells that nobody is in are left to a coefficient of their own.
func Cells(x [][]float64, y []float64) (*CellFit, error) {
	family, err := FindFamily("quasipoisson", "log")
	if err != nil {
		return nil, err
	}
	q, w := make([][]float64, len(x)), slices.Repeat([]float64{1}, len(y))
	for j := range x {
		q[j] = slices.Clone(x[j])
	}
	back, size, dependent := basis(q, w)
	if dependent >= 0 {
		return nil, fault.New(fault.Invalid, "inference.model_flat")
	}
	p := &problem{q: q, size: size, y: y, family: family}
	st, err := p.fit(w, nil)
	if err != nil {
		return nil, err
	}
	if st.astray || !st.converged {
		return nil, fault.New(fault.Invalid, "inference.loglinear_empty")
	}
	beta := mat.NewVecDense(len(x), nil)
	beta.MulVec(back, mat.NewVecDense(len(x), st.gamma))
	return &CellFit{beta.RawVector().Data, st.mu, st.deviance}, nil
}
