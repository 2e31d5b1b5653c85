package plan_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"quipu/internal/estimate"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/plan"
	"quipu/internal/plan/calls"
	"quipu/internal/plan/lang"
)

// answered runs lines on the table of unsound columns, as a plan does.
func answered(t *testing.T, lines ...string) (*plan.Analysis, error) {
	t.Helper()
	p := &plan.Plan{Case: plan.Case{R: append([]string{"d <- svydesign(ids=~psu, strata=~h, weights=~w, nest=TRUE, data=data)"}, lines...)}}
	f := unsound(t)
	a, err := p.Run(func(string) (*frame.Frame, error) { return f, nil })
	if err != nil {
		return nil, err
	}
	return &a.Analyses[0], nil
}

// Calls that would list people, run on for ever, or ask what the data do not say.
func TestFurtherRefused(t *testing.T) {
	const reps = "r <- as.svrepdesign(d, type='JKn')"
	for text, key := range map[string]string{
		"svycdf(~age, d)":                                                                "plan.cdf_points",
		"svycdf(~age, d)$age":                                                            "plan.cdf_points",
		"svycdf(~age, d)$sex(3)":                                                         "plan.not_function",
		"svycdf(~sex, d)":                                                                "estimate.not_numeric",
		"svyhist(~age, d, breaks=c(30, 40))":                                             "plan.breaks_span",
		"svyboxplot(age~sex, d, all.outliers=TRUE)":                                      "formula.argument",
		"predict(svyglm(age~sex, d))":                                                    "plan.predict_rows",
		"predict(svyglm(age~sex, d), newdata=data.frame(sex='X'))":                       "inference.predict_level",
		"predict(svyglm(age~neg, d), newdata=data.frame(neg='X'))":                       "inference.predict_kind",
		"predict(svyglm(age~poly(w, 2), d), newdata=data.frame(w=3))":                    "inference.predict_whole",
		"predict(svyglm(age~sex, d, offset=w), newdata=data.frame(sex='F'))":             "inference.predict_offset",
		"predict(svyglm(age~w, d), newdata=data.frame(w=1:3000), vcov=TRUE)":             "plan.predict_many",
		"psrsq(svyglm(age~sex, d))":                                                      "inference.pseudo_r2",
		"AIC(svyglm(age~sex, d))":                                                        "plan.information",
		"anova(svyglm(age~sex, d), svyglm(age~w, d))":                                    "plan.anova_nested",
		reps + "; withReplicates(r, function(w, data) 'a')":                              "plan.replicate_number",
		reps + "; withReplicates(r, function(w, data) f(w, data))":                       "formula.unknown_function",
		"f <- function(x) f(x); " + reps + "; withReplicates(r, function(w, data) f(w))": "plan.function_endless",
		"f <- function(x) f(x) + f(x); f(1)":                                             "plan.function_endless",
		"f <- function(...) 1; f(1)":                                                     "plan.function_dots",
		reps + "; withReplicates(r, function(w, data) w[w > 0])":                         "plan.replicate_length",
		"withReplicates(d, function(w, data) sum(w))":                                    "plan.needs_replicates",
		"svyloglin(~sex+same, d)":                                                        "inference.loglinear_levels",
		"svyloglin(~h+word+psu, d)":                                                      "inference.loglinear_large",
		"svyloglin(~sex+yes+sex:h, d)":                                                   "inference.loglinear_nested",
		"svyloglin(~sex*psu, d)":                                                         "inference.loglinear_empty",
		"update(svyloglin(~sex+h, d), ~.+yes)":                                           "inference.loglinear_variable",
		"anova(svyloglin(~sex+h, d), svyloglin(~sex*yes, d))":                            "inference.loglinear_tables",
		"anova(svyloglin(~sex+h, d), svyloglin(~sex+h, d))":                              "inference.loglinear_not_nested",
		"svygofchisq(~h, p=c(1, 2), d)":                                                  "inference.given_shares",
		"svygofchisq(~h, p=c(1, 2, 0), d)":                                               "inference.given_share",
		"svyolr(sex~age, d)":                                                             "inference.ordinal_response",
		"svykm(age~sex, d)":                                                              "plan.survival_formula",
		"svykm(Surv(neg, yes)~1, d)":                                                     "inference.survival_values",
		"svykm(Surv(age, w)~1, d)":                                                       "inference.survival_values",
		"svykm(Surv(age, nil)~1, d, se=TRUE)":                                            "inference.survival_ends",
		"confint(svykm(Surv(age, yes)~1, d), parm=30)":                                   "plan.survival_se",
		reps + "; svykm(Surv(age, yes)~1, r, se=TRUE)":                                   "plan.survival_replicates",
		"svyprcomp(~age+nil, d, scale.=TRUE)":                                            "inference.components_constant",
	} {
		_, err := answered(t, strings.Split(text, "; ")...)
		if err == nil {
			t.Errorf("%s gives a number", text)
			continue
		}
		if !fault.Is(err, key) {
			t.Errorf("%s: %v, want %s", text, err, key)
		}
		for _, l := range []i18n.Lang{i18n.Spanish, i18n.English} {
			if said := i18n.Fault(l, err); said == "" || strings.ContainsAny(said, "{}") {
				t.Errorf("%s says %q", text, said)
			}
		}
	}
}

