package estimate

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// ByResult is a statistic for each group.
type ByResult struct {
	By     []string   // the variables that make the groups
	Levels [][]string // of each group: its level of each variable
	Groups []string   // names: levels joined by "."
	Stats  []string   // what is estimated in each group
	// Result has the estimates with the group varying fastest, as R prints them; a term is
	// the group, with the statistic behind ":" where there are several.
	Result
}

// partition makes groups of the combinations of variables that occur among rows with a
// weight; numbers are taken by their values. Rows with a missing value are in no group.
func partition(d *design.Design, by []formula.Variable) (groups, *ByResult, error) {
	columns, out := make([]*frame.Column, len(by)), &ByResult{}
	for i, v := range by {
		f := v.Column.AsFactor()
		columns[i] = &f
		out.By = append(out.By, v.Name)
	}
	all, err := formula.Cross(columns)
	if err != nil {
		return groups{}, nil, err
	}
	to := make([]int32, len(all.Levels))
	first := make([]int, len(all.Levels))
	w := d.Weights()
	for i, k := range all.Code {
		if k >= 0 && w[i] != 0 && to[k] == 0 {
			to[k], first[k] = 1, i
		}
	}
	for k, used := range to {
		to[k] = -1
		if used == 1 {
			to[k] = int32(len(out.Groups))
			out.Groups = append(out.Groups, all.Levels[k])
			levels := make([]string, len(columns))
			for j, c := range columns {
				levels[j] = c.Text(first[k])
			}
			out.Levels = append(out.Levels, levels)
		}
	}
	if len(out.Groups) == 0 {
		return groups{}, nil, fault.New(fault.Invalid, "estimate.empty_domain")
	}
	code, present := make([]int32, len(all.Code)), d.Present()
	for i, k := range all.Code {
		code[i] = -1
		if k >= 0 && (present == nil || present[i]) {
			code[i] = to[k]
		}
	}
	return groups{code, len(out.Groups)}, out, nil
}

// leaveOut takes rows out of their group that lack a value.
func (g groups) leaveOut(vars []formula.Variable) groups {
	in := Complete(len(g.code), vars)
	for i, ok := range in {
		if !ok {
			g.code[i] = -1
		}
	}
	return g
}

// MeanBy estimates means in each group (svyby with svymean), all groups in one pass.
func MeanBy(d *design.Design, vars, by []formula.Variable, o Options) (*ByResult, error) {
	return linearBy(d, vars, by, o, false)
}

// TotalBy estimates totals in each group.
func TotalBy(d *design.Design, vars, by []formula.Variable, o Options) (*ByResult, error) {
	return linearBy(d, vars, by, o, true)
}

func linearBy(d *design.Design, vars, by []formula.Variable, o Options, total bool) (*ByResult, error) {
	g, out, err := partition(d, by)
	if err != nil {
		return nil, err
	}
	if o.DropMissing {
		g = g.leaveOut(vars)
	}
	l := newLinear(vars, g, total)
	if err := out.estimate(d, l, g, o); err != nil {
		return nil, err
	}
	if o.Deff != NoDeff {
		simple := l.simple(d, o.Deff)
		for i := range out.Estimates {
			e := &out.Estimates[i]
			e.Deff = e.SE * e.SE / simple[i%g.n*l.width+i/g.n]
		}
	}
	return out, nil
}

// RatioBy estimates ratios in each group.
func RatioBy(d *design.Design, num, den, by []formula.Variable, o Options) (*ByResult, error) {
	g, out, err := partition(d, by)
	if err != nil {
		return nil, err
	}
	if o.DropMissing {
		g = g.leaveOut(append(append([]formula.Variable(nil), num...), den...))
	}
	s, err := newRatio(num, den, g)
	if err != nil {
		return nil, err
	}
	return out, out.estimate(d, s, g, o)
}

// estimate runs a grouped statistic: variances group by group, each as a domain of its
// own, and the covariances of all where they are asked for.
func (b *ByResult) estimate(d *design.Design, s Scorer, g groups, o Options) error {
	b.Stats = s.Terms()
	k := len(b.Stats)
	theta, err := s.Value(d.Weights())
	if err != nil {
		return err
	}
	b.Level, b.DF = o.level(), d.DF()
	variance := make([]float64, len(theta))
	if d.Replicated() {
		reps, err := replicate(d, s)
		if err != nil {
			return err
		}
		full, left, err := d.Variance(reps, theta)
		if fault.Is(err, "estimate.all_replicates_missing") && g.n > 1 {
			full, err = missingMatrix(len(theta)), nil // together nothing is known; alone a group may be
		}
		if err != nil {
			return err
		}
		if left > 0 { // a group without the rare replicate is not to lose it for another's sake
			b.Warnings = append(b.Warnings, "estimate.warning.replicates_left")
			if err := alone(d, reps, theta, variance, k); err != nil {
				return err
			}
		} else {
			for p := range variance {
				variance[p] = full.At(p, p)
			}
		}
		b.Cov, b.Replicates = turned(full, g.n, k), reps
		for _, rep := range reps {
			copy(rep, turnedRow(rep, g.n, k))
		}
	} else {
		scores := s.Scores(d.Weights(), theta)
		within, err := d.CovWithin(scores)
		if err != nil {
			return err
		}
		for p := range variance {
			variance[p] = within[p/k].At(p%k, p%k)
		}
		if o.Cov {
			full, err := d.CovOf(scores)
			if err != nil {
				return err
			}
			b.Cov = turned(full, g.n, k)
		}
	}
	b.fill(d, g, theta, variance)
	b.Finish(o)
	return nil
}

