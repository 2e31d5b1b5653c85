package calls

import (
	"slices"

	"quipu/internal/estimate/calibrate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/replicate"
	"quipu/internal/fault"
	"quipu/internal/plan/lang"
)

// weightFunctions are the calls about weights: adjusted to totals, trimmed, standardised, replicated.
func weightFunctions() map[string]function {
	return map[string]function{
		"make.formula":   {[]string{"names"}, makeFormula},
		"as.svrepdesign": {[]string{"design", "type", "fay.rho", "fpc", "fpctype", "...", "compress", "mse"}, makeReplicates},
		"postStratify":   {[]string{"design", "strata", "population", "partial", "compress", "..."}, postStratify},
		"rake":           {[]string{"design", "sample.margins", "population.margins", "control", "compress"}, rake},
		"calibrate":      {[]string{"design", "formula", "population", "aggregate.stage", "stage", "variance", "bounds", "calfun", "maxit", "epsilon", "verbose", "force", "trim", "bounds.const", "sparse", "aggregate.index", "compress", "..."}, calibrateTo},
		"withReplicates": {[]string{"design", "theta", "rho", "...", "scale.weights", "return.replicates"}, withReplicates},
		"trimWeights":    {[]string{"design", "upper", "lower", "strict", "compress", "..."}, trimWeights},
		"xtabs":          {[]string{"formula", "data", "..."}, crossTable},
		"svystandardize": {[]string{"design", "by", "over", "population", "excluding.missing"}, standardize},
	}
}

func makeReplicates(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, err := a.Design("design")
	if err != nil {
		return nil, err
	}
	m := design.Making{MSE: s.Options.MSE, AsTheyCome: s.Lenient}
	if m.Type, err = a.Text("type", "auto"); err != nil {
		return nil, err
	}
	if m.Rho, err = a.Number("fay.rho", 0); err != nil {
		return nil, err
	}
	if m.FPC, err = a.Numbers("fpc"); err != nil {
		return nil, err
	}
	if m.FPCType, err = a.Text("fpctype", ""); err != nil {
		return nil, err
	}
	if m.MSE, err = a.Bool("mse", m.MSE); err != nil {
		return nil, err
	}
	rest := map[string]formula.Expr{}
	for _, r := range a.Rest {
		rest[r.Name] = r.Value
	}
	more := &lang.Args{Call: a.Call, Session: s, Given: rest}
	n, err := more.Number("replicates", 50)
	if err != nil {
		return nil, err
	}
	if n > mostReplicates {
		return nil, fault.New(fault.Invalid, "plan.replicates", "replicates", n, "most", mostReplicates)
	}
	seed, err := more.Number("seed", float64(s.Seed)) // that of set.seed, unless it is given here
	if err != nil {
		return nil, err
	}
	m.Replicates, m.Seed = int(n), uint64(seed)
	if m.Pairing, err = pairing(more); err != nil {
		return nil, err
	}
	return d.Replicate(m)
}

func pairing(a *lang.Args) (p replicate.Pairing, err error) {
	if p.Small, err = a.Choice("small", "fail", "split", "merge"); err != nil {
		return p, err
	}
	p.Large, err = a.Choice("large", "split", "merge", "fail")
	return p, err
}

// margin reads the variables of a formula and the table of their cells' sizes.
func margin(s *lang.Session, d *design.Design, variables, population lang.Value, partial bool, a *lang.Args, name string) (*calibrate.Margin, error) {
	l, ok := variables.(lang.Quoted)
	f, table := population.(*frame.Frame)
	if !ok || !table {
		return nil, a.Misfit(name)
	}
	vars := formula.Names(l.Expr)
	g, err := withVariables(s, d.Frame(), l, vars)
	if err != nil {
		return nil, err
	}
	return calibrate.NewMargin(g, vars, f, d.Weights(), partial)
}

