package crosstab

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/glm"
	"quipu/internal/fault"
)

// Loglinear is a log-linear model of the cells of a table (R: svyloglin; Rao and Scott 1984). The
// coefficients are contrasts of each level with the mean of all, those of a variable adding up to 0.
type Loglinear struct {
	Names    []string // of the coefficients without the constant
	Coef     []float64
	Constant float64
	Cov      *mat.SymDense
	Deviance float64
	DF       float64 // cells that are left over
	Null     float64 // degrees of freedom of the design
	N        int     // rows; the table is scaled to them

	of     *cells
	x      *mat.Dense // centred columns, a row a cell
	fitted []float64  // shares
}

// cells are the estimated shares of a table and their covariance.
type cells struct {
	names  []string
	levels [][]string
	p      []float64
	v      *mat.SymDense
	n      float64
	null   float64
	rows   int
}

// mostCells is how large a table may be: its covariance has the square of that.
const mostCells = 2000

// NewLoglinear fits the model of a formula to the table of its variables. Rows that lack one are left out.
func NewLoglinear(d *design.Design, f *formula.Formula, vars []formula.Variable) (*Loglinear, error) {
	c := &cells{n: float64(d.Rows()), null: d.DF()}
	present := d.Present()
	there := func(i int) bool { return present == nil || present[i] }
	var columns []*frame.Column
	size := 1
	for _, v := range vars {
		code, levels := codes(v.Column, there)
		if len(levels) < 2 {
			return nil, fault.New(fault.Invalid, "inference.loglinear_levels", "variable", v.Name)
		}
		columns = append(columns, &frame.Column{Kind: frame.Factor, Code: code, Levels: levels})
		c.names, c.levels = append(c.names, v.Name), append(c.levels, levels)
		if size *= len(levels); size > mostCells {
			return nil, fault.New(fault.Invalid, "inference.loglinear_large", "most", mostCells)
		}
	}
	if len(columns) == 0 {
		return nil, fault.New(fault.Invalid, "inference.loglinear_levels", "variable", "")
	}
	cross, err := formula.Cross(columns)
	if err != nil {
		return nil, err
	}
	r, err := estimate.Mean(d, []formula.Variable{{Column: cross}}, estimate.Options{DropMissing: true})
	if err != nil {
		return nil, err
	}
	c.p, c.v, c.rows = r.Values(), r.Cov, d.Rows()
	return c.fit(f)
}

// Update fits another model to the same table.
func (l *Loglinear) Update(f *formula.Formula) (*Loglinear, error) { return l.of.fit(f) }

func (c *cells) fit(f *formula.Formula) (*Loglinear, error) {
	names, x, err := c.columns(f)
	if err != nil {
		return nil, err
	}
	y := make([]float64, len(c.p))
	for i, p := range c.p {
		y[i] = p * c.n
	}
	m, err := glm.Cells(x, y)
	if err != nil {
		return nil, err
	}
	l := &Loglinear{Names: names[1:], Coef: m.Coef[1:], Constant: m.Coef[0], Deviance: m.Deviance, DF: float64(len(c.p) - len(x)), Null: c.null, N: c.rows, of: c}
	for _, mu := range m.Fitted {
		l.fitted = append(l.fitted, mu/c.n)
	}
	l.x = centred(x[1:], len(c.p))
	if len(l.Coef) == 0 {
		l.Cov = mat.NewSymDense(1, nil)
		return l, nil
	}
	inverse, err := inverted(around(l.x, multinomial(l.fitted, c.n)))
	if err != nil {
		return nil, err
	}
	l.Cov = sandwich(inverse, around(l.x, c.v))
	l.Cov.ScaleSym(1/(c.n*c.n), l.Cov)
	return l, nil
}

