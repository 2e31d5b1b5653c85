package plan_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"quipu/internal/estimate/frame"
	"quipu/internal/plan"
)

// A population of strata and units of which samples are drawn again and again.
const (
	popStrata, popUnits, unitSize = 12, 40, 25
	drawnUnits, drawnEach         = 5, 6
)

type someone struct{ x, y float64 }

func population(r *rand.Rand) (all [][][]someone, truth map[string]float64) {
	var xs, ys float64
	var every []float64
	for h := range popStrata {
		var units [][]someone
		for range popUnits {
			shift := r.NormFloat64() * 3
			var unit []someone
			for range unitSize {
				x := 20 + float64(h) + shift + 4*r.NormFloat64()
				y := 10 + 2*x + 6*r.NormFloat64() + 3*r.ExpFloat64()
				unit = append(unit, someone{x, y})
				xs, ys, every = xs+x, ys+y, append(every, y)
			}
			units = append(units, unit)
		}
		all = append(all, units)
	}
	slices.Sort(every)
	n := float64(len(every))
	return all, map[string]float64{"mean": ys / n, "ratio": ys / xs, "quantile": every[len(every)*3/10-1], "calibrated": ys, "x": xs, "n": n}
}

// draw takes units of each stratum, people of each unit, with their weights and populations.
func draw(t *testing.T, r *rand.Rand, all [][][]someone) *frame.Frame {
	t.Helper()
	columns := map[string][]float64{}
	put := func(name string, v float64) { columns[name] = append(columns[name], v) }
	for h, units := range all {
		for _, u := range r.Perm(len(units))[:drawnUnits] {
			for _, k := range r.Perm(unitSize)[:drawnEach] {
				one := units[u][k]
				put("h", float64(h))
				put("u", float64(h*popUnits+u))
				put("k", float64(len(columns["k"])))
				put("N", popUnits)
				put("M", unitSize)
				put("x", one.x)
				put("y", one.y)
			}
		}
	}
	f := frame.New(len(columns["x"]))
	for name, v := range columns {
		if err := f.Add(frame.Column{Name: name, Kind: frame.Number, Num: v}); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// TestCoverage: intervals of 95 % hold what they are about in 90 to 99 of a hundred samples. An
// error that is half or twice of what it should be falls through.
func TestCoverage(t *testing.T) {
	r := rand.New(rand.NewPCG(20, 6))
	all, truth := population(r)
	const samples = 400
	held := map[string]int{}
	for range samples {
		f := draw(t, r, all)
		s := plan.New(func(string) (*frame.Frame, error) { return f, nil })
		s.Set("margins", &plan.Vector{Num: []float64{truth["n"], truth["x"]}, Names: []string{"(Intercept)", "x"}})
		if _, err := s.Run("d <- svydesign(ids=~u+k, strata=~h, fpc=~N+M, data=sample)", "e <- calibrate(d, ~x, margins)"); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{
			"mean":       "confint(svymean(~y, d), df=degf(d))",
			"ratio":      "confint(svyratio(~y, ~x, d), df=degf(d))",
			"quantile":   "confint(svyquantile(~y, d, .3))",
			"calibrated": "confint(svytotal(~y, e), df=degf(e))",
		} {
			v, err := s.Run(text)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			ends := v.(*plan.Vector).Num
			if len(ends) != 2 || math.IsNaN(ends[0]+ends[1]) {
				t.Fatalf("%s: the interval is %v", name, ends)
			}
			if ends[0] <= truth[name] && truth[name] <= ends[1] {
				held[name]++
			}
		}
	}
	for _, name := range []string{"mean", "ratio", "quantile", "calibrated"} {
		share := float64(held[name]) / samples
		t.Logf("%s: %.1f %%", name, 100*share)
		if share < 0.90 || share > 0.99 {
			t.Errorf("%s: intervals of 95 %% hold the truth in %.1f %% of the samples", name, 100*share)
		}
	}
}
