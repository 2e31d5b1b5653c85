package weighting

import (
	"math"
	"slices"
	"testing"

	"quipu/internal/estimate/calibrate"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*max(1, math.Abs(want)) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func sum(w []float64) (s float64) {
	for _, x := range w {
		s += x
	}
	return s
}

// sampled are cases of a stratum of 100 people of which 10 were drawn with 5 reserves: 6 answered,
// 1 refused, 1 is not of the population, 2 nobody knows, and 1 reserve of 5 was used and answered.
func sampled() []Case {
	var out []Case
	for i := range 15 {
		c := Case{Stratum: "s", Office: "o", Probability: 0.1, Reserve: i >= 10}
		switch {
		case i < 6 || i == 10:
			c.Answered, c.Disposition = true, "1.1"
		case i == 6:
			c.Disposition = "2.11"
		case i == 7:
			c.Disposition = "4.1"
		}
		out = append(out, c)
	}
	return out
}

// TestMembers: two strata of 60 and 40 people, 6 and 4 tried, 2 and 1 of them not of the population;
// the errors are worked out by the formula of the stratified total.
func TestMembers(t *testing.T) {
	var cases []Case
	for i := range 10 {
		c := Case{Stratum: "s", Office: "o", Probability: .1, Disposition: "2.11"}
		if i >= 6 {
			c.Stratum, c.Office = "r", "p"
		}
		if i < 2 || i == 6 {
			c.Disposition = "4.1"
		} else if i%2 == 1 {
			c.Answered, c.Disposition = true, "1.1"
		}
		cases = append(cases, c)
	}
	got, err := OfCases(cases, Usual())
	if err != nil {
		t.Fatal(err)
	}
	s := 60 * math.Sqrt(.9*(4./6)*(2./6)/5)
	r := 40 * math.Sqrt(.9*(3./4)*(1./4)/3)
	for name, want := range map[string][2]float64{"o": {40, s}, "p": {30, r}, Everybody: {70, math.Hypot(s, r)}} {
		near(t, "people of "+name, got.Members[name].Estimate, want[0])
		near(t, "their error", got.Members[name].SE, want[1])
	}
	near(t, "the weights", sum(got.Weight), 70)
}

func TestOfCases(t *testing.T) {
	each := 10.0 * 10 / 11 // eleven were used where ten were planned
	for _, c := range []struct {
		steps Steps
		want  float64
	}{
		{Steps{}, 7 * each},
		{Steps{Nonresponse: Whole}, 10 * each},                                            // all but the one outside of the population
		{Steps{Eligibility: Whole, Nonresponse: Stratum}, 100 * 8 / 9.0},                  // 9 are known, 8 of them belong
		{Steps{Worked: Stratum, Eligibility: Whole, Nonresponse: Stratum}, 100 * 8 / 9.0}, // two wait, the rest are known
		{Steps{Worked: Office}, 7 * 100 / 9.0},
		{Usual(), 100 * 8 / 9.0},
	} {
		got, err := OfCases(sampled(), c.steps)
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.steps.JSON(), sum(got.Weight), c.want)
		if last := got.Stages[len(got.Stages)-1]; last.N != 7 {
			t.Errorf("%d answers after %+v", last.N, c.steps)
		}
	}
	lost := append(sampled(), Case{Stratum: "t", Office: "p", Probability: 0.5, Disposition: "2.11"})
	if _, err := OfCases(lost, Steps{Nonresponse: Office}); !fault.Is(err, "weighting.class_empty") {
		t.Errorf("a class in which nobody answered: %v", err)
	}
	got, err := OfCases(lost, Usual())
	if err != nil {
		t.Fatal(err)
	}
	near(t, "who is of the population", sum(got.Weight), 100*8/9.0+2)
	near(t, "drawn less outside", got.Drawn-got.Outside, sum(got.Weight))
	if got.Lent != 1 || got.Unworked != 2 {
		t.Errorf("%d strata were taken on by others, %d cases wait", got.Lent, got.Unworked)
	}
	lost[15].Probability = 0
	if _, err := OfCases(lost, Steps{}); !fault.Is(err, "weighting.no_probability") {
		t.Errorf("no probability: %v", err)
	}
}

