package refcase_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"quipu/internal/fault"
	"quipu/internal/refcase"
)

// missing are estimators that are not there yet: their cases fail with an unknown function.
var missing = []string{"postStratify", "rake", "calibrate", "trimWeights", "svystandardize", "as.svrepdesign"}

func runSurvey(t *testing.T, folder, name string) {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := refcase.Survey(f, os.DirFS(folder), nil)
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, x := range r.Failures {
		if e := fault.As(x.Err); e != nil && e.Key == "formula.unknown_function" {
			if name, _ := e.Args[0].Value.(string); slices.Contains(missing, name) {
				used[name] = true
				continue
			}
		}
		t.Errorf("%s: %s: expected %s, got %s %v", x.Case, x.What, x.Expected, x.Got, x.Err)
	}
	t.Logf("%d passed, %d failed; not there yet: %s", r.Passed, r.Failed, strings.Join(slices.Sorted(keys(used)), ", "))
}

func keys(m map[string]bool) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func TestSurveyCases(t *testing.T) { runSurvey(t, "testdata/survey", "cases.json") }

// Quantiles, shares, tests and models; tests.R beside the file made it.
func TestInferenceCases(t *testing.T) { runSurvey(t, "testdata/survey", "tests.json") }
