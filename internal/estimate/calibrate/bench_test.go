package calibrate_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"quipu/internal/estimate"
	"quipu/internal/estimate/calibrate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
)

// large is 100,000 rows in 20 strata and 1,000 units.
func large(n int) *frame.Frame {
	r := rand.New(rand.NewPCG(1, 2))
	city, unit, group := make([]int32, n), make([]float64, n), make([]int32, n)
	sex, age := make([]int32, n), make([]int32, n)
	y, w := make([]float64, n), make([]float64, n)
	for i := range n {
		u := r.IntN(1000)
		city[i], unit[i], group[i] = int32(u/50), float64(u), int32(r.IntN(50))
		sex[i], age[i] = int32(r.IntN(2)), int32(r.IntN(6))
		y[i], w[i] = r.NormFloat64()*10+float64(group[i]), 1+r.Float64()
	}
	levels := func(k int) (l []string) {
		for i := range k {
			l = append(l, fmt.Sprintf("%02d", i))
		}
		return l
	}
	f := frame.New(n)
	for _, c := range []frame.Column{{Name: "city", Kind: frame.Factor, Code: city, Levels: levels(20)}, frame.Numbers("unit", unit), {Name: "group", Kind: frame.Factor, Code: group, Levels: levels(50)},
		{Name: "sex", Kind: frame.Factor, Code: sex, Levels: levels(2)}, {Name: "age", Kind: frame.Factor, Code: age, Levels: levels(6)}, frame.Numbers("y", y), frame.Numbers("w", w)} {
		if err := f.Add(c); err != nil {
			panic(err)
		}
	}
	return f
}

// BenchmarkBootstrap makes 200 replicates of 100,000 rows and uses them for the means of 50 groups.
func BenchmarkBootstrap(b *testing.B) {
	f := large(100_000)
	d, err := design.New(f, design.Spec{IDs: []string{"unit"}, Strata: []string{"city"}, Weights: "w"})
	if err != nil {
		b.Fatal(err)
	}
	y, _ := formula.Variables("~y", f)
	by, _ := formula.Variables("~group", f)
	b.ReportAllocs()
	for b.Loop() {
		boot, err := d.Replicate(design.Making{Type: "subbootstrap", Replicates: 200, Seed: 1})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := estimate.MeanBy(boot, y, by, estimate.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRakedBootstrap rakes these replicates to two margins.
func BenchmarkRakedBootstrap(b *testing.B) {
	f := large(100_000)
	d, err := design.New(f, design.Spec{IDs: []string{"unit"}, Strata: []string{"city"}, Weights: "w"})
	if err != nil {
		b.Fatal(err)
	}
	if d, err = d.Replicate(design.Making{Type: "subbootstrap", Replicates: 200, Seed: 1}); err != nil {
		b.Fatal(err)
	}
	sex := table([]string{"sex"}, [][]string{{"00", "01"}}, []float64{80000, 70000})
	age := table([]string{"age"}, [][]string{{"00", "01", "02", "03", "04", "05"}}, []float64{25000, 25000, 30000, 20000, 25000, 25000})
	b.ReportAllocs()
	for b.Loop() {
		a, err := calibrate.Rake(d.Weights(), []*calibrate.Margin{margin(b, d, []string{"sex"}, sex), margin(b, d, []string{"age"}, age)}, calibrate.Control{Most: 50, Epsilon: 1e-8})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := a.On(d); err != nil {
			b.Fatal(err)
		}
	}
}
