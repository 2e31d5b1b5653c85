package estimate_test

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
)

// people is a table with strata, units in two stages, weights and answers, some missing.
func people(seed uint64, n int) *frame.Frame {
	r := rand.New(rand.NewPCG(seed, 1))
	cols := map[string][]float64{}
	for i := range n {
		h := i % 4
		psu := h*10 + r.IntN(5)
		for name, x := range map[string]float64{"h": float64(h), "psu": float64(psu), "ssu": float64(r.IntN(6)), "nh": 40, "mi": 20,
			"w": 1 + r.Float64(), "y": r.NormFloat64()*1e3 + float64(psu), "x": r.Float64(), "g": float64(r.IntN(3))} {
			cols[name] = append(cols[name], x)
		}
	}
	f := frame.New(n)
	for name, x := range cols {
		if err := f.Add(frame.Numbers(name, x)); err != nil {
			panic(err)
		}
	}
	return f
}

// answers are figures of every estimator with every kind of design.
func answers(t *rapid.T, f *frame.Frame) (out []float64) {
	add := func(r estimate.Result, err error) {
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range r.Estimates {
			out = append(out, e.Estimate, e.SE, e.Low, e.High)
		}
	}
	vars := func(src string) []formula.Variable {
		v, err := formula.Variables(src, f)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, s := range []design.Spec{
		{IDs: []string{"psu"}, Strata: []string{"h"}, Weights: "w"},
		{Strata: []string{"h"}, Weights: "w"},
		{IDs: []string{"psu", "ssu"}, Strata: []string{"h"}, Weights: "w", FPC: []string{"nh", "mi"}, Lonely: design.Adjust, LonelyInAll: true},
	} {
		d, err := design.New(f, s)
		if err != nil {
			t.Fatal(err)
		}
		add(estimate.Mean(d, vars("~y + factor(g)"), estimate.Options{Deff: estimate.WithoutBack}))
		add(estimate.Total(d, vars("~x"), estimate.Options{}))
		add(estimate.Ratio(d, vars("~y"), vars("~x"), estimate.Options{}))
		add(estimate.Variance(d, vars("~y + x"), estimate.Options{}))
		by, err := estimate.MeanBy(d, vars("~y"), vars("~g"), estimate.Options{Cov: true})
		if err != nil {
			t.Fatal(err)
		}
		add(by.Result, nil)
	}
	return out
}

// The same bytes whatever the order of the rows and the number of processors.
func TestOrderOfRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(80, 300).Draw(t, "rows")
		f := people(rapid.Uint64().Draw(t, "seed"), n)
		want := answers(t, f)
		rows := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 2)).Perm(n)
		runtime.GOMAXPROCS(1 + n%2)
		got := answers(t, f.Rows(rows))
		for i := range want {
			if got[i] != want[i] && (got[i] == got[i] || want[i] == want[i]) {
				t.Fatalf("figure %d: %v, with the rows in another order %v", i, want[i], got[i])
			}
		}
	})
}

// Half of the rows taken away and then asked for as a domain: the estimate is that of the
// file of these rows, the error is not smaller than with its units forgotten would allow.
func TestDomainIsTheSubsetOfTheDesign(t *testing.T) {
	f := people(7, 200)
	d, err := design.New(f, design.Spec{IDs: []string{"psu"}, Strata: []string{"h"}, Weights: "w"})
	if err != nil {
		t.Fatal(err)
	}
	in := make([]bool, f.N())
	for i := range in {
		in[i] = i%2 == 0
	}
	y := variables(t, f, "~y")
	r, err := estimate.Mean(d.Subset(in), y, estimate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	g, err := estimate.MeanBy(mustFrame(t, d, in), variables(t, mustFrame(t, d, in).Frame(), "~y"), variables(t, mustFrame(t, d, in).Frame(), "~half"), estimate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e, _ := g.Find("1")
	if e.Estimate != r.Estimates[0].Estimate || e.SE != r.Estimates[0].SE || e.PSUs != r.Estimates[0].PSUs {
		t.Errorf("as a domain %+v, as a group %+v", r.Estimates[0], e)
	}
	if _, err := estimate.Mean(d.Subset(make([]bool, f.N())), y, estimate.Options{}); err == nil {
		t.Error("a domain without members has a mean")
	}
}

func mustFrame(t *testing.T, d *design.Design, in []bool) *design.Design {
	t.Helper()
	half := make([]float64, len(in))
	for i, b := range in {
		if b {
			half[i] = 1
		}
	}
	f, err := d.Frame().With(frame.Numbers("half", half))
	if err != nil {
		t.Fatal(err)
	}
	e, err := d.WithFrame(f)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
