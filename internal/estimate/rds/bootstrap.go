package rds

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"quipu/internal/fault"
)

// Method is an estimator.
type Method string

// The estimators. MethodSS needs the size of the population.
const (
	MethodI  Method = "rds1"
	MethodII Method = "rds2"
	MethodSS Method = "gile_ss"
)

// Kind is a way to draw the sample again.
type Kind string

// The bootstraps. Tree draws seeds, and recruits of each recruiter, with replacement, all the way
// down (Baraff, McCormick and Raftery 2016): wide, and the one that covers. Salganik (2006) draws one
// chain of recruitments from the transitions between levels: narrow when people of a level resemble
// one another in anything else. Gile (2011) draws recruitment trees without replacement from a
// population made of the estimate: it needs the size of the population.
const (
	Tree     Kind = "tree"
	Salganik Kind = "salganik"
	Gile     Kind = "gile"
)

// Bootstrap says what to draw and how often.
type Bootstrap struct {
	Kind           Kind   // Tree when empty
	Method         Method // MethodII when empty
	Replicates     int    // 1,000
	Seed           uint64
	Confidence     float64 // .95
	PopulationSize int     // for MethodSS and Gile
	Simulation     Simulation
}

// Interval is the uncertainty of the share of one level. DesignEffect is the variance over that of
// a simple random sample of as many people, p(1-p)/n: 2 to 10 and more are usual.
type Interval struct {
	Level                                 string
	Estimate, SE, Low, High, DesignEffect float64
}

// Uncertainty is what a bootstrap found. Failed replicates are those from which the method gives
// no estimate (RDS-I where levels did not recruit one another); SE and limits are of the others.
type Uncertainty struct {
	Bootstrap Bootstrap
	N         int
	Failed    int
	Intervals []Interval
}

// tally is what an estimator needs of a sample that was drawn again.
type tally struct {
	n, inverse, weight []float64 // by level: respondents, sum 1/d, sum of the method's weights
	counts             [][]float64
}

func newTally(k int) *tally {
	return &tally{make([]float64, k), make([]float64, k), make([]float64, k), square(k)}
}

func (t *tally) clear() {
	clear(t.n)
	clear(t.inverse)
	clear(t.weight)
	for _, row := range t.counts {
		clear(row)
	}
}

func (t *tally) add(group int32, degree, weight float64) {
	if group >= 0 {
		t.n[group]++
		t.inverse[group] += 1 / degree
		t.weight[group] += weight
	}
}

func (t *tally) recruit(from, to int32) {
	if from >= 0 && to >= 0 {
		t.counts[from][to]++
	}
}

// estimate gives the shares, or nil when the method has none.
func (t *tally) estimate(m Method) []float64 {
	k := len(t.n)
	if m == MethodI {
		degree := make([]float64, k)
		for g := range degree {
			degree[g] = t.n[g] / t.inverse[g]
			if t.n[g] == 0 || slices.Contains(reach(t.counts, g), false) {
				return nil
			}
		}
		return salganik(stationary(shares(t.counts)), degree)
	}
	p, total := make([]float64, k), 0.0
	for _, w := range t.weight {
		total += w
	}
	if total == 0 {
		return nil
	}
	for g, w := range t.weight {
		p[g] = w / total
	}
	return p
}

// drawn puts one sample drawn again into a tally.
type drawn func(chance *rand.Rand, t *tally)

