package glm

import (
	"math"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// FromFormula makes a model of a formula over the columns of a design: y ~ x1 * x2 +
// offset(log(n)). offset is added to the formula's own (nil: none). Factors are coded with
// the levels that occur among the rows that count; the response of a binomial model may be a
// factor, whose first level is failure.
func FromFormula(d *design.Design, f *formula.Formula, family Family, offset []float64) (Spec, error) {
	if f.Response == nil {
		return Spec{}, fault.New(fault.Invalid, "inference.model_response")
	}
	for _, v := range f.Variables {
		if v.String() == f.Response.String() {
			return Spec{}, fault.New(fault.Invalid, "inference.model_itself", "variable", v.String())
		}
	}
	scope := formula.Scope{Frame: d.Frame(), In: d.Present()}
	s := Spec{Family: family, Offset: offset, formula: f, outside: offset != nil}
	y, err := formula.Full(f.Response, scope)
	if err != nil {
		return Spec{}, err
	}
	for _, e := range f.Offsets {
		c, err := formula.Full(e, scope)
		if err != nil {
			return Spec{}, err
		}
		s.addOffset(formula.AsNumbers(c))
	}
	vars, err := f.Values(scope)
	if err != nil {
		return Spec{}, err
	}
	live := complete(d.Weights(), s.Offset, y, vars)
	for i := range vars {
		vars[i].Column = occurring(vars[i].Column, live)
		s.levels = append(s.levels, vars[i].Column.Levels)
	}
	if s.Y, err = response(occurring(y, live), f.Response.String(), family); err != nil {
		return Spec{}, err
	}
	m := f.MatrixOf(vars, d.Frame().N())
	s.Names, s.X = m.Names, m.Columns
	for _, t := range m.Term {
		s.Term = append(s.Term, t+1)
	}
	for i := range f.Terms {
		s.Labels = append(s.Labels, f.TermName(i))
	}
	if len(s.X) == 0 {
		return Spec{}, fault.New(fault.Invalid, "inference.model_empty")
	}
	return s, nil
}

func (s *Spec) addOffset(x []float64) {
	sum := append([]float64(nil), x...)
	for i := range s.Offset {
		sum[i] += s.Offset[i]
	}
	s.Offset = sum
}

// complete finds the rows with weight in which nothing is missing.
func complete(w, offset []float64, y *frame.Column, vars []formula.Variable) []bool {
	in := make([]bool, len(w))
	for i := range in {
		in[i] = w[i] != 0 && !y.IsMissing(i) && (offset == nil || !math.IsNaN(offset[i]))
	}
	for _, v := range vars {
		for i := range in {
			in[i] = in[i] && !v.Column.IsMissing(i)
		}
	}
	return in
}

// occurring leaves the levels of a factor that occur in some rows; conditions keep both.
func occurring(c *frame.Column, in []bool) *frame.Column {
	if c.Kind != frame.Factor || c.IsLogical() {
		return c
	}
	used := make([]bool, len(c.Levels))
	for i, k := range c.Code {
		if in[i] && k >= 0 {
			used[k] = true
		}
	}
	out := *c
	out.Levels, out.Code = nil, make([]int32, len(c.Code))
	to := make([]int32, len(c.Levels))
	for k, u := range used {
		to[k] = frame.Missing
		if u {
			to[k] = int32(len(out.Levels))
			out.Levels = append(out.Levels, c.Levels[k])
		}
	}
	for i, k := range c.Code {
		out.Code[i] = frame.Missing
		if k >= 0 {
			out.Code[i] = to[k]
		}
	}
	return &out
}

// response turns what is explained into numbers.
func response(c *frame.Column, name string, family Family) ([]float64, error) {
	if c.Kind == frame.Number {
		return c.Num, nil
	}
	if !c.IsLogical() && (family.kind.inside(1) || !family.kind.inside(0.5)) {
		return nil, fault.New(fault.Invalid, "inference.response_factor", "variable", name, "family", family.Name)
	}
	y := make([]float64, len(c.Code))
	for i, k := range c.Code {
		switch {
		case k < 0:
			y[i] = math.NaN()
		case k > 0:
			y[i] = 1
		}
	}
	return y, nil
}
