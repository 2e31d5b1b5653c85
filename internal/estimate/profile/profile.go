// Package profile works the indicators of a questionnaire's profile out of a survey's answers:
// for everybody and for each city, each with its error and whether it may be published, and says
// of the conclusions of a report whether the data bear them out.
//
// What is worked out of which question is data of the questionnaire's pack (survey/pack). A
// city's share whose error is too large is borrowed from a model of the cities (Fay and Herriot
// 1979), and is marked as such.
package profile

import (
	"math"
	"slices"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/proportion"
	"quipu/internal/estimate/quantile"
	"quipu/internal/survey/pack"
)

// Figure is an indicator for some people. What cannot be said is NaN.
type Figure struct {
	Estimate, SE, CV, Low, High float64
	N                           int    // answers that it rests on
	Answer                      string // of Top: the most frequent one
	Verdict                     estimate.Verdict
	Modelled                    bool // from the model of the cities
	Gamma                       float64
	Direct, DirectSE            float64 // of a modelled one, what its own answers say
	Weight                      float64 // people that the answers stand for
}

// City is a row of the table.
type City struct {
	Office  string
	N       int
	Figures []Figure // as the indicators
}

// Holding says whether the data bear a sentence out.
type Holding string

// Yes and No when the whole interval is on that side.
const (
	Yes     Holding = "yes"
	No      Holding = "no"
	Unknown Holding = "unknown"
)

// Profile is what there is to say.
type Profile struct {
	Indicators []pack.Indicator
	All        City
	Cities     []City // by the code of their office
	Models     []Model
}

// Model is one that cities borrowed from.
type Model struct {
	Key     string
	Between float64 // variance between cities
	Sampled int
	Lent    int // cities that took their figure from it

	Coefficients []float64 // the constant first, then as Options.Covariates
	R2           float64   // share of the variance between cities that they explain
	Benchmarked  bool      // the cities' figures add up to the direct one of all
	Refused      error     // why there is no model
}

// Options of a profile.
type Options struct {
	Interval bool // the sample allows a sampling error; without it no sentence is borne out
	Level    float64
	Publish  estimate.Thresholds
	// Persons is how many people there are by city and, under "", in all, where the cases of the
	// sample say it with its error: the answers alone do not. nil where they do not say it.
	Persons map[string]estimate.Estimate

	Covariates []string             // what is known of each city from elsewhere, for the model
	Areas      map[string][]float64 // their values by office
}

// Of works a profile out. city is the column that says where the answers are from.
func Of(d *design.Design, all []pack.Indicator, city string, o Options) (Profile, error) {
	p := Profile{}
	c, err := d.Frame().Col(city)
	if err != nil {
		return p, err
	}
	for _, ind := range all {
		switch ind.Statistic {
		case pack.Persons, pack.Share, pack.Median, pack.Top:
			p.Indicators = append(p.Indicators, ind)
		}
	}
	asks := make([]*ask, len(p.Indicators))
	for i, ind := range p.Indicators {
		if asks[i], err = newAsk(d, ind, o); err != nil {
			return p, err
		}
	}
	p.All = row(d, "", asks, func(int) bool { return true })
	for k, office := range c.Levels {
		r := row(d, office, asks, func(i int) bool { return c.Code[i] == int32(k) })
		if r.N > 0 {
			p.Cities = append(p.Cities, r)
		}
	}
	for i, ind := range p.Indicators {
		if ind.Statistic == pack.Share {
			p.borrow(i, o)
		}
		if ind.Statistic == pack.Share || ind.Statistic == pack.Persons {
			p.conceal(i, o)
		}
	}
	return p, nil
}

// Holds says whether the data bear out that an indicator is above what the report says.
func (o Options) Holds(ind pack.Indicator, f Figure) Holding {
	switch {
	case !o.Interval || f.Verdict == estimate.Suppress || math.IsNaN(f.Low) || math.IsNaN(f.High):
		return Unknown
	case f.Low > ind.Above:
		return Yes
	case f.High < ind.Above:
		return No
	}
	return Unknown
}

// ask is an indicator with its columns.
type ask struct {
	pack.Indicator
	o     Options
	d     *design.Design
	value []float64     // NaN where it is missing
	top   *frame.Column // of Top
	in    []bool
}

