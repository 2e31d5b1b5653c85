package ordinal

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// Model is a fitted model: coefficients first, then the cuts, named after the answers on both sides.
type Model struct {
	Names      []string
	Coef       []float64
	Cov        *mat.SymDense
	Cuts       int     // how many of them are cuts
	Deviance   float64 // with weights of mean 1
	DF         float64 // those of the design less the coefficients, as in R
	N          int
	Replicates int // replicates in which the model could not be fitted
	Design     *design.Design
}

// Fit estimates the model of a formula. Its response is a factor of three answers or more, in their order;
// rows in which something is missing are left out.
func Fit(d *design.Design, f *formula.Formula, scope formula.Scope, method string) (*Model, error) {
	l, err := find(method)
	if err != nil {
		return nil, err
	}
	if f.Response == nil || len(f.Offsets) > 0 || !f.Intercept {
		return nil, fault.New(fault.Invalid, "inference.ordinal_formula")
	}
	y, err := formula.Full(f.Response, scope)
	if err != nil {
		return nil, err
	}
	if y.Kind != frame.Factor || y.IsLogical() {
		return nil, fault.New(fault.Invalid, "inference.ordinal_response", "variable", f.Response.String())
	}
	vars, err := f.Values(scope)
	if err != nil {
		return nil, err
	}
	in := rowsOf(d, y, vars)
	d = d.Subset(in)
	p := &problem{link: l}
	var answers []string
	if p.y, answers = occurring(y, in); len(answers) < 3 {
		return nil, fault.New(fault.Invalid, "inference.ordinal_response", "variable", f.Response.String())
	}
	p.levels = len(answers)
	for i := range vars {
		if vars[i].Column.Kind == frame.Factor && !vars[i].Column.IsLogical() {
			code, levels := occurring(vars[i].Column, in)
			vars[i].Column = &frame.Column{Kind: frame.Factor, Code: code, Levels: levels}
		}
	}
	matrix := f.MatrixOf(vars, d.Frame().N())
	m := &Model{Names: matrix.Names[1:], Cuts: p.levels - 1, N: d.Count(), Design: d}
	p.x = matrix.Columns[1:]
	for k := 1; k < len(answers); k++ {
		m.Names = append(m.Names, answers[k-1]+"|"+answers[k])
	}
	return m, m.fit(p)
}

func (m *Model) fit(p *problem) error {
	w, d := m.Design.Weights(), m.Design
	theta, information, loss, err := p.fit(w, p.start(w))
	if err != nil {
		return err
	}
	m.Coef = theta
	m.Deviance = 2 * loss / (tally.Sum(w) / float64(d.Rows()))
	m.DF = d.DF() - float64(len(p.x))
	if d.Replicated() {
		values, rw := make([][]float64, len(d.Replicates().Weights)), make([]float64, len(w))
		for r := range values {
			d.ReplicateWeights(r, rw)
			again, _, _, err := p.fit(rw, theta)
			if err != nil {
				again = slices.Repeat([]float64{math.NaN()}, len(theta))
			}
			values[r] = again
		}
		m.Cov, m.Replicates, err = d.Variance(values, theta)
		return err
	}
	var ch mat.Cholesky
	inverse := mat.NewSymDense(p.size(), nil)
	if !ch.Factorize(information) || ch.InverseTo(inverse) != nil {
		return fault.New(fault.Invalid, "inference.ordinal_flat")
	}
	st := newState(len(w))
	p.look(theta, w, st)
	z := make([][]float64, p.size())
	for j := range z {
		z[j] = make([]float64, len(w))
		for i := range w {
			if w[i] != 0 {
				z[j][i] = w[i] * p.row(j, i, st)
			}
		}
	}
	v, err := d.Cov(z)
	if err != nil {
		return err
	}
	var half, whole mat.Dense
	half.Mul(inverse, v)
	whole.Mul(&half, inverse)
	m.Cov = mat.NewSymDense(p.size(), nil)
	for i := range p.size() {
		for j := i; j < p.size(); j++ {
			m.Cov.SetSym(i, j, (whole.At(i, j)+whole.At(j, i))/2)
		}
	}
	return nil
}

// rowsOf are the rows with weight in which nothing is missing.
func rowsOf(d *design.Design, y *frame.Column, vars []formula.Variable) []bool {
	in := make([]bool, d.Frame().N())
	for i, w := range d.Weights() {
		in[i] = w != 0 && !y.IsMissing(i)
		for _, v := range vars {
			in[i] = in[i] && !v.Column.IsMissing(i)
		}
	}
	return in
}

// occurring numbers the levels that some rows have, in their order.
func occurring(c *frame.Column, in []bool) (code []int32, levels []string) {
	to := make([]int32, len(c.Levels))
	for i, k := range c.Code {
		if in[i] {
			to[k] = 1
		}
	}
	for k, used := range to {
		if to[k] = frame.Missing; used == 1 {
			to[k] = int32(len(levels))
			levels = append(levels, c.Levels[k])
		}
	}
	code = make([]int32, len(c.Code))
	for i, k := range c.Code {
		if code[i] = frame.Missing; k >= 0 && in[i] {
			code[i] = to[k]
		}
	}
	return code, levels
}