// withVariables adds variables of the session that a formula means and the data have not.
func withVariables(s *lang.Session, f *frame.Frame, l lang.Quoted, vars []string) (*frame.Frame, error) {
	for _, v := range vars {
		if f.Has(v) {
			continue
		}
		c, err := formula.Full(formula.Name(v), s.Scope(f))
		if err != nil {
			return nil, err
		}
		col := *c
		col.Name = v
		if f, err = f.With(col); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func postStratify(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, err := a.Design("design")
	if err != nil {
		return nil, err
	}
	partial, err := a.Bool("partial", false)
	if err != nil {
		return nil, err
	}
	vars, err := a.Need("strata")
	if err != nil {
		return nil, err
	}
	sizes, err := a.Need("population")
	if err != nil {
		return nil, err
	}
	m, err := margin(s, d, vars, sizes, partial, a, "population")
	if err != nil {
		return nil, err
	}
	w, err := calibrate.Poststratify(d.Weights(), m)
	if err != nil {
		return nil, err
	}
	return w.On(d)
}

// lists evaluates two lists of the same length.
func lists(a *lang.Args, one, other string) (x, y []lang.Value, err error) {
	if x, err = listOf(a, one); err != nil {
		return nil, nil, err
	}
	if y, err = listOf(a, other); err != nil {
		return nil, nil, err
	}
	if len(x) != len(y) || len(x) == 0 {
		return nil, nil, a.Misfit(other)
	}
	return x, y, nil
}

// listOf evaluates an argument that must be a list.
func listOf(a *lang.Args, name string) ([]lang.Value, error) {
	v, err := a.Need(name)
	if err != nil {
		return nil, err
	}
	l, ok := v.(*lang.List)
	if !ok {
		return nil, a.Misfit(name)
	}
	return l.Values, nil
}

func rake(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, err := a.Design("design")
	if err != nil {
		return nil, err
	}
	vars, sizes, err := lists(a, "sample.margins", "population.margins")
	if err != nil {
		return nil, err
	}
	margins := make([]*calibrate.Margin, len(vars))
	for i := range vars {
		if margins[i], err = margin(s, d, vars[i], sizes[i], false, a, "population.margins"); err != nil {
			return nil, err
		}
	}
	control, err := rakeControl(a)
	if err != nil {
		return nil, err
	}
	control.Force = s.Lenient
	w, err := calibrate.Rake(d.Weights(), margins, control)
	if err != nil {
		return nil, err
	}
	return w.On(d)
}

func rakeControl(a *lang.Args) (calibrate.Control, error) {
	var c calibrate.Control
	v, err := a.Value("control")
	if err != nil || v == nil {
		return c, err
	}
	l, ok := v.(*lang.List)
	if !ok {
		return c, a.Misfit("control")
	}
	for i, name := range l.Names {
		x, ok := l.Values[i].(*lang.Vector)
		if !ok || x.Len() != 1 || x.Kind == lang.Text {
			return c, a.Misfit("control")
		}
		switch name {
		case "maxit":
			c.Most = int(x.Num[0])
		case "epsilon":
			c.Epsilon = x.Num[0]
		}
	}
	return c, nil
}

func trimWeights(_ *lang.Session, a *lang.Args) (lang.Value, error) {
	d, err := a.Design("design")
	if err != nil {
		return nil, err
	}
	b := calibrate.Unbounded
	if b.High, err = a.Number("upper", b.High); err != nil {
		return nil, err
	}
	if b.Low, err = a.Number("lower", b.Low); err != nil {
		return nil, err
	}
	strict, err := a.Bool("strict", false)
	if err != nil {
		return nil, err
	}
	e, _, err := calibrate.TrimDesign(d, b, strict)
	return e, err
}

func standardize(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, err := a.Design("design")
	if err != nil {
		return nil, err
	}
	by, err := a.Texts("by")
	if err != nil {
		return nil, err
	}
	over, err := a.Texts("over")
	if err != nil {
		return nil, err
	}
	if slices.Equal(over, []string{"1"}) {
		over = nil
	}
	v, err := a.Need("population")
	if err != nil {
		return nil, err
	}
	var shares []float64
	switch v := v.(type) {
	case *lang.Vector:
		shares = v.Num
	case *frame.Frame:
		if shares, err = sizeColumn(v, by); err != nil {
			return nil, err
		}
	}
	if a.Has("excluding.missing") {
		vars, err := variables(a, "excluding.missing", d)
		if err != nil {
			return nil, err
		}
		in := make([]bool, d.Frame().N())
		for i := range in {
			in[i] = !slices.ContainsFunc(vars, func(v formula.Variable) bool { return v.Column.IsMissing(i) })
		}
		d = d.Subset(in)
	}
	e, _, err := calibrate.Standardize(d, by, over, shares)
	return e, err
}

// crossTable is R's xtabs as a table of sizes: sums of the left side, or rows, in every cell of the
// factors on the right.
func crossTable(s *lang.Session, a *lang.Args) (lang.Value, error) {
	f, err := a.Formula("formula")
	if err != nil {
		return nil, err
	}
	v, err := a.Need("data")
	if err != nil {
		return nil, err
	}
	data, ok := v.(*frame.Frame)
	if !ok {
		return nil, a.Misfit("data")
	}
	size := slices.Repeat([]float64{1}, data.N())
	if f.Response != nil {
		c, err := formula.Full(f.Response, s.Scope(data))
		if err != nil {
			return nil, err
		}
		size = formula.AsNumbers(c)
	}
	vars, err := f.Values(s.Scope(data))
	if err != nil {
		return nil, err
	}
	t := calibrate.Cells(vars, size)
	out := frame.New(len(t.Size))
	for j, v := range vars {
		if err := out.Add(frame.Texts(v.Name, t.Levels[j])); err != nil {
			return nil, err
		}
	}
	if err := out.Add(frame.Numbers("Freq", t.Size)); err != nil {
		return nil, err
	}
	return out, nil
}
