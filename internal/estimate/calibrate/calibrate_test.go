package calibrate_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"quipu/internal/estimate"
	"quipu/internal/estimate/calibrate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// sample is an invented one: rows in strata and units, two factors, two numbers, weights.
func sample(rows []int) *frame.Frame {
	r := rand.New(rand.NewPCG(2006, 11))
	n := 240
	var stratum, psu, sex, age []string
	x, y, w, size := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		h, u := i/60, i/10
		stratum, psu = append(stratum, fmt.Sprint("city ", h)), append(psu, fmt.Sprintf("place %02d", u))
		sex = append(sex, []string{"F", "M"}[r.IntN(2)])
		age = append(age, []string{"15-24", "25-34", "35+"}[r.IntN(3)])
		x[i] = float64(r.IntN(12))
		y[i] = 3*x[i] + r.Float64()*20 + float64(u%4)
		w[i], size[i] = 5+float64(h)+r.Float64()*4, 20
	}
	f := frame.New(n)
	for _, c := range []frame.Column{frame.Texts("city", stratum), frame.Texts("place", psu), frame.Texts("sex", sex), frame.Texts("age", age),
		frame.Numbers("x", x), frame.Numbers("y", y), frame.Numbers("w", w), frame.Numbers("Nh", size)} {
		if err := f.Add(c); err != nil {
			panic(err)
		}
	}
	if rows != nil {
		return f.Rows(rows)
	}
	return f
}

