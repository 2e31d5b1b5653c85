package profile_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/profile"
	"quipu/internal/estimate/proportion"
	"quipu/internal/estimate/remit"
	"quipu/internal/survey"
	"quipu/internal/survey/pack"
	"quipu/internal/survey/rates"
)

// answers are those of invented people in cities of these sizes, drawn at different rates.
func answers(t *testing.T, sizes map[string]int) *design.Design {
	t.Helper()
	chance := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("office,w,N,sex,sends,amount,per_year,channel\n")
	for k, office := range []string{"A", "B", "C", "D", "E", "F"} {
		n := sizes[office]
		for i := range n {
			sex, sends, amount := "man", "no", "NA"
			if chance.IntN(100) < 65 {
				sex = "woman"
			}
			if i%2 == 0 {
				sends, amount = "yes", fmt.Sprint(50*(1+chance.IntN(8)))
			}
			fmt.Fprintf(&b, "%s,%d,%d,%s,%s,%s,12,bank\n", office, 10+k, n*(10+k), sex, sends, amount)
		}
	}
	f, err := frame.ReadCSV(strings.NewReader(b.String()), frame.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := design.New(f, design.Spec{Strata: []string{"office"}, Weights: "w", FPC: []string{"N"}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var indicators = []pack.Indicator{
	{Key: "persons", Statistic: pack.Persons},
	{Key: "women", Statistic: pack.Share, Value: `sex == "woman"`, Conclusion: "a", Above: .5},
	{Key: "small", Statistic: pack.Share, Value: "amount <= 250", Domain: `sends == "yes"`},
	{Key: "amount", Statistic: pack.Median, Value: "amount", Domain: `sends == "yes"`},
	{Key: "sex", Statistic: pack.Top, Value: "sex"},
	{Key: "some", Statistic: pack.Share, Value: "amount %in% c(50, 100)"},
	{Key: "a", Statistic: pack.RemitAmount, Value: "amount"}, {Key: "f", Statistic: pack.RemitFrequency, Value: "per_year"},
	{Key: "c", Statistic: pack.RemitChannel, Value: "channel"}, {Key: "l", Statistic: pack.RemitFormal, Value: "bank app"},
}

func TestFiguresAreThoseOfTheEstimators(t *testing.T) {
	d := answers(t, map[string]int{"A": 60, "B": 50, "C": 40, "D": 40, "E": 30, "F": 5})
	o := profile.Options{Interval: true}
	p, err := profile.Of(d, indicators, "office", o)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Indicators) != 6 || len(p.Cities) != 6 || p.All.N != 225 || p.Cities[5].N != 5 {
		t.Fatalf("%d indicators, %d cities, n %d", len(p.Indicators), len(p.Cities), p.All.N)
	}
	if got := p.All.Figures[0].Estimate; math.Abs(got-d.Population()) > 1e-6 || p.All.Figures[0].SE > 1e-6 {
		t.Errorf("%v persons with SE %v; the weights say %v without error", got, p.All.Figures[0].SE, d.Population())
	}
	o.Persons = map[string]estimate.Estimate{"": {Estimate: 2500, SE: 30, Low: 2440, High: 2560, CV: .012}, "B": {Estimate: 500, SE: 12, CV: .024}}
	counted, err := profile.Of(d, indicators, "office", o)
	if err != nil {
		t.Fatal(err)
	}
	if all, b, c := counted.All.Figures[0], counted.Cities[1].Figures[0], counted.Cities[2].Figures[0]; all.SE != 30 || all.High != 2560 || all.N != 225 || b.Estimate != 500 || c != p.Cities[2].Figures[0] {
		t.Errorf("persons as the cases say: %v, of B %v, of C, of which they say nothing, %v", all, b, c)
	}
	o.Persons = nil
	y, err := formula.EvalText(`sex == "woman"`, d.Frame())
	if err != nil {
		t.Fatal(err)
	}
	want, err := proportion.Of(d, formula.AsNumbers(y), proportion.Options{Method: proportion.Auto})
	if err != nil {
		t.Fatal(err)
	}
	women := p.All.Figures[1]
	if women.Estimate != want.P || women.SE != want.SE || women.Low != want.Low || women.High != want.High {
		t.Errorf("%+v, want %+v", women, want)
	}
	if top := p.All.Figures[4]; top.Answer != "woman" || math.Abs(top.Estimate-women.Estimate) > 1e-12 {
		t.Errorf("most frequent: %+v", top)
	}
	if got := p.All.Figures[2].N; got != 113 {
		t.Errorf("the share of small amounts rests on %d answers, of 113 senders", got)
	}
	if got := p.All.Figures[5].N; got != 113 {
		t.Errorf("who said no amount counts as one who said another: %d answers", got)
	}
	if got := o.Holds(indicators[1], women); got != profile.Yes {
		t.Errorf("%v to %v is above 0.5: %s", women.Low, women.High, got)
	}
	for above, want := range map[float64]profile.Holding{women.Estimate: profile.Unknown, .99: profile.No} {
		if got := o.Holds(pack.Indicator{Above: above}, women); got != want {
			t.Errorf("above %v: %s", above, got)
		}
	}
	if got := (profile.Options{}).Holds(indicators[1], women); got != profile.Unknown {
		t.Errorf("a sample without chances bears out a sentence: %s", got)
	}
}

// TestASmallCityBorrows: five answers are no figure; the model's is marked, lies between the city's
// own and that of the others, and has the smaller error.
func TestASmallCityBorrows(t *testing.T) {
	sizes := map[string]int{"A": 60, "B": 50, "C": 40, "D": 40, "E": 30, "F": 5}
	d := answers(t, sizes)
	p, err := profile.Of(d, indicators, "office", profile.Options{Interval: true})
	if err != nil {
		t.Fatal(err)
	}
	f := p.Cities[5].Figures[1]
	if !f.Modelled || f.Verdict == estimate.Suppress || !(f.Gamma >= 0 && f.Gamma <= 1) || f.N != 5 {
		t.Errorf("%+v", f)
	}
	for _, c := range p.Cities[:5] {
		if c.Figures[1].Modelled {
			t.Errorf("%s has enough answers and took from the model", c.Office)
		}
	}
	if med := p.Cities[5].Figures[3]; med.Modelled || med.Verdict != estimate.Suppress {
		t.Errorf("a median of %d answers: %+v", med.N, med)
	}
	few := answers(t, map[string]int{"A": 40, "B": 40, "F": 5})
	if p, err = profile.Of(few, indicators, "office", profile.Options{}); err != nil {
		t.Fatal(err)
	}
	if len(p.Models) > 0 || p.Cities[len(p.Cities)-1].Figures[1].Verdict != estimate.Suppress {
		t.Error("three cities make a model")
	}
}

// TestTheModelKnowsTheRegister: with figures of each city the model rests on them, keeps the city's own
// figure beside, and comes to the direct figure of all; more of them than cities bear are refused.
func TestTheModelKnowsTheRegister(t *testing.T) {
	d := answers(t, map[string]int{"A": 60, "B": 50, "C": 40, "D": 40, "E": 30, "F": 5})
	plain, err := profile.Of(d, indicators, "office", profile.Options{Interval: true})
	if err != nil {
		t.Fatal(err)
	}
	o := profile.Options{Interval: true, Covariates: []string{"women"}, Areas: map[string][]float64{"A": {.6}, "B": {.5}, "C": {.7}, "D": {.62}, "E": {.55}, "F": {.9}}}
	p, err := profile.Of(d, indicators, "office", o)
	if err != nil {
		t.Fatal(err)
	}
	got, mean := p.Cities[5].Figures[1], plain.Cities[5].Figures[1]
	if !got.Modelled || got.Estimate == mean.Estimate || got.Direct != mean.Direct || !(got.DirectSE > 0) {
		t.Errorf("with a covariate %+v, without %+v", got, mean)
	}
	m := p.Models[0]
	if m.Key != "women" || len(m.Coefficients) != 2 || !m.Benchmarked || m.Refused != nil || m.Lent != 1 {
		t.Errorf("%+v", m)
	}
	o.Covariates = []string{"1", "2", "3", "4", "5"}
	for office := range o.Areas {
		x := float64(office[0])
		o.Areas[office] = []float64{x, x * x, 1 / x, math.Sqrt(x), math.Log(x)}
	}
	if p, err = profile.Of(d, indicators, "office", o); err != nil {
		t.Fatal(err)
	}
	if p.Models[0].Refused == nil || p.Cities[5].Figures[1].Modelled || p.Cities[5].Figures[1].Verdict != estimate.Suppress {
		t.Errorf("five covariates of six cities: %+v", p.Models[0])
	}
}

func TestRemittances(t *testing.T) {
	d := answers(t, map[string]int{"A": 60, "B": 50})
	r, ok, err := profile.Remittances(d, indicators, remit.Options{})
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	small, found := r.Table("small", remit.OfSenders)
	if !found || len(small.Result.Estimates) != 2 || small.Result.Estimates[0].Estimate < small.Result.Estimates[1].Estimate {
		t.Errorf("at most, and less than: %+v", small.Result.Estimates)
	}
	if _, ok, err := profile.Remittances(d, indicators[:6], remit.Options{}); ok || err != nil {
		t.Error("a questionnaire without amounts has indicators of remittances")
	}
}

// TestThePackKnowsItsQuestions: what the pack works out is of questions that it asks, in both
// languages, and of answers that they have.
func TestThePackKnowsItsQuestions(t *testing.T) {
	all, err := pack.Profile(pack.Of("piloto-pe"))
	if err != nil || len(all) < 19 {
		t.Fatal(len(all), err)
	}
	form, err := pack.Peru()
	if err != nil {
		t.Fatal(err)
	}
	names := survey.Names(form.Nodes())
	values := map[string]bool{"yes": true}
	for _, l := range form.Lists {
		for _, c := range l.Choices {
			values[c.Value] = true
		}
	}
	amounts := map[string]bool{} // in dollars, which stand beside the questions that the rates are for
	for _, ind := range all {
		if ind.Statistic != pack.Rates {
			continue
		}
		for _, n := range strings.Fields(ind.Value) {
			if amounts[n+rates.Suffix] = true; names[n] == nil {
				t.Errorf("rates are for %s, which is no question", n)
			}
		}
	}
	conclusions := 0
	for _, ind := range all {
		if ind.Question != "" && names[ind.Question] == nil {
			t.Errorf("%s: no question %s", ind.Key, ind.Question)
		}
		if ind.Topic+ind.Conclusion != "" && (ind.Label["es"] == "" || ind.Label["en"] == "") {
			t.Errorf("%s has no label", ind.Key)
		}
		if ind.Conclusion != "" {
			conclusions++
			if ind.Sentence["es"] == "" || ind.Sentence["en"] == "" || !(ind.Above > 0) || ind.Statistic != pack.Share {
				t.Errorf("%s is no conclusion: %+v", ind.Key, ind)
			}
		}
		for _, src := range []string{ind.Value, ind.Domain} {
			if src == "" || ind.Statistic == pack.RemitFormal || ind.Statistic == pack.Rates {
				continue
			}
			e, err := formula.Parse(src)
			if err != nil {
				t.Fatalf("%s: %v", ind.Key, err)
			}
			for _, n := range formula.Names(e) {
				if names[n] == nil && !amounts[n] {
					t.Errorf("%s speaks of %s, which is no question", ind.Key, n)
				}
			}
			formula.Walk(e, func(x formula.Expr) {
				if s, ok := x.(formula.Str); ok && !values[string(s)] && string(s) != "USD" {
					t.Errorf("%s: nobody can answer %q", ind.Key, string(s))
				}
			})
		}
	}
	if conclusions != 10 {
		t.Errorf("%d conclusions", conclusions)
	}
}
