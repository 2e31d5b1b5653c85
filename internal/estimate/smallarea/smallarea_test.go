package smallarea

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"quipu/internal/fault"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
		t.Errorf("%s is %.12g, want %.12g", what, got, want)
	}
}

type reference struct {
	Fits []struct {
		Method           string
		Variance         float64
		SEA              float64 `json:"variance_se"`
		Coefficients, SE []float64
		LogLik           float64
		Estimate, MSE    []float64
	}
	Smoothing struct{ A, B, R2, Factor float64 }
	Spree     struct{ Old, New, AB, C []float64 }
	Benchmark struct {
		Weights []float64
		Total   float64
		By      map[Adjustment]struct{ Estimate, MSE []float64 }
	}
	People []float64
	Chain  struct {
		Before, MSE []float64
		Total       float64
		After       struct{ Estimate, MSE []float64 }
	}
}

// read gives the areas of testdata and what R found in them.
func read(t *testing.T) ([]Area, reference) {
	t.Helper()
	text, err := os.ReadFile("testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("testdata/areas.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	number := func(s string) float64 {
		if x, err := strconv.ParseFloat(s, 64); err == nil {
			return x
		}
		return math.NaN()
	}
	var areas []Area
	for _, c := range rows[1:] {
		areas = append(areas, Area{c[0], number(c[1]), number(c[2]), int(number(c[3])), []float64{number(c[4]), number(c[5])}})
	}
	return areas, r
}

func TestReference(t *testing.T) {
	areas, want := read(t)
	if len(want.Fits) != 3 {
		t.Fatal(len(want.Fits))
	}
	for _, w := range want.Fits {
		t.Run(w.Method, func(t *testing.T) {
			r, err := FayHerriot(areas, Options{Method: Method(w.Method)})
			if err != nil {
				t.Fatal(err)
			}
			const tol = 1e-7 // what R's maximum by differences is good for
			near(t, "A", r.Variance, w.Variance, tol)
			near(t, "SE of A", r.VarianceSE, w.SEA, tol)
			near(t, "likelihood", r.LogLik, w.LogLik, tol)
			for k := range w.Coefficients {
				near(t, "coefficient", r.Coefficients[k], w.Coefficients[k], tol)
				near(t, "its SE", r.SE[k], w.SE[k], tol)
			}
			for i, e := range r.Estimates {
				near(t, "estimate of "+e.Name, e.Estimate, w.Estimate[i], tol)
				near(t, "MSE of "+e.Name, e.MSE, w.MSE[i], tol)
			}
			if e := r.Estimates[6]; e.Sampled || e.Estimate != e.Synthetic || !math.IsNaN(e.Direct) {
				t.Errorf("an area without a sample: %+v", e)
			}
		})
	}
}

func TestSmooth(t *testing.T) {
	areas, want := read(t)
	out, s, err := Smooth(areas)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "a", s.A, want.Smoothing.A, 1e-10)
	near(t, "b", s.B, want.Smoothing.B, 1e-10)
	near(t, "R2", s.R2, want.Smoothing.R2, 1e-10)
	near(t, "factor", s.Factor, want.Smoothing.Factor, 1e-10)
	before, after := 0.0, 0.0
	for i := range areas {
		if areas[i].Sampled() {
			before += areas[i].Variance
			after += out[i].Variance
		}
	}
	near(t, "sum of variances", after, before, 1e-12)
}

// TestRecovers: over many samples from the model, A is found without much bias, the errors that are
// claimed are those made, and the estimates beat the direct ones.
func TestRecovers(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	const m, runs, between = 30, 400, 2.0
	for _, method := range []Method{REML, ML, Moments} {
		mean, made, claimed, direct, covered, cells := 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
		for range runs {
			areas, truth := make([]Area, m), make([]float64, m)
			for i := range areas {
				x := chance.Float64() * 4
				psi := .5 + float64(i%5)
				truth[i] = 10 + 2*x + math.Sqrt(between)*chance.NormFloat64()
				areas[i] = Area{strconv.Itoa(i), truth[i] + math.Sqrt(psi)*chance.NormFloat64(), psi, 20, []float64{x}}
			}
			areas[3].Direct, areas[3].Variance = math.NaN(), math.NaN()
			r, err := FayHerriot(areas, Options{Method: method})
			if err != nil {
				t.Fatal(err)
			}
			mean += r.Variance / runs
			for i, e := range r.Estimates {
				made += (e.Estimate - truth[i]) * (e.Estimate - truth[i])
				claimed += e.MSE
				if e.Sampled {
					direct += areas[i].Variance
				}
				if e.Low <= truth[i] && truth[i] <= e.High {
					covered++
				}
				cells++
			}
		}
		t.Logf("%s: A %.3f, error made %.0f, claimed %.0f, direct %.0f, covered %.3f", method, mean, made, claimed, direct, covered/cells)
		near(t, string(method)+" mean of A", mean, between, .15)
		near(t, string(method)+" error claimed", claimed, made, .08)
		if made > .55*direct || covered/cells < .92 || covered/cells > .98 {
			t.Errorf("%s: error %.0f, direct %.0f, covered %.3f", method, made, direct, covered/cells)
		}
	}
}

