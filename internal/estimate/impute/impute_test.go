package impute_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/impute"
	"quipu/internal/fault"
)

// answers are n invented rows, in units of five; every fourth lacks the amount, more so by mail.
func answers(n int, rows []int) *frame.Frame {
	r := rand.New(rand.NewPCG(6, 20))
	var channel, often, unit []string
	w, amount := make([]float64, n), make([]float64, n)
	for i := range n {
		channel = append(channel, []string{"bank", "firm", "mail"}[r.IntN(3)])
		often = append(often, []string{"month", "year"}[r.IntN(2)])
		unit = append(unit, fmt.Sprintf("u%04d", i/5))
		w[i] = 1 + r.Float64()
		amount[i] = 100 + 50*float64(len(often[i])) + 200*r.Float64()
		if r.IntN(4) == 0 || channel[i] == "mail" && r.IntN(3) == 0 {
			amount[i] = math.NaN()
		}
	}
	f := frame.New(n)
	for _, c := range []frame.Column{frame.Texts("channel", channel), frame.Texts("often", often), frame.Texts("unit", unit), frame.Numbers("w", w), frame.Numbers("amount", amount)} {
		if err := f.Add(c); err != nil {
			panic(err)
		}
	}
	if rows != nil {
		return f.Rows(rows)
	}
	return f
}

var spec = impute.Spec{Column: "amount", Within: []string{"channel", "often"}, Seed: 2006}

func TestDonorsAreOfTheSameClass(t *testing.T) {
	f := answers(400, nil)
	w, _ := f.Col("w")
	g, report, err := impute.HotDeck(f, w.Num, spec)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := f.Col("amount")
	after, _ := g.Col("amount")
	flag, _ := g.Col("amount_imputed")
	given := map[string]map[float64]bool{}
	class := func(i int) string {
		a, _ := f.Col("channel")
		b, _ := f.Col("often")
		return a.Text(i) + b.Text(i)
	}
	for i, v := range before.Num {
		if v == v {
			if given[class(i)] == nil {
				given[class(i)] = map[float64]bool{}
			}
			given[class(i)][v] = true
		}
	}
	n := 0
	for i, v := range after.Num {
		missing := math.IsNaN(before.Num[i])
		if missing != (flag.Code[i] == 1) || !missing && v != before.Num[i] || !given[class(i)][v] {
			t.Fatalf("row %d: %v before, %v after, flag %d", i, before.Num[i], v, flag.Code[i])
		}
		if missing {
			n++
		}
	}
	if report.Missing != n || n == 0 || report.Within[0] != n || report.Given != 400-n {
		t.Errorf("%+v, want %d", report, n)
	}
}

func TestOrderOfRowsDoesNotMatter(t *testing.T) {
	perm := rand.New(rand.NewPCG(1, 1)).Perm(400)
	sum := func(f *frame.Frame) map[string]float64 {
		w, _ := f.Col("w")
		g, _, err := impute.HotDeck(f, w.Num, spec)
		if err != nil {
			t.Fatal(err)
		}
		v, _ := g.Col("amount")
		u, _ := g.Col("w")
		out := map[string]float64{}
		for i := range v.Num {
			out[fmt.Sprint(u.Num[i])] = v.Num[i]
		}
		return out
	}
	one, other := sum(answers(400, nil)), sum(answers(400, perm))
	for k, v := range one {
		if other[k] != v {
			t.Fatalf("the row of weight %s took %v and %v", k, v, other[k])
		}
	}
}

