package smallarea

import (
	"math"

	"quipu/internal/fault"
)

// Area is one area as it comes from the survey.
type Area struct {
	Name string
	// Direct is its direct estimate and Variance the sampling variance of that, psi; both NaN (or N = 0)
	// when the area has no sample.
	Direct, Variance float64
	N                int       // respondents; 0 with a Direct means unknown
	X                []float64 // covariates without a constant, the same number in every area
}

// Sampled reports whether the area has a direct estimate.
func (a Area) Sampled() bool { return !math.IsNaN(a.Direct) && !math.IsNaN(a.Variance) }

// check refuses areas that no model fits; it counts those with a sample.
func check(areas []Area) (sampled int, err error) {
	names := map[string]int{}
	for i, a := range areas {
		if first, twice := names[a.Name]; twice {
			return 0, fault.New(fault.Invalid, "smallarea.twice", "area", a.Name, "row", i+1, "first", first+1)
		}
		names[a.Name] = i
		if len(a.X) != len(areas[0].X) {
			return 0, fault.New(fault.Invalid, "smallarea.covariates", "area", a.Name, "has", len(a.X), "want", len(areas[0].X))
		}
		for k, x := range a.X {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return 0, fault.New(fault.Invalid, "smallarea.covariate_missing", "area", a.Name, "covariate", k+1)
			}
		}
		if math.IsNaN(a.Direct) != math.IsNaN(a.Variance) {
			return 0, fault.New(fault.Invalid, "smallarea.half", "area", a.Name)
		}
		if !a.Sampled() {
			continue
		}
		if a.Variance <= 0 || math.IsInf(a.Variance, 0) || math.IsInf(a.Direct, 0) {
			return 0, fault.New(fault.Invalid, "smallarea.variance", "area", a.Name, "variance", a.Variance)
		}
		sampled++
	}
	if p := 1; len(areas) > 0 {
		p += len(areas[0].X)
		if sampled >= p+2 {
			return sampled, nil
		}
		return 0, fault.New(fault.Invalid, "smallarea.few", "areas", sampled, "coefficients", p, "need", p+2)
	}
	return 0, fault.New(fault.Invalid, "smallarea.few", "areas", 0, "coefficients", 1, "need", 3)
}

// Logit takes proportions to the scale of log odds, where an estimate cannot leave 0 and 1: y becomes
// log(p/(1-p)) and psi becomes psi/(p(1-p))^2 by the delta method. A proportion of 0 or 1 has no log
// odds; with N known it is taken as (Np + 1/2)/(N + 1), as Haldane and Anscombe do.
func Logit(areas []Area) ([]Area, error) {
	out := make([]Area, len(areas))
	for i, a := range areas {
		out[i] = a
		if !a.Sampled() {
			continue
		}
		p := a.Direct
		if p < 0 || p > 1 {
			return nil, fault.New(fault.Invalid, "smallarea.proportion", "area", a.Name, "value", p)
		}
		if p == 0 || p == 1 {
			if a.N < 1 {
				return nil, fault.New(fault.Invalid, "smallarea.log_odds", "area", a.Name, "value", p)
			}
			p = (float64(a.N)*p + .5) / (float64(a.N) + 1)
		}
		out[i].Direct = math.Log(p / (1 - p))
		out[i].Variance = a.Variance / (p * p * (1 - p) * (1 - p))
	}
	return out, nil
}

// Smoothing is a generalised variance function log psi = A + B log n, fitted by least squares.
// Factor makes the smoothed variances of the areas that it was fitted on add up to theirs: without it the
// log scale would make them too small.
type Smoothing struct {
	A, B, Factor, R2 float64
	Areas            int // that it was fitted on
}

// Variance foretells psi for n respondents.
func (s Smoothing) Variance(n int) float64 {
	return s.Factor * math.Exp(s.A+s.B*math.Log(float64(n)))
}

// Smooth replaces the sampling variances of all sampled areas by those of a generalised variance
// function of N. An area's own psi from a dozen respondents is too uncertain to weigh anything by.
func Smooth(areas []Area) ([]Area, Smoothing, error) {
	var x, y []float64
	for _, a := range areas {
		if !a.Sampled() {
			continue
		}
		if a.N < 1 {
			return nil, Smoothing{}, fault.New(fault.Invalid, "smallarea.respondents", "area", a.Name)
		}
		if a.Variance > 0 { // an area where all said the same has none of its own, and gets one
			x, y = append(x, math.Log(float64(a.N))), append(y, math.Log(a.Variance))
		}
	}
	s, err := line(x, y)
	if err != nil {
		return nil, s, err
	}
	out := make([]Area, len(areas))
	for i, a := range areas {
		out[i] = a
		if a.Sampled() {
			out[i].Variance = s.Variance(a.N)
		}
	}
	return out, s, nil
}

func line(x, y []float64) (Smoothing, error) {
	n := float64(len(x))
	var mx, my, sxx, sxy, syy float64
	for i := range x {
		mx += x[i] / n
		my += y[i] / n
	}
	for i := range x {
		sxx += (x[i] - mx) * (x[i] - mx)
		sxy += (x[i] - mx) * (y[i] - my)
		syy += (y[i] - my) * (y[i] - my)
	}
	if len(x) < 3 || sxx == 0 {
		return Smoothing{}, fault.New(fault.Invalid, "smallarea.sizes", "areas", len(x))
	}
	s := Smoothing{B: sxy / sxx, Areas: len(x), R2: 1}
	s.A = my - s.B*mx
	if syy > 0 {
		s.R2 = sxy * sxy / sxx / syy
	}
	own, fitted := 0.0, 0.0
	for i := range x {
		own += math.Exp(y[i])
		fitted += math.Exp(s.A + s.B*x[i])
	}
	s.Factor = own / fitted
	return s, nil
}
