package tail

import (
	"math"
	"testing"
)

func near(t *testing.T, what string, got, want, rel float64) {
	t.Helper()
	if math.Abs(got-want) > rel*math.Abs(want) || math.IsNaN(got) {
		t.Errorf("%s = %.16g, want %.16g", what, got, want)
	}
}

// The values are those of R 4.2.2: pt, qt, qnorm, pf, pchisq, qbeta.
func TestDistributions(t *testing.T) {
	near(t, "far Student", TwoSided(-60.33, 197), 5.629378779025413e-129, 1e-11)
	near(t, "far Student of many", StudentUpper(10, 197), 1.329591386539131e-19, 1e-12)
	near(t, "far F of many", FUpper(80, 2, 194), 4.607351928617917e-26, 1e-12)
	near(t, "Student", Student(-3.7, 196), 0.0001400095916926733, 1e-12)
	near(t, "Student near 0", Student(-.1, 3), 0.4633261744004029, 1e-13)
	near(t, "Student above", Student(2.5, 10.5), 0.9847868636794557, 1e-14)
	near(t, "qt 14", StudentQuantile(.975, 14), 2.144786687917804, 1e-14)
	near(t, "qt 197", StudentQuantile(.975, 197), 1.972079033778501, 1e-13)
	near(t, "qt 1", StudentQuantile(.025, 1), -12.70620473617471, 1e-13)
	near(t, "qt 3.3", StudentQuantile(.999, 3.3), 8.951595109462502, 1e-12)
	near(t, "qnorm far", NormalQuantile(1e-20), -9.262340089798405, 1e-14)
	near(t, "qnorm", NormalQuantile(.975), 1.959963984540054, 1e-15)
	near(t, "qnorm .3", NormalQuantile(.3), -0.5244005127080407, 1e-14)
	near(t, "F", FUpper(4.46, 1.42, 19.876), 0.03584758207978217, 1e-13)
	near(t, "far F", FUpper(200, 2, 197), 3.72779190292593e-48, 1e-12)
	near(t, "small F", FUpper(.1, 3, 50), 0.9596389921156345, 1e-14)
	near(t, "chi-square", ChiSquareUpper(26.7, 2), 1.592827211940512e-06, 1e-13)
	near(t, "far chi-square", ChiSquareUpper(500, 7), 8.016791001349302e-104, 1e-12)
	near(t, "qbeta", BetaQuantile(.025, 33.2, 70.4), 0.2345469091331162, 1e-13)
	near(t, "qbeta .5", BetaQuantile(.975, .5, 20.1), 0.1188429721585419, 1e-13)
	near(t, "qbeta of many", BetaQuantile(.975, 1500.3, 2000), 0.445050024193575, 1e-13)
	if !math.IsNaN(Student(1, 0)) || BetaQuantile(.3, 0, 2) != 0 || !math.IsInf(StudentQuantile(0, 3), -1) {
		t.Error("the ends are wrong")
	}
}

// The saddlepoint values are those of pchisqsum and pFsum of R's survey 4.1.1.
func TestMixtures(t *testing.T) {
	w := []float64{1.2, .8, .3}
	p, _ := Eigen(w).Saddlepoint(10)
	near(t, "saddlepoint", p, 0.009097181591536472, 1e-8)
	p, _ = Eigen(w).Saddlepoint(1)
	near(t, "saddlepoint below the mean", p, 0.6939009359740708, 1e-8)
	near(t, "saddlepoint of F", FSaddlepoint(10, w, 40.5), 0.01536820169303759, 1e-8)

	// Exact: equal weights are a chi-square or an F, two by two an exponential mixture.
	for _, x := range []float64{.01, .5, 2, 3, 7, 40, 300} {
		near(t, "chi-square of 3", Eigen([]float64{2, 2, 2}).Upper(2*x), ChiSquareUpper(x, 3), 1e-9)
		near(t, "chi-square of 1", Eigen([]float64{2}).Upper(2*x), ChiSquareUpper(x, 1), 1e-9)
		near(t, "F", FMixtureUpper(x, []float64{1.5, 1.5}, 17), FUpper(x/3, 2, 17), 1e-9)
		want := (3*math.Exp(-x/6) - math.Exp(-x/2)) / 2
		near(t, "two exponentials", Mixture{{3, 2}, {1, 2}}.Upper(x), want, 1e-9)
	}
	// Imhof 1961 (Biometrika 48), table 1, to four places.
	for x, want := range map[float64]float64{.1: .9458, .7: .5064, 2: .1240} {
		if got := Eigen([]float64{.6, .3, .1}).Upper(x); math.Abs(got-want) > 5e-5 {
			t.Errorf("Imhof at %v = %v, want %v", x, got, want)
		}
	}
}

func TestRoot(t *testing.T) {
	x, ok := Root(func(x float64) float64 { return x*x - 2 }, 0, 2, 1e-12)
	if !ok || math.Abs(x-math.Sqrt2) > 1e-11 {
		t.Errorf("root = %v %v", x, ok)
	}
	if _, ok := Root(func(x float64) float64 { return x*x + 2 }, 0, 2, 1e-12); ok {
		t.Error("a root where there is none")
	}
}
