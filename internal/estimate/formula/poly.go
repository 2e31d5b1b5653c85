package formula

import (
	"math"
	"strconv"

	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// Wide are the columns of a variable that is a matrix, such as poly(x, 2).
type Wide struct {
	Names   []string
	Columns [][]float64
}

// wide evaluates a variable that is a matrix; nil when it is none.
func (s Scope) wide(e Expr) (*Wide, error) {
	c, ok := e.(Call)
	if !ok || c.Fun != "poly" {
		return nil, nil
	}
	v, err := s.need(c, 0, "x")
	if err != nil {
		return nil, err
	}
	d, err := s.argument(c, 1, "degree")
	if err != nil {
		return nil, err
	}
	degree := 1.0
	if d != nil {
		degree = AsNumbers(d)[0]
	}
	x, n := AsNumbers(v), s.Frame.N()
	if len(x) != n || !(degree >= 1 && degree <= 20) {
		return nil, fault.New(fault.Invalid, "formula.argument", "function", c.Fun, "argument", "degree")
	}
	w := &Wide{}
	raw, _ := c.Arg("raw").(Bool)
	if bool(raw) {
		for k := range int(degree) {
			p := make([]float64, n)
			for i := range p {
				p[i] = math.Pow(x[i], float64(k+1))
			}
			w.Columns = append(w.Columns, p)
		}
	} else if w.Columns, err = s.orthogonal(c, x, int(degree)); err != nil {
		return nil, err
	}
	for k := range w.Columns {
		name := c.String()
		if len(w.Columns) > 1 {
			name += strconv.Itoa(k + 1)
		}
		w.Names = append(w.Names, name)
	}
	return w, nil
}

// orthogonal are polynomials of x that are orthogonal to the constant and to one another over
// the rows that are in, each of length 1 (the three-term recurrence, Kennedy and Gentle 1980).
// x must be known in these rows.
func (s Scope) orthogonal(c Call, x []float64, degree int) ([][]float64, error) {
	known := s.those(x, false)
	different := map[float64]bool{}
	for _, v := range known {
		if math.IsNaN(v) {
			return nil, fault.New(fault.Invalid, "formula.argument", "function", c.Fun, "argument", "x")
		}
		different[v] = true
	}
	if len(different) <= degree {
		return nil, fault.New(fault.Invalid, "formula.argument", "function", c.Fun, "argument", "degree")
	}
	middle := mean(known)
	in := func(i int) bool { return s.In == nil || s.In[i] }
	before, now := make([]float64, len(x)), make([]float64, len(x))
	for i := range now {
		now[i] = 1
	}
	sum := func(f func(i int) float64) float64 {
		return tally.Of(len(x), func(i int) float64 {
			if !in(i) {
				return 0
			}
			return f(i)
		})
	}
	var out [][]float64
	last := 1.0
	for range degree {
		square := sum(func(i int) float64 { return now[i] * now[i] })
		shift := sum(func(i int) float64 { return (x[i] - middle) * now[i] * now[i] }) / square
		next := make([]float64, len(x))
		for i := range next {
			next[i] = (x[i] - middle - shift) * now[i]
			if len(out) > 0 {
				next[i] -= square / last * before[i]
			}
		}
		before, now, last = now, next, square
		length := math.Sqrt(sum(func(i int) float64 { return next[i] * next[i] }))
		col := make([]float64, len(x))
		for i := range col {
			col[i] = next[i] / length
		}
		out = append(out, col)
	}
	return out, nil
}

// poly as a value is refused: it is a matrix, which models alone know what to do with.
func refuseMatrix(_ Scope, c Call) (*frame.Column, error) {
	return nil, fault.New(fault.Invalid, "formula.matrix", "function", c.Fun)
}
