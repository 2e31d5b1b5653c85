package plan_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"quipu/internal/estimate"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/plan"
)

// unsound is a table with everything that a column can have wrong.
func unsound(t *testing.T) *frame.Frame {
	t.Helper()
	var b strings.Builder
	b.WriteString("h,psu,w,w0,wneg,wgap,wtext,nil,sex,age,pay,gap,word,same,yes,neg,zero,prob,less,lone\n")
	for i := range 60 {
		h, special := i%3, func(at int, odd, usual string) string {
			if i == at {
				return odd
			}
			return usual
		}
		fmt.Fprintf(&b, "%c,%c%d,%d,%s,%s,%s,%s,0,%s,%d,%s,,name%d,one,%d,%s,%s,1.5,-0.1,%s\n", 'A'+h, 'A'+h, i/4%5, 10+i%4, special(5, "0", "10"), special(5, "-3", "10"), special(5, "", "10"),
			special(5, "x", "10"), special(i/5*5, "M", "F"), 20+i*7%50, special(i/9*9, "", "100"), i, min(1, (20+i*7%50)/45), special(3, "-5", "5"), special(3, "0", "3"), special(0, "Z", "Y"))
	}
	f, err := frame.ReadCSV(strings.NewReader(b.String()), frame.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// refused are plans with the key of the reason.
func refused() map[string]string {
	const d = `"design": {"ids": "psu", "strata": "h", "weights": "w", "nest": true}, `
	mean := func(design string) string {
		return `{"design": {` + design + `}, "estimator": "mean", "vars": "age"}`
	}
	r := func(lines ...string) string {
		return `{"r": ["d <- svydesign(ids=~psu, strata=~h, weights=~w, nest=TRUE, data=data)", "` + strings.Join(lines, `", "`) + `"]}`
	}
	return map[string]string{
		``:                       "plan.empty_file",
		`[1, 2]`:                 "plan.json_object",
		`{"design": {`:           "plan.json_ends",
		"{\n\"design\": {]}":     "plan.json_syntax",
		`{` + d + `"vars": [1]}`: "plan.json_field",
		`{"estimater": "mean"}`:  "plan.no_json",
		`null`:                   "plan.nothing",
		`{` + d + `"estimator": "mean", "vars": "age", "level": 95}`:                                   "plan.level",
		`{` + d + `"estimator": "mean", "vars": "age", "level": -0.5}`:                                 "plan.level",
		`{` + d + `"estimator": "mean", "vars": "age", "publish": {"flag_cv": -1}}`:                    "plan.publish",
		`{` + d + `"estimator": "mean", "vars": "age", "args": {"na_rmm": true}}`:                      "plan.arg_unknown",
		`{` + d + `"estimator": "mean"}`:                                                               "plan.no_vars",
		`{` + d + `"estimator": "mode", "vars": "age"}`:                                                "plan.estimator",
		`{` + d + `"estimator": "mean", "vars": "aged"}`:                                               "estimate.no_column",
		`{` + d + `"estimator": "mean", "vars": "age", "domain": "sex == 'X'"}`:                        "estimate.empty_domain",
		`{` + d + `"estimator": "mean", "vars": "age", "domain": "age"}`:                               "plan.no_condition",
		`{` + d + `"estimator": "mean", "vars": "age", "domain": "age >"}`:                             "formula.syntax",
		`{` + d + `"estimator": "mean", "vars": "pay"}`:                                                "plan.missing",
		`{` + d + `"estimator": "mean", "vars": "gap", "args": {"na_rm": true}}`:                       "estimate.empty_domain",
		`{` + d + `"estimator": "mean", "vars": "log(zero)", "args": {"na_rm": true}}`:                 "plan.no_number",
		`{` + d + `"estimator": "mean", "vars": "sqrt(neg)", "args": {"na_rm": true}}`:                 "plan.no_number",
		`{` + d + `"estimator": "total", "vars": "I(age/zero)", "args": {"na_rm": true}}`:              "plan.no_number",
		`{` + d + `"estimator": "mean", "vars": "as.numeric(word)"}`:                                   "plan.codes",
		`{` + d + `"estimator": "mean", "vars": "age", "by": "gap"}`:                                   "estimate.empty_domain",
		`{` + d + `"estimator": "ratio", "vars": ["age", "nil"]}`:                                      "plan.no_end",
		`{` + d + `"estimator": "ratio", "vars": ["age", "sex"]}`:                                      "estimate.not_numeric",
		`{` + d + `"estimator": "quantile", "vars": "sex", "args": {"probs": 0.5}}`:                    "estimate.not_numeric",
		`{` + d + `"estimator": "quantile", "vars": "age", "args": {"probs": 1.5}}`:                    "inference.quantile_p",
		`{` + d + `"estimator": "quantile", "vars": "age", "args": {"probs": 0.5, "alpha": 2}}`:        "plan.level",
		`{` + d + `"estimator": "ciprop", "vars": "yes", "args": {"level": 95}}`:                       "plan.level",
		`{` + d + `"estimator": "ranktest", "vars": ["sex", "h"]}`:                                     "estimate.not_numeric",
		`{` + d + `"estimator": "ttest", "vars": ["word", "sex"]}`:                                     "estimate.not_numeric",
		`{` + d + `"estimator": "glm", "vars": ["age", "same"]}`:                                       "plan.one_level",
		`{` + d + `"estimator": "glm", "vars": ["age", "word"]}`:                                       "plan.no_df",
		`{` + d + `"estimator": "glm", "vars": ["log(zero)", "age"]}`:                                  "plan.no_number",
		`{` + d + `"estimator": "glm", "vars": ["yes", "age"], "args": {"family": "quasibinomial"}}`:   "inference.model_separated",
		`{` + d + `"estimator": "contrast", "vars": "age", "args": {"expr": "log(age-1000)"}}`:         "plan.contrast_value",
		mean(`"ids": "psu", "strata": "h"`):                                                            "estimate.no_weights",
		mean(`"weights": "w - 11"`):                                                                    "plan.formula_number",
		mean(`"weights": "wneg"`):                                                                      "plan.weights",
		mean(`"weights": "wgap"`):                                                                      "estimate.design_missing",
		mean(`"weights": "wtext"`):                                                                     "plan.design_text",
		mean(`"probs": "prob"`):                                                                        "plan.probability",
		mean(`"probs": "less"`):                                                                        "plan.probability",
		mean(`"weights": "w", "fpc": "nil"`):                                                           "plan.fpc",
		mean(`"weights": "w", "fpc": "word"`):                                                          "plan.design_text",
		mean(`"ids": "same", "weights": "w"`):                                                          "estimate.one_psu",
		mean(`"strata": "lone", "weights": "w"`):                                                       "estimate.lonely",
		mean(`"weights": "w", "lonely": "maybe"`):                                                      "plan.lonely",
		mean(`"weights": "w", "pps": "magic"`):                                                         "plan.pps",
		r(`svymagic(~age, d)`):                                                                         "formula.unknown_function",
		r(`'hello'`):                                                                                   "plan.no_estimate",
		r(`svymean(~interaction(word, word, word, age), d)`):                                           "formula.levels",
		r(`d <- update(d, x = log(zero))`, `svymean(~x, d)`):                                           "plan.infinite",
		r(`d <- as.svrepdesign(d, type='bootstrap', replicates=1e12)`, `svymean(~age, d)`):             "plan.replicates",
		r(`d <- as.svrepdesign(d, type='JKn')`, `svyquantile(~age, d, 0.5, interval.type='quantile')`): "inference.quantile_jackknife",
		r(`confint(svyglm(age ~ sex, d), level=95)`):                                                   "plan.level",
		`{` + d + `"steps": [{"op": "update", "name": "x"}], "estimator": "mean", "vars": "age"}`:      "formula.argument",
	}
}

// TestUnsound: a plan that cannot be right is refused in words, in both languages; it gives no
// number and does not end the program.
func TestUnsound(t *testing.T) {
	f := unsound(t)
	for text, key := range refused() {
		p, err := plan.ReadPlan([]byte(text))
		if err == nil {
			_, err = p.Run(func(string) (*frame.Frame, error) { return f, nil })
		}
		if err == nil {
			t.Errorf("%s gives a number", text)
			continue
		}
		if !fault.Is(err, key) {
			t.Errorf("%s: %v, want %s", text, err, key)
		}
		for _, l := range []i18n.Lang{i18n.Spanish, i18n.English} {
			if said := i18n.Fault(l, err); said == "" || strings.ContainsAny(said, "{}") && !strings.Contains(text, "{}") {
				t.Errorf("%s says %q", text, said)
			}
		}
	}
}

// TestSoundButTold: what may be, with something that the reader should know.
func TestSoundButTold(t *testing.T) {
	f := unsound(t)
	for text, warning := range map[string]string{
		`{"design": {"weights": "w0"}, "estimator": "mean", "vars": "age"}`:                                       "plan.warning.zero_weights",
		`{"design": {"ids": "psu", "weights": "w"}, "estimator": "mean", "vars": "age", "domain": "psu == 'A0'"}`: "plan.warning.one_unit",
		`{"design": {"ids": "psu", "strata": "h", "weights": "w", "nest": true}, "steps": [{"op": "replicates", "r": "d <- as.svrepdesign(d, type='JKn')"}], "estimator": "quantile", "vars": "age", "args": {"probs": 0.5}}`: "plan.warning.jackknife",
	} {
		p, err := plan.ReadPlan([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		a, err := p.Run(func(string) (*frame.Frame, error) { return f, nil })
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		one := a.Analyses[0]
		if !strings.Contains(strings.Join(one.Warnings, " "), warning) {
			t.Errorf("%s: %v, want %s", text, one.Warnings, warning)
		}
		if warning == "plan.warning.one_unit" && (!math.IsNaN(one.Estimates[0].SE) || one.Estimates[0].Verdict != estimate.Suppress) {
			t.Errorf("%+v of one unit", one.Estimates[0])
		}
	}
}
