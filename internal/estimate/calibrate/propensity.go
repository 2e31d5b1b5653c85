package calibrate

import (
	"math"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/glm"
	"quipu/internal/fault"
)

// response is the column by which answers are modelled.
const response = ".answered"

// Propensity is the probability with which each row was to answer, by a weighted logistic model of
// what is known of all who were drawn: "age + city". NaN where the weight is 0. It is an error when a row
// lacks one of these values, or when a group answered entirely or not at all.
func Propensity(d *design.Design, known string, answered []bool) ([]float64, error) {
	code := make([]int32, len(answered))
	for i, a := range answered {
		if a {
			code[i] = 1
		}
	}
	f, err := d.Frame().With(frame.Logical(response, code))
	if err != nil {
		return nil, err
	}
	e, err := d.WithFrame(f)
	if err != nil {
		return nil, err
	}
	model, err := formula.ParseFormula(response + " ~ " + known)
	if err != nil {
		return nil, err
	}
	family, err := glm.FindFamily("quasibinomial", "logit")
	if err != nil {
		return nil, err
	}
	spec, err := glm.FromFormula(e, model, family, nil)
	if err != nil {
		return nil, err
	}
	m, err := glm.Fit(e, spec)
	if err != nil {
		return nil, err
	}
	if m.Dropped > 0 {
		return nil, fault.New(fault.Invalid, "calibrate.missing", "column", known, "rows", m.Dropped)
	}
	coef := map[string]float64{}
	for j, name := range m.Names {
		coef[name] = m.Coef[j]
	}
	p := make([]float64, len(answered))
	for i, w := range d.Weights() {
		if p[i] = math.NaN(); w == 0 {
			continue
		}
		u := 0.0
		for j, x := range spec.X {
			u += coef[spec.Names[j]] * x[i] // a column that was left out counts 0
		}
		p[i] = 1 / (1 + math.Exp(-u))
	}
	return p, nil
}
