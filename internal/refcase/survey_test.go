package refcase_test

import (
	"os"
	"path/filepath"
	"testing"

	"quipu/internal/refcase"
)

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
	for _, x := range r.Failures {
		t.Errorf("%s: %s: expected %s, got %s %v", x.Case, x.What, x.Expected, x.Got, x.Err)
	}
	if r.Passed == 0 {
		t.Error("no case passed")
	}
}

func TestSurveyCases(t *testing.T) { runSurvey(t, "testdata/survey", "cases.json") }

// Quantiles, shares, tests and models; tests.R beside the file made it.
func TestInferenceCases(t *testing.T) { runSurvey(t, "testdata/survey", "tests.json") }

// Replicates of every kind, made and read, and adjusted weights; see make_weights.R there.
func TestWeightsCases(t *testing.T) { runSurvey(t, "testdata/weights", "cases.json") }

// Programs drawn by a seed; see drawn/README.md.
func TestDrawnCases(t *testing.T) { runSurvey(t, "testdata/drawn", "cases.json") }

// Combinations of designs, steps and statistics on further data; see more/README.md.
func TestMoreCases(t *testing.T) { runSurvey(t, "testdata/more", "cases.json") }
