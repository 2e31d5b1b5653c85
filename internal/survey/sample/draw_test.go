package sample

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func frameOf(n int) []Unit {
	out := make([]Unit, n)
	for i := range out {
		out[i] = Unit{ID: fmt.Sprintf("u%03d", i), Order: fmt.Sprint(i % 4), Size: 1 + float64(i*i%17)}
	}
	return out
}

// TestSameWhateverTheOrder: the rows of the frame may come in any order.
func TestSameWhateverTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := frameOf(rapid.IntRange(3, 60).Draw(t, "N"))
		n := rapid.IntRange(2, len(units)).Draw(t, "n")
		how := rapid.SampledFrom(Methods).Draw(t, "how")
		seed := rapid.Uint64().Draw(t, "seed")
		s := Stratum{Name: "s", Take: n, Reserve: 2}
		a, err := Draw(s, units, how, seed)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := Draw(s, rapid.Permutation(units).Draw(t, "rows"), how, seed)
		if !slices.Equal(a, b) {
			t.Errorf("%s draws %v and %v", how, a, b)
		}
		taken, seen := 0, map[string]bool{}
		for _, p := range a {
			if seen[p.ID] || !(p.Probability > 0 && p.Probability <= 1) {
				t.Errorf("%+v", p)
			}
			if seen[p.ID] = true; !p.Reserve {
				taken++
			}
		}
		if taken != n {
			t.Errorf("%s draws %d of %d", how, taken, n)
		}
	})
}

// TestUnbiased: each unit comes as often as its probability says, so that the estimated total
// of anything is right on average.
func TestUnbiased(t *testing.T) {
	units := frameOf(23)
	const n, seeds = 7, 20000
	truth := 0.0
	y := map[string]float64{}
	for i, u := range units {
		y[u.ID] = float64(i) + 3*u.Size
		truth += y[u.ID]
	}
	for _, how := range Methods {
		came, prob, sum, squares := map[string]float64{}, map[string]float64{}, 0.0, 0.0
		for seed := range uint64(seeds) {
			picks, err := Draw(Stratum{Name: "s", Take: n}, units, how, seed)
			if err != nil {
				t.Fatal(err)
			}
			total := 0.0
			for _, p := range picks {
				came[p.ID]++
				prob[p.ID] = p.Probability
				total += y[p.ID] / p.Probability
			}
			sum += total
			squares += total * total
		}
		all := 0.0
		for _, u := range units {
			p := prob[u.ID]
			all += p
			if d := came[u.ID]/seeds - p; math.Abs(d) > 5*math.Sqrt(p*(1-p)/seeds)+1e-12 {
				t.Errorf("%s: %s came %.4f of the time, probability %.4f", how, u.ID, came[u.ID]/seeds, p)
			}
		}
		if math.Abs(all-n) > 1e-9 {
			t.Errorf("%s: probabilities sum to %v", how, all)
		}
		mean := sum / seeds
		if se := math.Sqrt((squares/seeds - mean*mean) / seeds); math.Abs(mean-truth) > 5*se+1e-9 {
			t.Errorf("%s: totals are %.3f on average, truth %.3f, error %.3f", how, mean, truth, se)
		}
	}
}

func TestAllocate(t *testing.T) {
	of := func() []Stratum {
		return []Stratum{{Name: "a", Population: 1000, SD: 1}, {Name: "b", Population: 100, SD: 5}, {Name: "c", Population: 3, SD: 1}}
	}
	for how, want := range map[Allocation][]int{Equal: {54, 53, 3}, Proportional: {98, 10, 2}, SquareRoot: {81, 26, 3}, Neyman: {72, 36, 2}} {
		s := of()
		if err := Allocate(s, 110, how); err != nil {
			t.Fatal(err)
		}
		if got := []int{s[0].Take, s[1].Take, s[2].Take}; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", how, got, want)
		}
	}
	if err := Allocate(of(), 5, Equal); err == nil {
		t.Error("fewer than two in each stratum were allowed")
	}
	if err := Allocate(of(), 2000, Equal); err == nil {
		t.Error("more than all were drawn")
	}
}

func TestAllocateWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := make([]Stratum, rapid.IntRange(1, 9).Draw(t, "strata"))
		total := 0
		for i := range s {
			s[i] = Stratum{Name: fmt.Sprint(i), Population: rapid.IntRange(1, 500).Draw(t, "N"), SD: 0.1 + rapid.Float64Range(0, 9).Draw(t, "sd")}
			total += s[i].Population
		}
		n := rapid.IntRange(min(total, 2*len(s)), total).Draw(t, "n")
		if err := Allocate(s, n, rapid.SampledFrom(Allocations).Draw(t, "how")); err != nil {
			t.Fatal(err)
		}
		sum := 0
		for _, x := range s {
			if x.Take > x.Population || x.Take < min(2, x.Population) {
				t.Errorf("%d of %d", x.Take, x.Population)
			}
			sum += x.Take
		}
		if sum != n {
			t.Errorf("%d shared out of %d", sum, n)
		}
	})
}

// TestSize holds the size against a published figure: 385 for five points either way and a
// large population, 278 of 1,000 (Krejcie and Morgan 1970, table 1).
func TestSize(t *testing.T) {
	w := Wish{Half: 0.05, Share: 0.5, Deff: 1, Response: 1}
	for population, want := range map[int]int{100_000_000: 385, 1000: 278} {
		if n, err := w.Size(population); err != nil || n != want {
			t.Errorf("of %d: %d, want %d (%v)", population, n, want, err)
		}
	}
	w.Response, w.Deff = 0.5, 1.5
	n, _ := w.Size(1_000_000)
	if h := w.HalfWidth(n, 1_000_000); math.Abs(h-0.05) > 1e-3 {
		t.Errorf("%d give %.4f either way, wished 0.05", n, h)
	}
}
