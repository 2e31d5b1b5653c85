package design

import (
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// Replicates are weights for each replicate of a sample, and how their spread makes a
// variance: Scale * sum of RScales[r] * (theta_r - centre)^2, centre the mean of the replicates
// with a positive RScale, or with MSE the estimate itself.
type Replicates struct {
	// Weights[r] are those of replicate r, a value a unit: the analysis weights themselves
	// when Combined, else factors of the weights of the design.
	Weights [][]float64
	// Unit is the unit of each row; nil: the row. Units keep 200 replicates of 100,000 rows small.
	Unit     []int32
	Type     string // JK1, JKn, BRR, Fay, bootstrap, ...: what it was made by
	Combined bool
	Scale    float64
	RScales  []float64 // nil: 1 each
	MSE      bool
}

// replication is Replicates in force, with what is worked out once.
type replication struct {
	Replicates
	base []float64 // weights that factors multiply
	once *sync.Once
	rank *float64
}

func (r *replication) fresh() *replication {
	c := *r
	c.once, c.rank = new(sync.Once), new(float64)
	return &c
}

// FromReplicates makes a design of weights that come with their replicates.
func FromReplicates(f *frame.Frame, weights []float64, r Replicates) (*Design, error) {
	if len(weights) != f.N() {
		return nil, fault.New(fault.Invalid, "estimate.column_length", "column", "weights", "rows", len(weights), "expected", f.N())
	}
	d := &Design{f: f, w: weights}
	return d.WithReplicates(r)
}

// WithReplicates is the design with replicate weights: its variances are those of the
// replicates from now on. Strata and stages are kept for whoever asks.
func (d *Design) WithReplicates(r Replicates) (*Design, error) {
	if len(r.Weights) < 2 {
		return nil, fault.New(fault.Invalid, "estimate.few_replicates", "replicates", len(r.Weights))
	}
	if r.RScales == nil {
		r.RScales = slices.Repeat([]float64{1}, len(r.Weights))
	}
	if len(r.RScales) != len(r.Weights) {
		return nil, fault.New(fault.Invalid, "estimate.rscales", "rscales", len(r.RScales), "replicates", len(r.Weights))
	}
	units := d.f.N()
	if r.Unit != nil {
		units = 0
		for _, u := range r.Unit {
			units = max(units, int(u)+1)
		}
	}
	for i, w := range r.Weights {
		if len(w) < units {
			return nil, fault.New(fault.Invalid, "estimate.replicate_length", "replicate", i+1, "rows", len(w), "expected", units)
		}
		for u, v := range w {
			if math.IsNaN(v) {
				return nil, fault.New(fault.Invalid, "estimate.replicate_missing", "replicate", i+1, "row", u+1)
			}
		}
	}
	e := *d
	e.residuals = nil
	e.rep = (&replication{Replicates: r, base: d.w}).fresh()
	return &e, nil
}

// Replicates are the replicate weights in force.
func (d *Design) Replicates() Replicates { return d.rep.Replicates }

// ReplicateWeights writes the analysis weights of replicate r into w, 0 outside a subset.
func (d *Design) ReplicateWeights(r int, w []float64) {
	from := d.rep.Weights[r]
	for i := range w {
		switch {
		case !d.at(i):
			w[i] = 0
			continue
		case d.rep.Unit != nil:
			w[i] = from[d.rep.Unit[i]]
		default:
			w[i] = from[i]
		}
		if !d.rep.Combined {
			w[i] *= d.rep.base[i]
		}
	}
}

// Variance is the covariance of a statistic whose value in replicate r is theta[r], centre
// its estimate (R: svrVar). Replicates with a missing value are left out; how many is said.
func (d *Design) Variance(theta [][]float64, centre []float64) (v *mat.SymDense, left int, err error) {
	r, p := d.rep, len(centre)
	var keep []int
	for i, t := range theta {
		missing := false
		for _, x := range t {
			missing = missing || math.IsNaN(x)
		}
		if !missing {
			keep = append(keep, i)
		}
	}
	if len(keep) == 0 {
		return nil, len(theta), fault.New(fault.Invalid, "estimate.all_replicates_missing")
	}
	if !r.MSE {
		centre = make([]float64, p)
		n := 0.0
		for _, i := range keep {
			if r.RScales[i] > 0 {
				n++
				for j, x := range theta[i] {
					centre[j] += x
				}
			}
		}
		for j := range centre {
			centre[j] /= n
		}
	}
	v = mat.NewSymDense(p, nil)
	for a := range p {
		for b := a; b < p; b++ {
			sum := 0.0
			for _, i := range keep {
				sum += r.RScales[i] * (theta[i][a] - centre[a]) * (theta[i][b] - centre[b])
			}
			v.SetSym(a, b, sum*r.Scale)
		}
	}
	return v, len(theta) - len(keep), nil
}

// df is the rank of the analysis weights less 1. Rows of one unit are multiples of each
// other, so one row a unit is enough.
func (r *replication) df(d *Design) float64 {
	r.once.Do(func() {
		square := map[int32]float64{}
		for i := range d.f.N() {
			if !d.at(i) {
				continue
			}
			u := int32(i)
			if r.Unit != nil {
				u = r.Unit[i]
			}
			w := 1.0
			if !r.Combined {
				w = r.base[i]
			}
			square[u] += w * w
		}
		cols := make([][]float64, len(r.Weights))
		for k, from := range r.Weights {
			for u := range int32(len(from)) {
				if s, ok := square[u]; ok {
					cols[k] = append(cols[k], from[u]*math.Sqrt(s))
				}
			}
		}
		*r.rank = float64(rank(cols, 1e-5) - 1)
	})
	return *r.rank
}

// rank counts the columns that are not, up to tol of their length, sums of those before.
func rank(cols [][]float64, tol float64) int {
	var basis [][]float64
	for _, c := range cols {
		v := append([]float64(nil), c...)
		before := norm(v)
		if before == 0 {
			continue
		}
		after := before
		for round := 0; round == 0 || round == 1 && after < before/10; round++ { // twice is enough (Kahan)
			for _, b := range basis {
				floats.AddScaled(v, -floats.Dot(v, b), b)
			}
			after = norm(v)
		}
		if after < tol*before {
			continue
		}
		for i := range v {
			v[i] /= after
		}
		if basis = append(basis, v); len(basis) == len(v) {
			break
		}
	}
	return len(basis)
}

func norm(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x * x
	}
	return math.Sqrt(s)
}
