package calls

import (
	"math"
	"slices"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/quantile"
	"quipu/internal/fault"
	"quipu/internal/plan/lang"
)

// distributionFunctions show how a variable is spread over the population.
func distributionFunctions() map[string]function {
	return map[string]function{
		"svycdf":     {[]string{"formula", "design", "na.rm", "..."}, svycdf},
		"svyhist":    {[]string{"formula", "design", "breaks", "include.lowest", "right", "xlab", "main", "probability", "freq", "..."}, svyhist},
		"svyboxplot": {[]string{"formula", "design", "all.outliers", "col", "names", "..."}, svyboxplot},
	}
}

// distribution is a function that gives the share at or below a value. A session that follows R gives
// it bare; else it comes with the error of the share, so that it has a verdict.
type distribution struct {
	*quantile.Distribution
	name string
	of   *frame.Column
	d    *design.Design
}

func (f *distribution) Call(s *lang.Session, c formula.Call) (lang.Value, error) {
	a, err := lang.Match(c, []string{"v"})
	if err != nil {
		return nil, err
	}
	a.Session = s
	at, err := a.Numbers("v")
	if err != nil || len(at) == 0 {
		return nil, a.MisfitUnless(err, "v")
	}
	if len(at) > mostLevels {
		return nil, fault.New(fault.Invalid, "formula.levels", "levels", len(at))
	}
	if s.Lenient {
		out := &lang.Vector{}
		for _, v := range at {
			out.Num = append(out.Num, f.At(v))
		}
		return out, nil
	}
	x := formula.AsNumbers(f.of)
	var vars []formula.Variable
	for _, v := range at {
		below := make([]float64, len(x))
		for i := range x {
			switch {
			case math.IsNaN(x[i]):
				below[i] = na
			case x[i] <= v:
				below[i] = 1
			}
		}
		vars = append(vars, formula.Variable{Name: f.name + " <= " + formula.Num(v).String(), Column: &frame.Column{Kind: frame.Number, Num: below}})
	}
	r, err := estimate.Mean(f.d, vars, estimate.Options{DropMissing: true, Level: s.Level, Publish: s.Publish})
	return &Stat{Result: r, Of: "stat", Design: f.d}, err
}

// svycdf gives a function for each variable, over the rows that have all of them.
func svycdf(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, vars, err := asked(a, "formula")
	if err != nil {
		return nil, err
	}
	if drop, err := a.Bool("na.rm", true); err != nil || !drop {
		return nil, a.MisfitUnless(err, "na.rm")
	}
	if d, err = estimate.Within(d, vars, true); err != nil {
		return nil, err
	}
	out := &lang.List{}
	for _, v := range vars {
		if err := soundNumber(s, v.Name, v.Column); err != nil {
			return nil, err
		}
		f := &distribution{Distribution: quantile.NewDistribution(formula.AsNumbers(v.Column), d.Weights()), name: v.Name, of: v.Column, d: d}
		out.Names, out.Values = append(out.Names, v.Name), append(out.Values, f)
	}
	return out, nil
}

// Histogram are the shares of classes of even or given width.
type Histogram struct {
	*Stat
	breaks []float64
}

// Outcome has a row for each class: its share with its error, how many it stands for, and its density.
func (h *Histogram) Outcome() *lang.Outcome {
	o := &lang.Outcome{Type: "histogram", More: true}
	for i, e := range h.Estimates {
		from, to := h.breaks[i], h.breaks[i+1]
		o.Rows = append(o.Rows, lang.Row{Term: e.Term, Values: map[string][]float64{"estimate": {e.Estimate}, "se": {e.SE}, "from": {from}, "to": {to},
			"count": {e.Estimate * h.Design.Population()}, "density": {e.Estimate / (to - from)}}})
	}
	return o
}

// Judged are the shares.
func (h *Histogram) Judged() []estimate.Estimate { return h.Estimates }

// Part gives what R's histogram object calls by that name.
func (h *Histogram) Part(name string) (lang.Value, bool) {
	switch name {
	case "breaks":
		return lang.Numbers(h.breaks...), true
	case "counts", "density":
		return lang.Numbers(lang.Figure(h, map[string]string{"counts": "count", "density": "density"}[name]).Num...), true
	case "mids":
		out := &lang.Vector{}
		for i := range h.Estimates {
			out.Num = append(out.Num, (h.breaks[i]+h.breaks[i+1])/2)
		}
		return out, true
	}
	return nil, false
}

func svyhist(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, vars, err := asked(a, "formula")
	if err != nil {
		return nil, err
	}
	if len(vars) != 1 {
		return nil, a.Misfit("formula")
	}
	if err := soundNumber(s, vars[0].Name, vars[0].Column); err != nil {
		return nil, err
	}
	x := formula.AsNumbers(vars[0].Column)
	breaks, err := breaksOf(a, d, x)
	if err != nil {
		return nil, err
	}
	right, err := a.Bool("right", true)
	if err != nil {
		return nil, err
	}
	lowest, err := a.Bool("include.lowest", true)
	if err != nil {
		return nil, err
	}
	cut := formula.Call{Fun: "cut", Args: []formula.Arg{{Value: formula.Name("x")}, {Value: formula.Name("breaks")},
		{Name: "right", Value: formula.Bool(right)}, {Name: "include.lowest", Value: formula.Bool(lowest)}}}
	class, err := formula.Eval(cut, formula.Scope{Outer: func(name string) (*frame.Column, bool) {
		return &frame.Column{Kind: frame.Number, Num: map[string][]float64{"x": x, "breaks": breaks}[name]}, true
	}})
	if err != nil {
		return nil, err
	}
	r, err := estimate.Mean(d, []formula.Variable{{Column: class}}, estimate.Options{DropMissing: true, Level: s.Level, Publish: s.Publish})
	if err != nil {
		return nil, err
	}
	return &Histogram{&Stat{Result: r, Of: "stat", Design: d}, breaks}, nil
}

