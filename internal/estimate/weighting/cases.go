package weighting

import (
	"cmp"
	"slices"
	"strings"

	"quipu/internal/estimate"
	"quipu/internal/estimate/calibrate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
	"quipu/internal/survey/fieldwork"
)

// Case is a unit of the sample and what became of it.
type Case struct {
	Stratum, Office, Unit string
	Parts                 []string // of the stratum: office, sex, age
	Probability           float64
	Disposition           string // code, "" when nobody tried yet
	Reserve               bool   // drawn after the sample proper
	Answered              bool
}

// released reports whether a case is part of the sample: a reserve is once it was used.
func (c *Case) released() bool { return !c.Reserve || c.Answered || c.Disposition != "" }

// kind is what the case counts as.
func (c *Case) kind() fieldwork.Class {
	if c.Answered {
		return fieldwork.Interview
	}
	d, err := fieldwork.Find(c.Disposition)
	if err != nil {
		return fieldwork.UnknownPerson // not tried yet, or a code that nobody knows
	}
	switch d.Class {
	case fieldwork.Interview, fieldwork.Partial:
		return fieldwork.Other // somebody says so, but no answers are here
	}
	return d.Class
}

// worked reports whether anybody has tried the case.
func (c *Case) worked() bool { return c.Answered || c.Disposition != "" }

// outside reports whether a case was found not to be of the population.
func outside(c *Case) bool { return c.kind() == fieldwork.NotEligible }

// Cased are the weights of cases after the steps that rest on them.
type Cased struct {
	Weight   []float64 // of each case; 0 for those that do not answer for anybody
	Stages   []Stage
	Drawn    float64 // people that the cases of the sample stand for
	Outside  float64 // of them, who by the cases that were tried are not of the population
	Unworked int     // cases that nobody has tried yet
	Lent     int     // strata that had nobody to stand for them, and were taken on by others
	// Members is how many belong to the population, by office and for Everybody, with the error.
	Members map[string]estimate.Estimate
}

// OfCases weighs cases: by the probability with which they were drawn, reserves that were used
// among them; then those that were tried for those that wait, which is a second phase of the
// draw; then those of whom it is known whether they belong to the population for the others, in
// their class; then those who answered for those who did not. What is left adds up to the people
// drawn from, less those who by the sample are not of the population.
func OfCases(cases []Case, s Steps) (out Cased, err error) {
	w, err := drawn(cases)
	if err != nil {
		return out, err
	}
	out.Drawn = tally.Sum(w)
	for i := range cases {
		if w[i] != 0 && !cases[i].worked() {
			out.Unworked++
		}
	}
	keep := func(step string) { out.Stages = append(out.Stages, StageOf(step, answered(cases, w))) }
	keep("design")
	if s.Worked != Never {
		if err := out.stand(cases, w, s.Worked, func(c *Case) bool { return c.worked() }, nil); err != nil {
			return out, err
		}
		keep("worked")
	}
	unknown := func(c *Case) bool { k := c.kind(); return k == fieldwork.UnknownHouse || k == fieldwork.UnknownPerson }
	if s.Eligibility != Never {
		if err := out.stand(cases, w, s.Eligibility, func(c *Case) bool { return !unknown(c) }, nil); err != nil {
			return out, err
		}
		keep("eligibility")
	}
	if out.Members, err = membersOf(cases, w); err != nil {
		return out, err
	}
	var gone []float64
	for i := range cases { // who is not of the population, or not known to be, stands for nobody
		if outside(&cases[i]) {
			gone = append(gone, w[i])
		}
		if outside(&cases[i]) || s.Eligibility != Never && unknown(&cases[i]) {
			w[i] = 0
		}
	}
	out.Outside = tally.Sum(gone)
	if s.Nonresponse != Never {
		var class []string
		if s.Nonresponse == Propensity {
			if class, err = likely(cases, w); err != nil {
				return out, err
			}
		}
		if err := out.stand(cases, w, s.Nonresponse, func(c *Case) bool { return c.Answered }, class); err != nil {
			return out, err
		}
		keep("nonresponse")
	}
	out.Weight = answered(cases, w)
	return out, nil
}

// drawn are the weights of the draw; a reserve that was not used has none.
func drawn(cases []Case) ([]float64, error) {
	w := make([]float64, len(cases))
	first, used := map[string]float64{}, map[string]float64{}
	for i := range cases {
		if c := &cases[i]; c.released() {
			used[c.Stratum]++
			if !c.Reserve {
				first[c.Stratum]++
			}
		}
	}
	for i := range cases {
		c := &cases[i]
		if !c.released() {
			continue
		}
		if c.Probability <= 0 {
			return nil, fault.New(fault.Invalid, "weighting.no_probability", "stratum", c.Stratum)
		}
		w[i] = 1 / c.Probability
		if first[c.Stratum] > 0 { // with reserves, more were drawn than the probability says
			w[i] *= first[c.Stratum] / used[c.Stratum]
		}
	}
	return w, nil
}

