// Package plan reads plans: what is asked of a sample, in plain fields or as R writes it. It writes
// the fields as calls, runs them (packages calls and lang), and makes answers of what they give:
//
//	d <- svydesign(ids = ~psu, strata = ~city, weights = ~w, data = pilot)
//	svyby(~age, ~city, subset(d, sends == 1), svymean)
//
// It is the one path from text to estimators: for reference cases, for plans of
// `quipu survey analyse` and for the analysis builder.
package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"runtime/debug"
	"slices"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/fault"
	"quipu/internal/plan/calls"
	"quipu/internal/plan/lang"
)

// What answers are made of, and where tables come from.
type (
	Outcome = lang.Outcome
	Row     = lang.Row
	Data    = lang.Data
)

var na = math.NaN()

// Plan is what `quipu survey analyse` reads: one case, or a design with a list of analyses.
type Plan struct {
	Case
	Analyses []Case      `json:"analyses"`
	Level    float64     `json:"level"` // of intervals; 0 is 0.95
	Publish  Publication `json:"publish"`
}

// Publication are the limits of the verdict: coefficients of variation in per cent.
type Publication struct {
	FlagCV     float64 `json:"flag_cv"`
	SuppressCV float64 `json:"suppress_cv"`
	MinN       int     `json:"min_n"`
}

// decode reads a plan of any kind and checks its limits. Fields that nobody knows are refused:
// they are misspelt.
func decode(b []byte, p interface{ check() error }) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(p); err != nil {
		return unread(b, err)
	}
	return p.check()
}

// ReadPlan reads a plan.
func ReadPlan(b []byte) (*Plan, error) {
	var p Plan
	if err := decode(b, &p); err != nil {
		return nil, err
	}
	if len(p.Analyses) == 0 && p.Estimator == "" && len(p.R) == 0 {
		return nil, fault.New(fault.Invalid, "plan.nothing")
	}
	return &p, nil
}

// Analysis is one answer.
type Analysis struct {
	Call      string
	Outcome   *lang.Outcome
	Estimates []estimate.Estimate // with verdicts, where the outcome has estimates and errors
	Level     float64
	Warnings  []string // keys of the catalogue
}

// Answer is what a plan gives: the design, and its analyses.
type Answer struct {
	Design   *design.Design
	Analyses []Analysis
}

// blocks are the lines of each analysis; the first ones make the design.
func (p *Plan) blocks() (first []string, each [][]string, err error) {
	if len(p.Analyses) == 0 {
		lines, err := p.Lines()
		if err == nil && len(p.R) == 0 {
			err = p.soundArgs()
		}
		return nil, [][]string{lines}, err
	}
	if first = p.R; len(first) == 0 {
		if first, err = p.DesignLines(); err != nil {
			return nil, nil, err
		}
	}
	for i := range p.Analyses {
		c := &p.Analyses[i]
		if len(c.R) > 0 {
			each = append(each, c.R)
			continue
		}
		line, err := c.Statistic()
		if err == nil {
			err = c.soundArgs()
		}
		if err != nil {
			return nil, nil, err
		}
		each = append(each, []string{line})
	}
	return first, each, nil
}

// Columns are all names that the plan mentions, so that only those are read of a large file.
// all is set where columns are named by a pattern or by place.
func (p *Plan) Columns() (names map[string]bool, all bool, err error) {
	first, each, err := p.blocks()
	if err != nil {
		return nil, false, err
	}
	return mentioned(append(each, first))
}

// mentioned are the names in lines.
func mentioned(blocks [][]string) (names map[string]bool, all bool, err error) {
	names = map[string]bool{}
	for _, lines := range blocks {
		for _, line := range lines {
			exprs, err := formula.ParseAll(line)
			if err != nil {
				return nil, false, err
			}
			for _, e := range exprs {
				for _, n := range formula.Names(e) {
					names[n] = true
				}
				formula.Walk(e, func(x formula.Expr) {
					c, ok := x.(formula.Call)
					if ok {
						_, pattern := c.Arg("repweights").(formula.Str)
						all = all || pattern || c.Fun == "[" || inWords(c, names)
					}
				})
			}
		}
	}
	return names, all, nil
}

// inWords adds the columns that a call names by texts: data[["x"]], make.formula(c("x", "y")). It is true
// where the text has yet to be worked out.
func inWords(c formula.Call, names map[string]bool) (open bool) {
	if c.Fun != "[[" && c.Fun != "make.formula" || len(c.Args) == 0 {
		return false
	}
	switch at := c.Args[len(c.Args)-1].Value.(type) {
	case formula.Num, formula.Str:
	case formula.Call:
		open = at.Fun != "c" || c.Fun == "[["
	default:
		open = true
	}
	formula.Walk(c.Args[len(c.Args)-1].Value, func(x formula.Expr) {
		if t, ok := x.(formula.Str); ok {
			names[string(t)] = true
			if e, err := formula.Parse(string(t)); err == nil {
				for _, n := range formula.Names(e) {
					names[n] = true
				}
			}
		}
	})
	return open
}

