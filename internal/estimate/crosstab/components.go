package crosstab

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// Components are principal components (R: svyprcomp), of values times the root of their weights over
// the mean weight. Of the two directions of a component that is taken in which its largest loading
// is positive; R leaves it open.
type Components struct {
	Names    []string
	SD       []float64
	Loadings [][]float64 // of each component, one a variable
	Centre   []float64   // nil: values are as they are
	Scale    []float64

	x    [][]float64 // as they were taken apart, a column a variable
	root []float64   // of the weights
}

// Share of the variance that a component has.
func (c *Components) Share(j int) float64 {
	all := 0.0
	for _, sd := range c.SD {
		all += sd * sd
	}
	return c.SD[j] * c.SD[j] / all
}

// Scores are the values of a component, one for each row that is there and has all variables.
func (c *Components) Scores(j int) []float64 {
	out := make([]float64, len(c.root))
	for i := range out {
		for k, x := range c.x {
			out[i] += x[i] * c.Loadings[j][k]
		}
		out[i] /= c.root[i]
	}
	return out
}

// Principal takes variables apart. Rows that lack one are left out.
func Principal(d *design.Design, vars []formula.Variable, centre, scale bool) (c Components, err error) {
	w := d.Weights()
	in := estimate.Complete(d.Frame().N(), vars)
	var kept []int
	for i := range w {
		if in[i] && w[i] != 0 {
			kept = append(kept, i)
		}
	}
	sum := tally.Of(len(kept), func(r int) float64 { return w[kept[r]] })
	n := len(kept)
	if n < 2 || len(vars) == 0 {
		return c, fault.New(fault.Invalid, "estimate.empty_domain")
	}
	c.root = make([]float64, n)
	for r, i := range kept {
		c.root[r] = math.Sqrt(w[i] / (sum / float64(n)))
	}
	for _, v := range vars {
		all, x := formula.AsNumbers(v.Column), make([]float64, n)
		for r, i := range kept {
			x[r] = all[i] * c.root[r]
		}
		if err := c.add(v.Name, x, centre, scale); err != nil {
			return c, err
		}
	}
	k := len(c.x)
	m := mat.NewSymDense(k, nil)
	for a := range k {
		for b := a; b < k; b++ {
			m.SetSym(a, b, tally.Dot(c.x[a], c.x[b])/float64(n-1))
		}
	}
	var e mat.EigenSym
	if !e.Factorize(m, true) {
		return c, fault.New(fault.Invalid, "inference.components")
	}
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	values := e.Values(nil)
	for j := k - 1; j >= 0; j-- {
		c.SD = append(c.SD, math.Sqrt(math.Max(values[j], 0)))
		c.Loadings = append(c.Loadings, positive(mat.Col(nil, j, &vectors)))
	}
	return c, nil
}

// add takes a variable in, centred and of the same spread where that is asked for.
func (c *Components) add(name string, x []float64, centre, scale bool) error {
	n := float64(len(x))
	if centre {
		mean := tally.Sum(x) / n
		for i := range x {
			x[i] -= mean
		}
		c.Centre = append(c.Centre, mean)
	}
	if scale {
		sd := math.Sqrt(tally.Dot(x, x) / (n - 1))
		if sd < 1e-12 {
			return fault.New(fault.Invalid, "inference.components_constant", "variable", name)
		}
		for i := range x {
			x[i] /= sd
		}
		c.Scale = append(c.Scale, sd)
	}
	c.Names, c.x = append(c.Names, name), append(c.x, x)
	return nil
}

func positive(v []float64) []float64 {
	most := 0
	for k := range v {
		if math.Abs(v[k]) > math.Abs(v[most])+1e-9 {
			most = k
		}
	}
	if v[most] < 0 {
		for k := range v {
			v[k] = -v[k]
		}
	}
	return v
}