// alone works the variances of each group out of the replicates in which it has values.
func alone(d *design.Design, reps [][]float64, theta, variance []float64, k int) error {
	part := make([][]float64, len(reps))
	for from := 0; from < len(theta); from += k {
		for r := range reps {
			part[r] = reps[r][from : from+k]
		}
		v, _, err := d.Variance(part, theta[from:from+k])
		if err != nil {
			return err
		}
		for j := range k {
			variance[from+j] = v.At(j, j)
		}
	}
	return nil
}

func missingMatrix(n int) *mat.SymDense {
	m := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			m.SetSym(i, j, math.NaN())
		}
	}
	return m
}

// fill puts the estimates in R's order: the group varies fastest.
func (b *ByResult) fill(d *design.Design, g groups, theta, variance []float64) {
	n, psus, df := g.count(d)
	k := len(b.Stats)
	for j, stat := range b.Stats {
		for i, name := range b.Groups {
			term := name
			if k > 1 {
				term += ":" + stat
			}
			p := i*k + j
			b.Estimates = append(b.Estimates, Estimate{Term: term, Estimate: theta[p], SE: math.Sqrt(variance[p]),
				DF: df[i], Deff: math.NaN(), N: n[i], PSUs: psus[i]})
		}
	}
}

// count gives rows, units of the first stage and degrees of freedom of each group; for
// replicate weights the degrees of freedom are those of the design.
func (g groups) count(d *design.Design) (n, psus []int, df []float64) {
	n, df = make([]int, g.n), make([]float64, g.n)
	for i, w := range d.Weights() {
		if k := g.of(i); k >= 0 && w != 0 {
			n[k]++
		}
	}
	psus = make([]int, g.n)
	var strata []int
	if d.Stages() > 0 {
		psus, strata = d.UnitsByGroup(g.code, g.n)
	}
	for k := range df {
		switch {
		case d.Replicated():
			df[k] = d.DF()
		default:
			df[k] = float64(psus[k] - strata[k])
		}
	}
	return n, psus, df
}

// turned is a covariance matrix with terms group by group, put in order of the statistics.
func turned(v *mat.SymDense, groups, k int) *mat.SymDense {
	out := mat.NewSymDense(groups*k, nil)
	for p := range groups * k {
		for q := p; q < groups*k; q++ {
			out.SetSym(p, q, v.At(p%groups*k+p/groups, q%groups*k+q/groups))
		}
	}
	return out
}

func turnedRow(x []float64, groups, k int) []float64 {
	out := make([]float64, len(x))
	for p := range out {
		out[p] = x[p%groups*k+p/groups]
	}
	return out
}

// WithEmpty is the result with a group for each combination of levels, those that nobody is in
// without figures.
func (b *ByResult) WithEmpty(by []formula.Variable) (*ByResult, error) {
	columns := make([]*frame.Column, len(by))
	for i, v := range by {
		f := v.Column.AsFactor()
		columns[i] = &f
	}
	all, err := formula.Cross(columns)
	if err != nil {
		return nil, err
	}
	have := map[string]int{}
	for i, g := range b.Groups {
		have[g] = i
	}
	out := *b
	out.Groups, out.Levels, out.Estimates, out.Replicates, out.Cov = all.Levels, nil, nil, nil, nil
	var from []int // the place of each estimate before
	for j, stat := range b.Stats {
		for _, g := range out.Groups {
			if i, ok := have[g]; ok {
				from = append(from, j*len(b.Groups)+i)
				out.Estimates = append(out.Estimates, b.Estimates[from[len(from)-1]])
				continue
			}
			term, nan := g, math.NaN()
			if len(b.Stats) > 1 {
				term += ":" + stat
			}
			from = append(from, -1)
			out.Estimates = append(out.Estimates, Estimate{Term: term, Estimate: nan, SE: nan, CV: nan, Low: nan, High: nan, DF: nan, Deff: nan})
		}
	}
	for cell := range out.Groups {
		levels, rest := make([]string, len(columns)), cell
		for j, c := range columns {
			levels[j] = c.Levels[rest%len(c.Levels)]
			rest /= len(c.Levels)
		}
		out.Levels = append(out.Levels, levels)
	}
	if b.Cov != nil {
		out.Cov = spreadOut(b.Cov, from)
	}
	return &out, nil
}

// spreadOut puts rows and columns at other places, missing where there was none.
func spreadOut(v *mat.SymDense, from []int) *mat.SymDense {
	out := mat.NewSymDense(len(from), nil)
	for p, i := range from {
		for q := p; q < len(from); q++ {
			x := math.NaN()
			if j := from[q]; i >= 0 && j >= 0 {
				x = v.At(i, j)
			}
			out.SetSym(p, q, x)
		}
	}
	return out
}

// By runs any estimator in each group, on the subset of the design that the group is.
func By(d *design.Design, by []formula.Variable, o Options, f func(*design.Design) (Result, error)) (*ByResult, error) {
	g, out, err := partition(d, by)
	if err != nil {
		return nil, err
	}
	results := make([]Result, g.n)
	in := make([]bool, len(g.code))
	for k := range g.n {
		for i, c := range g.code {
			in[i] = int(c) == k
		}
		if results[k], err = f(d.Subset(in)); err != nil {
			return nil, err
		}
	}
	out.Stats = results[0].Terms()
	for j, stat := range out.Stats {
		for k, r := range results {
			if len(r.Estimates) != len(out.Stats) {
				return nil, fault.New(fault.Invalid, "estimate.by_uneven", "group", out.Groups[k])
			}
			e := r.Estimates[j]
			e.Term = out.Groups[k]
			if len(out.Stats) > 1 {
				e.Term += ":" + stat
			}
			out.Estimates = append(out.Estimates, e)
		}
	}
	out.Level, out.DF = o.level(), d.DF()
	return out, nil
}
