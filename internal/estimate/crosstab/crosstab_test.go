package crosstab

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

func rows(t *testing.T) *design.Design {
	t.Helper()
	f := frame.New(8)
	for _, c := range []frame.Column{
		frame.Numbers("w", []float64{1, 2, 3, 4, 1, 2, 3, 4}), frame.Numbers("x", []float64{5, 1, 4, 2, 8, 9, 3, 7}),
		frame.Texts("a", []string{"p", "q", "p", "q", "p", "q", "q", "p"}), frame.Texts("b", []string{"u", "u", "v", "v", "u", "v", "u", "v"}),
		frame.Texts("one", []string{"o", "o", "o", "o", "o", "o", "o", "o"}),
	} {
		if err := f.Add(c); err != nil {
			t.Fatal(err)
		}
	}
	d, err := design.New(f, design.Spec{Weights: "w"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func column(t *testing.T, d *design.Design, name string) *frame.Column {
	t.Helper()
	c, err := d.Frame().Col(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func check(t *testing.T, what string, got Test, want []float64) {
	t.Helper()
	all := []float64{got.Statistic.Value}
	for _, p := range got.Parameter {
		all = append(all, p.Value)
	}
	all = append(all, got.P)
	if len(want) > len(all) {
		all = append(all, got.Interval[0], got.Interval[1])
	}
	for i, w := range want {
		if math.Abs(all[i]-w) > 1e-10*math.Max(1, math.Abs(w)) {
			t.Errorf("%s: %v, want %v", what, all, want)
			return
		}
	}
}

// The values are those of R's survey 4.1.1: statistic, degrees of freedom, p (and interval).
func TestTestsAsInR(t *testing.T) {
	d := rows(t)
	for s, want := range map[Statistic][]float64{
		"F":           {0.497358381509628, 1, 7, 0.503447631387583},
		"Chisq":       {0.46975246975247, 1, 0.48066313170031},
		"Wald":        {0.440822837551488, 1, 7, 0.527980581322840},
		"adjWald":     {0.440822837551488, 1, 7, 0.527980581322840},
		"saddlepoint": {0.469752469752470, 0.502156331656458},
		"exact":       {0.469752469752470, 0.503447631387583}, // one eigenvalue: the F of the second order
	} {
		got, err := Association(d, column(t, d, "a"), column(t, d, "b"), s)
		if err != nil {
			t.Error(s, err)
			continue
		}
		check(t, string(s), got, want)
	}
	f, err := formula.ParseFormula("x~a")
	if err != nil {
		t.Fatal(err)
	}
	got, err := GroupsAlike(d, f)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "two groups", got, []float64{-1.59413068297277, 6, 0.16201634480329, -6.40139040853528, 1.35088535803023})
	if got, err = MeanIsZero(d, column(t, d, "x").Num); err != nil {
		t.Fatal(err)
	}
	check(t, "one sample", got, []float64{4.40656421934119535, 6, 0.00453613344650333, 2.00120438916499488, 6.99879561083500512})
	for k, want := range map[RankTest][]float64{
		Wilcoxon:      {-1.9995526560792742, 6, 0.0924836218160397},
		VanDerWaerden: {-1.644290107903370, 6, 0.151220130436816},
		Median:        {-4.41481879582843106, 6, 0.00449595494313447},
	} {
		if got, err = Ranks(d, column(t, d, "x").Num, column(t, d, "a"), k); err != nil {
			t.Fatal(err)
		}
		check(t, string(k), got, want)
	}
}

// A test of several groups of which two are alike is that of the two, but for what it calls
// statistic; and no permutation of rows changes a bit.
func TestProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	n := 30000
	order := r.Perm(n)
	make2 := func(at func(int) int) (*design.Design, *frame.Frame) {
		r := rand.New(rand.NewPCG(5, 6))
		w, psu, y, g, h := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range n {
			k := at(i)
			w[k], psu[k], y[k], g[k] = 1+r.Float64(), float64(i/30), r.NormFloat64(), float64(r.IntN(4))
			h[k] = float64(r.IntN(3))
		}
		f := frame.New(n)
		for _, c := range []frame.Column{frame.Numbers("w", w), frame.Numbers("psu", psu), frame.Numbers("y", y), frame.Numbers("g", g), frame.Numbers("h", h)} {
			if err := f.Add(c); err != nil {
				t.Fatal(err)
			}
		}
		d, err := design.New(f, design.Spec{IDs: []string{"psu"}, Weights: "w"})
		if err != nil {
			t.Fatal(err)
		}
		return d, f
	}
	a, _ := make2(func(i int) int { return i })
	b, _ := make2(func(i int) int { return order[i] })
	for _, s := range Statistics {
		x, err := Association(a, column(t, a, "g"), column(t, a, "h"), s)
		if err != nil {
			t.Fatal(err)
		}
		y, err := Association(b, column(t, b, "g"), column(t, b, "h"), s)
		if err != nil {
			t.Fatal(err)
		}
		if x.P != y.P || x.Statistic != y.Statistic {
			t.Errorf("%s: %v and %v", s, x.P, y.P)
		}
		if s != Wald && s != AdjustedWald && math.Abs(x.P-.5) > .5 {
			t.Errorf("%s: p = %v", s, x.P)
		}
	}
	x, err := Ranks(a, column(t, a, "y").Num, column(t, a, "g"), KruskalWallis)
	if err != nil || x.Parameter[0].Name != "Chisq" || !(x.P > 0 && x.P < 1) {
		t.Errorf("four groups: %+v %v", x, err)
	}
}

func TestWhatCannotBeTested(t *testing.T) {
	d := rows(t)
	key := func(err error) string {
		var f *fault.Error
		if errors.As(err, &f) {
			return f.Key
		}
		return ""
	}
	if _, err := Association(d, column(t, d, "a"), column(t, d, "one"), F); key(err) != "inference.table_small" {
		t.Error("a variable with one level:", err)
	}
	if _, err := Association(d, column(t, d, "a"), column(t, d, "b"), "G"); key(err) != "inference.table_statistic" {
		t.Error("an unknown statistic:", err)
	}
	if _, err := Association(d, column(t, d, "x"), column(t, d, "x"), Wald); key(err) != "inference.table_singular" {
		t.Error("more cells than units:", err)
	}
	if _, err := Ranks(d, column(t, d, "x").Num, column(t, d, "one"), Median); key(err) != "inference.rank_groups" {
		t.Error("one group:", err)
	}
	f, err := formula.ParseFormula("x~factor(x)")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := GroupsAlike(d, f); key(err) != "inference.two_groups" {
		t.Error("eight groups:", err)
	}
}

// BenchmarkAssociation is the goal: 1,000,000 rows, 5,000 units, a table of 5 by 4 in 0.3 s.
func BenchmarkAssociation(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	n := 1_000_000
	w, psu := make([]float64, n), make([]float64, n)
	g, h := make([]int32, n), make([]int32, n)
	for i := range n {
		w[i], psu[i], g[i], h[i] = 1+r.Float64(), float64(i/200), int32(r.IntN(5)), int32(r.IntN(4))
	}
	f := frame.New(n)
	for _, c := range []frame.Column{frame.Numbers("w", w), frame.Numbers("psu", psu),
		{Name: "g", Kind: frame.Factor, Code: g, Levels: []string{"a", "b", "c", "d", "e"}}, {Name: "h", Kind: frame.Factor, Code: h, Levels: []string{"a", "b", "c", "d"}}} {
		if err := f.Add(c); err != nil {
			b.Fatal(err)
		}
	}
	d, err := design.New(f, design.Spec{IDs: []string{"psu"}, Weights: "w"})
	if err != nil {
		b.Fatal(err)
	}
	x, _ := f.Col("g")
	y, _ := f.Col("h")
	b.ResetTimer()
	for range b.N {
		if _, err := Association(d, x, y, F); err != nil {
			b.Fatal(err)
		}
	}
}