func TestAClassWithoutDonorsIsWidened(t *testing.T) {
	f := frame.New(4)
	for _, c := range []frame.Column{frame.Texts("a", []string{"x", "x", "y", "y"}), frame.Texts("b", []string{"1", "2", "1", "2"}), frame.Numbers("v", []float64{7, math.NaN(), math.NaN(), math.NaN()})} {
		if err := f.Add(c); err != nil {
			t.Fatal(err)
		}
	}
	g, report, err := impute.HotDeck(f, []float64{1, 1, 1, 0}, impute.Spec{Column: "v", Within: []string{"a", "b"}})
	if err != nil {
		t.Fatal(err)
	}
	v, _ := g.Col("v")
	if v.Num[1] != 7 || v.Num[2] != 7 || v.Num[3] == v.Num[3] || fmt.Sprint(report.Within) != "[0 1 1]" {
		t.Errorf("%v %+v", v.Num, report)
	}
	if _, _, err := impute.HotDeck(f, []float64{0, 1, 1, 1}, impute.Spec{Column: "v"}); !fault.Is(err, "impute.no_donor") {
		t.Errorf("without donors: %v", err)
	}
	none := impute.Spec{Column: "v", Needed: []bool{true, false, false, false}}
	if _, report, err = impute.HotDeck(f, []float64{1, 1, 1, 1}, none); err != nil || report.Missing != 0 {
		t.Errorf("%+v %v", report, err)
	}
}

// The rules by hand: three estimates 1, 2, 3 of variance 0.5.
func TestPool(t *testing.T) {
	var results []estimate.Result
	for _, v := range []float64{1, 2, 3} {
		results = append(results, estimate.Result{DF: 1000, Estimates: []estimate.Estimate{{Estimate: v}}, Cov: mat.NewSymDense(1, []float64{.5})})
	}
	p, err := impute.Pool(results, estimate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e, more := p.Estimates[0], 4./3
	if e.Estimate != 2 || math.Abs(e.SE-math.Sqrt(.5+more)) > 1e-15 || math.Abs(e.DF-2*(1+.5/more)*(1+.5/more)) > 1e-12 || math.Abs(p.Lost[0]-more/(.5+more)) > 1e-15 {
		t.Errorf("%+v", p)
	}
	if _, err := impute.Pool(results[:1], estimate.Options{}); err == nil {
		t.Error("one imputation was pooled")
	}
}

// Both ways to state the error must see more than the estimate that takes filled-in answers for given
// ones, and agree with each other within what chance does to them.
func TestImputationAddsToTheError(t *testing.T) {
	f := answers(1500, nil)
	d, err := design.New(f, design.Spec{IDs: []string{"unit"}, Weights: "w"})
	if err != nil {
		t.Fatal(err)
	}
	mean := func(d *design.Design) (estimate.Result, error) {
		v, err := formula.Variables("~amount", d.Frame())
		if err != nil {
			return estimate.Result{}, err
		}
		return estimate.Mean(d, v, estimate.Options{})
	}
	g, _, err := impute.HotDeck(f, d.Weights(), spec)
	if err != nil {
		t.Fatal(err)
	}
	e, _ := d.WithFrame(g)
	naive, err := mean(e)
	if err != nil {
		t.Fatal(err)
	}
	pooled, err := impute.Repeated(d, spec, 40, estimate.Options{}, mean)
	if err != nil {
		t.Fatal(err)
	}
	boot, err := d.Replicate(design.Making{Type: "subbootstrap", Replicates: 400, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	again, err := impute.Replicated(boot, spec, estimate.Options{}, func(f *frame.Frame) (estimate.Statistic, error) {
		v, err := formula.Variables("~amount", f)
		return estimate.MeanOf(v), err
	})
	if err != nil {
		t.Fatal(err)
	}
	a, b, c := naive.Estimates[0].SE, pooled.Estimates[0].SE, again.Estimates[0].SE
	if !(b > 1.05*a && c > 1.05*a && math.Abs(b/c-1) < .2) {
		t.Errorf("SE as if given %v, by Rubin's rules %v, in replicates %v", a, b, c)
	}
	if jk, _ := d.Replicate(design.Making{}); true {
		if _, err := impute.Replicated(jk, spec, estimate.Options{}, nil); !fault.Is(err, "impute.replicates") {
			t.Errorf("a jackknife: %v", err)
		}
	}
}
