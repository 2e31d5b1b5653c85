package calls

import (
	"math"
	"slices"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/plan/lang"
)

// partFunctions take figures out of results.
func partFunctions() map[string]function {
	return map[string]function{
		"coef": {[]string{"object", "..."}, coef}, "SE": {[]string{"object", "..."}, standardErrors}, "cv": {[]string{"object", "..."}, cvs},
		"vcov": {[]string{"object", "..."}, vcov}, "confint": {[]string{"object", "parm", "level", "df", "ddf", "method", "..."}, confint}, "deff": {[]string{"object", "..."}, deffs},
		"as.data.frame": {[]string{"x", "..."}, asDataFrame},
	}
}

func outcomeOf(a *lang.Args, name string) (lang.Outcomer, error) {
	v, err := a.Need(name)
	if err != nil {
		return nil, err
	}
	o, ok := v.(lang.Outcomer)
	if !ok {
		return nil, a.Misfit(name)
	}
	return o, nil
}

func coef(s *lang.Session, a *lang.Args) (lang.Value, error) {
	o, err := outcomeOf(a, "object")
	if err != nil {
		return nil, err
	}
	if p, ok := o.(*Proportion); ok {
		return p, nil // R's coef leaves it as it is
	}
	if m, ok := o.(*modelSummary); ok {
		return m.matrix(), nil
	}
	if l, ok := o.(*Loglinear); ok && option(a, "intercept") == formula.Expr(formula.Bool(true)) {
		return l.withConstant(), nil
	}
	return lang.Coefficients(o), nil
}

func standardErrors(s *lang.Session, a *lang.Args) (lang.Value, error) { return figureOf(a, "se") }
func deffs(s *lang.Session, a *lang.Args) (lang.Value, error)          { return figureOf(a, "deff") }

func figureOf(a *lang.Args, name string) (lang.Value, error) {
	o, err := outcomeOf(a, "object")
	if err != nil {
		return nil, err
	}
	return lang.Figure(o, name), nil
}

// cvs is SE over the estimate, which is negative where the estimate is (R's cv).
func cvs(s *lang.Session, a *lang.Args) (lang.Value, error) {
	o, err := outcomeOf(a, "object")
	if err != nil {
		return nil, err
	}
	out := lang.Figure(o, "se")
	for i, e := range lang.Figure(o, "estimate").Num {
		out.Num[i] /= e
	}
	return out, nil
}

func vcov(s *lang.Session, a *lang.Args) (lang.Value, error) {
	o, err := outcomeOf(a, "object")
	if err != nil {
		return nil, err
	}
	return covarianceOf(o), nil
}

// covarianceOf is the covariance matrix of a result, or what is known of its diagonal.
func covarianceOf(o lang.Outcomer) *lang.Vector {
	full := o.Outcome()
	n := len(full.Rows)
	if q, ok := o.(*Quantiles); ok {
		full.Vcov = q.Cov()
	}
	out := &lang.Vector{Rows: n, Num: make([]float64, n*n)}
	for i := range n {
		for j := range n {
			switch {
			case len(full.Vcov) == n:
				out.Num[j*n+i] = full.Vcov[i][j]
			case i == j:
				se := full.Rows[i].Number("se")
				out.Num[j*n+i] = se * se
			}
		}
		out.Cols = append(out.Cols, full.Rows[i].Term)
	}
	return out
}

// Intervaler are results whose confint is not estimate -/+ t SE.
type Intervaler interface {
	Confint(level, df float64) *lang.Vector
}

// confint gives intervals, the lower limits before the upper ones; df is infinite unless
// it is given, as in R.
func confint(s *lang.Session, a *lang.Args) (lang.Value, error) {
	o, err := outcomeOf(a, "object")
	if err != nil {
		return nil, err
	}
	level, err := a.Number("level", 0.95)
	if err != nil {
		return nil, err
	}
	if err := lang.SoundLevel(level); err != nil {
		return nil, err
	}
	_, model := o.(*Model)
	name := "df"
	if model {
		name = "ddf"
	}
	df, err := a.Number(name, math.Inf(1))
	if err != nil {
		return nil, err
	}
	if method, err := a.Text("method", "Wald"); err != nil || method != "Wald" {
		return nil, a.MisfitUnless(err, "method")
	}
	if x, ok := o.(*Survival); ok {
		return x.at(a, level)
	}
	rows := o.Outcome().Rows
	if x, ok := o.(Intervaler); ok {
		if !a.Has(name) {
			df = na
		}
		return chosen(a, x.Confint(level, df), rows)
	}
	out := &lang.Vector{Rows: len(rows), Num: make([]float64, 2*len(rows))}
	for i, r := range rows {
		out.Num[i], out.Num[len(rows)+i] = estimate.Interval(r.Number("estimate"), r.Number("se"), df, level)
	}
	return chosen(a, out, rows)
}

