package plan_test

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"quipu/internal/estimate/frame"
	"quipu/internal/plan/calls"
	"quipu/internal/plan/lang"
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
	truth = map[string]float64{"mean": ys / n, "ratio": ys / xs, "quantile": every[len(every)*3/10-1], "calibrated": ys, "x": xs, "n": n}
	var xx, xy, many, domain, domainN float64
	for _, units := range all {
		for _, u := range units {
			for _, one := range u {
				dx := one.x - xs/n
				xx, xy = xx+dx*dx, xy+dx*(one.y-ys/n)
				if one.y > 75 {
					many++
				}
				if one.x > 27 {
					domain, domainN = domain+one.y, domainN+1
				}
			}
		}
	}
	truth["slope"], truth["share"], truth["few"], truth["domain"], truth["domain total"] = xy/xx, many/n, many/n, domain/domainN, domain
	truth["jackknife"], truth["bootstrap"], truth["group"] = ys/xs, ys/n, domain/domainN
	return all, truth
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
		s := calls.New(func(string) (*frame.Frame, error) { return f, nil })
		s.Set("margins", &lang.Vector{Num: []float64{truth["n"], truth["x"]}, Names: []string{"(Intercept)", "x"}})
		if _, err := s.Run("d <- svydesign(ids=~u+k, strata=~h, fpc=~N+M, data=sample)", "e <- calibrate(d, ~x, margins)"); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{
			"mean":         "confint(svymean(~y, d), df=degf(d))",
			"slope":        "confint(svyglm(y~x, d), parm=2)",
			"share":        "confint(svyciprop(~I(y>75), d, method='logit'))",
			"few":          "confint(svyciprop(~I(y>75), d, method='beta'))",
			"domain":       "confint(svymean(~y, subset(d, x>27)), df=degf(d))",
			"domain total": "confint(svytotal(~y, subset(d, x>27)), df=degf(d))",
			"group":        "confint(svyby(~y, ~I(x>27), d, svymean), parm=2, df=degf(d))",
			"jackknife":    "confint(svyratio(~y, ~x, as.svrepdesign(d)), df=degf(d))",
			"bootstrap":    "confint(svymean(~y, as.svrepdesign(d, type='subbootstrap', replicates=60, seed=3)), df=degf(d))",
			"ratio":        "confint(svyratio(~y, ~x, d), df=degf(d))",
			"quantile":     "confint(svyquantile(~y, d, .3))",
			"calibrated":   "confint(svytotal(~y, e), df=degf(e))",
		} {
			v, err := s.Run(text)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			ends := v.(*lang.Vector).Num
			if len(ends) != 2 || math.IsNaN(ends[0]+ends[1]) {
				t.Fatalf("%s: the interval is %v", name, ends)
			}
			if ends[0] <= truth[name] && truth[name] <= ends[1] {
				held[name]++
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(held)) {
		share := float64(held[name]) / samples
		t.Logf("%s: %.1f %%", name, 100*share)
		if share < 0.90 || share > 0.99 {
			t.Errorf("%s: intervals of 95 %% hold the truth in %.1f %% of the samples", name, 100*share)
		}
	}
}

// TestUnequalCoverage: of samples drawn with probabilities in proportion to size, systematically
// from a list in random order, the intervals for a total hold it.
func TestUnequalCoverage(t *testing.T) {
	const people, size, samples = 300, 40, 400
	r := rand.New(rand.NewPCG(20, 7))
	x, y := make([]float64, people), make([]float64, people)
	sumX, truth := 0.0, 0.0
	for i := range x {
		x[i] = 5 + 20*r.ExpFloat64()
		y[i] = x[i]*(1+0.4*r.NormFloat64()) + 10
		sumX, truth = sumX+x[i], truth+y[i]
	}
	methods := map[string]string{"brewer": "'brewer'", "overton": "'overton'", "Hartley and Rao": "HR()"}
	held := map[string]int{}
	for range samples {
		var p, z []float64
		at := r.Float64()
		for _, i := range r.Perm(people) {
			pi := size * x[i] / sumX
			if at < pi {
				p, z = append(p, pi), append(z, y[i])
				at++
			}
			at -= pi
		}
		f := frame.New(len(p))
		for _, c := range []frame.Column{frame.Numbers("p", p), frame.Numbers("y", z)} {
			if err := f.Add(c); err != nil {
				t.Fatal(err)
			}
		}
		for name, pps := range methods {
			s := calls.New(func(string) (*frame.Frame, error) { return f, nil })
			v, err := s.Run("d <- svydesign(ids=~1, fpc=~p, pps="+pps+", data=sample)", "confint(svytotal(~y, d), df=degf(d))")
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if ends := v.(*lang.Vector).Num; ends[0] <= truth && truth <= ends[1] {
				held[name]++
			}
		}
	}
	for name := range methods {
		share := float64(held[name]) / samples
		t.Logf("%s: %.1f %%", name, 100*share)
		if share < 0.90 || share > 0.99 {
			t.Errorf("%s: intervals of 95 %% hold the truth in %.1f %% of the samples", name, 100*share)
		}
	}
}