func TestLogit(t *testing.T) {
	areas := []Area{
		{"a", .3, .002, 100, nil}, {"b", .5, .004, 60, nil}, {"c", 0, .003, 12, nil}, {"d", .44, .003, 80, nil}, {"e", math.NaN(), math.NaN(), 0, nil},
	}
	odds, err := Logit(areas)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "log odds", odds[0].Direct, math.Log(3./7), 1e-12)
	near(t, "their variance", odds[0].Variance, .002/.21/.21, 1e-12)
	near(t, "none of twelve", odds[2].Direct, math.Log(.5/12.5), 1e-12)
	r, err := FayHerriot(odds, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range r.Expit().Estimates {
		if !(e.Low > 0 && e.Low < e.Estimate && e.Estimate < e.High && e.High < 1) {
			t.Errorf("%+v", e)
		}
		near(t, "SE", e.SE, r.Estimates[i].SE*e.Estimate*(1-e.Estimate), 1e-12)
	}
	areas[2].N = 0
	if _, err := Logit(areas); !fault.Is(err, "smallarea.log_odds") {
		t.Error(err)
	}
}

func TestBenchmark(t *testing.T) {
	areas, _ := read(t)
	r, err := FayHerriot(areas, Options{})
	if err != nil {
		t.Fatal(err)
	}
	weights := make([]float64, len(areas))
	for i := range weights {
		weights[i] = float64(i + 1)
	}
	for _, how := range []Adjustment{Ratio, Difference, Optimal} {
		out, err := Benchmark(r.Estimates, weights, 25_000, how)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for i, b := range out {
			sum += weights[i] * b.Estimate
			if b.MSE < r.Estimates[i].MSE {
				t.Errorf("%s makes %s more certain", how, b.Name)
			}
		}
		near(t, string(how), sum, 25_000, 1e-12)
	}
	if _, err := Benchmark(r.Estimates, weights[1:], 1, Ratio); !fault.Is(err, "smallarea.weights") {
		t.Error(err)
	}
	if _, err := Benchmark(r.Estimates, weights, -1, Ratio); !fault.Is(err, "smallarea.total") {
		t.Error(err)
	}
}

// TestBenchmarkReference: each adjustment is that of R, which solves the equations of Lagrange for the
// nearest estimates that add up; and so is what a profile does, from variances that are smoothed to
// estimates that are multiplied.
func TestBenchmarkReference(t *testing.T) {
	areas, want := read(t)
	r, err := FayHerriot(areas, Options{Method: REML})
	if err != nil {
		t.Fatal(err)
	}
	const tol = 1e-7 // as that of the model's estimates
	if len(want.Benchmark.By) != 3 {
		t.Fatalf("%d adjustments", len(want.Benchmark.By))
	}
	for how, w := range want.Benchmark.By {
		out, err := Benchmark(r.Estimates, want.Benchmark.Weights, want.Benchmark.Total, how)
		if err != nil {
			t.Fatal(err)
		}
		for i, b := range out {
			near(t, string(how)+" of "+b.Name, b.Estimate, w.Estimate[i], tol)
			near(t, string(how)+", MSE of "+b.Name, b.MSE, w.MSE[i], tol)
			near(t, string(how)+", SE of "+b.Name, b.SE*b.SE, w.MSE[i], tol)
		}
	}
	var sampled []Area
	var people []float64
	for i, a := range areas {
		if a.Sampled() {
			sampled, people = append(sampled, a), append(people, want.People[i])
		}
	}
	smooth, _, err := Smooth(sampled)
	if err != nil {
		t.Fatal(err)
	}
	if r, err = FayHerriot(smooth, Options{}); err != nil {
		t.Fatal(err)
	}
	out, err := Benchmark(r.Estimates, people, want.Chain.Total, Ratio)
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range out {
		near(t, "smoothed "+b.Name, r.Estimates[i].Estimate, want.Chain.Before[i], tol)
		near(t, "smoothed MSE of "+b.Name, r.Estimates[i].MSE, want.Chain.MSE[i], tol)
		near(t, "brought into line "+b.Name, b.Estimate, want.Chain.After.Estimate[i], tol)
		near(t, "its MSE "+b.Name, b.MSE, want.Chain.After.MSE[i], tol)
	}
}

