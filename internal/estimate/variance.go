package estimate

import (
	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/tally"
)

// variance is the population's variance, or covariance matrix column by column, with the
// factor n/(n-1): sum of w (x - xbar)(y - ybar)/W.
type variance struct {
	x     [][]float64
	names []string
	n     float64
}

func newVariance(d *design.Design, vars []formula.Variable) (*variance, error) {
	v := &variance{n: float64(d.Count())}
	if d.Replicated() {
		v.n = float64(d.Rows())
	}
	for _, one := range vars {
		x, err := numeric(one)
		if err != nil {
			return nil, err
		}
		v.x = append(v.x, x)
	}
	for b := range vars {
		for a := range vars {
			if len(vars) == 1 {
				v.names = []string{vars[0].Name}
				continue
			}
			v.names = append(v.names, vars[a].Name+":"+vars[b].Name)
		}
	}
	return v, nil
}

func (v *variance) Terms() []string { return v.names }

func (v *variance) means(w []float64) (mean []float64, weight float64) {
	weight = tally.Sum(w)
	for _, x := range v.x {
		mean = append(mean, tally.Dot(w, x)/weight)
	}
	return mean, weight
}

func (v *variance) Value(w []float64) ([]float64, error) {
	mean, weight := v.means(w)
	p := len(v.x)
	out := make([]float64, p*p)
	for a := range p {
		for b := range a + 1 {
			sum := tally.Of(len(w), func(i int) float64 {
				if w[i] == 0 {
					return 0
				}
				return w[i] * ((v.x[a][i] - mean[a]) * (v.x[b][i] - mean[b]))
			})
			out[a*p+b] = sum / weight * v.n / (v.n - 1)
			out[b*p+a] = out[a*p+b]
		}
	}
	return out, nil
}

// Influence: w ((x - xbar)(y - ybar) n/(n-1) - s)/W; the means count as known, as in R.
func (v *variance) Influence(w, theta []float64) ([][]float64, error) {
	mean, weight := v.means(w)
	p := len(v.x)
	z := make([][]float64, p*p)
	for a := range p {
		for b := range p {
			at := a*p + b
			z[at] = make([]float64, len(w))
			for i := range w {
				if w[i] != 0 {
					z[at][i] = w[i] * ((v.x[a][i]-mean[a])*(v.x[b][i]-mean[b])*v.n/(v.n-1) - theta[at]) / weight
				}
			}
		}
	}
	return z, nil
}

// Variance estimates the variance of a variable in the population (svyvar), or the matrix of
// covariances of several, column by column.
func Variance(d *design.Design, vars []formula.Variable, o Options) (Result, error) {
	all := d
	d, err := Within(d, vars, o.DropMissing)
	if err != nil {
		return Result{}, err
	}
	v, err := newVariance(d, vars)
	if err != nil {
		return Result{}, err
	}
	if !d.Replicated() {
		v.n = float64(all.Count()) // n/(n-1) counts rows without a value, too, as in R
	}
	return OfWith(d, v, o)
}

// Symmetric is m as a symmetric matrix: what rounding made of it is taken in the middle.
func Symmetric(m *mat.Dense) *mat.SymDense {
	n, _ := m.Dims()
	s := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			s.SetSym(i, j, (m.At(i, j)+m.At(j, i))/2)
		}
	}
	return s
}