func TestGroup(t *testing.T) {
	for _, c := range [][3]string{{BySex, "Mujer", "F"}, {BySex, "man", "M"}, {BySex, "2", "F"}, {BySex, "other", ""}, {ByAge, "14", ""}, {ByAge, "15", "15-24"}, {ByAge, "24", "15-24"},
		{ByAge, "25", "25-34"}, {ByAge, "64", "55-64"}, {ByAge, "65", "65+"}, {ByAge, "99", "65+"}, {ByAge, "35_44", "35-44"}, {ByAge, "65 o más", "65+"}, {ByAge, "joven", ""}} {
		if got := Group(c[0], c[1]); got != c[2] {
			t.Errorf("%s %q is %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func answersOf(t *testing.T, sex []string, age []float64) *frame.Frame {
	t.Helper()
	f := frame.New(len(sex))
	for _, c := range []frame.Column{frame.Texts("sex", sex), frame.Numbers("age", age)} {
		if err := f.Add(c); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// TestMargins: who is in no cell keeps the share of the weights that he has, and the others
// add up to the register for the rest.
func TestMargins(t *testing.T) {
	f := answersOf(t, []string{"woman", "man", "woman", "other"}, []float64{20, 30, 30, 20})
	w := []float64{1, 1, 1, 1}
	s := Steps{Method: Rake, Variables: []Variable{{Of: BySex, Column: "sex"}, {Of: ByAge, Column: "age"}},
		Counts: []Count{{Key: []string{"X", "F", "15-24"}, N: 30}, {Key: []string{"X", "M", "25-34"}, N: 50}, {Key: []string{"X", "F", "25-34"}, N: 20}, {Key: []string{"X", "", "25-34"}, N: 99}}}
	office := []string{"X", "X", "X", "X"}
	m, err := Margins(f, office, w, s)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(m[0].Levels, []string{"F", "M", Missing}) || !slices.Equal(m[0].Total, []float64{37.5, 37.5, 25}) || !slices.Equal(m[1].Total, []float64{30, 70}) {
		t.Errorf("%+v", m)
	}
	a, err := Adjust(w, m, s)
	if err != nil {
		t.Fatal(err)
	}
	got := a.Weights(w)
	near(t, "women", got[0]+got[2], 37.5)
	near(t, "the young", got[0]+got[3], 30)
	s.Method = Cells
	if _, err := Margins(f, office, w, s); err != nil {
		t.Errorf("each cell has somebody: %v", err)
	}
	s.Counts = append(s.Counts, Count{Key: []string{"X", "M", "65+"}, N: 5})
	if _, err := Margins(f, office, w, s); !fault.Is(err, "weighting.empty_cell") {
		t.Errorf("a cell without answers: %v", err)
	}
	s.Counts = s.Counts[:1]
	if _, err := Margins(f, office, w, s); !fault.Is(err, "weighting.not_in_register") {
		t.Errorf("answers where the register has nobody: %v", err)
	}
	s.Counts, s.Method, s.Low, s.High = []Count{{Key: []string{"X", "F", "15-24"}, N: 1}, {Key: []string{"X", "M", "15-24"}, N: 999}}, Rake, 0.9, 1.1
	s.Variables = s.Variables[:1]
	if m, err = Margins(f, office, w, s); err != nil {
		t.Fatal(err)
	}
	if _, err := Adjust(w, m, s); !fault.Is(err, "calibrate.bounds_unmet") {
		t.Errorf("bounds that cannot hold: %v", err)
	}
}

func TestByVisits(t *testing.T) {
	f := answersOf(t, []string{"woman", "man", "man"}, []float64{4, 2, math.NaN()})
	w := []float64{8, 8, 9}
	silent, err := ByVisits(w, f, "age")
	if err != nil || silent != 1 || !slices.Equal(w, []float64{2, 4, 3}) {
		t.Errorf("%v, %d silent, %v", w, silent, err)
	}
}

func TestSteps(t *testing.T) {
	s := Steps{Method: Logit, Low: 0.3, High: 3, Variables: []Variable{{Of: ByOffice}}, TrimHigh: 4}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	if got, err := Read(s.JSON()); err != nil || got.JSON() != s.JSON() {
		t.Errorf("%+v, %v", got, err)
	}
	for key, bad := range map[string]Steps{"weighting.no_variables": {Method: Rake}, "weighting.bounds": {Method: Logit, Variables: s.Variables}, "weighting.trim": {TrimHigh: 0.5},
		"weighting.no_column": {Method: Rake, Variables: []Variable{{Of: BySex}}}, "weighting.classes": {Nonresponse: "town"}} {
		if err := bad.Check(); !fault.Is(err, key) {
			t.Errorf("%+v: %v, want %s", bad, err, key)
		}
	}
	if limits, any := s.Limits([]float64{1, 2, 3, 0}); !any || limits != (calibrate.Bounds{Low: math.Inf(-1), High: 8}) {
		t.Errorf("limits %v", limits)
	}
	st := StageOf("x", []float64{1, 1, 1, 5, 0, -1})
	if st.N != 5 || st.Min != -1 || st.Max != 5 || math.Abs(st.Negative-0.2) > 1e-12 || math.Abs(sum(st.Bars)-1) > 1e-12 || math.Abs(st.Bars[5]-0.2) > 1e-12 {
		t.Errorf("%+v", st)
	}
}