// What is published has an error and a verdict: shares of a distribution and of classes, predictions,
// medians of boxes. Coefficients have none.
func TestFurtherJudged(t *testing.T) {
	same := func(call, other string) {
		t.Helper()
		a, err := answered(t, call)
		b, err2 := answered(t, other)
		if err != nil || err2 != nil {
			t.Fatal(call, err, err2)
		}
		if len(a.Estimates) == 0 || len(a.Estimates) != len(b.Estimates) {
			t.Fatalf("%s: %d figures, %d", call, len(a.Estimates), len(b.Estimates))
		}
		for i, e := range a.Estimates {
			f := b.Estimates[i]
			if math.Abs(e.Estimate-f.Estimate) > 1e-12 || math.Abs(e.SE-f.SE) > 1e-12 || e.Verdict != f.Verdict || e.N != f.N {
				t.Errorf("%s: %+v, %s: %+v", call, e, other, f)
			}
		}
	}
	same("svycdf(~age, d)$age(c(30, 55))", "svymean(~as.numeric(age <= 30)+as.numeric(age <= 55), d)")
	same("svyhist(~age, d, breaks=c(0, 40, 100))", "svymean(~cut(age, c(0, 40, 100)), d)")
	same("svymean(make.formula(c('age', 'w')), d)", "svymean(~age+w, d)")
	same("svybys(~age, ~sex, d, svymean)", "svyby(~age, ~sex, d, svymean)")

	a, err := answered(t, "predict(svyglm(yes~w, d, family=quasibinomial()), newdata=data.frame(w=c(10, 13)), type='response')")
	if err != nil {
		t.Fatal(err)
	}
	if e := a.Estimates[0]; len(a.Estimates) != 2 || !(e.Low > 0 && e.High < 1 && e.Low < e.Estimate && e.Estimate < e.High) || e.Verdict == "" {
		t.Errorf("a share between its limits: %+v", a.Estimates)
	}
	for _, call := range []string{"predict(svyglm(yes~w, d, family=quasibinomial()), newdata=data.frame(w=10))", "svyloglin(~sex+h, d)"} {
		if a, err := answered(t, call); err != nil || a.Estimates != nil || len(a.Outcome.Rows) == 0 {
			t.Errorf("%s: %+v %v", call, a, err)
		}
	}
	// a share that goes on rests on those who are still there
	a, err = answered(t, "svykm(Surv(age, yes)~sex, d, se=TRUE)")
	if err != nil {
		t.Fatal(err)
	}
	if first, last := a.Estimates[0], a.Estimates[len(a.Estimates)-1]; !(first.N > last.N && last.N < 10 && last.Verdict == estimate.Suppress && first.Verdict == estimate.Publish && first.SE > 0) {
		t.Errorf("%+v at first, %+v at last", first, last)
	}
	// the boxes of groups are those of the groups alone; who is too few has no whiskers
	a, err = answered(t, "svyboxplot(age~sex, d)")
	if err != nil {
		t.Fatal(err)
	}
	for i, level := range []string{"F", "M"} {
		alone, err := answered(t, "svyboxplot(age~1, subset(d, sex=='"+level+"'))")
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range []string{"low", "q1", "estimate", "q3", "high", "stands_for"} {
			if x, y := a.Outcome.Rows[i].Number(k), alone.Outcome.Rows[0].Number(k); x != y && !(math.IsNaN(x) && math.IsNaN(y)) {
				t.Errorf("%s %s: %v in the groups, %v alone", level, k, x, y)
			}
		}
	}
	if a, err = answered(t, "svyboxplot(age~1, subset(d, age < 24))"); err != nil || !math.IsNaN(a.Outcome.Rows[0].Number("low")) || a.Estimates[0].Verdict != estimate.Suppress {
		t.Errorf("the box of a few: %+v %v", a, err)
	}
}

