package calls

import (
	"math"

	"slices"

	"quipu/internal/estimate"
	"quipu/internal/estimate/crosstab"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
	"quipu/internal/plan/lang"
)

// tableFunctions are those of tables of counts, and summaries.
func tableFunctions() map[string]function {
	return map[string]function{
		"summary": {[]string{"object", "..."}, summary}, "prop.table": {[]string{"x", "margin"}, shares}, "proportions": {[]string{"x", "margin"}, shares},
		"addmargins": {[]string{"A"}, addMargins}, "ftable": {[]string{"x"}, flat},
	}
}

// AsVector are the cells, the first variable varying fastest; those of one variable have names.
func (t *tableValue) AsVector() *lang.Vector {
	v := &lang.Vector{Num: t.Freq}
	if len(t.Levels) == 1 {
		v.Names = t.Levels[0]
	}
	return v
}

func crosstable(a *lang.Args, name string) (*tableValue, error) {
	v, err := a.Need(name)
	if err != nil {
		return nil, err
	}
	t, ok := v.(*tableValue)
	if !ok {
		return nil, a.Misfit(name)
	}
	return t, nil
}

// shares are the cells of a table over their sum, or over the sum of the cells that have the
// same levels of the variables of margin, counted from 1.
func shares(_ *lang.Session, a *lang.Args) (lang.Value, error) {
	t, err := crosstable(a, "x")
	if err != nil {
		return nil, err
	}
	margin, err := a.Numbers("margin")
	if err != nil {
		return nil, err
	}
	group, groups := make([]int32, len(t.Freq)), 1
	for _, m := range margin {
		k := int(m) - 1
		if k < 0 || k >= len(t.Vars) {
			return nil, a.Misfit("margin")
		}
		for cell := range group {
			group[cell] = group[cell]*int32(len(t.Levels[k])) + int32(t.level(cell, k))
		}
		groups *= len(t.Levels[k])
	}
	sum := tally.By(len(t.Freq), groups, group, func(i int) float64 { return t.Freq[i] })
	out := *t.Table
	out.Freq = slices.Clone(t.Freq)
	for i := range out.Freq {
		out.Freq[i] /= sum[group[i]]
	}
	return &tableValue{Table: &out, frame: t.frame}, nil
}

// level is the place of the level of variable k in a cell.
func (t *tableValue) level(cell, k int) int {
	for _, l := range t.Levels[:k] {
		cell /= len(l)
	}
	return cell % len(t.Levels[k])
}

// addMargins adds the level Sum to every variable.
func addMargins(_ *lang.Session, a *lang.Args) (lang.Value, error) {
	t, err := crosstable(a, "A")
	if err != nil {
		return nil, err
	}
	out := *t.Table
	out.Count = nil
	for k := range t.Levels {
		below := 1
		for _, l := range out.Levels[:k] {
			below *= len(l)
		}
		n := len(out.Levels[k])
		var cells []float64
		for from := 0; from < len(out.Freq); from += below * n {
			block := out.Freq[from : from+below*n]
			cells = append(cells, block...)
			for i := range below {
				cells = append(cells, tally.Of(n, func(j int) float64 { return block[j*below+i] }))
			}
		}
		out.Freq, out.Levels = cells, slices.Clone(out.Levels)
		out.Levels[k] = append(slices.Clone(out.Levels[k]), "Sum")
	}
	return &tableValue{Table: &out}, nil
}

// flat is R's ftable: a column for each level of the last variable, a row for each combination
// of the others, the last of these varying fastest.
func flat(_ *lang.Session, a *lang.Args) (lang.Value, error) {
	t, err := crosstable(a, "x")
	if err != nil {
		return nil, err
	}
	last := len(t.Vars) - 1
	rows := len(t.Freq) / len(t.Levels[last])
	out := &lang.Vector{Rows: rows, Num: make([]float64, len(t.Freq)), Cols: t.Levels[last]}
	for cell, x := range t.Freq {
		row := 0
		for k := range last {
			row = row*len(t.Levels[k]) + t.level(cell, k)
		}
		out.Num[t.level(cell, last)*rows+row] = x
	}
	return out, nil
}

// tableSummary is a table with the test that its two variables have nothing to do with each other.
type tableSummary struct {
	table *tableValue
	test  *TestResult
}

// Outcome is that of the test.
func (s *tableSummary) Outcome() *lang.Outcome { return s.test.Outcome() }

