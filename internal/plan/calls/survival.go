package calls

import (
	"math"
	"slices"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/survival"
	"quipu/internal/estimate/tail"
	"quipu/internal/fault"
	"quipu/internal/plan/lang"
)

// Survival are the shares that go on after each time, of everybody or of each group.
type Survival struct {
	Groups  []string // nil: everybody
	Curves  []*survival.Curve
	psus    []int
	df      []float64
	level   float64
	publish estimate.Thresholds
}

// Outcome has a row for each time.
func (s *Survival) Outcome() *lang.Outcome {
	o := &lang.Outcome{Type: "survival"}
	for _, e := range s.estimates() {
		o.Rows = append(o.Rows, lang.Row{Term: e.Term, Values: map[string][]float64{"estimate": {e.Estimate}, "se": {e.SE}, "ci_low": {e.Low}, "ci_high": {e.High}}})
	}
	return o
}

// estimates rest on those who are still there at the time; intervals are worked out on the logarithm.
func (s *Survival) estimates() (out []estimate.Estimate) {
	z := tail.NormalQuantile(1 - (1-s.level)/2)
	for g, c := range s.Curves {
		for i, share := range c.Share {
			e := estimate.Estimate{Term: formula.Num(c.Time[i]).String(), Estimate: share, SE: na, Low: na, High: na, CV: na, DF: s.df[g], Deff: na, N: c.AtRisk[i], PSUs: s.psus[g]}
			if s.Groups != nil {
				e.Term = s.Groups[g] + ":" + e.Term
			}
			if c.VarLog != nil {
				e.CV = math.Sqrt(c.VarLog[i])
				e.SE, e.Low, e.High = share*e.CV, share*math.Exp(-z*e.CV), math.Min(1, share*math.Exp(z*e.CV))
			}
			e.Verdict = s.publish.Judge(e)
			out = append(out, e)
		}
	}
	return out
}

// Judged are the shares; without errors none may be published.
func (s *Survival) Judged() []estimate.Estimate { return s.estimates() }

// Part gives what R's svykm object calls by that name, or the curve of a group.
func (s *Survival) Part(name string) (lang.Value, bool) {
	if g := slices.Index(s.Groups, name); g >= 0 {
		return &Survival{Curves: s.Curves[g : g+1], psus: s.psus[g : g+1], df: s.df[g : g+1], level: s.level, publish: s.publish}, true
	}
	if s.Groups != nil {
		return nil, false
	}
	switch name {
	case "time":
		return lang.Numbers(s.Curves[0].Time...), true
	case "surv":
		return lang.Numbers(s.Curves[0].Share...), true
	case "varlog":
		return lang.Numbers(s.Curves[0].VarLog...), s.Curves[0].VarLog != nil
	}
	return nil, false
}

// at are the intervals at the times of parm (R: confint.svykm).
func (s *Survival) at(a *lang.Args, level float64) (lang.Value, error) {
	times, err := a.Numbers("parm")
	if err != nil || times == nil || s.Groups != nil {
		return nil, a.MisfitUnless(err, "parm")
	}
	z := tail.NormalQuantile(1 - (1-level)/2)
	out := &lang.Vector{Rows: len(times), Num: make([]float64, 2*len(times))}
	for i, t := range times {
		share, v := s.Curves[0].At(t)
		if math.IsNaN(v) {
			return nil, fault.New(fault.Invalid, "plan.survival_se")
		}
		out.Num[i], out.Num[len(times)+i] = share*math.Exp(-z*math.Sqrt(v)), math.Min(1, share*math.Exp(z*math.Sqrt(v)))
	}
	return out, nil
}

// svykm is Surv(time, ended) ~ group, or ~ 1.
func svykm(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, err := a.Design("design")
	if err != nil {
		return nil, err
	}
	f, err := a.Formula("formula")
	if err != nil {
		return nil, err
	}
	time, status, err := spell(s, d, f)
	if err != nil {
		return nil, err
	}
	se, err := a.Bool("se", false)
	if err != nil {
		return nil, err
	}
	if se && d.Replicated() {
		return nil, fault.New(fault.Invalid, "plan.survival_replicates")
	}
	out := &Survival{level: s.Confidence(), publish: s.Publish}
	add := func(d *design.Design) error {
		curve := survival.Kaplan
		if se {
			curve = survival.WithErrors
		}
		c, err := curve(d, time, status)
		out.Curves, out.psus, out.df = append(out.Curves, c), append(out.psus, d.PSUs()), append(out.df, d.DF())
		return err
	}
	if len(f.Variables) == 0 {
		return out, add(d)
	}
	vars, err := f.Values(s.ScopeOf(d))
	if err != nil {
		return nil, err
	}
	columns := make([]*frame.Column, len(vars))
	for i := range vars {
		columns[i] = vars[i].Column
	}
	group, err := formula.Cross(columns)
	if err != nil {
		return nil, err
	}
	for k, name := range group.Levels {
		in, some := make([]bool, len(group.Code)), false
		for i, c := range group.Code {
			in[i] = int(c) == k && !math.IsNaN(time[i]) && !math.IsNaN(status[i])
			some = some || in[i] && d.Weights()[i] != 0
		}
		if !some {
			continue
		}
		out.Groups = append(out.Groups, name)
		if err := add(d.Subset(in)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// spell reads Surv(time, ended), the left side of a formula; ended is 0 and 1, or a condition.
func spell(s *lang.Session, d *design.Design, f *formula.Formula) (time, status []float64, err error) {
	c, ok := f.Response.(formula.Call)
	if !ok || c.Fun != "Surv" || len(c.Args) != 2 {
		return nil, nil, fault.New(fault.Invalid, "plan.survival_formula")
	}
	var of [2][]float64
	for i, arg := range c.Args {
		x, err := formula.Full(arg.Value, s.ScopeOf(d))
		if err != nil {
			return nil, nil, err
		}
		if err := soundNumber(s, arg.Value.String(), x); err != nil {
			return nil, nil, err
		}
		of[i] = formula.AsNumbers(x)
	}
	return of[0], of[1], nil
}
