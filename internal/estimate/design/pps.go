package design

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// Method is how the variance of a sample with unequal probabilities is reckoned.
type Method string

const (
	Brewer     Method = "brewer"   // Brewer's approximation, at any number of stages: 1-pi as finite correction of each unit
	Overton    Method = "overton"  // pi_ij after Overton
	HartleyRao Method = "HR"       // pi_ij after Hartley and Rao
	Joint      Method = "joint"    // pi_ij given
	Covariance Method = "weighted" // (pi_ij - pi_i pi_j)/pi_ij given
	Poisson    Method = "poisson"  // independent draws
)

// PPS says how units were drawn with unequal probabilities without replacement.
type PPS struct {
	Method Method
	// Matrix is n x n: joint probabilities, their diagonal the probabilities (Joint), or their
	// weighted covariances (Covariance). Rows are those of the frame.
	Matrix [][]float64
	// Tolerance: a weighted covariance below it counts as 0 (R's ppsmat: 1e-4).
	Tolerance   float64
	Mean        []float64 // HartleyRao: sum of pi^2 over n in the population, of each stratum; nil: the mean of pi in the sample
	Given       []float64 // Poisson: the probability of each row; nil: 1/weight
	YatesGrundy bool      // Yates and Grundy's form of the variance instead of Horvitz and Thompson's
}

// ppsPairs is the matrix of (pi_ij - pi_i pi_j)/pi_ij, as a function of units.
type ppsPairs struct {
	of    []int32 // unit of a row; nil: the row
	n     int
	check func(i, j int) float64
}

func (d *Design) addPairs() error {
	p := d.spec.PPS
	if p.Method == Brewer {
		if p.YatesGrundy {
			return fault.New(fault.Invalid, "estimate.pps_yg", "method", string(p.Method))
		}
		return nil
	}
	if len(d.stages) > 1 {
		return fault.New(fault.Invalid, "estimate.pps_stages", "method", string(p.Method))
	}
	switch p.Method {
	case Overton, HartleyRao:
		return d.approximatePairs(p)
	case Joint, Covariance:
		return d.givenPairs(p)
	case Poisson:
		return d.poisson(p)
	}
	return fault.New(fault.Invalid, "estimate.pps_method", "method", string(p.Method))
}

// approximatePairs: joint probabilities from those of the units. Overton 1985; Hartley and
// Rao 1962, Annals of Mathematical Statistics 33, with the sum of squares as R takes it.
func (d *Design) approximatePairs(p *PPS) error {
	st := &d.stages[0]
	prob, total := make([]float64, st.n), make([]float64, st.strata)
	for r, w := range d.w {
		prob[st.clusterOf(r)] = 1 / w
	}
	for c, h := range st.stratum {
		total[h] += prob[c]
	}
	mean := p.Mean
	if mean == nil {
		for h := range total {
			mean = append(mean, total[h]/float64(st.size[h]))
		}
	} else if len(mean) != st.strata {
		return fault.New(fault.Invalid, "estimate.pps_means", "means", len(mean), "strata", st.strata)
	}
	overton := p.Method == Overton
	d.pps = &ppsPairs{st.cluster, st.n, func(i, j int) float64 {
		h := st.stratum[i]
		n := float64(st.size[h])
		switch {
		case i == j:
			return 1 - prob[i]
		case h != st.stratum[j]:
			return 0
		case overton:
			f := (prob[i] + prob[j]) / 2
			if f == 1 {
				return 0
			}
			return 1 - (n-f)/(n-1)
		}
		f := prob[i] + prob[j]
		if f == 1 {
			return 0
		}
		return 1 - (n-f+mean[h])/(n-1)
	}}
	return nil
}

func (d *Design) givenPairs(p *PPS) error {
	n := d.f.N()
	if len(p.Matrix) != n {
		return fault.New(fault.Invalid, "estimate.pps_matrix", "rows", len(p.Matrix), "expected", n)
	}
	for i, row := range p.Matrix {
		if len(row) != n {
			return fault.New(fault.Invalid, "estimate.pps_matrix", "rows", len(row), "expected", n)
		}
		for j, v := range row {
			if math.IsNaN(v) || p.Method == Joint && !(v > 0) {
				return fault.New(fault.Invalid, "estimate.pps_joint", "row", i+1, "column", j+1)
			}
		}
	}
	m := p.Matrix
	d.pps = &ppsPairs{nil, n, func(i, j int) float64 {
		v := m[i][j]
		if p.Method == Joint {
			v = (v - m[i][i]*m[j][j]) / v
			if math.Abs(v) < p.Tolerance {
				v = 0
			}
		}
		return v
	}}
	return nil
}

func (d *Design) poisson(p *PPS) error {
	prob := make([]float64, d.f.N())
	for r, w := range d.w {
		prob[r] = 1 / w
	}
	if p.Given != nil {
		if len(p.Given) != d.f.N() {
			return fault.New(fault.Invalid, "estimate.pps_matrix", "rows", len(p.Given), "expected", d.f.N())
		}
		prob = p.Given
	}
	d.pps = &ppsPairs{nil, d.f.N(), func(i, j int) float64 {
		if i != j {
			return 0
		}
		return 1 - prob[i]
	}}
	return nil
}

// pairs is the variance over pairs of units: sum of check_ij x_i x_j (Horvitz-Thompson), or
// -1/2 sum of check_ij (x_i - x_j)^2 (Yates-Grundy).
func (r *running) pairs() ([]*mat.SymDense, error) {
	p := r.d.pps
	st := &stage{cluster: p.of, n: p.n}
	cells := r.cells(st)
	blocks := len(r.sums)
	for b := range blocks {
		from, k := 0, len(cells)
		if !r.full {
			from, k = b*r.k, r.k
		}
		for i := range k {
			for j := range i + 1 {
				v := p.product(cells[from+i], cells[from+j], r.d.spec.PPS.YatesGrundy)
				r.sums[b][i*k+j], r.sums[b][j*k+i] = v, v
			}
		}
	}
	return r.result(), nil
}

func (p *ppsPairs) product(x, y []float64, yatesGrundy bool) float64 {
	return tally.Of(p.n, func(i int) float64 {
		if x[i] == 0 && y[i] == 0 && !yatesGrundy {
			return 0
		}
		return tally.Of(p.n, func(j int) float64 {
			if !yatesGrundy {
				return p.check(i, j) * x[i] * y[j]
			}
			return -p.check(i, j) * (x[i] - x[j]) * (y[i] - y[j]) / 2
		})
	})
}
