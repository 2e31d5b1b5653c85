package estimate_test

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
)

func read(t *testing.T, file string) *frame.Frame {
	t.Helper()
	r, err := os.Open(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	f, err := frame.ReadCSV(r, frame.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func variables(t *testing.T, f *frame.Frame, src string) []formula.Variable {
	t.Helper()
	v, err := formula.Variables(src, f)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9*math.Abs(want)) {
		t.Errorf("%s: %.15g, R has %.15g", what, got, want)
	}
}

// The figures are those of R 4.2.2, survey 4.1.1.
func TestStratifiedMean(t *testing.T) {
	f := read(t, "apistrat.csv")
	d, err := design.New(f, design.Spec{Strata: []string{"stype"}, Weights: "pw", FPC: []string{"fpc"}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := estimate.Mean(d, variables(t, f, "~api00"), estimate.Options{Deff: estimate.WithoutBack})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "mean", r.Estimates[0].Estimate, 662.287363159321)
	near(t, "se", r.Estimates[0].SE, 9.40894080278458)
	near(t, "deff", r.Estimates[0].Deff, 1.20445726853772)
	if r.DF != 197 {
		t.Errorf("df %v", r.DF)
	}
}
