package formula

import (
	"slices"

	"quipu/internal/estimate/frame"
)

// Matrix is a model matrix in columns, a value a row; missing values make NaN.
type Matrix struct {
	Names   []string
	Columns [][]float64
	Term    []int // of each column: its term, -1 for the intercept
}

// ModelMatrix makes the columns of a model: treatment contrasts (the first level is the
// reference), and all levels where the margin of a term is not in the model, as R's
// model.matrix. Levels are those of the factor, whether they occur or not.
func (f *Formula) ModelMatrix(s Scope) (*Matrix, error) {
	v, err := f.Values(s)
	if err != nil {
		return nil, err
	}
	return f.MatrixOf(v, s.Frame.N()), nil
}

// MatrixOf is ModelMatrix of variables whose values are known already, n of each.
func (f *Formula) MatrixOf(v []Variable, n int) *Matrix {
	m := &Matrix{}
	if f.Intercept {
		m.add("(Intercept)", slices.Repeat([]float64{1}, n), -1)
	}
	for i, t := range f.Terms {
		names, columns := []string{""}, [][]float64{nil}
		for _, k := range t {
			n, c := v[k].coded(f.contrasts(v, t, k))
			names, columns = outer(names, columns, n, c)
		}
		for j := range names {
			m.add(names[j], columns[j], i)
		}
	}
	return m
}

func (m *Matrix) add(name string, column []float64, term int) {
	m.Names, m.Columns, m.Term = append(m.Names, name), append(m.Columns, column), append(m.Term, term)
}

// contrasts reports whether variable k of a term is coded by contrasts: where the model has
// the term without it. Without an intercept the first factor takes its place, with all levels.
func (f *Formula) contrasts(v []Variable, t []int, k int) bool {
	rest := slices.DeleteFunc(slices.Clone(t), func(u int) bool { return u == k })
	if len(rest) > 0 {
		return slices.ContainsFunc(f.Terms, func(u []int) bool { return slices.Equal(u, rest) })
	}
	if f.Intercept {
		return true
	}
	for _, u := range f.Terms {
		if len(u) == 1 && v[u[0]].Column.Kind == frame.Factor {
			return u[0] != k
		}
	}
	return true
}

// coded gives the columns of a variable: itself, or indicators of its levels.
func (v Variable) coded(contrasts bool) (names []string, columns [][]float64) {
	if v.Wide != nil {
		return v.Wide.Names, v.Wide.Columns
	}
	if v.Column.Kind == frame.Number {
		return []string{v.Name}, [][]float64{v.Column.Num}
	}
	first := 0
	if contrasts {
		first = 1
	}
	for l := first; l < len(v.Column.Levels); l++ {
		names = append(names, v.Name+v.Column.Levels[l])
		columns = append(columns, Indicator(v.Column, int32(l)))
	}
	return names, columns
}

// Indicator is 1 where a factor has the level, NaN where it is missing.
func Indicator(c *frame.Column, level int32) []float64 {
	x := make([]float64, len(c.Code))
	for i, k := range c.Code {
		switch {
		case k < 0:
			x[i] = nan
		case k == level:
			x[i] = 1
		}
	}
	return x
}

// outer multiplies columns out; those of the first vary fastest.
func outer(an []string, a [][]float64, bn []string, b [][]float64) (names []string, columns [][]float64) {
	for j := range b {
		for i := range a {
			if a[i] == nil {
				names, columns = append(names, bn[j]), append(columns, b[j])
				continue
			}
			c := make([]float64, len(b[j]))
			for r := range c {
				c[r] = a[i][r] * b[j][r]
			}
			names, columns = append(names, an[i]+":"+bn[j]), append(columns, c)
		}
	}
	return names, columns
}