// breaksOf are those that are given, or as many as are asked for, by Sturges' rule one more than the
// logarithm of the number of values to the base of 2.
func breaksOf(a *lang.Args, d *design.Design, x []float64) ([]float64, error) {
	var here []float64
	for i, v := range x {
		if p := d.Present(); (p == nil || p[i]) && !math.IsNaN(v) {
			here = append(here, v)
		}
	}
	if len(here) == 0 {
		return nil, fault.New(fault.Invalid, "estimate.empty_domain")
	}
	low, high := slices.Min(here), slices.Max(here)
	classes := math.Ceil(math.Log2(float64(len(here))) + 1)
	v, err := a.Value("breaks")
	if err != nil {
		return nil, err
	}
	switch b := v.(type) {
	case nil:
	case *lang.Vector:
		switch {
		case b.Kind == lang.Text && b.Len() == 1 && b.Str[0] == "Sturges":
		case b.Kind == lang.Number && b.Len() == 1 && b.Num[0] >= 1 && b.Num[0] <= 10_000:
			classes = math.Floor(b.Num[0])
		case b.Kind == lang.Number && b.Len() > 1 && b.Len() <= 10_001:
			sorted := slices.Sorted(slices.Values(b.Num))
			if !(sorted[0] <= low && sorted[len(sorted)-1] >= high) {
				return nil, fault.New(fault.Invalid, "plan.breaks_span", "low", low, "high", high)
			}
			return slices.Compact(sorted), nil
		default:
			return nil, a.Misfit("breaks")
		}
	default:
		return nil, a.Misfit("breaks")
	}
	return quantile.Pretty(low, high, int(classes)), nil
}

// Boxes are the numbers of a box plot: for each group the ends of the whiskers, the quartiles and
// the median, and how many people it stands for.
type Boxes struct {
	Groups  []string
	Stats   [][5]float64
	N       []float64
	medians []estimate.Estimate
}

// Outcome has a row for each group, with the median as its estimate.
func (b *Boxes) Outcome() *lang.Outcome {
	o := &lang.Outcome{Type: "boxplot", More: true}
	for i, e := range b.medians {
		x := b.Stats[i]
		o.Rows = append(o.Rows, lang.Row{Term: e.Term, Values: map[string][]float64{"estimate": {e.Estimate}, "se": {e.SE}, "ci_low": {e.Low}, "ci_high": {e.High},
			"low": {x[0]}, "q1": {x[1]}, "q3": {x[3]}, "high": {x[4]}, "stands_for": {b.N[i]}}})
	}
	return o
}

// Judged are the medians.
func (b *Boxes) Judged() []estimate.Estimate { return b.medians }

// Part gives what R hands to its plot by that name.
func (b *Boxes) Part(name string) (lang.Value, bool) {
	switch name {
	case "stats":
		out := &lang.Vector{Rows: 5}
		for _, x := range b.Stats {
			out.Num = append(out.Num, x[:]...)
		}
		return out, true
	case "n":
		return lang.Numbers(b.N...), true
	case "names":
		return lang.Texts(b.Groups...), true
	}
	return nil, false
}

// svyboxplot works out the numbers of y ~ group, or y ~ 1. Whiskers reach to the last value, but no
// further than one and a half times the distance between the quartiles. A group of fewer people than
// may be published has no whiskers here, because these are the values of single people.
func svyboxplot(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, f, y, err := compared(a)
	if err != nil {
		return nil, err
	}
	if len(f.Variables) > 1 {
		return nil, a.Misfit("formula")
	}
	if all, err := a.Bool("all.outliers", false); err != nil || all && !s.Lenient {
		return nil, a.MisfitUnless(err, "all.outliers") // these are people
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

func (b *Boxes) add(s *lang.Session, d *design.Design, x []float64, group string) error {
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
	q, err := quantile.Of(d, x, []float64{0, .25, .5, .75, 1}, quantile.Options{Alpha: 1 - s.Confidence(), Rule: quantile.Math, Bare: true})
	if err != nil {
		return err
	}
	spread := 1.5 * (q[3].Quantile - q[1].Quantile)
	box := [5]float64{math.Max(q[0].Quantile, q[1].Quantile-spread), q[1].Quantile, q[2].Quantile, q[3].Quantile, math.Min(q[4].Quantile, q[3].Quantile+spread)}
	e := estimate.Estimate{Term: group, Estimate: q[2].Quantile, SE: na, Low: na, High: na, CV: na, DF: d.DF(), Deff: na, N: d.Count(), PSUs: d.PSUs()}
	if m, err := quantile.Of(d, x, []float64{.5}, quantile.Options{Alpha: 1 - s.Confidence(), Rule: quantile.Math, Interval: quantile.Mean}); err == nil { // else without an error it is not published
		e.SE, e.Low, e.High = m[0].SE, m[0].Low, m[0].High
		e.CV = e.SE / math.Abs(e.Estimate)
	}
	if e.Verdict = s.Publish.Judge(e); !s.Lenient && e.Verdict == estimate.Suppress {
		box[0], box[4] = na, na
	}
	b.Groups, b.Stats, b.N, b.medians = append(b.Groups, group), append(b.Stats, box), append(b.N, all), append(b.medians, e)
	return nil
}
