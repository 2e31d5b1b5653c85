package visits

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"quipu/internal/fault"
)

func mean(w []float64, y []float64) float64 {
	sum, total := 0.0, 0.0
	for i := range w {
		sum += w[i] * y[i]
		total += w[i]
	}
	return sum / total
}

// TestTimeLocation: whoever comes often sends money more often here; the weights find the share among
// all who come, and their number, where the plain share is far off.
func TestTimeLocation(t *testing.T) {
	chance := rand.New(rand.NewPCG(5, 5))
	const people, slots, chosen, each = 4000, 60, 20, 15
	sends, comes := make([]float64, people), make([]int, people)
	slot := make([][]int, slots)
	truth := 0.0
	for i := range people {
		comes[i] = 1 + chance.IntN(3)
		if i%5 < 2 {
			sends[i], comes[i] = 1, 4+chance.IntN(8)
		}
		truth += sends[i] / people
		for range comes[i] {
			// Some slots are three times as busy.
			s := min(chance.IntN(slots), chance.IntN(slots))
			slot[s] = append(slot[s], i)
		}
	}
	const runs = 200
	bias, plain, count := 0.0, 0.0, 0.0
	for range runs {
		var units []Unit
		var met []Met
		var y []float64
		for _, s := range chance.Perm(slots)[:chosen] {
			if len(slot[s]) < each {
				continue
			}
			u := Unit{fmt.Sprint(s), "all", float64(chosen) / slots, float64(len(slot[s]))}
			units = append(units, u)
			for _, k := range chance.Perm(len(slot[s]))[:each] {
				i := slot[s][k]
				met, y = append(met, Met{u.Name, float64(comes[i])}), append(y, sends[i])
			}
		}
		w, err := TimeLocation(units, met, Period{28, 28})
		if err != nil {
			t.Fatal(err)
		}
		bias += (mean(w.Weights, y) - truth) / runs
		for i := range y {
			plain += (y[i] - truth) / float64(len(y)) / runs
			count += w.Weights[i] / runs
		}
	}
	t.Logf("bias %.4f, of the plain share %.4f; people %.0f", bias, plain, count)
	if math.Abs(bias) > .012 || plain < .15 || math.Abs(count/people-1) > .03 {
		t.Errorf("bias %.4f, of the plain share %.4f; people %.0f of %d", bias, plain, count, people)
	}
}

// city is people and the centres that they go to; going depends on what is asked.
func city(chance *rand.Rand, people int) (attends [][]bool, y []float64, truth float64) {
	for range people {
		v, p := 0.0, []float64{.15, .2, .3, .1}
		if chance.Float64() < .35 {
			v, p = 1, []float64{.6, .3, .1, .05}
		}
		u, any := make([]bool, 4), false
		for k := range u {
			u[k] = chance.Float64() < p[k]
			any = any || u[k]
		}
		if any { // others cannot be met
			attends, y = append(attends, u), append(y, v)
			truth += v
		}
	}
	return attends, y, truth / float64(len(y))
}

func meet(chance *rand.Rand, attends [][]bool, y []float64) (met []Interview, said []float64) {
	for k, n := range []int{200, 30, 30, 20} {
		for n > 0 {
			i := chance.IntN(len(y))
			if attends[i][k] {
				met, said = append(met, Interview{fmt.Sprintf("%d-%03d", k, n), k, attends[i]}), append(said, y[i])
				n--
			}
		}
	}
	return met, said
}

var names = []string{"consulate", "church", "football", "market"}

// TestCentreSampling: over many samples of a city the estimate is without bias where the plain share is
// far off, the shares of the centres are found, and the bootstrap's intervals cover.
func TestCentreSampling(t *testing.T) {
	chance := rand.New(rand.NewPCG(11, 3))
	attends, y, truth := city(chance, 8000)
	goes := make([]float64, 4)
	for _, u := range attends {
		for k := range u {
			if u[k] {
				goes[k] += 1 / float64(len(attends))
			}
		}
	}
	const runs = 120
	bias, plain, covered, share := 0.0, 0.0, 0, make([]float64, 4)
	for run := range runs {
		met, said := meet(chance, attends, y)
		c, err := CentreSampling(names, met)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Bootstrap(names, met, 100, uint64(run))
		if err != nil {
			t.Fatal(err)
		}
		estimate := mean(c.Weights, said)
		se := math.Sqrt(r.Variance(func(w []float64) float64 { return mean(w, said) }))
		bias += (estimate - truth) / runs
		for _, v := range said {
			plain += (v - truth) / float64(len(said)) / runs
		}
		if math.Abs(estimate-truth) <= 1.96*se {
			covered++
		}
		for k := range share {
			share[k] += c.Share[k] / runs
		}
	}
	t.Logf("truth %.3f, bias %.4f, of the plain share %.4f, covered %d of %d; shares %.3f of %.3f", truth, bias, plain, covered, runs, share, goes)
	if math.Abs(bias) > .015 || plain < .1 || covered < 108 {
		t.Errorf("bias %.4f, of the plain share %.4f, covered %d of %d", bias, plain, covered, runs)
	}
	for k := range share {
		if math.Abs(share[k]-goes[k]) > .03 {
			t.Errorf("%s: %.3f go there, %.3f were found", names[k], goes[k], share[k])
		}
	}
}

