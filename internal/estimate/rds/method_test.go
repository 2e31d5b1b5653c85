package rds

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSymmetric: with as many recruitments each way, and seeds in the same shares, RDS-I is RDS-II.
func TestSymmetric(t *testing.T) {
	var c Columns
	degree := map[string]float64{"x": 3, "y": 7}
	add := func(recruiter, outcome string) string {
		id := fmt.Sprintf("p%02d", len(c.ID))
		c.ID, c.Recruiter, c.Outcome = append(c.ID, id), append(c.Recruiter, recruiter), append(c.Outcome, outcome)
		c.Degree = append(c.Degree, degree[outcome]+float64(len(c.ID)%4))
		return id
	}
	// x->x 4, x->y 2, y->x 2, y->y 1: six of nine recruits are x, and two of three seeds.
	x1, x2, y := add("", "x"), add("", "x"), add("", "y")
	for range 2 {
		add(x1, "x")
		add(x2, "x")
		add(y, "x")
	}
	add(x1, "y")
	add(x2, "y")
	add(y, "y")
	s := must(t, c)
	one, err := s.RDSI()
	if err != nil {
		t.Fatal(err)
	}
	for g, p := range s.RDSII().Estimate {
		near(t, s.Levels[g], one.Estimate[g], p, 1e-14)
	}
}