// columns are those of the terms, the constant first. Every term needs those that it holds, so that
// contrasts say all there is.
func (c *cells) columns(f *formula.Formula) (names []string, x [][]float64, err error) {
	if !f.Intercept || len(f.Offsets) > 0 {
		return nil, nil, fault.New(fault.Invalid, "inference.loglinear_constant")
	}
	place := make([]int, len(f.Variables))
	for k, v := range f.Variables {
		if place[k] = slices.Index(c.names, v.String()); place[k] < 0 {
			return nil, nil, fault.New(fault.Invalid, "inference.loglinear_variable", "variable", v.String(), "variables", strings.Join(c.names, ", "))
		}
	}
	names, x = []string{"(Intercept)"}, [][]float64{slices.Repeat([]float64{1}, len(c.p))}
	for i, t := range f.Terms {
		for _, k := range t {
			rest := slices.DeleteFunc(slices.Clone(t), func(u int) bool { return u == k })
			if len(rest) > 0 && !slices.ContainsFunc(f.Terms, func(u []int) bool { return slices.Equal(u, rest) }) {
				return nil, nil, fault.New(fault.Invalid, "inference.loglinear_nested", "term", f.TermName(i))
			}
		}
		n, cols := []string{""}, [][]float64{x[0]}
		for _, k := range t {
			n, cols = c.times(n, cols, place[k])
		}
		names, x = append(names, n...), append(x, cols...)
	}
	return names, x, nil
}

// times multiplies columns by the contrasts of a variable; the columns before vary fastest.
func (c *cells) times(names []string, x [][]float64, k int) (n []string, out [][]float64) {
	below, levels := 1, len(c.levels[k])
	for _, l := range c.levels[:k] {
		below *= len(l)
	}
	for j := range levels - 1 {
		for i := range x {
			col := make([]float64, len(x[i]))
			for cell := range col {
				switch cell / below % levels {
				case j:
					col[cell] = x[i][cell]
				case levels - 1:
					col[cell] = -x[i][cell]
				}
			}
			name := c.names[k] + strconv.Itoa(j+1)
			if names[i] != "" {
				name = names[i] + ":" + name
			}
			n, out = append(n, name), append(out, col)
		}
	}
	return n, out
}

// centred are columns less their mean.
func centred(x [][]float64, n int) *mat.Dense {
	if len(x) == 0 {
		return nil
	}
	out := mat.NewDense(n, len(x), nil)
	for j, col := range x {
		mean := sum(col) / float64(n)
		for i, v := range col {
			out.Set(i, j, v-mean)
		}
	}
	return out
}

// multinomial is the covariance of the shares of a simple random sample of n.
func multinomial(p []float64, n float64) *mat.SymDense {
	out := mat.NewSymDense(len(p), nil)
	for i := range p {
		for j := i; j < len(p); j++ {
			out.SetSym(i, j, -p[i]*p[j]/n)
		}
		out.SetSym(i, i, (p[i]-p[i]*p[i])/n)
	}
	return out
}

// around is X'SX.
func around(x *mat.Dense, s *mat.SymDense) *mat.SymDense {
	var half, whole mat.Dense
	half.Mul(s, x)
	whole.Mul(x.T(), &half)
	return estimate.Symmetric(&whole)
}

// sandwich is ABA.
func sandwich(a, b *mat.SymDense) *mat.SymDense {
	var half, whole mat.Dense
	half.Mul(a, b)
	whole.Mul(&half, a)
	return estimate.Symmetric(&whole)
}

func inverted(a *mat.SymDense) (*mat.SymDense, error) {
	var ch mat.Cholesky
	out := mat.NewSymDense(a.SymmetricDim(), nil)
	if !ch.Factorize(a) || ch.Cond() > 1e14 || ch.InverseTo(out) != nil {
		return nil, fault.New(fault.Invalid, "inference.loglinear_empty")
	}
	return out, nil
}

// P is the probability of a coefficient as far from 0, by the normal distribution as in R.
func (l *Loglinear) P(i int) float64 {
	return math.Erfc(math.Abs(l.Coef[i]/math.Sqrt(l.Cov.At(i, i))) / math.Sqrt2)
}
