package plan

import (
	"math"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/quantile"
	"quipu/internal/fault"
)

// Boxes are the numbers of a box plot: for each group the ends of the whiskers, the quartiles and
// the median, and how many people it stands for.
type Boxes struct {
	Groups  []string
	Stats   [][5]float64
	N       []float64
	medians []estimate.Estimate
}

// Outcome has a row for each group, with the median as its estimate.
func (b *Boxes) Outcome() *Outcome {
	o := &Outcome{Type: "boxplot", More: true}
	for i, e := range b.medians {
		x := b.Stats[i]
		o.Rows = append(o.Rows, Row{Term: e.Term, Values: map[string][]float64{"estimate": {e.Estimate}, "se": {e.SE}, "ci_low": {e.Low}, "ci_high": {e.High},
			"low": {x[0]}, "q1": {x[1]}, "q3": {x[3]}, "high": {x[4]}, "stands_for": {b.N[i]}}})
	}
	return o
}

// Judged are the medians.
func (b *Boxes) Judged() []estimate.Estimate { return b.medians }

// Part gives what R hands to its plot by that name.
func (b *Boxes) Part(name string) (Value, bool) {
	switch name {
	case "stats":
		out := &Vector{Rows: 5}
		for _, x := range b.Stats {
			out.Num = append(out.Num, x[:]...)
		}
		return out, true
	case "n":
		return Numbers(b.N...), true
	case "names":
		return Texts(b.Groups...), true
	}
	return nil, false
}

// svyboxplot works out the numbers of y ~ group, or y ~ 1. Whiskers reach to the last value, but no
// further than one and a half times the distance between the quartiles. A group of fewer people than
// may be published has no whiskers here, because these are the values of single people.
func svyboxplot(s *Session, a *Args) (Value, error) {
	d, f, y, err := a.compared()
	if err != nil {
		return nil, err
	}
	if len(f.Variables) > 1 {
		return nil, a.misfit("formula")
	}
	if all, err := a.Bool("all.outliers", false); err != nil || all && !s.Lenient {
		return nil, a.misfitUnless(err, "all.outliers") // these are people
	}
	x := formula.AsNumbers(y)
	out := &Boxes{}
	if len(f.Variables) == 0 {
		return out, out.add(s, d, x, f.Response.String())
	}
	by, err := f.Values(s.ScopeOf(d))
	if err != nil {
		return nil, err
	}
	g := by[0].Column.AsFactor()
	for k, level := range g.Levels {
		in, some := make([]bool, len(g.Code)), false
		for i, c := range g.Code {
			in[i] = int(c) == k
			some = some || in[i] && d.Weights()[i] != 0
		}
		if !some {
			continue
		}
		if err := out.add(s, d.Subset(in), x, level); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (b *Boxes) add(s *Session, d *design.Design, x []float64, group string) error {
	in, n := make([]bool, len(x)), 0
	for i, v := range x {
		in[i] = !math.IsNaN(v)
		if in[i] && d.Weights()[i] != 0 {
			n++
		}
	}
	if n == 0 {
		return fault.New(fault.Invalid, "estimate.empty_domain")
	}
	all := d.Population()
	d = d.Subset(in)
	q, err := quantile.Of(d, x, []float64{0, .25, .5, .75, 1}, quantile.Options{Alpha: 1 - s.level(), Rule: quantile.Math, Bare: true})
	if err != nil {
		return err
	}
	spread := 1.5 * (q[3].Quantile - q[1].Quantile)
	box := [5]float64{math.Max(q[0].Quantile, q[1].Quantile-spread), q[1].Quantile, q[2].Quantile, q[3].Quantile, math.Min(q[4].Quantile, q[3].Quantile+spread)}
	e := estimate.Estimate{Term: group, Estimate: q[2].Quantile, SE: na, Low: na, High: na, CV: na, DF: d.DF(), Deff: na, N: d.Count(), PSUs: d.PSUs()}
	if m, err := quantile.Of(d, x, []float64{.5}, quantile.Options{Alpha: 1 - s.level(), Rule: quantile.Math, Interval: quantile.Mean}); err == nil { // else without an error it is not published
		e.SE, e.Low, e.High = m[0].SE, m[0].Low, m[0].High
		e.CV = e.SE / math.Abs(e.Estimate)
	}
	if e.Verdict = s.Publish.Judge(e); !s.Lenient && e.Verdict == estimate.Suppress {
		box[0], box[4] = na, na
	}
	b.Groups, b.Stats, b.N, b.medians = append(b.Groups, group), append(b.Stats, box), append(b.N, all), append(b.medians, e)
	return nil
}
