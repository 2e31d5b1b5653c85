package calibrate

import (
	"math"
	"slices"
	"strings"

	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// Totals is what a calibration is to: for each calibration variable (a column of a model matrix) its name,
// its values and what they add up to in the population.
type Totals struct {
	Names   []string
	Columns [][]float64
	Total   []float64
}

// Options of a calibration; the zero value with Function is a linear one without bounds.
type Options struct {
	Function Function
	Bounds   *Bounds   // of g; of the weights themselves when Constant
	Constant bool      // bounds.const
	Trim     *Bounds   // g is cut there afterwards and the rest raised alike
	Variance []float64 // of each row, R's variance=; nil for 1
	Within   []int32   // rows with the same number get one g (aggregate.stage); nil for none
	Most     int       // iterations, 0 for 50
	Epsilon  []float64 // relative misfit that is let pass, nil for 1e-7
	Force    bool      // take what was reached when it does not come about
}

// Calibrate finds the weights nearest to w that add up to the totals.
func Calibrate(w []float64, t Totals, o Options) (*Adjustment, error) {
	if err := o.check(t); err != nil {
		return nil, err
	}
	t = t.without0(w)
	d := w
	if o.Within != nil {
		t, d = t.averaged(o.Within), average(w, o.Within)
		if o.Variance != nil {
			o.Variance = average(o.Variance, o.Within)
		}
	}
	names, columns := slices.Clone(t.Names), slices.Clone(t.Columns)
	if o.Variance != nil {
		names, columns = append(names, "variance"), append(columns, o.Variance)
	}
	if o.Constant {
		names, columns = append(names, "weight"), append(columns, d)
	}
	cell, rows, err := cells(names, columns, func(i int) bool { return w[i] == 0 })
	if err != nil {
		return nil, err
	}
	job := o.task(rows, t)
	sum := sums(w, cell, len(rows))
	span, dependent := basis(job.x, job.weights(sum))
	if dependent >= 0 {
		return nil, t.singular(dependent, sum, job.x)
	}
	a := &Adjustment{Cell: cell, keepsDF: !job.plain()}
	out, err := job.run(sum, t, o)
	if err != nil {
		return nil, err
	}
	a.Factor = out.g
	a.Report = Report{Iterations: out.iterations, Misfit: out.misfit}
	a.Report.Trimmed = o.trim(a.Factor, sum)
	a.Residual = greg{cell: cell, d: d, g: slices.Clone(a.Factor), span: span, spread: job.residualSpread()}
	a.Report.Compare(w, a.Weights(w))
	loose := o
	loose.Force = true // as R: a replicate whose bounds cannot be met keeps what was reached
	a.again = func(sum []float64) ([]float64, error) {
		out, err := job.run(sum, t, loose)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out.g, bad) {
			return nil, t.unreached(out, o)
		}
		if out.failed {
			a.Report.Unmet++
			a.Report.UnmetMisfit = max(a.Report.UnmetMisfit, out.misfit)
		}
		o.trim(out.g, sum)
		return out.g, nil
	}
	return a, nil
}

func (o *Options) check(t Totals) error {
	b := Unbounded
	if o.Bounds != nil {
		b = *o.Bounds
	}
	if o.Function == "" {
		o.Function = Linear
	}
	switch o.Function {
	case Linear, Raking:
	case Logit:
		if bad(b.Low) || bad(b.High) {
			return fault.New(fault.Invalid, "calibrate.logit_bounds")
		}
	default:
		return fault.New(fault.Invalid, "calibrate.function", "function", string(o.Function))
	}
	if !o.Constant && !(b.Low < 1 && b.High > 1) {
		return fault.New(fault.Invalid, "calibrate.bounds", "low", b.Low, "high", b.High)
	}
	if len(t.Columns) == 0 {
		return fault.New(fault.Invalid, "calibrate.no_totals")
	}
	if o.Most <= 0 {
		o.Most = 50
	}
	if len(o.Epsilon) == 0 {
		o.Epsilon = []float64{1e-7}
	}
	if len(o.Epsilon) > 1 && len(o.Epsilon) != len(t.Total) {
		return fault.New(fault.Invalid, "calibrate.epsilon", "given", len(o.Epsilon), "totals", len(t.Total))
	}
	o.Bounds = &b
	return nil
}

// without0 leaves out variables that are 0 in every row and in the population.
func (t Totals) without0(w []float64) Totals {
	var next Totals
	for j, col := range t.Columns {
		all := t.Total[j] == 0
		for i := 0; all && i < len(col); i++ {
			all = col[i] == 0 || w[i] == 0
		}
		if !all {
			next.Names, next.Columns, next.Total = append(next.Names, t.Names[j]), append(next.Columns, col), append(next.Total, t.Total[j])
		}
	}
	return next
}

func (t Totals) averaged(within []int32) Totals {
	next := t
	next.Columns = make([][]float64, len(t.Columns))
	for j, col := range t.Columns {
		next.Columns[j] = average(col, within)
	}
	return next
}

// average gives each row the mean of the rows with its number.
func average(v []float64, within []int32) []float64 {
	groups := int(slices.Max(within)) + 1
	sum := tally.By(len(v), groups, within, func(i int) float64 { return v[i] })
	count := make([]float64, groups)
	for _, c := range within {
		count[c]++
	}
	mean := make([]float64, len(v))
	for i, c := range within {
		mean[i] = sum[c] / count[c]
	}
	return mean
}

