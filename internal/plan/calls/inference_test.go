package calls

import (
	"errors"
	"math"
	"slices"
	"testing"

	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
	"quipu/internal/plan/lang"
)

func session(t *testing.T) *lang.Session {
	t.Helper()
	f := frame.New(8)
	for _, c := range []frame.Column{
		frame.Numbers("w", []float64{1, 2, 3, 4, 1, 2, 3, 4}), frame.Numbers("x", []float64{5, 1, 4, 2, 8, 9, 3, 7}),
		frame.Texts("a", []string{"p", "q", "p", "q", "p", "q", "q", "p"}), frame.Texts("h", []string{"n", "n", "n", "n", "s", "s", "s", "s"}),
	} {
		if err := f.Add(c); err != nil {
			t.Fatal(err)
		}
	}
	s := New(nil)
	s.Set("data", f)
	if _, err := s.Run("d <- svydesign(ids=~1, strata=~h, weights=~w, data=data)"); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPartsOfResults(t *testing.T) {
	s := session(t)
	for line, want := range map[string]int{
		"svyttest(x~a, d)$statistic": 1, "svyttest(x~a, d)$conf.int": 2, "svychisq(~a+h, d)$observed": 4, "svychisq(~a+h, d)$parameter": 2,
		"svyglm(x~a, d)$df.residual": 1, "svyglm(x~a, d)$coefficients": 2, "regTermTest(svyglm(x~a, d), ~a)$p": 1,
		"coef(svyquantile(~x+w, d, c(.25,.5)))": 4, "confint(svyglm(x~a, d), \"aq\")": 2, "vcov(svyglm(x~a, d))": 4,
		"seq(.1, .9, by=.2)": 5, "seq(0, 1, length.out=3)": 3,
	} {
		v, err := s.Run(line)
		x, ok := v.(*lang.Vector)
		if err != nil || !ok || x.Len() != want {
			t.Errorf("%s: %v %v, want %d numbers", line, v, err, want)
		}
	}
	v, err := s.Run("coef(svyquantile(~x, d, c(.25,.5)))")
	if x, ok := v.(*lang.Vector); err != nil || !ok || !slices.Equal(x.Names, []string{"x.0.25", "x.0.5"}) {
		t.Errorf("names of quantiles: %v %v", v, err)
	}
}

// A plan's level holds for every interval, and a column left out is told.
func TestLevelAndWarnings(t *testing.T) {
	s := session(t)
	width := func() float64 {
		v, err := s.Run("svyciprop(~I(x>4), d, method=\"mean\")")
		if err != nil {
			t.Fatal(err)
		}
		r := v.(lang.Outcomer).Outcome().Rows[0]
		return r.Number("ci_high") - r.Number("ci_low")
	}
	wide := width()
	s.Level = 0.8
	if narrow := width(); !(narrow < wide) {
		t.Errorf("at 80 %% the interval is %v wide, at 95 %% %v", narrow, wide)
	}
	v, err := s.Run("svyglm(x~w+I(2*w), d)")
	if m, ok := v.(*Model); err != nil || !ok || !slices.Contains(m.Warnings(), "inference.warning.aliased") {
		t.Errorf("a repeated column: %v %v", v, err)
	}
}

// The interval of a level and that of the test itself are one formula.
func TestIntervalOfATest(t *testing.T) {
	s := session(t)
	own, err := s.Run("svyttest(x~a, d)$conf.int")
	if err != nil {
		t.Fatal(err)
	}
	asked, err := s.Run("confint(svyttest(x~a, d))")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		if x, y := own.(*lang.Vector).Num[i], asked.(*lang.Vector).Num[i]; math.Abs(x-y) > 1e-12*math.Abs(x) {
			t.Errorf("%v and %v", x, y)
		}
	}
}

func TestTotalsByStratum(t *testing.T) {
	s := session(t)
	v, err := s.Run(`sum(svytable(~a, d, Ntotal=data.frame(h=c("n","s"), N=c(30, 70))))`)
	if x, ok := v.(*lang.Vector); err != nil || !ok || math.Abs(x.Num[0]-100) > 1e-9 {
		t.Errorf("the table adds up to %v %v", v, err)
	}
	_, err = s.Run(`svytable(~a, d, Ntotal=data.frame(h=c("n"), N=c(30)))`)
	var f *fault.Error
	if !errors.As(err, &f) || f.Key != "inference.stratum_total" {
		t.Errorf("a stratum without a total: %v", err)
	}
}

// Of two arguments that do not fit, the first in R's order is named, every time.
func TestTheFirstMisfitIsNamed(t *testing.T) {
	s := session(t)
	for line, first := range map[string]string{
		`svydesign(ids="a", probs="b", strata="c", fpc="d", data=data)`: "ids",
		`rake(d, 1, 2)`: "sample.margins",
	} {
		for range 20 {
			_, err := s.Run(line)
			var f *fault.Error
			if !errors.As(err, &f) || !slices.Contains(f.Args, fault.Arg{Name: "argument", Value: first}) {
				t.Fatalf("%s: %v, want the argument %s", line, err, first)
			}
		}
	}
}
