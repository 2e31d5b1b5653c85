package calls

import (
	"slices"
	"strings"

	"quipu/internal/estimate/calibrate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
	"quipu/internal/plan/lang"
)

// calibrateTo is R's calibrate.
func calibrateTo(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, err := a.Design("design")
	if err != nil {
		return nil, err
	}
	if stage, err := a.Number("stage", 0); err != nil {
		return nil, err
	} else if stage > 0 {
		return nil, fault.New(fault.Invalid, "calibrate.stage", "stage", int(stage))
	}
	o, err := calibrateOptions(a)
	if err != nil {
		return nil, err
	}
	t, err := totalsOf(s, d, a)
	if err != nil {
		return nil, err
	}
	if o.Variance, err = varianceOf(a, t); err != nil {
		return nil, err
	}
	if o.Within, err = oneFactor(s, d, a); err != nil {
		return nil, err
	}
	w, err := calibrate.Calibrate(d.Weights(), t, o)
	if err != nil {
		return nil, err
	}
	if p := d.Spec().PPS; s.Lenient && p != nil && p.Method != design.Brewer {
		// R's ppsvar works the residuals out and then leaves them aside (up to 4.5 at least):
		// its errors do not gain from the calibration. Ours do, but where R is followed.
		return d.Reweight(w.Weights(d.Weights()), nil), nil
	}
	return w.On(d)
}

func calibrateOptions(a *lang.Args) (o calibrate.Options, err error) {
	if n, ok := a.Expr("calfun").(formula.Name); ok { // cal.linear, cal.raking, cal.logit
		o.Function = calibrate.Function(strings.TrimPrefix(string(n), "cal."))
	} else {
		fun, err := a.Choice("calfun", "linear", "raking", "logit")
		if err != nil {
			return o, err
		}
		o.Function = calibrate.Function(fun)
	}
	if o.Bounds, err = limits(a, "bounds"); err != nil {
		return o, err
	}
	if o.Trim, err = limits(a, "trim"); err != nil {
		return o, err
	}
	if a.Session.Lenient && o.Function == calibrate.Linear && (o.Bounds == nil || *o.Bounds == calibrate.Unbounded) {
		o.Trim = nil // R's calibrate goes another way there, which forgets it
	}
	if o.Constant, err = a.Bool("bounds.const", false); err != nil {
		return o, err
	}
	if o.Force, err = a.Bool("force", false); err != nil {
		return o, err
	}
	most, err := a.Number("maxit", 50)
	if err != nil {
		return o, err
	}
	o.Most = int(most)
	o.Epsilon, err = a.Numbers("epsilon")
	return o, err
}

// limits reads c(low, high) or list(lower=, upper=).
func limits(a *lang.Args, name string) (*calibrate.Bounds, error) {
	v, err := a.Value(name)
	if err != nil || v == nil {
		return nil, err
	}
	var x []float64
	switch v := v.(type) {
	case *lang.Vector:
		x = v.Num
	case *lang.List:
		for _, part := range v.Values {
			if p, ok := part.(*lang.Vector); ok && p.Len() == 1 {
				x = append(x, p.Num...)
			}
		}
	}
	if len(x) != 2 {
		return nil, a.Misfit(name)
	}
	return &calibrate.Bounds{Low: x[0], High: x[1]}, nil
}

// totalsOf are the columns of the model and what they add up to in the population: given by
// name, or, for lists of formulas and tables, worked out from the tables.
func totalsOf(s *lang.Session, d *design.Design, a *lang.Args) (calibrate.Totals, error) {
	v, err := a.Need("formula")
	if err != nil {
		return calibrate.Totals{}, err
	}
	population, err := a.Need("population")
	if err != nil {
		return calibrate.Totals{}, err
	}
	given, ok := population.(*lang.Vector)
	if l, several := v.(*lang.List); several {
		sizes, ok := population.(*lang.List)
		if !ok || len(sizes.Values) != len(l.Values) {
			return calibrate.Totals{}, a.Misfit("population")
		}
		if v, given, err = fromMargins(s, l.Values, sizes.Values, a); err != nil {
			return calibrate.Totals{}, err
		}
	} else if !ok || given.Kind == lang.Text {
		return calibrate.Totals{}, a.Misfit("population")
	}
	l, ok := v.(lang.Quoted)
	if !ok {
		return calibrate.Totals{}, a.Misfit("formula")
	}
	f, err := formula.FormulaOf(l.Expr)
	if err != nil {
		return calibrate.Totals{}, err
	}
	m, err := f.ModelMatrix(s.ScopeOf(d))
	if err != nil {
		return calibrate.Totals{}, err
	}
	t := calibrate.Totals{Names: m.Names, Columns: m.Columns}
	t.Total, err = matched(m.Names, given)
	return t, err
}

