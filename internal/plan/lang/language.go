package lang

import (
	"math"
	"slices"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// languageFunctions are those that are not of statistics: assignment, quoting, vectors,
// lists, tables, options.
func languageFunctions() map[string]Function {
	return map[string]Function{
		"<-": {[]string{"name", "value"}, assign}, "(": {[]string{"x"}, same}, "{": {[]string{"..."}, block},
		"quote": {[]string{"expr"}, quote}, "options": {[]string{"..."}, setOptions},
		"suppressWarnings": {[]string{"expr"}, same}, "suppressMessages": {[]string{"expr"}, same}, "invisible": {[]string{"x"}, same}, "compressWeights": {[]string{"rw"}, same},
		"c": {[]string{"..."}, combine}, "list": {[]string{"..."}, list}, "data.frame": {[]string{"..."}, dataFrame},
		"setNames": {[]string{"object", "nm"}, setNames}, "names": {[]string{"x"}, names},
		"cbind": {[]string{"..."}, cbind}, "rbind": {[]string{"..."}, rbind}, "matrix": {[]string{"data", "nrow", "ncol", "byrow"}, makeMatrix}, "as.matrix": {[]string{"x"}, asMatrix},
		"diag": {[]string{"x"}, diagonal}, "Diagonal": {[]string{"n", "x"}, diagonalOf},
		"[": {[]string{"x", "..."}, index}, "[[": {[]string{"x", "..."}, element}, "$": {[]string{"x", "name"}, dollar},
		"nrow": {[]string{"x"}, nrow}, "ncol": {[]string{"x"}, ncol}, "dim": {[]string{"x"}, dim}, "library": {[]string{"..."}, nothing}, "set.seed": {[]string{"seed"}, setSeed},
		"as.vector": {[]string{"x"}, asVector}, "drop": {[]string{"x"}, asVector}, "unlist": {[]string{"x"}, asVector}, "as.numeric": {[]string{"x"}, asVector}, "unname": {[]string{"obj"}, asVector},
	}
}

// Misfit is the error of an argument among "..." that is of the wrong kind.
func Misfit(c formula.Call, a formula.Arg) error {
	name := a.Name
	if name == "" && a.Value != nil {
		name = a.Value.String()
	}
	return fault.New(fault.Invalid, "formula.argument", "function", c.Fun, "argument", name)
}

func same(s *Session, a *Args) (Value, error) {
	for _, e := range a.Given {
		return s.Eval(e)
	}
	return nil, nil
}

func nothing(*Session, *Args) (Value, error) { return nil, nil }

func block(s *Session, a *Args) (v Value, err error) {
	for _, e := range a.Rest {
		if v, err = s.Eval(e.Value); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func quote(_ *Session, a *Args) (Value, error) { return Quoted{a.Given["expr"]}, nil }

// assign gives a variable, or a column of a table, a value.
func assign(s *Session, a *Args) (Value, error) {
	v, err := s.Eval(a.Given["value"])
	if err != nil {
		return nil, err
	}
	switch to := a.Given["name"].(type) {
	case formula.Name:
		s.vars[string(to)] = v
		return v, nil
	case formula.Str:
		s.vars[string(to)] = v
		return v, nil
	case formula.Call:
		table, ok := to.Args[0].Value.(formula.Name)
		if to.Fun != "$" || !ok {
			break
		}
		old, err := s.Lookup(string(table))
		if err != nil {
			return nil, err
		}
		f, isFrame := old.(*frame.Frame)
		x, isVector := v.(*Vector)
		if !isFrame || !isVector {
			break
		}
		c := *Full(x.AsColumn(), f.N())
		c.Name = string(to.Args[1].Value.(formula.Name))
		if f, err = f.With(c); err != nil {
			return nil, err
		}
		s.vars[string(table)] = f
		return v, nil
	}
	return nil, fault.New(fault.Invalid, "plan.assign", "to", a.Given["name"].String())
}

// Full repeats a single value for every row.
func Full(c *frame.Column, n int) *frame.Column {
	if c.Len() != 1 || n == 1 {
		return c
	}
	d := *c
	if c.Kind == frame.Number {
		d.Num = slices.Repeat(c.Num, n)
	} else {
		d.Code = slices.Repeat(c.Code, n)
	}
	return &d
}

// setOptions takes the options of the package survey that change figures; others are heard
// and not heeded, such as digits.
func setOptions(s *Session, a *Args) (Value, error) {
	for _, o := range a.Rest {
		v, err := s.Eval(o.Value)
		if err != nil {
			return nil, err
		}
		x, ok := v.(*Vector)
		if !ok || x.Len() != 1 {
			continue
		}
		yes := x.Kind != Text && x.Num[0] == 1
		switch o.Name {
		case "survey.lonely.psu":
			if x.Kind != Text || !slices.Contains(design.LonelyRules, design.Lonely(x.Str[0])) {
				rule := ""
				if x.Kind == Text {
					rule = x.Str[0]
				}
				return nil, fault.New(fault.Invalid, "plan.lonely", "rule", rule)
			}
			s.Options.Lonely = design.Lonely(x.Str[0])
		case "survey.adjust.domain.lonely":
			s.Options.InAll = yes
		case "survey.ultimate.cluster":
			s.Options.OneStage = yes
		case "survey.replicates.mse":
			s.Options.MSE = yes
		}
	}
	return nil, nil
}

func setSeed(s *Session, a *Args) (Value, error) {
	n, err := a.Number("seed", 0)
	s.Seed = uint64(n)
	return nil, err
}

// combine joins vectors; names stay.
func combine(s *Session, a *Args) (Value, error) {
	out, named := &Vector{Kind: Condition}, false
	var all []*Vector
	for _, r := range a.Rest {
		v, err := s.Eval(r.Value)
		if err != nil {
			return nil, err
		}
		if o, ok := v.(Outcomer); ok {
			v = Coefficients(o)
		}
		x, ok := v.(*Vector)
		if !ok {
			if v == nil {
				continue
			}
			return nil, Misfit(a.Call, r)
		}
		y := *x
		if r.Name != "" {
			y.Names = make([]string, x.Len())
			for i := range y.Names {
				y.Names[i] = r.Name + x.Name(i)
				if x.Len() > 1 && x.Name(i) != "" {
					y.Names[i] = r.Name + "." + x.Name(i)
				}
			}
		}
		named = named || y.Names != nil
		all = append(all, &y)
		if x.Kind == Text {
			out.Kind = Text
		} else if x.Kind == Number && out.Kind == Condition {
			out.Kind = Number
		}
	}
	for _, x := range all {
		for i := range x.Len() {
			if out.Kind == Text {
				out.Str = append(out.Str, TextAt(x, i))
			} else {
				out.Num = append(out.Num, x.Num[i])
			}
			if named {
				out.Names = append(out.Names, x.Name(i))
			}
		}
	}
	return out, nil
}

// TextAt is element i as text.
func TextAt(v *Vector, i int) string {
	if v.Kind == Text {
		return v.Str[i]
	}
	return v.AsColumn().Text(i)
}

func list(_ *Session, a *Args) (Value, error) {
	values, err := a.values()
	if err != nil {
		return nil, err
	}
	l := &List{Values: values}
	for _, r := range a.Rest {
		l.Names = append(l.Names, r.Name)
	}
	return l, nil
}

func dataFrame(_ *Session, a *Args) (Value, error) {
	values, err := a.values()
	if err != nil {
		return nil, err
	}
	return a.table(values)
}

// table is the further arguments, whose values are given, side by side.
func (a *Args) table(values []Value) (Value, error) {
	var columns []frame.Column
	n := 0
	for i, r := range a.Rest {
		if r.Name == "stringsAsFactors" || r.Name == "check.names" {
			continue
		}
		switch x := values[i].(type) {
		case *frame.Frame:
			for _, name := range x.Names() {
				c, _ := x.Col(name)
				columns, n = append(columns, *c), max(n, x.N())
			}
		case *Vector:
			c := *x.AsColumn()
			if c.Name = r.Name; c.Name == "" {
				c.Name = r.Value.String()
			}
			columns, n = append(columns, c), max(n, x.Len())
		default:
			return nil, Misfit(a.Call, r)
		}
	}
	return TableOf(columns, n)
}

// TableOf is a table of n rows; a shorter column is repeated.
func TableOf(columns []frame.Column, n int) (Value, error) {
	f := frame.New(n)
	for i := range columns {
		c := *Full(&columns[i], n)
		c.Name = columns[i].Name
		if err := f.Add(c); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func setNames(s *Session, a *Args) (Value, error) {
	v, err := a.Need("object")
	if err != nil {
		return nil, err
	}
	n, err := a.Need("nm")
	if err != nil {
		return nil, err
	}
	x, ok := v.(*Vector)
	y, ok2 := n.(*Vector)
	if !ok || !ok2 || x.Len() != y.Len() {
		return nil, a.Misfit("nm")
	}
	out := *x
	out.Names = nil
	for i := range y.Len() {
		out.Names = append(out.Names, TextAt(y, i))
	}
	return &out, nil
}

func names(s *Session, a *Args) (Value, error) {
	v, err := a.Need("x")
	if err != nil {
		return nil, err
	}
	switch x := v.(type) {
	case *frame.Frame:
		return Texts(x.Names()...), nil
	case *List:
		return Texts(x.Names...), nil
	case Outcomer:
		return Texts(Coefficients(x).Names...), nil
	}
	return nil, a.Misfit("x")
}

func nrow(s *Session, a *Args) (Value, error) {
	v, err := a.Need("x")
	if err != nil {
		return nil, err
	}
	switch x := v.(type) {
	case *frame.Frame:
		return Numbers(float64(x.N())), nil
	case *Vector:
		r, _ := x.Matrix()
		return Numbers(float64(r)), nil
	case *design.Design:
		return Numbers(float64(x.Rows())), nil
	}
	return nil, a.Misfit("x")
}

func ncol(s *Session, a *Args) (Value, error) {
	v, err := a.Need("x")
	if err != nil {
		return nil, err
	}
	switch x := v.(type) {
	case *frame.Frame:
		return Numbers(float64(len(x.Names()))), nil
	case *design.Design:
		return Numbers(float64(len(x.Frame().Names()))), nil
	case *Vector:
		_, c := x.Matrix()
		return Numbers(float64(c)), nil
	}
	return nil, a.Misfit("x")
}

func dim(s *Session, a *Args) (Value, error) {
	r, err := nrow(s, a)
	if err != nil {
		return nil, err
	}
	c, err := ncol(s, a)
	if err != nil {
		return nil, err
	}
	return Numbers(r.(*Vector).Num[0], c.(*Vector).Num[0]), nil
}

// asVector drops names and shape.
func asVector(s *Session, a *Args) (Value, error) {
	for _, e := range a.Given {
		v, err := s.Eval(e)
		if err != nil {
			return nil, err
		}
		switch x := v.(type) {
		case *Vector:
			if x.Kind == Text && a.Call.Fun == "as.numeric" {
				return Numbers(formula.AsNumbers(x.AsColumn())...), nil
			}
			return &Vector{Kind: x.Kind, Num: x.Num, Str: x.Str}, nil
		case *List:
			out := &Vector{}
			for i, v := range x.Values {
				e, ok := v.(*Vector)
				if !ok || e.Kind == Text {
					return nil, a.Misfit("x")
				}
				out.Num = append(out.Num, e.Num...)
				for range e.Num {
					out.Names = append(out.Names, x.Names[i])
				}
			}
			return out, nil
		case *frame.Frame:
			m := MatrixOf(x)
			return Numbers(m.Num...), nil
		case Outcomer:
			return Numbers(Coefficients(x).Num...), nil
		}
	}
	return nil, a.Misfit("x")
}

var na = math.NaN()