// guard turns a fault of the program into words: whoever asked is told what was asked and keeps
// the rest of the session.
func guard(err *error) {
	if r := recover(); r != nil {
		*err = fault.New(fault.Internal, "plan.unforeseen", "reason", fmt.Sprint(r)).Because(fmt.Errorf("%s", debug.Stack()))
	}
}

// Run works the plan out over data.
func (p *Plan) Run(data Data) (a *Answer, err error) {
	defer guard(&err)
	first, each, err := p.blocks()
	if err != nil {
		return nil, err
	}
	s := p.session(data)
	if _, err := s.Run(first...); err != nil {
		return nil, err
	}
	return answersOf(s, each)
}

// session is one with the level and the limits of the plan.
func (p *Plan) session(data Data) *lang.Session {
	s := calls.New(data)
	s.Level = p.Level
	s.Publish = estimate.Thresholds{Flag: p.Publish.FlagCV / 100, Suppress: p.Publish.SuppressCV / 100, MinN: p.Publish.MinN}
	return s
}

// analysisOf takes a value for an answer; one that a missing value spoilt is refused.
func analysisOf(s *lang.Session, v lang.Value, d *design.Design) (*Analysis, error) {
	o, err := calls.OutcomeOf(v)
	if err == nil && len(o.Rows)+len(o.Single)+len(o.Named)+len(o.Lists) == 0 {
		err = fault.New(fault.Invalid, "plan.no_estimate")
	}
	if err != nil {
		return nil, err
	}
	a := &Analysis{Outcome: o, Level: s.Confidence()}
	if d != nil {
		o.WithIntervals(d.DF())
		a.Warnings = append(a.Warnings, d.Warnings...)
	}
	if st, ok := v.(*calls.Stat); ok {
		a.Warnings = append(a.Warnings, st.Warnings...)
	}
	var known bool
	if a.Estimates, known = calls.Judged(v); !known {
		a.Estimates = judgedRows(s, o, d)
	}
	if x, ok := v.(interface{ Warnings() []string }); ok {
		a.Warnings = append(a.Warnings, x.Warnings()...)
	}
	for i := range a.Estimates {
		e := &a.Estimates[i]
		if !s.Lenient && e.PSUs == 1 && e.DF == 0 && e.SE < 1e-9*math.Abs(e.Estimate) { // nothing varies within one unit
			e.SE, e.CV, e.Low, e.High, e.Deff = na, na, na, na, na
			a.Warnings = append(a.Warnings, "plan.warning.one_unit")
		}
		if math.IsNaN(e.Estimate) {
			return nil, fault.New(fault.Invalid, "plan.missing", "term", e.Term)
		}
		if math.IsInf(e.Estimate, 0) {
			return nil, fault.New(fault.Invalid, "plan.no_end", "term", e.Term)
		}
	}
	slices.Sort(a.Warnings)
	a.Warnings = slices.Compact(a.Warnings)
	return a, nil
}

// judgedRows makes estimates of the rows of any outcome that has values and errors.
func judgedRows(s *lang.Session, o *Outcome, d *design.Design) (out []estimate.Estimate) {
	if o.Type == "glm" { // a coefficient near 0 is no figure that is too uncertain to publish; its t says more
		return nil
	}
	for _, r := range o.Rows {
		e := estimate.Estimate{Term: r.Term, Estimate: r.Number("estimate"), SE: r.Number("se"), Low: r.Number("ci_low"), High: r.Number("ci_high"), DF: na, Deff: na}
		if len(r.Values["estimate"]) != 1 || len(r.Values["se"]) != 1 {
			return nil
		}
		if p, ok := r.Values["p"]; ok && len(p) == 1 {
			e.Term += " p=" + formula.Num(p[0]).String()
		}
		if d != nil {
			e.N, e.PSUs, e.DF = d.Count(), d.PSUs(), d.DF()
		}
		e.CV = e.SE / math.Abs(e.Estimate)
		if math.IsNaN(e.Low) {
			e.Low, e.High = estimate.Interval(e.Estimate, e.SE, e.DF, s.Confidence())
		}
		e.Verdict = s.Publish.Judge(e)
		out = append(out, e)
	}
	return out
}

// RunOn works the analyses of a plan out on a design that is made already, whatever lines the
// plan has for it.
func (p *Plan) RunOn(d *design.Design) (a *Answer, err error) {
	defer guard(&err)
	_, each, err := p.blocks()
	if err != nil {
		return nil, err
	}
	s := p.session(nil)
	s.Set("d", d)
	return answersOf(s, each)
}

// answersOf works analyses out one after another.
func answersOf(s *lang.Session, each [][]string) (*Answer, error) {
	out := &Answer{}
	for _, lines := range each {
		v, err := s.Run(lines...)
		if err != nil {
			return nil, err
		}
		d, _ := s.Variable("d").(*design.Design)
		out.Design = d
		a, err := analysisOf(s, v, d)
		if err != nil {
			return nil, err
		}
		a.Call = lines[len(lines)-1]
		out.Analyses = append(out.Analyses, *a)
	}
	return out, nil
}