func (o Options) task(rows [][]float64, t Totals) *task {
	job := &task{fn: o.Function, bounds: []Bounds{*o.Bounds}, total: t.Total, epsilon: o.Epsilon, most: o.Most}
	p := len(t.Total)
	if o.Constant {
		job.bounds = make([]Bounds, len(rows))
	}
	for c, row := range rows {
		job.x = append(job.x, row[:p])
		if o.Variance != nil {
			job.spread = append(job.spread, row[p])
		}
		if o.Constant {
			w := row[len(row)-1]
			job.bounds[c] = Bounds{o.Bounds.Low / w, o.Bounds.High / w}
		}
	}
	return job
}

// plain reports whether the calibration has a closed form.
func (t *task) plain() bool {
	return t.fn == Linear && len(t.bounds) == 1 && math.IsInf(t.bounds[0].Low, -1) && math.IsInf(t.bounds[0].High, 1)
}

// weights of the regression behind the calibration.
func (t *task) weights(sum []float64) []float64 {
	v := make([]float64, len(sum))
	for c := range sum {
		v[c] = sum[c] / t.residualSigma2(c)
	}
	return v
}

func (t *task) residualSigma2(c int) float64 {
	if t.plain() {
		return t.sigma2(c)
	}
	return 1 // as R: the variance function does not enter the residuals of the other distances
}

func (t *task) residualSpread() []float64 {
	if t.plain() {
		return t.spread
	}
	return nil
}

// run calibrates sums by cell and says in words when that does not come about.
func (t *task) run(sum []float64, totals Totals, o Options) (outcome, error) {
	if t.plain() {
		out, ok := t.closed(sum)
		if !ok {
			return out, totals.unreached(out, o)
		}
		return out, nil
	}
	out := t.solve(sum)
	if out.failed && (!o.Force && o.Trim == nil || slices.ContainsFunc(out.g, bad)) {
		return out, totals.unreached(out, o)
	}
	return out, nil
}

// closed is linear calibration without bounds: one step.
func (t *task) closed(d []float64) (outcome, bool) {
	less1, slope := make([]float64, len(d)), make([]float64, len(d))
	for c := range slope {
		slope[c] = 1
	}
	lambda := t.step(d, slope, t.misfit(d, less1))
	t.factors(lambda, less1, slope)
	out := outcome{g: make([]float64, len(d))}
	t.judge(t.misfit(d, less1), &out)
	for c := range less1 {
		out.g[c] = 1 + less1[c]
	}
	return out, out.misfit < 1e-6
}

// trim cuts factors at the limits and gives what is cut off to the others alike.
func (o Options) trim(g, sum []float64) int {
	if o.Trim == nil {
		return 0
	}
	cut, rest, n := 0.0, 0.0, 0
	outside := make([]bool, len(g))
	for c, v := range g {
		next := o.Trim.clip(v)
		if outside[c] = next != v; outside[c] {
			cut += (v - next) * sum[c]
			g[c] = next
			n++
		} else {
			rest += sum[c]
		}
	}
	if n > 0 && rest > 0 {
		for c := range g {
			if !outside[c] {
				g[c] += cut / rest
			}
		}
	}
	return n
}

func (t Totals) unreached(out outcome, o Options) error {
	name, total := t.Names[out.worst], t.Total[out.worst]
	if !math.IsInf(o.Bounds.Low, -1) || !math.IsInf(o.Bounds.High, 1) {
		return fault.New(fault.Invalid, "calibrate.bounds_unmet", "low", o.Bounds.Low, "high", o.Bounds.High, "total", name, "population", total, "misfit", out.misfit)
	}
	return fault.New(fault.Invalid, "calibrate.unmet", "total", name, "population", total, "misfit", out.misfit, "iterations", out.iterations)
}

// singular says which variable says nothing that those before it do not say.
func (t Totals) singular(j int, sum []float64, x [][]float64) error {
	nobody := true
	for c := range x {
		nobody = nobody && (x[c][j] == 0 || sum[c] == 0)
	}
	if nobody {
		return fault.New(fault.Invalid, "calibrate.nobody", "total", t.Names[j], "population", t.Total[j])
	}
	return fault.New(fault.Invalid, "calibrate.singular", "total", t.Names[j], "before", strings.Join(t.Names[:j], ", "))
}

// greg are the residuals of the regression of influence values on the calibration variables, with the
// weights before calibration, times g.
type greg struct {
	cell   []int32
	d      []float64 // weights before
	g      []float64 // of each cell
	span   [][]float64
	spread []float64
}

func (r greg) Apply(z []float64) {
	per := tally.By(len(z), len(r.g), r.cell, func(i int) float64 { return z[i] })
	k := make([]float64, len(r.span[0]))
	for c, v := range per {
		if v == 0 || r.g[c] == 0 {
			continue
		}
		v /= r.g[c]
		if r.spread != nil {
			v /= r.spread[c]
		}
		for j, s := range r.span[c] {
			k[j] += s * v
		}
	}
	fit := make([]float64, len(r.g))
	for c, s := range r.span {
		for j, v := range s {
			fit[c] += v * k[j]
		}
		fit[c] *= r.g[c]
	}
	for i, c := range r.cell {
		if c >= 0 {
			z[i] -= r.d[i] * fit[c]
		}
	}
}
