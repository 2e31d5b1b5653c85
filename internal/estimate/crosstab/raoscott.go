package crosstab

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate"
	"quipu/internal/estimate/tail"
	"quipu/internal/fault"
)

// pearson is the chi-square of a table of counts, column by column, and the counts expected
// without association.
func pearson(observed []float64, rows int) (x2 float64, expected []float64) {
	cols := len(observed) / rows
	r, c, n := make([]float64, rows), make([]float64, cols), 0.0
	for k, o := range observed {
		r[k%rows] += o
		c[k/rows] += o
		n += o
	}
	expected = make([]float64, len(observed))
	for k, o := range observed {
		e := r[k%rows] * c[k/rows] / n
		expected[k] = e
		x2 += (o - e) * (o - e) / e
	}
	return x2, expected
}

// association is a basis of what is left of a table of rows x cols, laid out column by
// column, once rows and columns are accounted for: products of contrasts.
func association(rows, cols int) *mat.Dense {
	c := mat.NewDense(rows*cols, (rows-1)*(cols-1), nil)
	for i := range rows - 1 {
		for j := range cols - 1 {
			at := i + j*(rows-1)
			for a, x := range helmert(i, rows) {
				for b, y := range helmert(j, cols) {
					c.Set(a+b*rows, at, x*y)
				}
			}
		}
	}
	return c
}

// helmert is the contrast of level i+1 with the mean of those before, of length 1.
func helmert(i, n int) []float64 {
	v := make([]float64, n)
	scale := 1 / math.Sqrt(float64((i+1)*(i+2)))
	for k := range i + 1 {
		v[k] = -scale
	}
	v[i+1] = float64(i+1) * scale
	return v
}

// effects are the generalised design effects of Rao and Scott (1981, JASA 76; 1984, Annals of
// Statistics 12): the eigenvalues of Delta, the variance of the log-odds of association
// under the design over that of a simple random sample of n. p are the proportions of the
// cells, v their covariance.
func effects(p []float64, v mat.Symmetric, rows, n int) ([]float64, error) {
	cols := len(p) / rows
	c := association(rows, cols)
	_, k := c.Dims()
	inv := make([]float64, len(p))
	for i, x := range p {
		if x != 0 {
			inv[i] = 1 / x
		}
	}
	dc := mat.DenseCopyOf(c)
	for i := range inv {
		for j := range k {
			dc.Set(i, j, inv[i]*dc.At(i, j))
		}
	}
	var srs, vdc, actual mat.Dense
	srs.Mul(c.T(), dc)
	srs.Scale(1/float64(n), &srs)
	vdc.Mul(v, dc)
	actual.Mul(dc.T(), &vdc)

	var ch mat.Cholesky
	if !ch.Factorize(estimate.Symmetric(&srs)) || ch.Cond() > 1e14 {
		return nil, fault.New(fault.Invalid, "inference.table_empty")
	}
	var l mat.TriDense
	ch.LTo(&l)
	var half, whole mat.Dense
	if err := half.Solve(&l, &actual); err != nil {
		return nil, fault.New(fault.Invalid, "inference.table_empty")
	}
	if err := whole.Solve(&l, half.T()); err != nil {
		return nil, fault.New(fault.Invalid, "inference.table_empty")
	}
	var eig mat.EigenSym
	if !eig.Factorize(estimate.Symmetric(&whole), false) {
		return nil, fault.New(fault.Invalid, "inference.table_empty")
	}
	return eig.Values(nil), nil
}

// reference is where X2 is looked up: the mean of the effects, and the degrees of freedom of
// Satterthwaite.
func reference(delta []float64) (trace, df float64) {
	scale, df := tail.Satterthwaite(delta)
	return scale * df, df
}

// wald is the statistic for the counts of the cells (estimated totals t with covariance v)
// minus those expected from their margins, over the cells off the first row and column.
func wald(t []float64, v mat.Symmetric, rows int) (float64, error) {
	cols := len(t) / rows
	r, c, n := make([]float64, rows), make([]float64, cols), 0.0
	for k, x := range t {
		r[k%rows] += x
		c[k/rows] += x
		n += x
	}
	use := (rows - 1) * (cols - 1)
	jac := mat.NewDense(use, len(t), nil)
	y := mat.NewVecDense(use, nil)
	at := 0
	for j := 1; j < cols; j++ {
		for i := 1; i < rows; i++ {
			y.SetVec(at, t[i+j*rows]-r[i]*c[j]/n)
			for k := range t {
				d := r[i] * c[j] / (n * n)
				if k%rows == i {
					d -= c[j] / n
				}
				if k/rows == j {
					d -= r[i] / n
				}
				if k == i+j*rows {
					d++
				}
				jac.Set(at, k, d)
			}
			at++
		}
	}
	var jv, jvj mat.Dense
	jv.Mul(jac, v)
	jvj.Mul(&jv, jac.T())
	var ch mat.Cholesky
	if !ch.Factorize(estimate.Symmetric(&jvj)) || ch.Cond() > 1e15 {
		return math.NaN(), fault.New(fault.Invalid, "inference.table_singular")
	}
	x := mat.NewVecDense(use, nil)
	if err := ch.SolveVecTo(x, y); err != nil {
		return math.NaN(), fault.New(fault.Invalid, "inference.table_singular")
	}
	return mat.Dot(y, x), nil
}