// chosen leaves the intervals that parm asks for, by name or by number.
func chosen(a *lang.Args, all *lang.Vector, rows []lang.Row) (lang.Value, error) {
	v, err := a.Value("parm")
	if err != nil || v == nil {
		return all, err
	}
	want, ok := v.(*lang.Vector)
	if !ok {
		return nil, a.Misfit("parm")
	}
	n, _ := all.Matrix()
	out := &lang.Vector{Rows: want.Len(), Num: make([]float64, 2*want.Len())}
	for i := range want.Len() {
		at := -1
		if want.Kind == lang.Text {
			at = slices.IndexFunc(rows, func(r lang.Row) bool { return r.Term == want.Str[i] })
		} else {
			at = int(want.Num[i]) - 1
		}
		if at < 0 || at >= n {
			return nil, a.Misfit("parm")
		}
		out.Num[i], out.Num[want.Len()+i] = all.Num[at], all.Num[n+at]
	}
	return out, nil
}

// tableValue is what svytable gives.
type tableValue struct {
	*estimate.Table
	frame bool // as.data.frame: a row a cell

	design *design.Design // that it was made of, with the variables, for a test
	vars   []formula.Variable
}

func newTable(t *estimate.Table, round bool) *tableValue {
	if round {
		for i := range t.Freq {
			t.Freq[i] = math.RoundToEven(t.Freq[i])
		}
	}
	return &tableValue{Table: t}
}

func (t *tableValue) Outcome() *lang.Outcome {
	if !t.frame {
		return t.AsVector().Outcome()
	}
	o := &lang.Outcome{Type: "table"}
	for k, x := range t.Freq {
		r := lang.Row{Keys: map[string]string{}, Values: map[string][]float64{"Freq": {x}}}
		for i, l := range t.At(k) {
			r.Keys[t.Vars[i]] = l
		}
		o.Rows = append(o.Rows, r)
	}
	return o
}

// frameOutcome is a table of data as a result.
type frameOutcome struct{ f *frame.Frame }

func (t frameOutcome) Outcome() *lang.Outcome {
	o := &lang.Outcome{Type: "table"}
	for i := range t.f.N() {
		r := lang.Row{Keys: map[string]string{}, Values: map[string][]float64{}}
		for _, name := range t.f.Names() {
			c, _ := t.f.Col(name)
			if c.Kind == frame.Factor {
				r.Keys[name] = c.Text(i)
			} else {
				r.Values[name] = []float64{c.Num[i]}
			}
		}
		o.Rows = append(o.Rows, r)
	}
	return o
}

func asDataFrame(s *lang.Session, a *lang.Args) (lang.Value, error) {
	v, err := a.Need("x")
	if err != nil {
		return nil, err
	}
	switch x := v.(type) {
	case *tableValue:
		return &tableValue{Table: x.Table, frame: true}, nil
	case *Stat:
		if x.By != nil {
			return byFrame(x.By)
		}
	case *Predicted:
		return x.frame()
	case *frame.Frame:
		return x, nil
	case *lang.List:
		var columns []frame.Column
		n := 0
		for i, e := range x.Values {
			v, ok := e.(*lang.Vector)
			if !ok || i >= len(x.Names) {
				return nil, a.Misfit("x")
			}
			c := *v.AsColumn()
			c.Name = x.Names[i]
			columns, n = append(columns, c), max(n, v.Len())
		}
		return lang.TableOf(columns, n)
	case *lang.Vector:
		rows, cols := x.Matrix()
		f := frame.New(rows)
		for j := range cols {
			name := "V" + string(rune('1'+j))
			if j < len(x.Cols) && x.Cols[j] != "" {
				name = x.Cols[j]
			}
			if err := f.Add(frame.Numbers(name, x.Column(j))); err != nil {
				return nil, err
			}
		}
		return f, nil
	}
	return nil, a.Misfit("x")
}

// byFrame is a by as a table: the groups, then each statistic, then their errors.
func byFrame(by *estimate.ByResult) (*frame.Frame, error) {
	n := len(by.Groups)
	f := frame.New(n)
	for j, name := range by.By {
		level := make([]string, n)
		for i := range level {
			level[i] = by.Levels[i][j]
		}
		if err := f.Add(frame.Texts(name, level)); err != nil {
			return nil, err
		}
	}
	for _, se := range []bool{false, true} {
		for j, stat := range by.Stats {
			x := make([]float64, n)
			for i := range x {
				e := by.Estimates[j*n+i]
				if x[i] = e.Estimate; se {
					x[i] = e.SE
				}
			}
			name := stat
			if se {
				if name = "se." + stat; len(by.Stats) == 1 {
					name = "se"
				}
			}
			if err := f.Add(frame.Numbers(name, x)); err != nil {
				return nil, err
			}
		}
	}
	return f, nil
}
