package formula

import (
	"math"
	"strconv"

	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// Scope is where names are looked up: first among the columns, then by Outer. Functions of
// all rows, such as mean(x), are of those that are In; nil: of all.
type Scope struct {
	Frame *frame.Frame
	Outer func(name string) (*frame.Column, bool)
	In    []bool
}

// EvalText evaluates a column name or an expression over the columns of f.
func EvalText(src string, f *frame.Frame) (*frame.Column, error) {
	if f.Has(src) {
		return f.Col(src)
	}
	e, err := Parse(src)
	if err != nil {
		return nil, err
	}
	if c, ok := e.(Call); ok && c.Fun == "~" && len(c.Args) == 1 {
		e = c.Args[0].Value
	}
	return Eval(e, Scope{Frame: f})
}

// Condition evaluates a condition: which rows are in; a missing value is not (as in R's subset).
func Condition(e Expr, s Scope) ([]bool, error) {
	c, err := Eval(e, s)
	if err != nil {
		return nil, err
	}
	t, err := condition(c, e)
	if err != nil {
		return nil, err
	}
	in := make([]bool, s.Frame.N())
	for i := range in {
		in[i] = t[i%len(t)] == 1
	}
	return in, nil
}

// Eval evaluates an expression; the result has a value a row, or one that holds for all.
func Eval(e Expr, s Scope) (*frame.Column, error) {
	switch x := e.(type) {
	case Num:
		return scalar(float64(x)), nil
	case NA:
		return scalar(math.NaN()), nil
	case Str:
		return &frame.Column{Kind: frame.Factor, Code: []int32{0}, Levels: []string{string(x)}}, nil
	case Bool:
		return logical([]int32{bit(bool(x))}), nil
	case Name:
		return s.lookup(string(x))
	case Call:
		return s.call(x)
	}
	return nil, fault.New(fault.Invalid, "formula.no_value", "expression", e.String())
}

func scalar(x float64) *frame.Column { return numbers([]float64{x}) }

func numbers(x []float64) *frame.Column { return &frame.Column{Kind: frame.Number, Num: x} }

func texts(values []string) *frame.Column {
	c := frame.Texts("", values)
	return &c
}

func logical(code []int32) *frame.Column {
	c := frame.Logical("", code)
	return &c
}

func (s Scope) lookup(name string) (*frame.Column, error) {
	if s.Frame != nil && s.Frame.Has(name) {
		return s.Frame.Col(name)
	}
	if s.Outer != nil {
		if c, ok := s.Outer(name); ok {
			return c, nil
		}
	}
	switch name {
	case "T", "F":
		return Eval(Bool(name == "T"), s)
	case "pi":
		return scalar(math.Pi), nil
	}
	if s.Frame == nil {
		return nil, fault.New(fault.NotFound, "formula.unknown_name", "name", name)
	}
	return s.Frame.Col(name) // its error says which columns there are
}

// AsNumbers gives numbers of any column: conditions as 0 and 1, texts that are all numbers
// as these, other levels by their place from 1 as R's as.numeric of a factor.
func AsNumbers(c *frame.Column) []float64 {
	if c.Kind == frame.Number {
		return c.Num
	}
	value := make([]float64, len(c.Levels))
	for k := range value {
		value[k] = float64(k + 1)
	}
	if c.IsLogical() {
		value = []float64{0, 1}
	} else if x, ok := parsed(c.Levels); ok {
		value = x
	}
	out := make([]float64, len(c.Code))
	for i, k := range c.Code {
		out[i] = math.NaN()
		if k >= 0 {
			out[i] = value[k]
		}
	}
	return out
}

func parsed(levels []string) ([]float64, bool) {
	x := make([]float64, len(levels))
	for k, l := range levels {
		v, err := strconv.ParseFloat(l, 64)
		if err != nil {
			return nil, false
		}
		x[k] = v
	}
	return x, true
}

// arithmetic needs numbers or conditions: adding up the names of cities is an error.
func arithmetic(c *frame.Column, in Expr) ([]float64, error) {
	if c.Kind == frame.Factor && !c.IsLogical() {
		for _, k := range c.Code {
			if k >= 0 {
				return nil, fault.New(fault.Invalid, "formula.not_number", "expression", in.String(), "value", c.Levels[k])
			}
		}
	}
	return AsNumbers(c), nil
}

// truth gives 1, 0 or Missing.
func truth(c *frame.Column) ([]int32, error) {
	if c.IsLogical() {
		return c.Code, nil
	}
	x, err := arithmetic(c, Name(c.Name))
	if err != nil {
		return nil, err
	}
	out := make([]int32, len(x))
	for i, v := range x {
		switch {
		case v != v:
			out[i] = frame.Missing
		case v != 0:
			out[i] = 1
		}
	}
	return out, nil
}

// condition is truth, or an error that names the expression which is not a condition.
func condition(c *frame.Column, e Expr) ([]int32, error) {
	t, err := truth(c)
	if err != nil {
		return nil, fault.New(fault.Invalid, "formula.not_condition", "expression", e.String())
	}
	return t, nil
}

// span is the length of what two columns give together; the shorter is repeated.
func span(a, b int) int {
	if a == 0 || b == 0 {
		return 0
	}
	return max(a, b)
}

func zip(a, b []float64, f func(x, y float64) float64) *frame.Column {
	out := make([]float64, span(len(a), len(b)))
	for i := range out {
		out[i] = f(at(a, i), at(b, i))
	}
	return numbers(out)
}

func at[T any](x []T, i int) T {
	if i < len(x) {
		return x[i]
	}
	return x[i%len(x)]
}

func (s Scope) call(c Call) (*frame.Column, error) {
	if f := functionOf(c.Fun); f != nil {
		return f(s, c)
	}
	if f, ok := unary[c.Fun]; ok {
		return s.each(c, f)
	}
	if f, ok := binary[c.Fun]; ok && len(c.Args) == 2 {
		a, b, err := s.two(c)
		if err != nil {
			return nil, err
		}
		return zip(a, b, f), nil
	}
	if f, ok := comparisons[c.Fun]; ok && len(c.Args) == 2 {
		return s.compare(c, f)
	}
	return nil, fault.New(fault.Invalid, "formula.unknown_function", "function", c.Fun)
}

// Knows reports whether a function is one of those that are evaluated here.
func Knows(name string) bool {
	return functionOf(name) != nil || unary[name] != nil || binary[name] != nil || comparisons[name] != nil
}

// values evaluates all arguments without a name, and those with the given names.
func (s Scope) values(c Call) ([]*frame.Column, error) {
	var all []*frame.Column
	for _, a := range c.Args {
		if a.Name != "" || a.Value == nil {
			continue
		}
		v, err := Eval(a.Value, s)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// first evaluates the argument at place i (from 0), or the one of that name.
func (s Scope) argument(c Call, i int, name string) (*frame.Column, error) {
	e := c.Arg(name)
	if e == nil {
		for _, a := range c.Args {
			if a.Name != "" {
				continue
			}
			if i == 0 {
				e = a.Value
				break
			}
			i--
		}
	}
	if e == nil {
		return nil, nil
	}
	return Eval(e, s)
}

// need is an argument that must be there.
func (s Scope) need(c Call, i int, name string) (*frame.Column, error) {
	v, err := s.argument(c, i, name)
	if err == nil && v == nil {
		err = fault.New(fault.Invalid, "formula.argument", "function", c.Fun, "argument", name)
	}
	return v, err
}

func (s Scope) two(c Call) (a, b []float64, err error) {
	v, err := s.values(c)
	if err != nil {
		return nil, nil, err
	}
	if a, err = arithmetic(v[0], c); err != nil {
		return nil, nil, err
	}
	b, err = arithmetic(v[1], c)
	return a, b, err
}

// each applies a function of one number to every row.
func (s Scope) each(c Call, f func(float64) float64) (*frame.Column, error) {
	v, err := s.need(c, 0, "x")
	if err != nil {
		return nil, err
	}
	x, err := arithmetic(v, c)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(x))
	for i := range x {
		out[i] = f(x[i])
	}
	return numbers(out), nil
}

func (s Scope) compare(c Call, f func(cmp int) bool) (*frame.Column, error) {
	v, err := s.values(c)
	if err != nil {
		return nil, err
	}
	a, b := v[0], v[1]
	out := make([]int32, span(a.Len(), b.Len()))
	numeric := func(c *frame.Column) bool { return c.Kind == frame.Number || c.IsLogical() }
	if numeric(a) && numeric(b) {
		x, y := AsNumbers(a), AsNumbers(b)
		for i := range out {
			p, q := at(x, i), at(y, i)
			switch {
			case p != p || q != q:
				out[i] = frame.Missing
			case p < q:
				out[i] = bit(f(-1))
			case p > q:
				out[i] = bit(f(1))
			default:
				out[i] = bit(f(0))
			}
		}
		return logical(out), nil
	}
	fa, fb := a.AsFactor(), b.AsFactor()
	place := ranks(fa.Levels, fb.Levels)
	for i := range out {
		p, q := at(fa.Code, i), at(fb.Code, i)
		if p < 0 || q < 0 {
			out[i] = frame.Missing
			continue
		}
		out[i] = bit(f(place[fa.Levels[p]] - place[fb.Levels[q]]))
	}
	return logical(out), nil
}

// ranks gives levels of both sides their place: a text compared with a factor by the order
// of the factor's levels where it has that level, otherwise by bytes.
func ranks(a, b []string) map[string]int {
	place := map[string]int{}
	longer, shorter := a, b
	if len(b) > len(a) {
		longer, shorter = b, a
	}
	for k, l := range longer {
		place[l] = 2 * k
	}
	for _, l := range shorter {
		if _, ok := place[l]; ok {
			continue
		}
		below := -1
		for _, m := range longer {
			if m < l {
				below = max(below, place[m])
			}
		}
		place[l] = below + 1
		if below < 0 {
			place[l] = -1
		}
	}
	return place
}

func bit(b bool) int32 {
	if b {
		return 1
	}
	return 0
}