// An offset of the formula counts in a prediction, which R forgets.
func TestPredictOffset(t *testing.T) {
	a, err := answered(t, "m <- svyglm(age~sex+offset(w), d)", "predict(m, newdata=data.frame(sex=c('F', 'F'), w=c(0, 7)), type='response')")
	if err != nil {
		t.Fatal(err)
	}
	if d := a.Estimates[1].Estimate - a.Estimates[0].Estimate; math.Abs(d-7) > 1e-9 {
		t.Errorf("an offset of 7 more gives %v more", d)
	}
}

// A function sees the variables around it, keeps its own to itself, and stops where it returns.
func TestFunctions(t *testing.T) {
	for text, want := range map[string][]float64{
		"k <- 2; f <- function(x, by = k) { k <- 10; x * by }; c(f(3), f(3, 1), f(by = 4, 2), k)": {30, 3, 8, 2},
		"f <- function(x) { if (x > 1) return(5); 7 }; c(f(0), f(2))":                             {7, 5},
		"f <- function(x, n = length(x), g = function(y) y / n) sum(g(x)); f(c(1, 2, 6))":         {3},
		"f <- function(a) function(b) a - b; f(5)(3)":                                             {2},
		"(\\(x) x^2)(4)":                                     {16},
		"sapply(1:3, function(i) i * 2)":                     {2, 4, 6},
		"tapply(c(1, 2, 4), c('a', 'b', 'a'), sum)":          {5, 2},
		"sapply(c(3, 5), sqrt)^2":                            {3, 5},
		"order(c(3, 1, NA, 2))":                              {2, 4, 1, 3},
		"sort(c(3, 1, NA, 2), decreasing=TRUE)":              {3, 2, 1},
		"rev(cumsum(diff(c(1, 2, 5))))":                      {4, 1},
		"weighted.mean(c(1, NA, 3), c(1, 5, 3), na.rm=TRUE)": {2.5},
		"which(c(2, 5, 7) > 4)":                              {2, 3},
		"c(any(c(FALSE, NA, TRUE)), all(c(TRUE, TRUE)))":     {1, 1},
		"unique(c(2, 1, 2))":                                 {2, 1},
	} {
		s := calls.New(nil)
		v, err := s.Run(strings.Replace(text, "; ", "\n", -1))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := v.(*lang.Vector).Num; !slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }) {
			t.Errorf("%s is %v, want %v", text, got, want)
		}
	}
}

// A file is read for the columns that a plan mentions, also in words and in functions.
func TestColumnsOfFunctions(t *testing.T) {
	for text, want := range map[string]string{
		"withReplicates(d, function(w, data) sum(w * data$age) / sum(w * data[['pay']]))": "age pay",
		"svymean(make.formula(c('age', 'I(pay / 2)')), d)":                                "age pay",
		"svycdf(~age, d)[[1]](c(3, 4))":                                                   "age",
		"withReplicates(d, function(w, data) { x <- 'age'; sum(w * data[[x]]) })":         "*",
	} {
		p := &plan.Plan{Case: plan.Case{R: []string{text}}}
		names, all, err := p.Columns()
		if err != nil || all != (want == "*") {
			t.Errorf("%s: all %v, %v", text, all, err)
		}
		for _, n := range strings.Fields(strings.Trim(want, "*")) {
			if !names[n] {
				t.Errorf("%s does not read %s", text, n)
			}
		}
	}
}