// summary is that of numbers (the ends, quartiles and mean), or of a table.
func summary(_ *lang.Session, a *lang.Args) (lang.Value, error) {
	v, err := a.Need("object")
	if err != nil {
		return nil, err
	}
	switch x := v.(type) {
	case *Model:
		return &modelSummary{x}, nil
	case *Stat:
		return x, nil
	case *tableValue:
		return x.summary(a)
	case *lang.Vector:
		if x.Kind == lang.Text || x.Len() == 0 {
			break
		}
		c := formula.Call{Fun: "c"}
		for _, n := range x.Num {
			c.Args = append(c.Args, formula.Arg{Value: formula.Num(n)})
		}
		q, err := formula.Eval(formula.Call{Fun: "quantile", Args: []formula.Arg{{Value: c}}}, formula.Scope{})
		if err != nil {
			return nil, err
		}
		mean := tally.Sum(x.Num) / float64(x.Len())
		return &lang.Vector{Num: []float64{q.Num[0], q.Num[1], q.Num[2], mean, q.Num[3], q.Num[4]},
			Names: []string{"Min.", "1st Qu.", "Median", "Mean", "3rd Qu.", "Max."}}, nil
	}
	return nil, a.Misfit("object")
}

// modelSummary is R's summary of a model, whose coefficients are a matrix: estimate, error, t and p.
type modelSummary struct{ *Model }

func (m *modelSummary) matrix() *lang.Vector {
	rows := m.Table(m.Level, 0)
	n := len(rows)
	out := &lang.Vector{Rows: n, Num: make([]float64, 4*n)}
	for i, c := range rows {
		out.Num[i], out.Num[n+i], out.Num[2*n+i], out.Num[3*n+i] = c.Estimate, c.SE, c.T, c.P
	}
	return out
}

// Part gives what R's summary calls by that name.
func (m *modelSummary) Part(name string) (lang.Value, bool) {
	switch name {
	case "coefficients":
		return m.matrix(), true
	case "dispersion":
		return lang.Numbers(m.Dispersion), true
	}
	return m.Model.Part(name)
}

func (t *tableValue) summary(a *lang.Args) (lang.Value, error) {
	if t.design == nil || len(t.vars) != 2 {
		return nil, a.Misfit("object")
	}
	stat := crosstab.Statistics[0]
	if e, ok := option(a, "statistic").(formula.Str); ok {
		stat = crosstab.Statistic(e)
		if !slices.Contains(estimate.Names(crosstab.Statistics), string(e)) {
			return nil, fault.New(fault.Invalid, "formula.argument", "function", a.Call.Fun, "argument", "statistic")
		}
	}
	test, err := crosstab.Association(t.design, t.vars[0].Column, t.vars[1].Column, stat)
	return &tableSummary{t, &TestResult{test}}, err
}

// scaledByStratum is the design whose weights add up, over the rows with a value of every
// variable, to a total for each stratum of the first stage: a table of strata and totals.
func scaledByStratum(a *lang.Args, d *design.Design, vars []formula.Variable, totals *frame.Frame) (*design.Design, error) {
	if !d.Stratified() || len(totals.Names()) < 2 {
		return nil, a.Misfit("Ntotal")
	}
	text := d.Spec().Strata[0]
	stratum, err := formula.EvalText(text, d.Frame())
	if err != nil {
		return nil, err
	}
	names, _ := totals.Col(totals.Names()[0])
	number, _ := totals.Col(totals.Names()[1])
	of := map[string]float64{}
	for i := range totals.N() {
		of[names.Text(i)] = formula.AsNumbers(number)[i]
	}
	f := stratum.AsFactor()
	w, in := d.Weights(), estimate.Complete(d.Frame().N(), vars)
	sums := tally.By(len(w), len(f.Levels), f.Code, func(i int) float64 {
		if in[i] {
			return w[i]
		}
		return 0
	})
	scaled := make([]float64, len(w))
	for i, k := range f.Code {
		if w[i] == 0 || k < 0 {
			continue
		}
		n, ok := of[f.Levels[k]]
		if !ok {
			return nil, fault.New(fault.Invalid, "inference.stratum_total", "stratum", f.Levels[k], "column", text)
		}
		if scaled[i] = w[i] * n / sums[k]; math.IsNaN(scaled[i]) || math.IsInf(scaled[i], 0) {
			scaled[i] = 0
		}
	}
	return d.Reweight(scaled, nil), nil
}