// TestFixedPoint: the weights and shares are what they are defined to be, and rows may be reversed.
func TestFixedPoint(t *testing.T) {
	attends, y, _ := city(rand.New(rand.NewPCG(1, 1)), 500)
	met, _ := meet(rand.New(rand.NewPCG(2, 2)), attends, y)
	c, err := CentreSampling(names, met)
	if err != nil {
		t.Fatal(err)
	}
	made, total := make([]float64, 4), 0.0
	for i, v := range met {
		made[v.Centre]++
		total += c.Weights[i]
	}
	if math.Abs(total-float64(len(met))) > 1e-9 {
		t.Error("weights add up to", total)
	}
	scale := 0.0
	for k := range names {
		sum := 0.0
		for i, v := range met {
			if v.Attends[k] {
				sum += c.Weights[i] / total
			}
		}
		if math.Abs(sum-c.Share[k]) > 1e-8 {
			t.Errorf("share of %s is %g, by the weights %g", names[k], c.Share[k], sum)
		}
	}
	for i, v := range met {
		draws := 0.0
		for k, goes := range v.Attends {
			if goes {
				draws += made[k] / c.Share[k]
			}
		}
		if i == 0 {
			scale = c.Weights[i] * draws
		}
		if math.Abs(c.Weights[i]*draws/scale-1) > 1e-8 {
			t.Fatalf("row %d: weight %g, expected draws %g", i+1, c.Weights[i], draws)
		}
	}
	r, err := Bootstrap(names, met, 5, 9)
	if err != nil {
		t.Fatal(err)
	}
	back := slices.Clone(met)
	slices.Reverse(back)
	s, err := Bootstrap(names, back, 5, 9)
	if err != nil {
		t.Fatal(err)
	}
	for k := range r.Weights {
		slices.Reverse(s.Weights[k])
		if !slices.Equal(r.Weights[k], s.Weights[k]) {
			t.Error("the order of rows shows in replicate", k)
		}
	}
}

func TestRefusals(t *testing.T) {
	units := func() []Unit { return []Unit{{"a", "s", .5, 40}, {"b", "s", .5, 30}, {"c", "s", .5, 0}} }
	met := func() []Met { return []Met{{"a", 2}, {"a", 1}, {"b", 3}} }
	w, err := TimeLocation(units(), met(), Period{})
	if err != nil || !slices.Equal(w.Empty, []string{"c"}) || w.Weights[0] != 20 || w.Weights[2] != 20 {
		t.Fatal(w, err)
	}
	for key, spoil := range map[string]func([]Unit, []Met){
		"visits.unit_twice":   func(u []Unit, _ []Met) { u[1].Name = "a" },
		"visits.probability":  func(u []Unit, _ []Met) { u[1].Probability = 0 },
		"visits.unit_unknown": func(_ []Unit, m []Met) { m[1].Unit = "z" },
		"visits.visits":       func(_ []Unit, m []Met) { m[1].Visits = 0 },
		"visits.visitors":     func(u []Unit, _ []Met) { u[0].Visitors = 1 },
	} {
		u, m := units(), met()
		spoil(u, m)
		if _, err := TimeLocation(u, m, Period{}); !fault.Is(err, key) {
			t.Errorf("want %s, got %v", key, err)
		}
	}
	if _, err := TimeLocation(units(), nil, Period{}); !fault.Is(err, "visits.nobody") {
		t.Error(err)
	}
	good := func() []Interview {
		return []Interview{{"1", 0, []bool{true, false}}, {"2", 0, []bool{true, true}}, {"3", 1, []bool{false, true}}, {"4", 1, []bool{true, true}}}
	}
	if _, err := CentreSampling(names[:2], good()); err != nil {
		t.Fatal(err)
	}
	for key, spoil := range map[string]func([]Interview) []Interview{
		"visits.nobody":    func(v []Interview) []Interview { return nil },
		"visits.profile":   func(v []Interview) []Interview { v[1].Attends = v[1].Attends[:1]; return v },
		"visits.centre":    func(v []Interview) []Interview { v[1].Centre = 5; return v },
		"visits.not_there": func(v []Interview) []Interview { v[0].Centre = 1; return v },
		"visits.apart":     func(v []Interview) []Interview { return []Interview{v[0], v[2]} },
	} {
		if _, err := CentreSampling(names[:2], spoil(good())); !fault.Is(err, key) {
			t.Errorf("want %s, got %v", key, err)
		}
	}
	if _, err := Bootstrap(names[:2], good()[:3], 10, 1); !fault.Is(err, "visits.lonely") {
		t.Error(err)
	}
}

func TestLadder(t *testing.T) {
	if Probability.Place() != 1 || Volunteers.Place() != len(Ladder()) || Queue.Place() <= Recruited.Place() || Rung("x").Place() != 0 {
		t.Error(Ladder())
	}
	for _, s := range Ladder() {
		if s.Interval && !s.Chances || s.Population && !s.Interval {
			t.Errorf("%+v claims more than it can", s)
		}
	}
}
