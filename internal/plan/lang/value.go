package lang

import (
	"slices"

	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// Value is what an expression gives: nil (NULL), *Vector, *List, Lang, *frame.Frame,
// *design.Design, or what an estimator gives, an Outcomer.
type Value any

// Kind of a vector.
type Kind int

const (
	Number    Kind = iota
	Condition      // Num holds 0, 1 and NaN
	Text
)

// Vector holds numbers, conditions or texts, perhaps with names, perhaps as a matrix whose
// columns stand one after another.
type Vector struct {
	Kind  Kind
	Num   []float64 // numbers, conditions
	Str   []string  // texts
	Names []string  // nil: none
	Rows  int       // of a matrix; 0 for a vector
	Cols  []string  // names of the columns of a matrix; nil: none
}

// List holds values, perhaps with names.
type List struct {
	Names  []string
	Values []Value
}

// Quoted is a formula or quoted expression.
type Quoted struct{ Expr formula.Expr }

// Numbers makes a vector.
func Numbers(x ...float64) *Vector { return &Vector{Num: x} }

// Texts makes a vector of texts.
func Texts(x ...string) *Vector { return &Vector{Kind: Text, Str: x} }

func conditions(x ...bool) *Vector {
	v := &Vector{Kind: Condition}
	for _, b := range x {
		n := 0.0
		if b {
			n = 1
		}
		v.Num = append(v.Num, n)
	}
	return v
}

// Len is the number of elements.
func (v *Vector) Len() int {
	if v.Kind == Text {
		return len(v.Str)
	}
	return len(v.Num)
}

// Matrix gives rows and columns; a vector is one column.
func (v *Vector) Matrix() (rows, cols int) {
	if v.Rows == 0 {
		return v.Len(), 1
	}
	return v.Rows, v.Len() / v.Rows
}

// Column is column j of a matrix.
func (v *Vector) Column(j int) []float64 {
	rows, _ := v.Matrix()
	return v.Num[j*rows : (j+1)*rows]
}

// Name is the name of element i, "" when it has none.
func (v *Vector) Name(i int) string {
	if i < len(v.Names) {
		return v.Names[i]
	}
	return ""
}

// AsColumn is the vector as a column of data.
func (v *Vector) AsColumn() *frame.Column {
	switch v.Kind {
	case Text:
		c := frame.Texts("", v.Str)
		return &c
	case Condition:
		code := make([]int32, len(v.Num))
		for i, x := range v.Num {
			code[i] = frame.Missing
			if x == x {
				code[i] = int32(x)
			}
		}
		c := frame.Logical("", code)
		return &c
	}
	return &frame.Column{Kind: frame.Number, Num: v.Num}
}

// VectorOf is a column of data as a vector.
func VectorOf(c *frame.Column) *Vector {
	switch {
	case c.Kind == frame.Number:
		return &Vector{Num: c.Num}
	case c.IsLogical():
		return &Vector{Kind: Condition, Num: formula.AsNumbers(c)}
	}
	v := &Vector{Kind: Text, Str: make([]string, len(c.Code))}
	for i := range v.Str {
		v.Str[i] = c.Text(i)
	}
	return v
}

// Get is the element of that name.
func (l *List) Get(name string) (Value, bool) {
	i := slices.Index(l.Names, name)
	if i < 0 {
		return nil, false
	}
	return l.Values[i], true
}

// MatrixOf makes a matrix of the numbers of a table.
func MatrixOf(f *frame.Frame) *Vector {
	v := &Vector{Rows: f.N(), Cols: f.Names()}
	for _, name := range f.Names() {
		c, _ := f.Col(name)
		v.Num = append(v.Num, formula.AsNumbers(c)...)
	}
	return v
}

func formulaNumber(e formula.Expr) (Value, error) {
	c, err := formula.Eval(e, formula.Scope{})
	if err != nil {
		return nil, err
	}
	return VectorOf(c), nil
}

// arithmetic evaluates a call of formula over vectors; names and shape are those of the
// longest argument.
func (s *Session) arithmetic(c formula.Call) (Value, error) {
	if !formula.Knows(c.Fun) {
		return nil, fault.New(fault.Invalid, "formula.unknown_function", "function", c.Fun)
	}
	columns := map[string]*frame.Column{}
	args := make([]formula.Arg, len(c.Args))
	var like *Vector
	for i, a := range c.Args {
		args[i] = a
		if a.Value == nil {
			continue
		}
		v, err := s.Eval(a.Value)
		if err != nil {
			return nil, err
		}
		if f, ok := v.(*frame.Frame); ok {
			v = MatrixOf(f)
		}
		if o, ok := v.(Outcomer); ok {
			v = Coefficients(o)
		}
		x, ok := v.(*Vector)
		if !ok {
			if _, lang := v.(Quoted); lang || v == nil {
				continue
			}
			return nil, Misfit(c, a)
		}
		switch a.Value.(type) {
		case formula.Num, formula.Str, formula.Bool, formula.NA:
		default:
			name := "\x00" + string(rune('a'+i))
			columns[name] = x.AsColumn()
			args[i].Value = formula.Name(name)
		}
		if like == nil || x.Len() > like.Len() {
			like = x
		}
	}
	out, err := formula.Eval(formula.Call{Fun: c.Fun, Args: args}, formula.Scope{Outer: func(n string) (*frame.Column, bool) {
		col, ok := columns[n]
		return col, ok
	}})
	if err != nil {
		return nil, err
	}
	v := VectorOf(out)
	if like != nil && v.Len() == like.Len() {
		v.Names, v.Rows, v.Cols = like.Names, like.Rows, like.Cols
	}
	return v, nil
}