// matched puts totals into the order of the columns, by their names where they have any.
func matched(names []string, given *lang.Vector) ([]float64, error) {
	if given.Names == nil {
		if given.Len() != len(names) {
			return nil, fault.New(fault.Invalid, "calibrate.totals_names", "missing", len(names)-given.Len(), "names", strings.Join(names, ", "))
		}
		return given.Num, nil
	}
	total := make([]float64, len(names))
	var missing []string
	for j, n := range names {
		i := slices.Index(given.Names, n)
		if i < 0 {
			missing = append(missing, n)
			continue
		}
		total[j] = given.Num[i]
	}
	if missing != nil || given.Len() != len(names) {
		if missing == nil {
			missing = slices.DeleteFunc(slices.Clone(given.Names), func(n string) bool { return slices.Contains(names, n) })
		}
		return nil, fault.New(fault.Invalid, "calibrate.totals_names", "missing", strings.Join(missing, ", "), "names", strings.Join(names, ", "))
	}
	return total, nil
}

// fromMargins makes one formula of several margins, a*b of the variables of each, and the
// totals of its columns from the tables of sizes.
func fromMargins(s *lang.Session, margins, sizes []lang.Value, a *lang.Args) (lang.Value, *lang.Vector, error) {
	var all formula.Expr
	total := &lang.Vector{}
	for i, v := range margins {
		l, ok := v.(lang.Quoted)
		table, isTable := sizes[i].(*frame.Frame)
		if !ok || !isTable {
			return nil, nil, a.Misfit("population")
		}
		var product formula.Expr
		vars := formula.Names(l.Expr)
		for _, name := range vars {
			product = joined("*", product, formula.Name(name))
		}
		all = joined("+", all, product)
		f, err := formula.FormulaOf(product)
		if err != nil {
			return nil, nil, err
		}
		m, err := f.ModelMatrix(s.Scope(table))
		if err != nil {
			return nil, nil, err
		}
		size, err := sizeColumn(table, vars)
		if err != nil {
			return nil, nil, err
		}
		for j, name := range m.Names {
			if !slices.Contains(total.Names, name) {
				total.Names = append(total.Names, name)
				total.Num = append(total.Num, tally.Dot(size, m.Columns[j]))
			}
		}
	}
	return lang.Quoted{Expr: formula.Call{Fun: "~", Args: []formula.Arg{{Value: all}}}}, total, nil
}

func joined(op string, a, b formula.Expr) formula.Expr {
	if a == nil {
		return b
	}
	return formula.Call{Fun: op, Args: []formula.Arg{{Value: a}, {Value: b}}}
}

func sizeColumn(table *frame.Frame, vars []string) ([]float64, error) {
	for _, name := range table.Names() {
		if c, _ := table.Col(name); !slices.Contains(vars, name) && c.Kind == frame.Number {
			return c.Num, nil
		}
	}
	return nil, fault.New(fault.Invalid, "calibrate.population_columns", "columns", strings.Join(table.Names(), ", "), "variables", strings.Join(vars, ", "))
}

// varianceOf is the variance function of each row: given a row, or as coefficients of the columns.
func varianceOf(a *lang.Args, t calibrate.Totals) ([]float64, error) {
	v, err := a.Numbers("variance")
	if err != nil || v == nil || len(v) == len(t.Columns[0]) {
		return v, err
	}
	if len(v) != len(t.Columns) {
		return nil, a.Misfit("variance")
	}
	out := make([]float64, len(t.Columns[0]))
	for j, col := range t.Columns {
		for i, x := range col {
			out[i] += v[j] * x
		}
	}
	return out, nil
}

// oneFactor are the units whose rows get one factor.
func oneFactor(s *lang.Session, d *design.Design, a *lang.Args) ([]int32, error) {
	if d.Replicated() {
		vars, err := a.Texts("aggregate.index")
		if err != nil || vars == nil {
			return nil, err
		}
		c, err := formula.EvalText(vars[0], d.Frame())
		if err != nil {
			return nil, err
		}
		return c.AsFactor().Code, nil
	}
	stage, err := a.Number("aggregate.stage", 0)
	if err != nil || stage == 0 {
		return nil, err
	}
	if stage < 0 || int(stage) > d.Stages() {
		return nil, a.Misfit("aggregate.stage")
	}
	return d.Stage(int(stage) - 1).Of, nil
}

// makeFormula is ~ a + b of the names of variables.
func makeFormula(_ *lang.Session, a *lang.Args) (lang.Value, error) {
	v, err := a.Vector("names")
	if err != nil {
		return nil, err
	}
	var all formula.Expr
	for _, name := range v.Str {
		e, err := formula.Parse(name)
		if err != nil {
			return nil, err
		}
		all = joined("+", all, e)
	}
	if all == nil {
		return nil, a.Misfit("names")
	}
	return lang.Quoted{Expr: formula.Call{Fun: "~", Args: []formula.Arg{{Value: all}}}}, nil
}
