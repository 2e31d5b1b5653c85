package smallarea

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Checks say whether the model may be believed.
type Checks struct {
	// Heterogeneity is the test that areas differ by nothing but their covariates: sum of
	// (y - x'b)^2/psi at A = 0, chi-square on m - p degrees of freedom.
	Heterogeneity, HeterogeneityP float64
	// Skewness, Kurtosis (0 for the normal) of the standardised residuals, and the p value of the two
	// together (Jarque and Bera), good for many areas only.
	Skewness, Kurtosis, NormalP float64
	// R2 is the share of the variance between true area values that the covariates explain, with the
	// sampling variance taken out (Lahiri and Suntornchost 2015); within 0 and 1.
	R2 float64
	// Outlying areas lie more than three standard errors from what their covariates foretell.
	Outlying []string
	// Reliable counts sampled areas with a CV of the direct estimate, and of the model's, of at most
	// 15 %; Usable at most 25 %.
	ReliableDirect, ReliableModel, UsableDirect, UsableModel int
	// NoVariance: A was estimated as 0, so direct estimates count for nothing. The errors are then too
	// small: print the synthetic estimates as such or look for better sampling variances.
	NoVariance bool
}

func (r *Fit) check(f *fitting) Checks {
	c := Checks{NoVariance: r.Variance == 0}
	var e []float64
	for _, a := range r.Estimates {
		if !a.Sampled {
			continue
		}
		e = append(e, a.Residual)
		if math.Abs(a.Residual) > 3 {
			c.Outlying = append(c.Outlying, a.Name)
		}
		c.count(a)
	}
	slices.Sort(c.Outlying)
	c.Skewness, c.Kurtosis = shape(e)
	m := float64(f.m)
	c.NormalP = math.Exp(-(m/6*c.Skewness*c.Skewness + m/24*c.Kurtosis*c.Kurtosis) / 2)
	c.R2 = f.explained()
	f.at(0)
	for i, psi := range f.psi {
		c.Heterogeneity += f.residual(i) * f.residual(i) / psi
	}
	c.HeterogeneityP = distuv.ChiSquared{K: m - float64(f.p)}.Survival(c.Heterogeneity)
	f.at(r.Variance)
	return c
}

func (c *Checks) count(e Estimate) {
	within := func(n *int, cv, limit float64) {
		if cv <= limit {
			*n++
		}
	}
	within(&c.ReliableDirect, e.DirectCV, .15)
	within(&c.ReliableModel, e.CV, .15)
	within(&c.UsableDirect, e.DirectCV, .25)
	within(&c.UsableModel, e.CV, .25)
}

func shape(e []float64) (skewness, kurtosis float64) {
	n, mean, m2, m3, m4 := float64(len(e)), 0.0, 0.0, 0.0, 0.0
	for _, x := range e {
		mean += x / n
	}
	for _, x := range e {
		d := x - mean
		m2 += d * d / n
		m3 += d * d * d / n
		m4 += d * d * d * d / n
	}
	return m3 / math.Pow(m2, 1.5), m4/m2/m2 - 3
}

// explained is one minus the residual over the total mean square of ordinary least squares, each less
// the part that sampling brings.
func (f *fitting) explained() float64 {
	var q mat.Dense
	var xx mat.SymDense
	xx.SymOuterK(1, f.x.T())
	var c mat.Cholesky
	var inverse mat.SymDense
	if !c.Factorize(&xx) || c.InverseTo(&inverse) != nil {
		return math.NaN()
	}
	xy, beta := mat.NewVecDense(f.p, nil), mat.NewVecDense(f.p, nil)
	xy.MulVec(f.x.T(), mat.NewVecDense(f.m, f.y))
	beta.MulVec(&inverse, xy)
	q.Mul(f.x, &inverse)
	mean, residual, total, leverage, psi := 0.0, 0.0, 0.0, 0.0, 0.0
	for i := range f.m {
		mean += f.y[i] / float64(f.m)
	}
	for i := range f.m {
		e := f.y[i] - mat.Dot(f.x.RowView(i), beta)
		residual += e * e / float64(f.m-f.p)
		total += (f.y[i] - mean) * (f.y[i] - mean) / float64(f.m-1)
		h := mat.Dot(q.RowView(i), f.x.RowView(i))
		leverage += (1 - h) * f.psi[i] / float64(f.m-f.p)
		psi += f.psi[i] / float64(f.m)
	}
	if total <= psi {
		return 0
	}
	return min(1, max(0, 1-max(0, residual-leverage)/(total-psi)))
}
