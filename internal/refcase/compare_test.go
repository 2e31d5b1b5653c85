package refcase

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"quipu/internal/plan"
)

// What is expected may stand in any order, be missing, infinite or have a tolerance of its own; what
// differs is said.
func TestCompare(t *testing.T) {
	got := func() *plan.Outcome {
		row := func(term string, x, se float64) plan.Row {
			return plan.Row{Term: term, Values: map[string][]float64{"estimate": {x}, "se": {se}}}
		}
		return &plan.Outcome{Type: "by", Rows: []plan.Row{row("a:V", 1, math.NaN()), row("b:V", 2, math.Inf(1))},
			Levels: []map[string]string{{"g": "a"}, {"g": "b"}}}
	}
	for text, differences := range map[string]int{
		`{"type":"by","by_levels":[{"g":"b"},{"g":"a"}],"results":[{"term":"b:V","estimate":2,"se":null},{"term":"a:V","estimate":1,"se":"NaN"}]}`: 0,
		`{"type":"by","results":[{"term":"a:V1","estimate":1},{"term":"b:V1","estimate":"2"}]}`:                                                    0,
		`{"type":"by","results":[{"term":"b:V1","estimate":2},{"term":"a:V1","estimate":1}]}`:                                                      2,
		`{"type":"by","results":[{"term":"b:V","estimate":2.1,"rel_tol":0.1},{"term":"a:V","estimate":1.1}]}`:                                      1,
		`{"type":"by","results":[{"term":"b:V","se":"Inf"},{"term":"a:V","se":1}]}`:                                                                1,
		`{"type":"by","results":[{"term":"b:V","se":3},{"term":"c:V","se":null}]}`:                                                                 2,
		`{"type":"by","by_levels":[{"g":"c"},{"g":"a"}]}`:                                                                                          1,
		`{"type":"stat"}`: 1,
	} {
		var expected map[string]any
		if err := json.Unmarshal([]byte(text), &expected); err != nil {
			t.Fatal(err)
		}
		m := &comparison{id: "c", tol: 1e-9, got: got()}
		m.compare(expected)
		if len(m.failures) != differences {
			t.Errorf("%s: %+v", text, m.failures)
		}
	}
}

// A file in which some cases are none: each is a failure, and the rest are run.
func TestSurveyGoesOn(t *testing.T) {
	files := fstest.MapFS{"data/x.csv": {Data: []byte("\ufeffy;w\r\n1;1\r\n3;3\r\n2;1\r\n")}}
	const file = `{"cases":[3,{"id":"odd","r":7},
	{"id":"empty","r":["d <- svydesign(ids=~1, weights=~w, data=x)","svymean(~y, d)"],"expected":{}},
	{"id":"gone","r":["svymean(~y, svydesign(ids=~1, weights=~w, data=z))"],"expected":{"type":"stat"}},
	{"id":"refused","r":["d <- svydesign(ids=~1, weights=~w, data=x)","svymean(~q, d)"],"expected":{"type":"ERROR","message":"no q"}},
	{"id":"answered","r":["d <- svydesign(ids=~1, weights=~w, data=x)","svymean(~y, d)"],"expected":{"type":"ERROR"}},
	{"id":"right","r":["d <- svydesign(ids=~1, weights=~w, data=x)","svymean(~y, d)"],"expected":{"type":"stat","results":[{"term":"y","estimate":2.4}]}}]}`
	r, err := Survey(strings.NewReader(file), files, nil)
	if err != nil {
		t.Fatal(err)
	}
	var failed []string
	for _, f := range r.Failures {
		failed = append(failed, f.Case)
	}
	if r.Passed != 2 || strings.Join(failed, " ") != "1 odd empty gone answered" {
		t.Errorf("%d passed, failed: %v", r.Passed, failed)
	}
}