func answered(cases []Case, w []float64) []float64 {
	out := make([]float64, len(w))
	for i := range cases {
		if cases[i].Answered {
			out[i] = w[i]
		}
	}
	return out
}

func (c *Case) class(by Classes) string {
	switch by {
	case Office:
		return c.Office
	case Stratum:
		return c.Stratum
	}
	return ""
}

// stand lets those of whom holds is true stand for all of their class. class is "" or given.
// With Nearest, who has nobody in the stratum is taken on by the rest of the office, and an office
// that has nobody by all others.
func (out *Cased) stand(cases []Case, w []float64, by Classes, holds func(*Case) bool, given []string) error {
	if by != Nearest {
		return standIn(cases, w, holds, func(i int) string {
			if given != nil {
				return given[i]
			}
			return cases[i].class(by)
		}, false)
	}
	some := map[string]bool{}
	for i := range cases {
		c := &cases[i]
		some[c.Stratum] = some[c.Stratum] || w[i] != 0 && holds(c)
	}
	lent := map[string]bool{}
	for i := range cases {
		if w[i] != 0 && !some[cases[i].Stratum] {
			lent[cases[i].Stratum] = true
		}
	}
	out.Lent = max(out.Lent, len(lent))
	for _, by := range []Classes{Stratum, Office, Whole} {
		if err := standIn(cases, w, holds, func(i int) string { return cases[i].class(by) }, by != Whole); err != nil {
			return err
		}
	}
	return nil
}

// standIn moves weights within classes to those who hold. A class in which nobody does is left as
// it is when spare says so, and refused otherwise.
func standIn(cases []Case, w []float64, holds func(*Case) bool, class func(i int) string, spare bool) error {
	code, names := make([]int32, len(cases)), []string{}
	number := map[string]int32{}
	for i := range cases {
		name := class(i)
		k, ok := number[name]
		if !ok {
			k = int32(len(names))
			number[name], names = k, append(names, name)
		}
		code[i] = k
	}
	yes := func(i int) float64 {
		if holds(&cases[i]) {
			return w[i]
		}
		return 0
	}
	all := tally.By(len(w), len(names), code, func(i int) float64 { return w[i] })
	some := tally.By(len(w), len(names), code, yes)
	for k, name := range names {
		if all[k] > 0 && some[k] == 0 && !spare {
			return fault.New(fault.Invalid, "weighting.class_empty", "class", cmp.Or(name, "*"))
		}
	}
	for i := range w {
		if k := code[i]; w[i] != 0 && some[k] != 0 {
			w[i] = yes(i) * all[k] / some[k]
		}
	}
	return nil
}

// likely puts cases into five classes by the probability with which they answered, by a
// logistic model of what is known of all: the parts of their stratum.
func likely(cases []Case, w []float64) ([]string, error) {
	f := frame.New(len(cases))
	yes := make([]bool, len(cases))
	var terms []string
	deep := 0
	for i := range cases {
		deep = max(deep, len(cases[i].Parts))
		yes[i] = cases[i].Answered
	}
	add := func(name string, of func(*Case) string) error {
		values, seen := make([]string, len(cases)), map[string]bool{}
		for i := range cases {
			values[i] = cmp.Or(of(&cases[i]), "-")
			seen[values[i]] = true
		}
		if len(seen) < 2 {
			return nil
		}
		terms = append(terms, name)
		return f.Add(frame.Texts(name, values))
	}
	if deep == 0 {
		if err := add("office", func(c *Case) string { return c.Office }); err != nil {
			return nil, err
		}
	}
	for k := range deep {
		if err := add("part"+string(rune('1'+k)), func(c *Case) string {
			if k < len(c.Parts) {
				return c.Parts[k]
			}
			return ""
		}); err != nil {
			return nil, err
		}
	}
	if len(terms) == 0 {
		return nil, fault.New(fault.Invalid, "weighting.nothing_known").On("nonresponse")
	}
	if err := f.Add(frame.Numbers("w", slices.Clone(w))); err != nil {
		return nil, err
	}
	d, err := design.New(f, design.Spec{Weights: "w"})
	if err != nil {
		return nil, err
	}
	p, err := calibrate.Propensity(d, strings.Join(terms, " + "), yes)
	if err != nil {
		return nil, err
	}
	class, names, err := calibrate.ByPropensity(w, p, 5)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(cases))
	for i, c := range class {
		if c >= 0 {
			out[i] = names[c]
		}
	}
	return out, nil
}