func TestRake(t *testing.T) {
	_, want := read(t)
	s := Structure{[]string{"a", "b", "c"}, [][]string{{"1", "2"}, {"1", "2"}, {"1", "2", "3"}}, want.Spree.Old}
	margins := []Margin{{[]string{"a", "b"}, want.Spree.AB}, {[]string{"c"}, want.Spree.C}}
	r, err := Rake(s, margins, 1e-13)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range r.Cells {
		near(t, s.cell(i), c, want.Spree.New[i], 1e-9)
	}
	odds := func(c []float64) float64 { return c[0] * c[4] / c[1] / c[3] } // of b and c within a = 1
	near(t, "odds ratio", odds(r.Cells), odds(s.Cells), 1e-9)
	for key, spoil := range map[string]func(*Structure, []Margin){
		"smallarea.shape":            func(s *Structure, _ []Margin) { s.Cells = s.Cells[1:] },
		"smallarea.cell":             func(s *Structure, _ []Margin) { s.Cells[2] = -1 },
		"smallarea.dimension":        func(_ *Structure, m []Margin) { m[1].On = []string{"z"} },
		"smallarea.margin":           func(_ *Structure, m []Margin) { m[1].Totals = m[1].Totals[1:] },
		"smallarea.margin_value":     func(_ *Structure, m []Margin) { m[1].Totals[0] = -3 },
		"smallarea.margins_disagree": func(_ *Structure, m []Margin) { m[1].Totals[0]++ },
		"smallarea.margin_empty": func(s *Structure, _ []Margin) {
			for i := 0; i < len(s.Cells); i += 3 {
				s.Cells[i] = 0
			}
		},
	} {
		bad, m := s, []Margin{{margins[0].On, slices.Clone(margins[0].Totals)}, {margins[1].On, slices.Clone(margins[1].Totals)}}
		bad.Cells = slices.Clone(s.Cells)
		spoil(&bad, m)
		if _, err := Rake(bad, m, 0); !fault.Is(err, key) {
			t.Errorf("want %s, got %v", key, err)
		}
	}
	// Zeros of the old table that force both margins apart.
	apart := Structure{[]string{"a", "b"}, [][]string{{"1", "2"}, {"1", "2"}}, []float64{1, 0, 0, 1}}
	if _, err := Rake(apart, []Margin{{[]string{"a"}, []float64{2, 3}}, {[]string{"b"}, []float64{3, 2}}}, 0); !fault.Is(err, "smallarea.margins_unmet") {
		t.Error(err)
	}
}

func TestRefusals(t *testing.T) {
	for key, spoil := range map[string]func([]Area) []Area{
		"smallarea.few":               func(a []Area) []Area { return a[:4] },
		"smallarea.twice":             func(a []Area) []Area { a[3].Name = a[1].Name; return a },
		"smallarea.covariates":        func(a []Area) []Area { a[3].X = a[3].X[1:]; return a },
		"smallarea.covariate_missing": func(a []Area) []Area { a[6].X[1] = math.NaN(); return a },
		"smallarea.half":              func(a []Area) []Area { a[3].Variance = math.NaN(); return a },
		"smallarea.variance":          func(a []Area) []Area { a[3].Variance = 0; return a },
		"smallarea.collinear": func(a []Area) []Area {
			for i := range a {
				a[i].X[1] = 3 - 2*a[i].X[0]
			}
			return a
		},
	} {
		areas, _ := read(t)
		if _, err := FayHerriot(spoil(areas), Options{}); !fault.Is(err, key) {
			t.Errorf("want %s, got %v", key, err)
		}
	}
	areas, _ := read(t)
	if _, err := FayHerriot(areas, Options{Method: "x"}); !fault.Is(err, "smallarea.method") {
		t.Error(err)
	}
	if _, err := FayHerriot(nil, Options{}); !fault.Is(err, "smallarea.few") {
		t.Error(err)
	}
	areas[4].N = 0
	if _, _, err := Smooth(areas); !fault.Is(err, "smallarea.respondents") {
		t.Error(err)
	}
}

// TestNoVariance: areas that differ by sampling alone give A = 0, and the checks say so.
func TestNoVariance(t *testing.T) {
	var areas []Area
	for i := range 20 {
		areas = append(areas, Area{strconv.Itoa(i), 10 + .1*float64(i%3), 4, 30, nil})
	}
	for _, m := range []Method{REML, ML, Moments} {
		r, err := FayHerriot(areas, Options{Method: m})
		if err != nil {
			t.Fatal(err)
		}
		if r.Variance != 0 || !r.Checks.NoVariance || r.Checks.HeterogeneityP < .99 {
			t.Errorf("%s: A = %g, %+v", m, r.Variance, r.Checks)
		}
	}
	areas[5].Direct = 40
	r, err := FayHerriot(areas, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(r.Checks.Outlying, "5") || r.Checks.NormalP > .01 {
		t.Errorf("%+v", r.Checks)
	}
}
