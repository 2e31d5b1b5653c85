package glm

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

// sample invents rows in strata and clusters, with a binary answer that depends on them.
func sample(t testing.TB, n, strata, psus int, order []int) *design.Design {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 11))
	rows := make([][]float64, n)
	for i := range rows {
		psu := i * psus / n
		x, z, g := r.NormFloat64(), 20+10*r.Float64(), float64(r.IntN(3))
		y := 0.0
		if r.Float64() < 1/(1+math.Exp(.5-.8*x+.03*z-.2*g)) {
			y = 1
		}
		rows[i] = []float64{float64(psu * strata / psus), float64(psu), 50 + 100*r.Float64(), x, z, g, y, math.Floor(math.Exp(.2*x+.1*g) * 3 * r.Float64())}
	}
	f := frame.New(n)
	for k, name := range []string{"stratum", "psu", "w", "x", "z", "g", "y", "count"} {
		c := make([]float64, n)
		for i := range c {
			at := i
			if order != nil {
				at = order[i]
			}
			c[i] = rows[at][k]
		}
		if err := f.Add(frame.Numbers(name, c)); err != nil {
			t.Fatal(err)
		}
	}
	d, err := design.New(f, design.Spec{IDs: []string{"psu"}, Strata: []string{"stratum"}, Weights: "w"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func model(t testing.TB, d *design.Design, text, family string) (*Model, error) {
	t.Helper()
	f, err := formula.ParseFormula(text)
	if err != nil {
		t.Fatal(err)
	}
	fam, err := FindFamily(family, "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := FromFormula(d, f, fam, nil)
	if err != nil {
		return nil, err
	}
	return Fit(d, s)
}

// Eight rows under R: svyglm over svydesign(ids=~1, weights=~w), survey 4.1.1.
func TestSmallModelsAsInR(t *testing.T) {
	f := frame.New(8)
	for name, x := range map[string][]float64{
		"w": {1, 2, 3, 4, 1, 2, 3, 4}, "y": {0, 1, 1, 0, 1, 0, 1, 1}, "n": {2, 0, 5, 3, 8, 1, 4, 7}, "x": {1, 2, 3, 4, 5, 6, 7, 9},
	} {
		if err := f.Add(frame.Numbers(name, x)); err != nil {
			t.Fatal(err)
		}
	}
	d, err := design.New(f, design.Spec{Weights: "w"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		formula, family string
		coef, se        []float64
		deviance        float64
	}{
		{"y~x", "quasibinomial", []float64{-0.763162413446662, 0.280576767487301}, []float64{1.734060449243981, 0.269253019358106}, 9.56480210490812},
		{"n~x", "quasipoisson", []float64{0.565621229618274, 0.142819953927705}, []float64{0.5214950223425950, 0.0653976202537977}, 10.2413155721205},
		{"n~x", "gaussian", []float64{0.998427672955975, 0.567610062893082}, []float64{1.420727945589667, 0.216535316476612}, 28.7874213836478},
		{"I(n+1)~x", "Gamma", []float64{0.3355355891494946, -0.0225179273016167}, []float64{0.0977379650817019, 0.0117192076593312}, 1.93786376853623},
	} {
		m, err := model(t, d, c.formula, c.family)
		if err != nil {
			t.Errorf("%s %s: %v", c.formula, c.family, err)
			continue
		}
		for j := range c.coef {
			if got, se := m.Coef[j], math.Sqrt(m.Cov.At(j, j)); math.Abs(got-c.coef[j]) > 1e-9*math.Abs(c.coef[j]) || math.Abs(se-c.se[j]) > 1e-8*c.se[j] {
				t.Errorf("%s %s: %s = %.12g (%.12g), want %.12g (%.12g)", c.formula, c.family, m.Names[j], got, se, c.coef[j], c.se[j])
			}
		}
		if math.Abs(m.Deviance-c.deviance) > 1e-9*c.deviance {
			t.Errorf("%s %s: deviance %.12g, want %.12g", c.formula, c.family, m.Deviance, c.deviance)
		}
	}
}

// The order of rows changes no bit of the result.
func TestOrderOfRows(t *testing.T) {
	n := 40000 // enough for several threads
	a, err := model(t, sample(t, n, 10, 200, nil), "y~x+z+factor(g)", "quasibinomial")
	if err != nil {
		t.Fatal(err)
	}
	b, err := model(t, sample(t, n, 10, 200, rand.New(rand.NewPCG(1, 2)).Perm(n)), "y~x+z+factor(g)", "quasibinomial")
	if err != nil {
		t.Fatal(err)
	}
	for j := range a.Coef {
		if a.Coef[j] != b.Coef[j] || a.Cov.At(j, j) != b.Cov.At(j, j) || a.Deviance != b.Deviance || a.Dispersion != b.Dispersion {
			t.Errorf("%s: %v and %v, %v and %v", a.Names[j], a.Coef[j], b.Coef[j], a.Cov.At(j, j), b.Cov.At(j, j))
		}
	}
}

func TestModelsThatCannotBe(t *testing.T) {
	d := sample(t, 300, 3, 30, nil)
	for _, c := range [][3]string{
		{"I(x>0)~x", "quasibinomial", "inference.model_separated"},
		{"I(y==1 & g>0)~factor(g)", "quasibinomial", "inference.model_separated"}, // nothing ever happens in group 0
		{"I(count*(g>0))~factor(g)", "quasipoisson", "inference.model_separated"},
		{"z~x", "quasibinomial", "inference.response_share"},
		{"I(x)~z", "quasipoisson", "inference.response_count"},
		{"count~x", "Gamma", "inference.response_positive"},
		{"factor(g)~x", "gaussian", "inference.response_factor"},
	} {
		_, err := model(t, d, c[0], c[1])
		var f *fault.Error
		if !errors.As(err, &f) || f.Key != c[2] {
			t.Errorf("%s (%s): %v, want %s", c[0], c[1], err, c[2])
		}
	}
	if m, err := model(t, d, "y~x+I(2*x)+z", "quasibinomial"); err != nil || len(m.Coef) != 3 || len(m.Aliased) != 1 || m.Aliased[0] != "I(2 * x)" {
		t.Errorf("a column that repeats another: %v %v", m, err)
	}
	if _, err := FindFamily("binomal", ""); err == nil {
		t.Error("an unknown family is found")
	}
	if _, err := FindFamily("poisson", "logit"); err == nil {
		t.Error("a Poisson model has the link logit")
	}
}

// A level that does not occur in a domain takes no column, whether it is the first or not.
func TestLevelsOfADomain(t *testing.T) {
	d := sample(t, 600, 3, 30, nil)
	g, _ := d.Frame().Col("g")
	in := make([]bool, len(g.Num))
	for i, v := range g.Num {
		in[i] = v > 0
	}
	c := g.AsFactor()
	c.Name = "level"
	f, err := d.Frame().With(c)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := d.WithFrame(f)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model(t, whole.Subset(in), "y~level", "quasibinomial")
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Names) != 2 || m.Names[1] != "level2" {
		t.Errorf("the columns are %q", m.Names)
	}
	w, err := m.Test([]string{"level"}, false, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	if c := m.Table(.95, 0)[1]; math.Abs(w.F-c.T*c.T) > 1e-9*w.F || math.Abs(w.P-c.P) > 1e-9*w.P {
		t.Errorf("F = %v (%v), t = %v (%v)", w.F, w.P, c.T, c.P)
	}
	if _, err := m.Test([]string{"leval"}, false, nil, 0); err == nil {
		t.Error("a term that is not there is tested")
	}
}

// BenchmarkLogistic is the goal: 1,000,000 rows, 100 strata, 5,000 units, 6 coefficients.
func BenchmarkLogistic(b *testing.B) {
	d := sample(b, 1_000_000, 100, 5000, nil)
	b.ResetTimer()
	for range b.N {
		if _, err := model(b, d, "y~x+z+factor(g)+I(x*z)", "quasibinomial"); err != nil {
			b.Fatal(err)
		}
	}
}
