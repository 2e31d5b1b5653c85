package replicate

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Orders and fingerprints of hadamard(n) of R's survey 4.1.1.
var fingerprints = []struct{ n, order, print int }{
	{1, 4, 576}, {2, 4, 576}, {3, 4, 576}, {4, 8, 5376}, {5, 8, 5376}, {6, 8, 5376}, {7, 8, 5376}, {8, 12, 19008},
	{9, 12, 19008}, {10, 12, 19008}, {11, 12, 19008}, {12, 16, 46080}, {13, 16, 46080}, {14, 16, 46080}, {15, 16, 46080}, {16, 20, 91200},
	{17, 20, 91200}, {18, 20, 91200}, {19, 20, 91200}, {20, 24, 154940}, {21, 24, 154940}, {22, 24, 154940}, {23, 24, 154940}, {24, 28, 221728},
	{25, 28, 221728}, {26, 28, 221728}, {27, 28, 221728}, {28, 32, 256821}, {29, 32, 256821}, {30, 32, 256821}, {31, 32, 256821}, {32, 36, 299133},
	{33, 36, 299133}, {34, 36, 299133}, {35, 36, 299133}, {36, 40, 408767}, {37, 40, 408767}, {38, 40, 408767}, {39, 40, 408767}, {40, 44, 526764},
	{41, 44, 526764}, {42, 44, 526764}, {43, 44, 526764}, {44, 48, 623426}, {45, 48, 623426}, {46, 48, 623426}, {47, 48, 623426}, {48, 56, 805483},
	{49, 56, 805483}, {50, 56, 805483}, {51, 56, 805483}, {52, 56, 805483}, {53, 56, 805483}, {54, 56, 805483}, {55, 56, 805483}, {56, 60, 910184},
	{57, 60, 910184}, {58, 60, 910184}, {59, 60, 910184}, {60, 64, 29132}, {61, 64, 29132}, {62, 64, 29132}, {63, 64, 29132}, {64, 68, 187121},
	{65, 68, 187121}, {66, 68, 187121}, {67, 68, 187121}, {68, 72, 273730}, {69, 72, 273730}, {70, 72, 273730}, {71, 72, 273730}, {72, 80, 633651},
	{99, 104, 727656}, {100, 104, 727656}, {124, 128, 129318}, {187, 192, 295527},
}

func TestHadamardIsTheOneOfR(t *testing.T) {
	for _, want := range fingerprints {
		h, sum := Hadamard(want.n), 0
		for i := range h {
			for j, v := range h[i] {
				sum += int(v) * ((i*31 + j*17) % 1009)
			}
		}
		if len(h) != want.order || sum%1000003 != want.print {
			t.Errorf("n = %d: order %d, fingerprint %d, want %d, %d", want.n, len(h), sum%1000003, want.order, want.print)
		}
	}
}

func TestHadamardRowsAreOrthogonal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 420).Draw(t, "n")
		h := Hadamard(n)
		if len(h) <= n || len(h)%4 != 0 {
			t.Fatalf("order %d for %d", len(h), n)
		}
		i, j := rapid.IntRange(0, len(h)-1).Draw(t, "i"), rapid.IntRange(0, len(h)-1).Draw(t, "j")
		same := 0
		for c := range h {
			if h[i][c] == h[j][c] {
				same++
			}
		}
		if i != j && same != len(h)/2 {
			t.Fatalf("rows %d and %d agree in %d of %d", i, j, same, len(h))
		}
	})
}

// some strata with two to eight units each, numbered in order.
func strata(t *rapid.T, units func() int) []Stratum {
	var out []Stratum
	next := int32(0)
	for h := range rapid.IntRange(1, 6).Draw(t, "strata") {
		s := Stratum{Name: fmt.Sprint("h", h)}
		for range units() {
			s.Units = append(s.Units, next)
			next++
		}
		if rapid.Bool().Draw(t, "fpc") {
			s.Population = float64(len(s.Units) + rapid.IntRange(1, 20).Draw(t, "more"))
		}
		out = append(out, s)
	}
	return out
}

