package ordinal

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// Densities are the slopes of their functions, bends those of the densities, quantiles the way back.
func TestLinks(t *testing.T) {
	const h = 1e-5
	for _, l := range links {
		for _, z := range []float64{-2.5, -0.3, 0.1, 1, 3} {
			for name, pair := range map[string][2]float64{
				"density":  {l.density(z), (l.f(z+h) - l.f(z-h)) / (2 * h)},
				"bend":     {l.bend(z), (l.density(z+h) - l.density(z-h)) / (2 * h)},
				"quantile": {l.quantile(l.f(z)), z},
			} {
				if math.Abs(pair[0]-pair[1]) > 1e-8 {
					t.Errorf("%s, %s at %v is %v, want %v", l.name, name, z, pair[0], pair[1])
				}
			}
		}
	}
}

// people answer low, mid or high, the more so the larger x is; rows come in a given order.
func people(t *testing.T, n int, order []int) *design.Design {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 5))
	x, w, answer, psu := make([]float64, n), make([]float64, n), make([]string, n), make([]float64, n)
	for i := range n {
		a, b, c := r.NormFloat64(), r.Float64(), r.Float64()
		z := a + math.Log(c/(1-c))
		k := i
		if order != nil {
			k = slices.Index(order, i)
		}
		x[k], w[k], psu[k] = a, 1+9*b, float64(i/10)
		switch {
		case z < -0.5:
			answer[k] = "low"
		case z < 1:
			answer[k] = "mid"
		default:
			answer[k] = "high"
		}
	}
	f := frame.New(n)
	text := frame.Texts("answer", answer)
	for _, c := range []frame.Column{frame.Numbers("x", x), frame.Numbers("w", w), frame.Numbers("psu", psu), text} {
		if err := f.Add(c); err != nil {
			t.Fatal(err)
		}
	}
	d, err := design.New(f, design.Spec{IDs: []string{"psu"}, Weights: "w"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func fitted(t *testing.T, d *design.Design, text, method string) (*Model, error) {
	t.Helper()
	f, err := formula.ParseFormula(text)
	if err != nil {
		t.Fatal(err)
	}
	return Fit(d, f, formula.Scope{Frame: d.Frame()}, method)
}

const asked = "factor(answer, levels = c('low', 'mid', 'high')) ~ x"

// The coefficients from which answers were made are found, the same bytes whatever the order of rows.
func TestFound(t *testing.T) {
	const n = 4000
	m, err := fitted(t, people(t, n, nil), asked, "logistic")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{1, -0.5, 1} {
		if se := math.Sqrt(m.Cov.At(i, i)); math.Abs(m.Coef[i]-want) > 3*se || se > 0.1 {
			t.Errorf("%s is %v with an error of %v, was %v", m.Names[i], m.Coef[i], se, want)
		}
	}
	again, err := fitted(t, people(t, n, rand.New(rand.NewPCG(1, 1)).Perm(n)), asked, "logistic")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(m.Coef, again.Coef) || m.Deviance != again.Deviance {
		t.Errorf("%v in one order, %v in another", m.Coef, again.Coef)
	}
	for _, method := range Methods[1:] { // other shapes: they fit nearly as well
		o, err := fitted(t, people(t, n, nil), asked, method)
		if err != nil {
			t.Errorf("%s: %v", method, err)
		} else if !(o.Deviance > m.Deviance-1 && o.Deviance < 1.05*m.Deviance) || !(o.Coef[0] > 0) {
			t.Errorf("%s: deviance %v beside %v", method, o.Deviance, m.Deviance)
		}
	}
}

func TestRefused(t *testing.T) {
	d := people(t, 200, nil)
	for text, key := range map[string]string{
		"x ~ w": "inference.ordinal_response",
		"factor(answer, levels = c('low', 'mid')) ~ x": "inference.ordinal_response",
		asked + " + I(2 * x)":                          "inference.ordinal_flat",
		asked + " - 1":                                 "inference.ordinal_formula",
		"~ x":                                          "inference.ordinal_formula",
		asked + " + I(answer == 'high')":               "inference.ordinal_restless",
	} {
		if _, err := fitted(t, d, text, "logistic"); !fault.Is(err, key) {
			t.Errorf("%s: %v, want %s", text, err, key)
		}
	}
	if _, err := fitted(t, d, asked, "magic"); !fault.Is(err, "inference.link") {
		t.Error(err)
	}
}
