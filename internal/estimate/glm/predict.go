package glm

import (
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tail"
	"quipu/internal/fault"
)

// Prediction are the means, or the predictors, that a model gives to rows of data.
type Prediction struct {
	Rows     []int     // of the data, those in which no explaining variable is missing
	Value    []float64 // one a row
	SE       []float64
	Low      []float64 // an interval, worked out on the scale of the predictor
	High     []float64
	Cov      *mat.SymDense // of the values; nil unless it is asked for
	Response bool          // means, else predictors
	DF       float64
}

// Asking says how to predict.
type Asking struct {
	Response bool    // means, not predictors
	Cov      bool    // covariances as well
	Total    float64 // the constant counts so many times, for the predictor of a sum; 0 is once
	Level    float64 // of the intervals
	AsR      bool    // leave the offset out, as R's predict does
	Fitted   bool    // the data are those of the model: what is worked out of all rows may stay
}

// Predict works out what the model says of the rows of a scope (R: predict.svyglm). An offset of the
// formula counts. It is an error where a variable is worked out of all rows, such as poly(x, 2), of
// which other data have others, and where data have a level that the model has not seen.
func (m *Model) Predict(scope formula.Scope, o Asking) (*Prediction, error) {
	x, offset, err := m.matrixOn(scope, o)
	if err != nil {
		return nil, err
	}
	p := &Prediction{Response: o.Response, DF: m.DF}
	var rows [][]float64
	var at []float64
	for i := range scope.Frame.N() {
		if scope.In != nil && !scope.In[i] {
			continue
		}
		row, whole := make([]float64, len(x)), !math.IsNaN(offset[i])
		for j := range x {
			row[j] = x[j][i]
			whole = whole && !math.IsNaN(row[j])
		}
		if whole {
			p.Rows, rows, at = append(p.Rows, i), append(rows, row), append(at, offset[i])
		}
	}
	p.fill(m, rows, at, o)
	return p, nil
}

// fill works out value, error and interval of each row of the model matrix.
func (p *Prediction) fill(m *Model, rows [][]float64, offset []float64, o Asking) {
	n := len(rows)
	t := tail.StudentQuantile(1-(1-o.Level)/2, m.DF)
	half := make([][]float64, n) // row V
	slopes := make([]float64, n)
	for i, r := range rows {
		eta := offset[i]
		half[i] = make([]float64, len(r))
		for j, b := range m.Coef {
			eta += r[j] * b
			for k := range r {
				half[i][k] += r[j] * m.Cov.At(j, k)
			}
		}
		se := math.Sqrt(dot(half[i], r))
		mu, slope := m.Family.link.at(eta)
		if !o.Response {
			mu, slope = eta, 1
		}
		low, high := eta-t*se, eta+t*se
		if o.Response {
			low, high = m.Family.link.inv(low), m.Family.link.inv(high)
		}
		slopes[i] = slope
		p.Value, p.SE = append(p.Value, mu), append(p.SE, math.Abs(slope)*se)
		p.Low, p.High = append(p.Low, math.Min(low, high)), append(p.High, math.Max(low, high))
	}
	if !o.Cov || n == 0 {
		return
	}
	p.Cov = mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			p.Cov.SetSym(i, j, slopes[i]*slopes[j]*dot(half[i], rows[j]))
		}
	}
}

func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// matrixOn are the columns of the coefficients and the offset over the rows of a scope.
func (m *Model) matrixOn(scope formula.Scope, o Asking) (x [][]float64, offset []float64, err error) {
	f, n := m.spec.formula, scope.Frame.N()
	if f == nil {
		return nil, nil, fault.New(fault.Invalid, "inference.predict_formula")
	}
	for _, e := range f.Variables {
		if !o.Fitted && formula.OfAllRows(e) {
			return nil, nil, fault.New(fault.Invalid, "inference.predict_whole", "variable", e.String())
		}
	}
	vars, err := f.Values(scope)
	if err != nil {
		return nil, nil, err
	}
	for k := range vars {
		if vars[k].Column, err = m.spec.asFitted(k, vars[k], o.Fitted); err != nil {
			return nil, nil, err
		}
	}
	matrix := f.MatrixOf(vars, n)
	for _, name := range m.Names {
		c := matrix.Columns[slices.Index(matrix.Names, name)]
		if name == "(Intercept)" && o.Total != 0 {
			c = slices.Repeat([]float64{o.Total}, n)
		}
		x = append(x, c)
	}
	offset, err = m.offsetOn(scope, o)
	return x, offset, err
}

// asFitted is a variable of other data coded as that of the model. A level that the model has not
// seen is missing among its own data, and refused among others.
func (s *Spec) asFitted(k int, v formula.Variable, own bool) (*frame.Column, error) {
	levels := s.levels[k]
	if levels == nil {
		if v.Column.Kind != frame.Number && !v.Column.IsLogical() {
			return nil, fault.New(fault.Invalid, "inference.predict_kind", "variable", v.Name)
		}
		return &frame.Column{Kind: frame.Number, Num: formula.AsNumbers(v.Column)}, nil
	}
	c := v.Column.AsFactor()
	to := make([]int32, len(c.Levels))
	for l, name := range c.Levels {
		to[l] = int32(slices.Index(levels, name))
	}
	out := frame.Column{Kind: frame.Factor, Levels: levels, Code: make([]int32, len(c.Code))}
	for i, l := range c.Code {
		if out.Code[i] = frame.Missing; l < 0 {
			continue
		}
		if out.Code[i] = to[l]; to[l] < 0 && !own {
			return nil, fault.New(fault.Invalid, "inference.predict_level", "variable", v.Name, "level", c.Levels[l], "levels", strings.Join(levels, ", "))
		}
	}
	return &out, nil
}

func (m *Model) offsetOn(scope formula.Scope, o Asking) ([]float64, error) {
	sum := make([]float64, scope.Frame.N())
	if o.AsR {
		return sum, nil
	}
	if m.spec.outside {
		return nil, fault.New(fault.Invalid, "inference.predict_offset")
	}
	for _, e := range m.spec.formula.Offsets {
		c, err := formula.Full(e, scope)
		if err != nil {
			return nil, err
		}
		for i, v := range formula.AsNumbers(c) {
			sum[i] += v
		}
	}
	return sum, nil
}