// linear is the variance of a total of unit values by the textbook; corrected says whether with
// the finite population correction.
func linear(strata []Stratum, y []float64, corrected bool) float64 {
	v := 0.0
	for _, s := range strata {
		n, mean := float64(len(s.Units)), 0.0
		for _, u := range s.Units {
			mean += y[u] / n
		}
		f, _ := s.correction()
		if !corrected {
			f = 1
		}
		for _, u := range s.Units {
			v += f * n / (n - 1) * (y[u] - mean) * (y[u] - mean)
		}
	}
	return v
}

// replicated is the variance of the same total through replicates, around c(θ).
func replicated(w *Weights, y []float64) float64 {
	theta, mean := make([]float64, w.Count()), 0.0
	for r, f := range w.Factors {
		for u := range y {
			theta[r] += f[u] * y[u]
		}
		mean += theta[r] / float64(w.Count())
	}
	full := 0.0
	for _, v := range y {
		full += v
	}
	if w.Type != "bootstrap" && w.Type != "subbootstrap" && w.Type != "mrbbootstrap" {
		mean = full
	}
	v := 0.0
	for r := range theta {
		v += w.Scale * w.RScales[r] * (theta[r] - mean) * (theta[r] - mean)
	}
	return v
}

func values(t *rapid.T, n int) []float64 {
	return rapid.SliceOfN(rapid.Float64Range(-100, 100), n, n).Draw(t, "y")
}

func near(t *rapid.T, what string, got, want, tol float64) {
	t.Helper()
	if math.Abs(got-want) > tol*(1+math.Abs(want)) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
}

func TestJackknifeOfATotalIsTheTextbooks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := strata(t, func() int { return rapid.IntRange(2, 8).Draw(t, "units") })
		y := values(t, units(s))
		w, err := JKn(s, "fail")
		if err != nil {
			t.Fatal(err)
		}
		near(t, "JKn", replicated(w, y), linear(s, y, true), 1e-10)
		if w, err = JK1(s[0]); err != nil {
			t.Fatal(err)
		}
		y = y[:len(s[0].Units)]
		near(t, "JK1", replicated(w, y), linear(s[:1], y, true), 1e-10)
	})
}

func TestBalancedHalvesOfATotalAreTheTextbooks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := strata(t, func() int { return 2 })
		y := values(t, units(s))
		for _, rho := range []float64{0, .3, .5} {
			w, err := BRR(s, rho, Pairing{})
			if err != nil {
				t.Fatal(err)
			}
			near(t, "BRR", replicated(w, y), linear(s, y, false), 1e-10)
		}
	})
}

// The mean over many replicates must come near the textbook; 4,000 replicates of a chi-square
// are within 15 %.
func TestBootstrapsOfATotalAreTheTextbooks(t *testing.T) {
	s := []Stratum{{Name: "a", Units: []int32{0, 1, 2, 3, 4, 5}, Population: 9}, {Name: "b", Units: []int32{6, 7, 8, 9, 10, 11}, Population: 30}}
	y := []float64{3, 9, -4, 20, 7, 1, 50, 43, 60, 38, 47, 55}
	raoWu, _ := RaoWu(s, 4000, 1)
	free := []Stratum{{Units: s[0].Units}, {Units: s[1].Units}}
	bootstrap, _ := Bootstrap(free, 4000, 1)
	var level []Level
	for _, h := range s {
		l := Level{Population: h.Population}
		for _, u := range h.Units {
			l.Units = append(l.Units, Node{Leaf: u})
		}
		level = append(level, l)
	}
	preston, _ := Preston(level, len(y), 4000, 1)
	for _, c := range []struct {
		w    *Weights
		want float64
	}{{raoWu, linear(s, y, false)}, {bootstrap, linear(s, y, false)}, {preston, linear(s, y, true)}} {
		if got := replicated(c.w, y); math.Abs(got/c.want-1) > .15 {
			t.Errorf("%s: %v, want about %v", c.w.Type, got, c.want)
		}
	}
}