func drawn(t testing.TB, f *frame.Frame) *design.Design {
	t.Helper()
	d, err := design.New(f, design.Spec{IDs: []string{"place"}, Strata: []string{"city"}, Weights: "w", FPC: []string{"Nh"}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func table(vars []string, levels [][]string, size []float64) *frame.Frame {
	f := frame.New(len(size))
	for j, v := range vars {
		if err := f.Add(frame.Texts(v, levels[j])); err != nil {
			panic(err)
		}
	}
	if err := f.Add(frame.Numbers("Freq", size)); err != nil {
		panic(err)
	}
	return f
}

var (
	bySex = table([]string{"sex"}, [][]string{{"F", "M"}}, []float64{1000, 900})
	byAge = table([]string{"age"}, [][]string{{"35+", "15-24", "25-34"}}, []float64{800, 500, 600})
)

func margin(t testing.TB, d *design.Design, vars []string, population *frame.Frame) *calibrate.Margin {
	t.Helper()
	m, err := calibrate.NewMargin(d.Frame(), vars, population, d.Weights(), false)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func matrix(t testing.TB, f *frame.Frame, src string) *formula.Matrix {
	t.Helper()
	p, err := formula.ParseFormula(src)
	if err != nil {
		t.Fatal(err)
	}
	m, err := p.ModelMatrix(formula.Scope{Frame: f})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func calibrated(t testing.TB, d *design.Design, src string, total []float64, o calibrate.Options) (*calibrate.Adjustment, *design.Design) {
	t.Helper()
	m := matrix(t, d.Frame(), src)
	a, err := calibrate.Calibrate(d.Weights(), calibrate.Totals{Names: m.Names, Columns: m.Columns, Total: total}, o)
	if err != nil {
		t.Fatal(err)
	}
	e, err := a.On(d)
	if err != nil {
		t.Fatal(err)
	}
	return a, e
}

func raked(t testing.TB, d *design.Design) *design.Design {
	t.Helper()
	a, err := calibrate.Rake(d.Weights(), []*calibrate.Margin{margin(t, d, []string{"sex"}, bySex), margin(t, d, []string{"age"}, byAge)}, calibrate.Control{Most: 200, Epsilon: 1e-12})
	if err != nil {
		t.Fatal(err)
	}
	e, err := a.On(d)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func totals(t testing.TB, d *design.Design, src string) estimate.Result {
	t.Helper()
	v, err := formula.Variables(src, d.Frame())
	if err != nil {
		t.Fatal(err)
	}
	r, err := estimate.Total(d, v, estimate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func close(t testing.TB, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol*(1+math.Abs(want))) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// functions are all ways to calibrate.
var functions = []calibrate.Options{
	{Function: calibrate.Linear}, {Function: calibrate.Raking},
	{Function: calibrate.Linear, Bounds: &calibrate.Bounds{Low: .3, High: 3}},
	{Function: calibrate.Logit, Bounds: &calibrate.Bounds{Low: .3, High: 3}},
	{Function: calibrate.Raking, Bounds: &calibrate.Bounds{Low: .3, High: 3}},
}

// What is calibrated to is met, and has no error left: not by residuals, not by replicates.
func TestTotalsAreMetAndHaveNoError(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := drawn(t, sample(nil))
		if rapid.Bool().Draw(rt, "jackknife") {
			var err error
			if d, err = d.Replicate(design.Making{Type: "JKn"}); err != nil {
				t.Fatal(err)
			}
		}
		before := totals(t, d, "~sex+age+x")
		now := before.Values() // F, M, 15-24, 25-34, 35+, x
		shift := func(name string) float64 { return rapid.Float64Range(.9, 1.1).Draw(rt, name) }
		want := []float64{now[0]*shift("F") + now[1]*shift("M"), 0, 0, 0, 0}
		want[1], want[2], want[3], want[4] = now[1]*shift("m"), now[3]*shift("a"), now[4]*shift("b"), now[5]*shift("x")
		for _, o := range functions {
			o.Epsilon = []float64{1e-11}
			a, e := calibrated(t, d, "~sex+age+x", want, o)
			r := totals(t, e, "~sex+age+x")
			for k, v := range map[int]float64{1: want[1], 3: want[2], 4: want[3], 5: want[4], 0: want[0] - want[1], 2: want[0] - want[2] - want[3]} {
				close(t, fmt.Sprint(o.Function, k), r.Estimates[k].Estimate, v, 1e-5)
				close(t, fmt.Sprint(o.Function, k, " error"), r.Estimates[k].SE, 0, 1e-3)
			}
			if o.Bounds != nil && (a.Report.MinG < o.Bounds.Low-1e-9 || a.Report.MaxG > o.Bounds.High+1e-9) {
				t.Errorf("%s: factors from %v to %v", o.Function, a.Report.MinG, a.Report.MaxG)
			}
		}
	})
}

func TestRakingIsCalibrationByRaking(t *testing.T) {
	d := drawn(t, sample(nil))
	_, c := calibrated(t, d, "~sex+age", []float64{1900, 900, 600, 800}, calibrate.Options{Function: calibrate.Raking, Epsilon: []float64{1e-12}})
	r := raked(t, d)
	for i, w := range r.Weights() {
		close(t, fmt.Sprint("weight ", i), w, c.Weights()[i], 1e-9)
	}
	// the same residuals in the limit; ten rounds of centring with weights of the last cycle come near
	close(t, "error", totals(t, r, "~y").Estimates[0].SE, totals(t, c, "~y").Estimates[0].SE, 2e-2)
}

func TestPoststratificationIsLinearCalibrationToItsCells(t *testing.T) {
	d := drawn(t, sample(nil))
	a, err := calibrate.Poststratify(d.Weights(), margin(t, d, []string{"age"}, byAge))
	if err != nil {
		t.Fatal(err)
	}
	p, err := a.On(d)
	if err != nil {
		t.Fatal(err)
	}
	_, c := calibrated(t, d, "~age", []float64{1900, 600, 800}, calibrate.Options{})
	for _, what := range []string{"~y", "~sex"} {
		x, y := totals(t, p, what), totals(t, c, what)
		close(t, what, x.Estimates[0].Estimate, y.Estimates[0].Estimate, 1e-11)
		close(t, what+" error", x.Estimates[0].SE, y.Estimates[0].SE, 1e-10)
	}
}

// Every step on every kind of design gives the same bytes in whatever order the rows are.
func TestOrderOfRowsDoesNotChangeAByte(t *testing.T) {
	steps := map[string]func(d *design.Design) *design.Design{
		"raked": func(d *design.Design) *design.Design { return raked(t, d) },
		"calibrated": func(d *design.Design) *design.Design {
			_, e := calibrated(t, d, "~sex*age+x", []float64{1900, 900, 600, 800, 10000, 300, 350}, calibrate.Options{Function: calibrate.Raking})
			return e
		},
		"trimmed": func(d *design.Design) *design.Design {
			e, _, err := calibrate.TrimDesign(raked(t, d), calibrate.Bounds{Low: 0, High: 11}, false)
			if err != nil {
				t.Fatal(err)
			}
			return e
		},
		"standardised": func(d *design.Design) *design.Design {
			e, _, err := calibrate.Standardize(d, []string{"age"}, []string{"sex"}, []float64{5, 6, 8})
			if err != nil {
				t.Fatal(err)
			}
			return e
		},
	}
	for _, kind := range []string{"linearised", "JKn", "bootstrap", "subbootstrap", "mrbbootstrap"} {
		for name, step := range steps {
			run := func(rows []int) string {
				d := drawn(t, sample(rows))
				if kind != "linearised" {
					var err error
					if d, err = d.Replicate(design.Making{Type: kind, Replicates: 30, Seed: 7}); err != nil {
						t.Fatal(err)
					}
				}
				d = step(d)
				return fmt.Sprintf("%v %v", totals(t, d, "~y+sex").Estimates, d.DF())
			}
			if one, other := run(nil), run(rand.New(rand.NewPCG(1, 2)).Perm(240)); one != other {
				t.Errorf("%s, %s:\n%s\n%s", kind, name, one, other)
			}
		}
	}
}

// Where rows are the units, draws go by what rows hold.
func TestBootstrapOfRowsIgnoresTheirOrder(t *testing.T) {
	run := func(rows []int) string {
		d, err := design.New(sample(rows), design.Spec{Strata: []string{"city"}, Weights: "w"})
		if err != nil {
			t.Fatal(err)
		}
		if d, err = d.Replicate(design.Making{Type: "subbootstrap", Replicates: 20, Seed: 3}); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(totals(t, d, "~y").Estimates)
	}
	if one, other := run(nil), run(rand.New(rand.NewPCG(5, 6)).Perm(240)); one != other {
		t.Errorf("\n%s\n%s", one, other)
	}
}

func TestTrim(t *testing.T) {
	w := []float64{1, 2, 9, 0, 4, 4}
	got, r, err := calibrate.Trim(w, calibrate.Bounds{Low: 2, High: 5}, false)
	if err != nil {
		t.Fatal(err)
	}
	if want := []float64{2, 3, 5, 0, 5, 5}; !slices.Equal(got, want) || r.Trimmed != 2 {
		t.Errorf("%v %+v, want %v", got, r, want)
	}
	if got, _, err = calibrate.Trim([]float64{1, 1, 1, 9}, calibrate.Bounds{Low: 0, High: 3}, true); err != nil || !slices.Equal(got, []float64{3, 3, 3, 3}) {
		t.Errorf("%v %v", got, err)
	}
	if _, _, err = calibrate.Trim([]float64{1, 1, 1, 9}, calibrate.Bounds{Low: 0, High: 2}, true); err == nil {
		t.Error("twelve went into four times two")
	}
}

// Who answered stands for the class; with replicates and with residuals the error is that of
// the estimate over all that was drawn, so both agree.
func TestNonresponse(t *testing.T) {
	f := sample(nil)
	d, err := design.New(f, design.Spec{IDs: []string{"place"}, Strata: []string{"city"}, Weights: "w"})
	if err != nil {
		t.Fatal(err)
	}
	age, _ := f.Col("age")
	answered := make([]bool, f.N())
	for i := range answered {
		answered[i] = (i*i+i/7)%5 != 0
	}
	a, err := calibrate.Nonresponse(d.Weights(), age.Code, age.Levels, answered)
	if err != nil {
		t.Fatal(err)
	}
	line, err := a.On(d)
	if err != nil {
		t.Fatal(err)
	}
	before, after := totals(t, d, "~age"), totals(t, line, "~age")
	for k := range before.Estimates {
		close(t, "class", after.Estimates[k].Estimate, before.Estimates[k].Estimate, 1e-12)
		close(t, "error of class", after.Estimates[k].SE, before.Estimates[k].SE, 1e-10)
	}
	jk, err := d.Replicate(design.Making{Type: "JKn"})
	if err != nil {
		t.Fatal(err)
	}
	if jk, err = a.On(jk); err != nil {
		t.Fatal(err)
	}
	one, other := totals(t, line, "~y").Estimates[0], totals(t, jk, "~y").Estimates[0]
	close(t, "total", other.Estimate, one.Estimate, 1e-12)
	close(t, "error", other.SE, one.SE, 2e-2)
	for i := range answered {
		answered[i] = age.Code[i] != 1
	}
	if _, err := calibrate.Nonresponse(d.Weights(), age.Code, age.Levels, answered); !fault.Is(err, "calibrate.class_empty") {
		t.Errorf("a class without answers: %v", err)
	}
}

// A model with a term for each group gives the share of each that answered.
func TestPropensityOfGroupsIsTheirShare(t *testing.T) {
	d := drawn(t, sample(nil))
	age, _ := d.Frame().Col("age")
	answered, yes, all := make([]bool, 240), make([]float64, 3), make([]float64, 3)
	for i, w := range d.Weights() {
		answered[i] = (i*i+i/7)%5 != 0
		all[age.Code[i]] += w
		if answered[i] {
			yes[age.Code[i]] += w
		}
	}
	p, err := calibrate.Propensity(d, "age", answered)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range p {
		close(t, "propensity", v, yes[age.Code[i]]/all[age.Code[i]], 1e-9)
	}
	for i := range answered {
		answered[i] = answered[i] && age.Code[i] != 1
	}
	if p, err = calibrate.Propensity(d, "age", answered); err == nil {
		t.Errorf("a group of which nobody answered has propensity %v", p[slices.Index(age.Code, 1)])
	}
}

func TestPropensityClasses(t *testing.T) {
	w, p := make([]float64, 100), make([]float64, 100)
	for i := range w {
		w[i], p[i] = 1, float64((i*37)%100+1)/100
	}
	class, names, err := calibrate.ByPropensity(w, p, 5)
	if err != nil || len(names) != 5 || names[0] != "0.010–0.200" {
		t.Fatalf("%v %v", names, err)
	}
	for i, c := range class {
		if want := int32(math.Ceil(p[i]*5-1e-9)) - 1; c != want {
			t.Errorf("%v is in class %d, want %d", p[i], c, want)
		}
	}
	r, err := calibrate.RIndicator(w, p)
	if err != nil {
		t.Fatal(err)
	}
	close(t, "R", r.R, 1-2*math.Sqrt(841.6666666666666/10000), 1e-12) // the sample variance of 1..100
	even, _ := calibrate.RIndicator(w, slices.Repeat([]float64{.6}, 100))
	close(t, "R of equal propensities", even.R, 1, 1e-7)
}

func TestRefusals(t *testing.T) {
	d := drawn(t, sample(nil))
	f, w := d.Frame(), d.Weights()
	m := matrix(t, f, "~sex+age")
	doubled := calibrate.Totals{Names: append(slices.Clone(m.Names), "again"), Columns: append(slices.Clone(m.Columns), m.Columns[1]), Total: []float64{1900, 900, 600, 800, 900}}
	nobody := calibrate.Totals{Names: []string{"(Intercept)", "sexX"}, Columns: [][]float64{m.Columns[0], make([]float64, f.N())}, Total: []float64{1900, 10}}
	far := calibrate.Totals{Names: m.Names, Columns: m.Columns, Total: []float64{1900, 1800, 50, 1800}}
	for key, do := range map[string]func() error{
		"calibrate.singular": func() error { _, err := calibrate.Calibrate(w, doubled, calibrate.Options{}); return err },
		"calibrate.nobody":   func() error { _, err := calibrate.Calibrate(w, nobody, calibrate.Options{}); return err },
		"calibrate.logit_bounds": func() error {
			_, err := calibrate.Calibrate(w, far, calibrate.Options{Function: calibrate.Logit})
			return err
		},
		"calibrate.bounds_unmet": func() error {
			_, err := calibrate.Calibrate(w, far, calibrate.Options{Function: calibrate.Linear, Bounds: &calibrate.Bounds{Low: .9, High: 1.1}})
			return err
		},
		"calibrate.bounds": func() error {
			_, err := calibrate.Calibrate(w, far, calibrate.Options{Bounds: &calibrate.Bounds{Low: 1.1, High: 2}})
			return err
		},
		"calibrate.function": func() error { _, err := calibrate.Calibrate(w, far, calibrate.Options{Function: "cubic"}); return err },
		"calibrate.empty_cell": func() error {
			_, err := calibrate.NewMargin(f, []string{"sex"}, table([]string{"sex"}, [][]string{{"F", "M", "X"}}, []float64{1, 2, 3}), w, false)
			return err
		},
		"calibrate.no_size": func() error {
			_, err := calibrate.NewMargin(f, []string{"sex"}, table([]string{"sex"}, [][]string{{"F"}}, []float64{1}), w, true)
			return err
		},
		"calibrate.cell_twice": func() error {
			_, err := calibrate.NewMargin(f, []string{"sex"}, table([]string{"sex"}, [][]string{{"F", "M", "F"}}, []float64{1, 2, 3}), w, true)
			return err
		},
		"calibrate.size": func() error {
			_, err := calibrate.NewMargin(f, []string{"sex"}, table([]string{"sex"}, [][]string{{"F", "M"}}, []float64{1, -2}), w, true)
			return err
		},
		"calibrate.margins_disagree": func() error {
			other := table([]string{"sex"}, [][]string{{"F", "M"}}, []float64{1000, 901})
			_, err := calibrate.Rake(w, []*calibrate.Margin{margin(t, d, []string{"sex"}, other), margin(t, d, []string{"age"}, byAge)}, calibrate.Control{})
			return err
		},
		"calibrate.rake_unmet": func() error {
			_, err := calibrate.Rake(w, []*calibrate.Margin{margin(t, d, []string{"sex"}, bySex), margin(t, d, []string{"age"}, byAge)}, calibrate.Control{Most: 1, Epsilon: 1e-9})
			return err
		},
		"calibrate.shares": func() error {
			_, _, err := calibrate.Standardize(d, []string{"age"}, nil, []float64{1, 2})
			return err
		},
		"calibrate.limits": func() error { _, _, err := calibrate.Trim(w, calibrate.Bounds{Low: 3, High: 2}, false); return err },
	} {
		if err := do(); !fault.Is(err, key) {
			t.Errorf("want %s, got %v", key, err)
		}
	}
}

// A replicate in which a cell is empty is named, not counted as nothing.
func TestAnEmptyCellInAReplicateIsNamed(t *testing.T) {
	f := sample(nil)
	only := make([]string, f.N())
	place, _ := f.Col("place")
	for i := range only {
		only[i] = "elsewhere"
		if place.Text(i) == "place 03" {
			only[i] = "here"
		}
	}
	f, err := f.With(frame.Texts("where", only))
	if err != nil {
		t.Fatal(err)
	}
	d, err := drawn(t, f).Replicate(design.Making{})
	if err != nil {
		t.Fatal(err)
	}
	a, err := calibrate.Poststratify(d.Weights(), margin(t, d, []string{"where"}, table([]string{"where"}, [][]string{{"here", "elsewhere"}}, []float64{100, 1800})))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = a.On(d); !fault.Is(err, "calibrate.replicate") {
		t.Errorf("%v", err)
	}
}

// A linear calibration within units gives one factor a unit.
func TestOneFactorAUnit(t *testing.T) {
	d := drawn(t, sample(nil))
	place, _ := d.Frame().Col("place")
	a, e := calibrated(t, d, "~sex+age", []float64{1900, 900, 600, 800}, calibrate.Options{Within: place.Code})
	seen := map[int32]float64{}
	for i, w := range e.Weights() {
		g := w / d.Weights()[i]
		if before, ok := seen[place.Code[i]]; ok {
			close(t, "factor", g, before, 1e-12)
		}
		seen[place.Code[i]] = g
	}
	if a.Report.Rows != 240 || a.Report.MinG == a.Report.MaxG {
		t.Errorf("%+v", a.Report)
	}
}