// TestSSLimits: the plain share when all were met, RDS-II when the population has no end.
func TestSSLimits(t *testing.T) {
	s := read(t, "faux.csv", "X")
	all, err := s.SS(s.N(), Simulation{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "everybody", all.Estimate[0], s.Plain().Estimate[0], 1e-12)
	two, before := s.RDSII().Estimate[0], math.Inf(1)
	for _, size := range []int{600, 3000, 100_000, 1e8} {
		r, err := s.SS(size, Simulation{Draws: 1500})
		if err != nil {
			t.Fatal(err)
		}
		off := math.Abs(r.Estimate[0] - two)
		if off > before {
			t.Errorf("population %d is %g from RDS-II, further than the smaller one", size, off)
		}
		before = off
	}
	if before > 1e-6 {
		t.Errorf("a population of 100 million is %g from RDS-II", before)
	}
}

// TestInclusion compares the simulated chances with every order of draws, reckoned out.
func TestInclusion(t *testing.T) {
	classes := []Class{{Degree: 1, Sampled: 1, Population: 4}, {Degree: 2, Sampled: 1, Population: 3}, {Degree: 7, Sampled: 2, Population: 2}}
	want := make([]float64, 3)
	var all func(left []int, n int, p float64, took []int)
	all = func(left []int, n int, p float64, took []int) {
		if n == 0 {
			for k := range want {
				want[k] += p * float64(took[k])
			}
			return
		}
		total := 0.0
		for k, c := range classes {
			total += c.Degree * float64(left[k])
		}
		for k, c := range classes {
			if left[k] > 0 {
				l, w := slices.Clone(left), slices.Clone(took)
				l[k]--
				w[k]++
				all(l, n-1, p*c.Degree*float64(left[k])/total, w)
			}
		}
	}
	all([]int{4, 3, 2}, 4, 1, make([]int, 3))
	pi := make([]float64, 3)
	simulate(classes, pi, 4, Simulation{Draws: 400_000}, 0)
	for k, c := range classes {
		near(t, fmt.Sprint("chance of degree ", c.Degree), pi[k], want[k]/c.Population, .005)
	}
}

// TestRowOrder: the same sample in another order gives the same bytes.
func TestRowOrder(t *testing.T) {
	c := columns(t, "fauxsycamore.csv", "disease")
	say := func(c Columns) string {
		s := must(t, c)
		ss, err := s.SS(715, Simulation{Draws: 200})
		if err != nil {
			t.Fatal(err)
		}
		out := fmt.Sprintf("%v %v %+v", s.RDSII().Estimate, ss.Estimate, s.ByWave())
		for _, kind := range []Kind{Tree, Salganik, Gile} {
			u, err := s.Bootstrap(Bootstrap{Kind: kind, Replicates: 50, PopulationSize: 715, Simulation: Simulation{Draws: 200}})
			if err != nil {
				t.Fatal(err)
			}
			out += fmt.Sprintf("%+v", u)
		}
		return out
	}
	want := say(c)
	for _, column := range [][]string{c.ID, c.Recruiter, c.Outcome} {
		slices.Reverse(column)
	}
	slices.Reverse(c.Degree)
	if diff := cmp.Diff(want, say(c)); diff != "" {
		t.Error(diff)
	}
}

// town is a network of people of two kinds who know their own kind more often.
type town struct {
	kind []bool
	ties [][]int32
}

func newTown(chance *rand.Rand, n int) town {
	w := town{make([]bool, n), make([][]int32, n)}
	for i := range n {
		w.kind[i] = i%10 < 3
	}
	for i := range n {
		for j := range i {
			p := .012
			if w.kind[i] != w.kind[j] {
				p = .006
			}
			if chance.Float64() < p {
				w.ties[i], w.ties[j] = append(w.ties[i], int32(j)), append(w.ties[j], int32(i))
			}
		}
	}
	return w
}

// truth is the share of the kind among those who know anybody.
func (w town) truth() float64 {
	yes, all := 0.0, 0.0
	for i, k := range w.kind {
		if len(w.ties[i]) > 0 {
			all++
			if k {
				yes++
			}
		}
	}
	return yes / all
}

// recruit gives three coupons to everybody until n were met.
func (w town) recruit(chance *rand.Rand, n, seeds int) Columns {
	var c Columns
	var queue []int32
	met := make([]bool, len(w.kind))
	meet := func(i int32, by string) {
		met[i] = true
		queue = append(queue, i)
		c.ID, c.Recruiter = append(c.ID, fmt.Sprint(i)), append(c.Recruiter, by)
		c.Degree, c.Outcome = append(c.Degree, float64(len(w.ties[i]))), append(c.Outcome, fmt.Sprint(w.kind[i]))
	}
	for at := 0; len(c.ID) < n; at++ {
		if at >= len(queue) || len(c.ID) < seeds {
			if i := chance.Int32N(int32(len(w.kind))); !met[i] && len(w.ties[i]) > 0 {
				meet(i, "")
			}
			at--
			continue
		}
		who := queue[at]
		friends := slices.Clone(w.ties[who])
		chance.Shuffle(len(friends), func(a, b int) { friends[a], friends[b] = friends[b], friends[a] })
		coupons := 3
		for _, f := range friends {
			if coupons > 0 && !met[f] && len(c.ID) < n {
				meet(f, fmt.Sprint(who))
				coupons--
			}
		}
	}
	return c
}

// TestCoverage: over 200 samples of a town, intervals of the tree bootstrap hold the truth at
// least as often as they say, by percentiles and by their standard error, and those of the chain of
// RDS-II (Salganik) nearly; a plain interval that ignores the recruitment does not.
func TestCoverage(t *testing.T) {
	chance := rand.New(rand.NewPCG(7, 7))
	w := newTown(chance, 1500)
	const samples = 200
	tree, byT, chain, plain, bias := 0, 0, 0, 0, 0.0
	for r := range samples {
		s := must(t, w.recruit(chance, 300, 6))
		u, err := s.Bootstrap(Bootstrap{Replicates: 200, Seed: uint64(r)})
		if err != nil {
			t.Fatal(err)
		}
		i, truth := u.Intervals[1], w.truth()
		bias += (i.Estimate - truth) / samples
		if i.Low <= truth && truth <= i.High {
			tree++
		}
		if math.Abs(i.Estimate-truth) <= 1.98*i.SE { // as replicate weights give it
			byT++
		}
		v, err := s.Bootstrap(Bootstrap{Kind: Salganik, Replicates: 200, Seed: uint64(r)})
		if err != nil {
			t.Fatal(err)
		}
		if c := v.Intervals[1]; c.Low <= truth && truth <= c.High {
			chain++
		}
		if math.Abs(i.Estimate-truth) <= 1.96*math.Sqrt(i.Estimate*(1-i.Estimate)/300) {
			plain++
		}
	}
	t.Logf("tree %d, by t %d, chain %d, plain %d of %d; bias %.4f", tree, byT, chain, plain, samples, bias)
	if tree < 188 {
		t.Errorf("the tree bootstrap covers %d of %d times", tree, samples)
	}
	if byT < 188 || chain < 184 {
		t.Errorf("by its standard error the tree bootstrap covers %d times, the chain of RDS-II %d", byT, chain)
	}
	if chain >= tree || plain >= chain {
		t.Errorf("the chain covers %d times: it is narrower than the tree (%d) and wider than the plain interval (%d)", chain, tree, plain)
	}
	if plain >= tree {
		t.Errorf("the plain interval covers %d times, the tree bootstrap %d", plain, tree)
	}
	if math.Abs(bias) > .02 {
		t.Errorf("RDS-II is off by %.4f on the average", bias)
	}
}

// TestKinds: all bootstraps keep to the estimate, and none is narrower than simple random sampling
// would be by half.
func TestKinds(t *testing.T) {
	s := read(t, "fauxmadrona.csv", "disease")
	for _, kind := range []Kind{Tree, Salganik, Gile} {
		for _, method := range []Method{MethodI, MethodII, MethodSS} {
			u, err := s.Bootstrap(Bootstrap{Kind: kind, Method: method, Replicates: 400, Seed: 3, PopulationSize: 1000, Simulation: Simulation{Draws: 500}})
			if err != nil {
				t.Fatal(kind, method, err)
			}
			i := u.Intervals[1]
			t.Logf("%s %s: %.4f ± %.4f [%.4f, %.4f], design effect %.2f, %d failed", kind, method, i.Estimate, i.SE, i.Low, i.High, i.DesignEffect, u.Failed)
			if !(i.Low < i.Estimate && i.Estimate < i.High) || i.DesignEffect < .5 || i.DesignEffect > 15 {
				t.Errorf("%s %s: %+v", kind, method, i)
			}
			if math.Abs(u.Intervals[0].SE-i.SE) > 1e-12 {
				t.Error("the two shares of a whole have different errors")
			}
		}
	}
}

func TestDiagnose(t *testing.T) {
	c := columns(t, "faux.csv", "X")
	for range c.ID {
		c.Coupons = append(c.Coupons, 3)
	}
	s := must(t, c)
	d := s.Diagnose()
	if d.N != 389 || d.Seeds != 1 || d.Waves != 10 || d.CouponsReturned != 388 || d.CouponsGiven != 3*389 || d.LargestTree != 1 {
		t.Errorf("%+v", d)
	}
	if diff := cmp.Diff([]Doubt(nil), d.Doubts); diff != "" {
		t.Error(diff, d)
	}
	steps := s.ByWave()
	last := steps[len(steps)-1]
	if last.Wave != 10 || last.N != 389 {
		t.Errorf("%+v", last)
	}
	near(t, "the last step", last.Estimate[0], s.RDSII().Estimate[0], 1e-12)

	madrona := read(t, "fauxmadrona.csv", "disease")
	branches, n := madrona.BySeed(), 0
	for _, b := range branches {
		n += b.N
		if b.Steps[len(b.Steps)-1].N != b.N {
			t.Errorf("%+v", b)
		}
	}
	if len(branches) != madrona.Diagnose().Seeds || n != madrona.N() {
		t.Error(len(branches), n)
	}
	short := must(t, Columns{ID: []string{"a", "b", "c"}, Recruiter: []string{"", "a", ""}, Degree: []float64{2, 3, 4}, Outcome: []string{"x", "y", "x"}})
	got := short.Diagnose().Doubts
	for _, want := range []Doubt{FewWaves, ManySeeds, OneTree, SmallEffective, EmptyCell} {
		if !slices.Contains(got, want) {
			t.Errorf("no %s in %v", want, got)
		}
	}
}
