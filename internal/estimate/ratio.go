package estimate

import (
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// ratio is numerators over denominators, each with each; numerators vary fastest.
type ratio struct {
	num, den [][]float64
	names    []string
	groups   groups
}

func newRatio(num, den []formula.Variable, g groups) (*ratio, error) {
	r := &ratio{groups: g}
	for side, vars := range [2][]formula.Variable{num, den} {
		for _, v := range vars {
			x, err := numeric(v)
			if err != nil {
				return nil, err
			}
			if side == 0 {
				r.num = append(r.num, x)
			} else {
				r.den = append(r.den, x)
			}
		}
	}
	for _, d := range den {
		for _, n := range num {
			r.names = append(r.names, n.Name+"/"+d.Name)
		}
	}
	return r, nil
}

// numeric are the values of a variable that must be a number or a condition.
func numeric(v formula.Variable) ([]float64, error) {
	if v.Column.Kind == frame.Number || v.Column.IsLogical() {
		return formula.AsNumbers(v.Column), nil
	}
	return nil, fault.New(fault.Invalid, "estimate.not_numeric", "column", v.Name)
}

func (r *ratio) Terms() []string { return r.names }

func (r *ratio) Value(w []float64) ([]float64, error) {
	return r.quotients(r.totals(r.num, w), r.totals(r.den, w)), nil
}

// quotients divides totals, numerators fastest within a group.
func (r *ratio) quotients(num, den [][]float64) []float64 {
	k := len(r.names)
	out := make([]float64, r.groups.n*k)
	for g := range r.groups.n {
		for j := range r.den {
			for i := range r.num {
				out[g*k+j*len(r.num)+i] = num[i][g] / den[j][g]
			}
		}
	}
	return out
}

func (r *ratio) totals(x [][]float64, w []float64) [][]float64 {
	out := make([][]float64, len(x))
	for j := range x {
		out[j] = tally.By(len(w), r.groups.n, r.groups.code, func(i int) float64 {
			if w[i] == 0 {
				return 0
			}
			return w[i] * x[j][i]
		})
	}
	return out
}

func (r *ratio) Influence(w, theta []float64) ([][]float64, error) {
	return columns(r.Scores(w, theta), len(w)), nil
}

func (r *ratio) Scores(w, theta []float64) design.Scores {
	return &ratioScores{r, w, theta, r.totals(r.den, w)}
}

// ratioScores: w (y - R x)/X.
type ratioScores struct {
	r        *ratio
	w, theta []float64
	den      [][]float64
}

func (s *ratioScores) Groups() ([]int32, int) { return s.r.groups.code, s.r.groups.n }
func (s *ratioScores) Width() int             { return len(s.r.names) }

func (s *ratioScores) Fill(lo, hi int, z [][]float64) {
	for j := range s.r.den {
		for i := range s.r.num {
			at := j*len(s.r.num) + i
			for r := lo; r < hi; r++ {
				g := s.r.groups.of(r)
				if s.w[r] == 0 || g < 0 {
					z[at][r-lo] = 0
					continue
				}
				theta := s.theta[int(g)*len(s.r.names)+at]
				z[at][r-lo] = s.w[r] * (s.r.num[i][r] - theta*s.r.den[j][r]) / s.den[j][g]
			}
		}
	}
}

// Ratio estimates ratios of totals (svyratio), each numerator over each denominator.
func Ratio(d *design.Design, num, den []formula.Variable, o Options) (Result, error) {
	d, err := Within(d, append(append([]formula.Variable(nil), num...), den...), o.DropMissing)
	if err != nil {
		return Result{}, err
	}
	s, err := newRatio(num, den, oneGroup)
	if err != nil {
		return Result{}, err
	}
	r, err := OfWith(d, s, o)
	if err != nil || o.Deff == NoDeff {
		return r, err
	}
	return r, s.addDeff(d, &r, o.Deff)
}

// addDeff compares with simple random sampling of the totals of residuals, as R does: the
// linearised ratio is the total of (y - R x)/X.
func (r *ratio) addDeff(d *design.Design, out *Result, form Deff) error {
	w := d.Weights()
	den := r.totals(r.den, w)
	for j := range r.den {
		for i := range r.num {
			at := j*len(r.num) + i
			e := make([]float64, len(w))
			for k := range e {
				if w[k] != 0 {
					e[k] = (r.num[i][k] - out.Estimates[at].Estimate*r.den[j][k]) / den[j][0]
				}
			}
			l := newLinear([]formula.Variable{{Name: "r", Column: &frame.Column{Num: e}}}, oneGroup, true)
			v := out.Cov.At(at, at)
			if d.Replicated() { // R leaves the denominator out there: the scale cancels
				t, err := OfWith(d, l, Options{})
				if err != nil {
					return err
				}
				v = t.Cov.At(0, 0)
			}
			out.Estimates[at].Deff = v / l.simple(d, form)[0]
		}
	}
	return nil
}

// RatioOf is the statistic of ratios.
func RatioOf(num, den []formula.Variable) (Scorer, error) { return newRatio(num, den, oneGroup) }
