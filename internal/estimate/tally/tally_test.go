package tally_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"quipu/internal/estimate/tally"
)

func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(-1e9, 1e9), 1, 300).Draw(t, "x")
		scale := rapid.SampledFrom([]float64{1e-30, 1e-3, 1, 1e20}).Draw(t, "scale")
		for i := range x {
			x[i] *= scale
		}
		want := tally.Sum(x)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		r.Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] })
		if got := tally.Sum(x); got != want {
			t.Fatalf("%v, shuffled %v", want, got)
		}
		exact, bound := new(big.Float).SetPrec(200), 0.0
		for _, v := range x {
			exact.Add(exact, big.NewFloat(v))
			bound = max(bound, math.Abs(v))
		}
		f, _ := exact.Float64()
		if math.Abs(f-want) > bound*1e-15+math.Abs(f)*3e-16 {
			t.Fatalf("sum %v, exactly %v", want, f)
		}
	})
}

func TestThreadsDoNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	n := 1 << 17
	x, code := make([]float64, n), make([]int32, n)
	for i := range x {
		x[i], code[i] = r.NormFloat64()*1e6, int32(r.IntN(7))-1
	}
	got := tally.By(n, 6, code, func(i int) float64 { return x[i] })
	for g := range got {
		var one []float64
		for i := range x {
			if code[i] == int32(g) {
				one = append(one, x[i])
			}
		}
		plain := 0.0
		for _, v := range one {
			plain += v
		}
		if math.Abs(plain-got[g]) > 1e-9*1e6*math.Sqrt(float64(n)) {
			t.Errorf("group %d: %v, added plainly %v", g, got[g], plain)
		}
	}
	// a missing value spoils its own group alone
	x[0], code[0] = math.NaN(), 3
	again := tally.By(n, 6, code, func(i int) float64 { return x[i] })
	if !math.IsNaN(again[3]) || again[2] != got[2] {
		t.Errorf("after a missing value in group 3: %v, before %v", again, got)
	}
}