func newAsk(d *design.Design, ind pack.Indicator, o Options) (*ask, error) {
	f := d.Frame()
	a := &ask{Indicator: ind, o: o, d: d, in: make([]bool, f.N())}
	for i := range a.in {
		a.in[i] = true
	}
	if ind.Domain != "" {
		e, err := formula.Parse(ind.Domain)
		if err != nil {
			return nil, err
		}
		if a.in, err = formula.Condition(e, formula.Scope{Frame: f}); err != nil {
			return nil, err
		}
	}
	if ind.Statistic == pack.Persons {
		a.value = slices.Repeat([]float64{1}, f.N())
		return a, nil
	}
	c, err := formula.EvalText(ind.Value, f)
	if err != nil {
		return nil, err
	}
	if ind.Statistic == pack.Top {
		whole := c.AsFactor()
		a.top, a.value = &whole, slices.Repeat([]float64{1}, f.N())
		for i := range a.value {
			if whole.IsMissing(i) {
				a.value[i] = math.NaN()
			}
		}
		return a, nil
	}
	a.value = append([]float64(nil), formula.AsNumbers(c)...)
	return a, a.unasked()
}

// unasked leaves out who did not answer a question that the value speaks of: of who was not asked
// what he does, "%in%" says that it is none of them.
func (a *ask) unasked() error {
	e, err := formula.Parse(a.Value)
	if err != nil {
		return err
	}
	for _, name := range formula.Names(e) {
		c, err := a.d.Frame().Col(name)
		if err != nil {
			return err
		}
		for i := range a.value {
			if c.IsMissing(i) {
				a.value[i] = math.NaN()
			}
		}
	}
	return nil
}

// row are the indicators of some people. One that cannot be worked out for them is suppressed.
func row(d *design.Design, office string, asks []*ask, of func(row int) bool) City {
	c := City{Office: office}
	w := d.Weights()
	for i := range w {
		if w[i] != 0 && of(i) {
			c.N++
		}
	}
	for _, a := range asks {
		f, err := a.figure(of)
		if e, ok := a.o.Persons[office]; ok && a.Statistic == pack.Persons && a.Domain == "" && f.N > 0 {
			f.Estimate, f.SE, f.CV, f.Low, f.High, err = e.Estimate, e.SE, e.CV, e.Low, e.High, nil
		}
		if err != nil {
			f = Figure{Estimate: math.NaN(), SE: math.NaN(), CV: math.NaN(), Low: math.NaN(), High: math.NaN(), N: f.N}
		}
		f.Verdict = a.o.Publish.Judge(estimate.Estimate{CV: f.CV, N: f.N})
		c.Figures = append(c.Figures, f)
	}
	return c
}

func (a *ask) figure(of func(row int) bool) (f Figure, err error) {
	in, w := make([]bool, len(a.in)), a.d.Weights()
	for i := range in {
		if in[i] = a.in[i] && of(i) && !math.IsNaN(a.value[i]) && w[i] != 0; in[i] {
			f.N++
			f.Weight += w[i]
		}
	}
	if f.N < 2 {
		return Figure{Estimate: math.NaN(), SE: math.NaN(), CV: math.NaN(), Low: math.NaN(), High: math.NaN(), N: f.N}, nil
	}
	within := a.d.Subset(in)
	switch a.Statistic {
	case pack.Persons:
		c := frame.Numbers("persons", a.value)
		r, err := estimate.Total(within, []formula.Variable{{Name: "persons", Column: &c}}, estimate.Options{Level: a.o.Level})
		if err != nil {
			return f, err
		}
		e := r.Estimates[0]
		f.Estimate, f.SE, f.Low, f.High = e.Estimate, e.SE, e.Low, e.High
	case pack.Median:
		q := quantile.Options{}
		if a.o.Level > 0 {
			q.Alpha = 1 - a.o.Level
		}
		r, err := quantile.Of(within, a.value, []float64{.5}, q)
		if err != nil {
			return f, err
		}
		f.Estimate, f.SE, f.Low, f.High = r[0].Quantile, r[0].SE, r[0].Low, r[0].High
	case pack.Share:
		return a.share(within, a.value, f)
	case pack.Top:
		y, answer := a.mode(in)
		f.Answer = answer
		return a.share(within, y, f)
	}
	f.CV = f.SE / math.Abs(f.Estimate)
	return f, nil
}

func (a *ask) share(within *design.Design, y []float64, f Figure) (Figure, error) {
	r, err := proportion.Of(within, y, proportion.Options{Method: proportion.Auto, Level: a.o.Level})
	if err != nil {
		return f, err
	}
	f.Estimate, f.SE, f.Low, f.High, f.CV = r.P, r.SE, r.Low, r.High, r.SE/r.P
	return f, nil
}

// mode is the answer that most people gave, and who gave it.
func (a *ask) mode(in []bool) (y []float64, answer string) {
	sums := make([]float64, len(a.top.Levels))
	w := a.d.Weights()
	for i, ok := range in {
		if ok {
			sums[a.top.Code[i]] += w[i]
		}
	}
	best := 0
	for k, s := range sums {
		if s > sums[best] {
			best = k
		}
	}
	y = make([]float64, len(in))
	for i, ok := range in {
		if ok && a.top.Code[i] == int32(best) {
			y[i] = 1
		}
	}
	return y, a.top.Levels[best]
}
