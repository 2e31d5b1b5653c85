package estimate_test

import (
	"math/rand/v2"
	"testing"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
)

// large is a sample of n rows in 100 strata and 5,000 units, with 50 groups.
func large(b *testing.B, n int) *frame.Frame {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	y, w := make([]float64, n), make([]float64, n)
	h, psu, g := make([]int32, n), make([]float64, n), make([]int32, n)
	for i := range n {
		p := r.IntN(5000)
		psu[i], h[i], g[i] = float64(p), int32(p%100), int32(r.IntN(50))
		y[i], w[i] = r.NormFloat64()*10+float64(p%7), 1+r.Float64()
	}
	levels := func(k int) (out []string) {
		for i := range k {
			out = append(out, frame.NumberText(float64(100+i)))
		}
		return out
	}
	f, err := frame.New(n).With(frame.Numbers("y", y), frame.Numbers("w", w), frame.Numbers("psu", psu),
		frame.Column{Name: "h", Kind: frame.Factor, Code: h, Levels: levels(100)}, frame.Column{Name: "g", Kind: frame.Factor, Code: g, Levels: levels(50)})
	if err != nil {
		b.Fatal(err)
	}
	return f
}

func benchmarkBy(b *testing.B, n int, s design.Spec, vars string) {
	f := large(b, n)
	y, err := formula.Variables(vars, f)
	if err != nil {
		b.Fatal(err)
	}
	g, err := formula.Variables("~g", f)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		d, err := design.New(f, s)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := estimate.MeanBy(d, y, g, estimate.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// The target: 0.2 s for 1,000,000 rows, the design included (R's survey 4.1.1: 6.7 s).
func BenchmarkMeanOf50Groups(b *testing.B) {
	benchmarkBy(b, 1_000_000, design.Spec{IDs: []string{"psu"}, Strata: []string{"h"}, Weights: "w"}, "~y")
}

// Every row is a unit of its own.
func BenchmarkMeanOf50GroupsOfRows(b *testing.B) {
	benchmarkBy(b, 1_000_000, design.Spec{Strata: []string{"h"}, Weights: "w"}, "~y")
}

// What R's users run out of memory with; 0.6 GB here, most of it the data.
func BenchmarkMeanOf50GroupsOf13Million(b *testing.B) {
	benchmarkBy(b, 13_000_000, design.Spec{IDs: []string{"psu"}, Strata: []string{"h"}, Weights: "w"}, "~y")
}
