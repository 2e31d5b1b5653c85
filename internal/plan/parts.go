package plan

import (
	"math"
	"slices"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
)

// partFunctions take figures out of results.
func partFunctions() map[string]function {
	return map[string]function{
		"coef": {[]string{"object", "..."}, coef}, "SE": {[]string{"object", "..."}, standardErrors}, "cv": {[]string{"object", "..."}, cvs},
		"vcov": {[]string{"object", "..."}, vcov}, "confint": {[]string{"object", "parm", "level", "df", "ddf", "method", "..."}, confint}, "deff": {[]string{"object", "..."}, deffs},
		"as.data.frame": {[]string{"x", "..."}, asDataFrame},
	}
}

func (a *Args) outcome(name string) (Outcomer, error) {
	v, err := a.Need(name)
	if err != nil {
		return nil, err
	}
	o, ok := v.(Outcomer)
	if !ok {
		return nil, a.misfit(name)
	}
	return o, nil
}

func coef(s *Session, a *Args) (Value, error) {
	o, err := a.outcome("object")
	if err != nil {
		return nil, err
	}
	if p, ok := o.(*Proportion); ok {
		return p, nil // R's coef leaves it as it is
	}
	if m, ok := o.(*modelSummary); ok {
		return m.matrix(), nil
	}
	if l, ok := o.(*Loglinear); ok && a.option("intercept") == formula.Expr(formula.Bool(true)) {
		return l.withConstant(), nil
	}
	return coefficients(o), nil
}

func standardErrors(s *Session, a *Args) (Value, error) { return a.figure("se") }
func deffs(s *Session, a *Args) (Value, error)          { return a.figure("deff") }

func (a *Args) figure(name string) (Value, error) {
	o, err := a.outcome("object")
	if err != nil {
		return nil, err
	}
	return column(o, name), nil
}

// cvs is SE over the estimate, which is negative where the estimate is (R's cv).
func cvs(s *Session, a *Args) (Value, error) {
	o, err := a.outcome("object")
	if err != nil {
		return nil, err
	}
	out := column(o, "se")
	for i, e := range column(o, "estimate").Num {
		out.Num[i] /= e
	}
	return out, nil
}

func vcov(s *Session, a *Args) (Value, error) {
	o, err := a.outcome("object")
	if err != nil {
		return nil, err
	}
	return covarianceOf(o), nil
}

// covarianceOf is the covariance matrix of a result, or what is known of its diagonal.
func covarianceOf(o Outcomer) *Vector {
	full := o.Outcome()
	n := len(full.Rows)
	if q, ok := o.(*Quantiles); ok {
		full.Vcov = q.Cov()
	}
	out := &Vector{Rows: n, Num: make([]float64, n*n)}
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
	Confint(level, df float64) *Vector
}

// confint gives intervals, the lower limits before the upper ones; df is infinite unless
// it is given, as in R.
func confint(s *Session, a *Args) (Value, error) {
	o, err := a.outcome("object")
	if err != nil {
		return nil, err
	}
	level, err := a.Number("level", 0.95)
	if err != nil {
		return nil, err
	}
	if err := levelOf(level); err != nil {
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
		return nil, a.misfitUnless(err, "method")
	}
	if x, ok := o.(*Survival); ok {
		return x.at(a, level)
	}
	rows := o.Outcome().Rows
	if x, ok := o.(Intervaler); ok {
		if !a.Has(name) {
			df = na
		}
		return a.chosen(x.Confint(level, df), rows)
	}
	out := &Vector{Rows: len(rows), Num: make([]float64, 2*len(rows))}
	for i, r := range rows {
		out.Num[i], out.Num[len(rows)+i] = estimate.Interval(r.Number("estimate"), r.Number("se"), df, level)
	}
	return a.chosen(out, rows)
}

// chosen leaves the intervals that parm asks for, by name or by number.
func (a *Args) chosen(all *Vector, rows []Row) (Value, error) {
	v, err := a.Value("parm")
	if err != nil || v == nil {
		return all, err
	}
	want, ok := v.(*Vector)
	if !ok {
		return nil, a.misfit("parm")
	}
	n, _ := all.Matrix()
	out := &Vector{Rows: want.Len(), Num: make([]float64, 2*want.Len())}
	for i := range want.Len() {
		at := -1
		if want.Kind == Text {
			at = slices.IndexFunc(rows, func(r Row) bool { return r.Term == want.Str[i] })
		} else {
			at = int(want.Num[i]) - 1
		}
		if at < 0 || at >= n {
			return nil, a.misfit("parm")
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

func (t *tableValue) Outcome() *Outcome {
	if !t.frame {
		return t.vector().Outcome()
	}
	o := &Outcome{Type: "table"}
	for k, x := range t.Freq {
		r := Row{Keys: map[string]string{}, Values: map[string][]float64{"Freq": {x}}}
		for i, l := range t.At(k) {
			r.Keys[t.Vars[i]] = l
		}
		o.Rows = append(o.Rows, r)
	}
	return o
}

// frameOutcome is a table of data as a result.
type frameOutcome struct{ f *frame.Frame }

func (t frameOutcome) Outcome() *Outcome {
	o := &Outcome{Type: "table"}
	for i := range t.f.N() {
		r := Row{Keys: map[string]string{}, Values: map[string][]float64{}}
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

func asDataFrame(s *Session, a *Args) (Value, error) {
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
	case *List:
		var columns []frame.Column
		n := 0
		for i, e := range x.Values {
			v, ok := e.(*Vector)
			if !ok || i >= len(x.Names) {
				return nil, a.misfit("x")
			}
			c := *v.column()
			c.Name = x.Names[i]
			columns, n = append(columns, c), max(n, v.Len())
		}
		return tableOf(columns, n)
	case *Vector:
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
	return nil, a.misfit("x")
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