// Two stages: the variance of a total is that of the units plus the fractions of that within.
func TestPrestonTakesBothStages(t *testing.T) {
	const units, inside = 6, 4
	l := Level{Population: 8}
	y, leaf := make([]float64, units*inside), int32(0)
	for i := range units {
		within := Level{Population: 10}
		for range inside {
			y[leaf] = float64(leaf*leaf%37) + 10*float64(i%3)
			within.Units = append(within.Units, Node{Leaf: leaf})
			leaf++
		}
		l.Units = append(l.Units, Node{Within: []Level{within}})
	}
	between, within, mean := 0.0, 0.0, 0.0
	totals := make([]float64, units)
	for i := range units {
		for j := range inside {
			totals[i] += y[i*inside+j]
		}
		mean += totals[i] / units
		for j := range inside {
			d := y[i*inside+j] - totals[i]/inside
			within += (1 - 4/10.) * inside / (inside - 1.) * d * d
		}
	}
	for _, v := range totals {
		between += (1 - 6/8.) * units / (units - 1.) * (v - mean) * (v - mean)
	}
	w, err := Preston([]Level{l}, len(y), 6000, 7)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := replicated(w, y), between+6/8.*within; math.Abs(got/want-1) > .15 {
		t.Errorf("%v, want about %v", got, want)
	}
}

// Frozen draws: they may never change between computers or versions.
func TestDrawsStayTheSame(t *testing.T) {
	s := []Stratum{{Units: []int32{0, 1, 2}}, {Units: []int32{3, 4, 5, 6}}}
	w, err := RaoWu(s, 2, 2006)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%.3f", w.Factors); got != "[[0.000 1.500 1.500 0.000 1.333 2.667 0.000] [3.000 0.000 0.000 1.333 0.000 1.333 1.333]]" {
		t.Errorf("%s", got)
	}
	b, _ := Bootstrap(s, 3, 2006)
	if c, _ := Bootstrap(s, 3, 2006); !slices.EqualFunc(b.Factors, c.Factors, slices.Equal) {
		t.Error("two runs differ")
	}
	if c, _ := Bootstrap(s, 3, 2007); slices.EqualFunc(b.Factors, c.Factors, slices.Equal) {
		t.Error("another seed gives the same")
	}
}

func TestRefusals(t *testing.T) {
	two := Stratum{Name: "a", Units: []int32{0, 1}}
	one := Stratum{Name: "b", Units: []int32{2}}
	odd := Stratum{Name: "b", Units: []int32{2, 3, 4}}
	for name, do := range map[string]func() (*Weights, error){
		"a stratum of one unit":         func() (*Weights, error) { return JKn([]Stratum{two, one}, "fail") },
		"an unknown rule":               func() (*Weights, error) { return JKn([]Stratum{two, one}, "hope") },
		"one unit in all":               func() (*Weights, error) { return JK1(Stratum{Units: []int32{0}}) },
		"half of one":                   func() (*Weights, error) { return BRR([]Stratum{two, one}, 0, Pairing{}) },
		"half of three":                 func() (*Weights, error) { return BRR([]Stratum{two, odd}, 0, Pairing{}) },
		"rho of one":                    func() (*Weights, error) { return BRR([]Stratum{two}, 1, Pairing{}) },
		"drawing none":                  func() (*Weights, error) { return RaoWu([]Stratum{two, one}, 10, 1) },
		"one replicate":                 func() (*Weights, error) { return Bootstrap([]Stratum{two}, 1, 1) },
		"fewer in the population":       func() (*Weights, error) { return JKn([]Stratum{{Units: []int32{0, 1}, Population: 1}}, "fail") },
		"everybody taken, nothing left": func() (*Weights, error) { return JK1(Stratum{Units: []int32{0, 1}, Population: 2}) },
	} {
		if w, err := do(); err == nil {
			t.Errorf("%s: made %v", name, w.Factors)
		}
	}
}