// Bootstrap draws the sample again and again. Each replicate has a stream of chance of its own, so
// that the result depends on the seed only.
func (s *Sample) Bootstrap(o Bootstrap) (Uncertainty, error) {
	o.Kind, o.Method = cmp.Or(o.Kind, Tree), cmp.Or(o.Method, MethodII)
	o.Replicates, o.Confidence = cmp.Or(o.Replicates, 1000), cmp.Or(o.Confidence, .95)
	if o.Replicates < 2 || o.Confidence <= 0 || o.Confidence >= 1 {
		return Uncertainty{}, fault.New(fault.Invalid, "rds.bootstrap", "replicates", o.Replicates, "confidence", o.Confidence)
	}
	p, weight, err := s.point(o)
	if err != nil {
		return Uncertainty{}, err
	}
	draw, err := s.drawing(o, weight)
	if err != nil {
		return Uncertainty{}, err
	}
	draws := s.replicate(o, draw)
	u := Uncertainty{Bootstrap: o, N: p.N, Failed: o.Replicates - len(draws)}
	if len(draws)*10 < o.Replicates*9 {
		return u, fault.New(fault.Invalid, "rds.bootstrap_failed", "failed", u.Failed, "replicates", o.Replicates)
	}
	for g, level := range s.Levels {
		u.Intervals = append(u.Intervals, interval(level, p.Estimate[g], p.N, column(draws, g), o))
	}
	return u, nil
}

// point gives the estimate, and the weight of each respondent in replicates: for successive
// sampling that of his degree in the whole sample, as Gile's own bootstrap takes it.
func (s *Sample) point(o Bootstrap) (Shares, []float64, error) {
	w := make([]float64, s.N())
	for i, d := range s.Degree {
		w[i] = 1 / d
	}
	switch o.Method {
	case MethodII:
		return s.RDSII(), w, nil
	case MethodI:
		r, err := s.RDSI()
		return r.Shares, w, err
	case MethodSS:
		r, err := s.SS(o.PopulationSize, o.Simulation)
		if err != nil {
			return Shares{}, nil, err
		}
		_, class := s.classes()
		for i, k := range class {
			w[i] = 1 / r.Classes[k].Probability
		}
		return r.Shares, w, nil
	}
	return Shares{}, nil, fault.New(fault.Invalid, "rds.method", "method", string(o.Method))
}

func (s *Sample) drawing(o Bootstrap, weight []float64) (drawn, error) {
	switch o.Kind {
	case Tree:
		return s.treeDraw(weight), nil
	case Salganik:
		return s.chainDraw(weight)
	case Gile:
		return s.populationDraw(o, weight)
	}
	return nil, fault.New(fault.Invalid, "rds.kind", "kind", string(o.Kind))
}

func (s *Sample) replicate(o Bootstrap, draw drawn) [][]float64 {
	const workers = 8
	draws := make([][]float64, o.Replicates)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			t := newTally(len(s.Levels))
			for r := w; r < o.Replicates; r += workers {
				t.clear()
				draw(rand.New(rand.NewPCG(o.Seed, uint64(r))), t)
				draws[r] = t.estimate(o.Method)
			}
		})
	}
	wg.Wait()
	return slices.DeleteFunc(draws, func(p []float64) bool { return p == nil })
}

func column(draws [][]float64, g int) []float64 {
	x := make([]float64, len(draws))
	for r := range draws {
		x[r] = draws[r][g]
	}
	return x
}

// interval is by percentiles for Tree and Salganik, and by the normal from SE for Gile, as their
// authors have it; within 0 and 1.
func interval(level string, p float64, n int, x []float64, o Bootstrap) Interval {
	mean, squares := 0.0, 0.0
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	i := Interval{Level: level, Estimate: p, SE: math.Sqrt(squares / float64(len(x)-1))}
	i.DesignEffect = i.SE * i.SE / (p * (1 - p) / float64(n))
	tail := (1 - o.Confidence) / 2
	if o.Kind == Gile {
		z := math.Sqrt2 * math.Erfinv(o.Confidence)
		i.Low, i.High = p-z*i.SE, p+z*i.SE
	} else {
		slices.Sort(x)
		i.Low, i.High = percentile(x, tail), percentile(x, 1-tail)
	}
	i.Low, i.High = max(0, i.Low), min(1, i.High)
	return i
}

func percentile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	k := int(at)
	if k+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[k] + (at-float64(k))*(sorted[k+1]-sorted[k])
}
