package plan

import (
	"math"
	"slices"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/quantile"
	"quipu/internal/fault"
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

func (f *distribution) call(s *Session, c formula.Call) (Value, error) {
	a, err := match(c, []string{"v"})
	if err != nil {
		return nil, err
	}
	a.s = s
	at, err := a.Numbers("v")
	if err != nil || len(at) == 0 {
		return nil, a.misfitUnless(err, "v")
	}
	if len(at) > mostLevels {
		return nil, fault.New(fault.Invalid, "formula.levels", "levels", len(at))
	}
	if s.Lenient {
		out := &Vector{}
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
func svycdf(s *Session, a *Args) (Value, error) {
	d, vars, err := a.asked("formula")
	if err != nil {
		return nil, err
	}
	if drop, err := a.Bool("na.rm", true); err != nil || !drop {
		return nil, a.misfitUnless(err, "na.rm")
	}
	if d, err = estimate.Within(d, vars, true); err != nil {
		return nil, err
	}
	out := &List{}
	for _, v := range vars {
		if err := s.soundNumber(v.Name, v.Column); err != nil {
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
func (h *Histogram) Outcome() *Outcome {
	o := &Outcome{Type: "histogram", More: true}
	for i, e := range h.Estimates {
		from, to := h.breaks[i], h.breaks[i+1]
		o.Rows = append(o.Rows, Row{Term: e.Term, Values: map[string][]float64{"estimate": {e.Estimate}, "se": {e.SE}, "from": {from}, "to": {to},
			"count": {e.Estimate * h.Design.Population()}, "density": {e.Estimate / (to - from)}}})
	}
	return o
}

// Judged are the shares.
func (h *Histogram) Judged() []estimate.Estimate { return h.Estimates }

// Part gives what R's histogram object calls by that name.
func (h *Histogram) Part(name string) (Value, bool) {
	switch name {
	case "breaks":
		return Numbers(h.breaks...), true
	case "counts", "density":
		return Numbers(column(h, map[string]string{"counts": "count", "density": "density"}[name]).Num...), true
	case "mids":
		out := &Vector{}
		for i := range h.Estimates {
			out.Num = append(out.Num, (h.breaks[i]+h.breaks[i+1])/2)
		}
		return out, true
	}
	return nil, false
}

func svyhist(s *Session, a *Args) (Value, error) {
	d, vars, err := a.asked("formula")
	if err != nil {
		return nil, err
	}
	if len(vars) != 1 {
		return nil, a.misfit("formula")
	}
	if err := s.soundNumber(vars[0].Name, vars[0].Column); err != nil {
		return nil, err
	}
	x := formula.AsNumbers(vars[0].Column)
	breaks, err := a.breaks(d, x)
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

// breaks are those that are given, or as many as are asked for, by Sturges' rule one more than the
// logarithm of the number of values to the base of 2.
func (a *Args) breaks(d *design.Design, x []float64) ([]float64, error) {
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
	case *Vector:
		switch {
		case b.Kind == Text && b.Len() == 1 && b.Str[0] == "Sturges":
		case b.Kind == Number && b.Len() == 1 && b.Num[0] >= 1 && b.Num[0] <= 10_000:
			classes = math.Floor(b.Num[0])
		case b.Kind == Number && b.Len() > 1 && b.Len() <= 10_001:
			sorted := slices.Sorted(slices.Values(b.Num))
			if !(sorted[0] <= low && sorted[len(sorted)-1] >= high) {
				return nil, fault.New(fault.Invalid, "plan.breaks_span", "low", low, "high", high)
			}
			return slices.Compact(sorted), nil
		default:
			return nil, a.misfit("breaks")
		}
	default:
		return nil, a.misfit("breaks")
	}
	return quantile.Pretty(low, high, int(classes)), nil
}
