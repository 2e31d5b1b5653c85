package formula

import (
	"slices"

	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// Formula is a parsed model: what is explained, and by what.
type Formula struct {
	Response  Expr    // nil: none
	Variables []Expr  // of the right side, each once, in their order; offsets left out
	Terms     [][]int // each a product of variables (their places), by order, then as written
	Offsets   []Expr
	Intercept bool
}

// ParseFormula reads a formula: ~a + b, y ~ a * b + offset(log(n)) - 1.
func ParseFormula(src string) (*Formula, error) {
	e, err := Parse(src)
	if err != nil {
		return nil, err
	}
	return FormulaOf(e)
}

// FormulaOf takes an expression as a formula; one without ~ is its right side.
func FormulaOf(e Expr) (*Formula, error) {
	f := &Formula{Intercept: true}
	right := e
	if c, ok := e.(Call); ok && c.Fun == "~" {
		right = c.Args[len(c.Args)-1].Value
		if len(c.Args) == 2 {
			f.Response = c.Args[0].Value
		}
	}
	terms, err := f.expand(right)
	if err != nil {
		return nil, err
	}
	for order := 1; order <= len(f.Variables); order++ {
		for _, t := range terms {
			if len(t) == order {
				f.Terms = append(f.Terms, t)
			}
		}
	}
	return f, nil
}

func (f *Formula) variable(e Expr) int {
	for i, v := range f.Variables {
		if v.String() == e.String() {
			return i
		}
	}
	f.Variables = append(f.Variables, e)
	return len(f.Variables) - 1
}

// expand makes terms of +, -, *, :, ^, %in% and parentheses; anything else is a variable.
func (f *Formula) expand(e Expr) ([][]int, error) {
	if n, ok := e.(Num); ok && (n == 0 || n == 1) {
		f.Intercept = n == 1
		return nil, nil
	}
	c, ok := e.(Call)
	if !ok {
		return [][]int{{f.variable(e)}}, nil
	}
	switch {
	case c.Fun == "(":
		return f.expand(c.Args[0].Value)
	case c.Fun == "offset":
		f.Offsets = append(f.Offsets, c.Args[0].Value)
		return nil, nil
	case c.Fun == "-" && len(c.Args) == 2:
		return f.without(c)
	case len(c.Args) == 2 && (c.Fun == "+" || c.Fun == "*" || c.Fun == ":" || c.Fun == "%in%" || c.Fun == "/"):
		a, err := f.expand(c.Args[0].Value)
		if err != nil {
			return nil, err
		}
		b, err := f.expand(c.Args[1].Value)
		if err != nil {
			return nil, err
		}
		switch c.Fun {
		case "+":
			return union(a, b), nil
		case "*":
			return union(union(a, b), products(a, b)), nil
		case "/":
			var all []int
			for _, t := range a {
				all = join(all, t)
			}
			return union(a, products([][]int{all}, b)), nil
		}
		return products(a, b), nil
	case c.Fun == "^":
		return f.toPower(c)
	}
	return [][]int{{f.variable(e)}}, nil
}

func (f *Formula) without(c Call) ([][]int, error) {
	a, err := f.expand(c.Args[0].Value)
	if err != nil {
		return nil, err
	}
	if n, ok := c.Args[1].Value.(Num); ok && (n == 1 || n == 0) {
		f.Intercept = n == 0
		return a, nil
	}
	b, err := f.expand(c.Args[1].Value)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(a, func(t []int) bool {
		return slices.ContainsFunc(b, func(u []int) bool { return slices.Equal(t, u) })
	}), nil
}

func (f *Formula) toPower(c Call) ([][]int, error) {
	n, ok := c.Args[1].Value.(Num)
	if !ok || n < 1 || n > 10 {
		return nil, fault.New(fault.Invalid, "formula.power", "expression", c.String())
	}
	a, err := f.expand(c.Args[0].Value)
	if err != nil {
		return nil, err
	}
	all := a
	for range int(n) - 1 {
		all = union(all, products(all, a))
	}
	return all, nil
}

func union(a, b [][]int) [][]int {
	out := slices.Clone(a)
	for _, t := range b {
		if !slices.ContainsFunc(out, func(u []int) bool { return slices.Equal(t, u) }) {
			out = append(out, t)
		}
	}
	return out
}

func join(a, b []int) []int {
	out := slices.Clone(a)
	for _, v := range b {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out
}

func products(a, b [][]int) (out [][]int) {
	for _, t := range a {
		for _, u := range b {
			out = union(out, [][]int{join(t, u)})
		}
	}
	return out
}

// TermName is the name of term i, as R labels it: variables joined by ":".
func (f *Formula) TermName(i int) string {
	name := ""
	for k, v := range f.Terms[i] {
		if k > 0 {
			name += ":"
		}
		name += f.Variables[v].String()
	}
	return name
}

// Variable is a variable of a formula with its values, a row each.
type Variable struct {
	Name   string // as R deparses it
	Column *frame.Column
	Wide   *Wide // of a matrix, such as poly(x, 2): all columns, of which Column is the first
}

// Names of what an estimator makes of the variable: one for a number, one a level for a factor.
func (v Variable) Names() []string {
	if v.Column.Kind == frame.Number {
		return []string{v.Name}
	}
	names := make([]string, len(v.Column.Levels))
	for i, l := range v.Column.Levels {
		names[i] = v.Name + l
	}
	return names
}

// Values evaluates the variables of the right side, each with a value a row.
func (f *Formula) Values(s Scope) ([]Variable, error) {
	out := make([]Variable, len(f.Variables))
	for i, e := range f.Variables {
		w, err := s.wide(e)
		if err != nil {
			return nil, err
		}
		if w != nil {
			out[i] = Variable{e.String(), numbers(w.Columns[0]), w}
			continue
		}
		c, err := Full(e, s)
		if err != nil {
			return nil, err
		}
		out[i] = Variable{Name: e.String(), Column: c}
	}
	return out, nil
}

// Full evaluates an expression and repeats a single value for every row.
func Full(e Expr, s Scope) (*frame.Column, error) {
	c, err := Eval(e, s)
	if err != nil {
		return nil, err
	}
	n := s.Frame.N()
	if c.Len() == n {
		return c, nil
	}
	if c.Len() != 1 {
		return nil, fault.New(fault.Invalid, "estimate.column_length", "column", e.String(), "rows", c.Len(), "expected", n)
	}
	if c.Kind == frame.Number {
		return numbers(slices.Repeat(c.Num, n)), nil
	}
	return &frame.Column{Kind: frame.Factor, Code: slices.Repeat(c.Code, n), Levels: c.Levels}, nil
}

// Variables evaluates "~a + b" over a frame: what means, totals and tables are made of.
func Variables(src string, f *frame.Frame) ([]Variable, error) {
	p, err := ParseFormula(src)
	if err != nil {
		return nil, err
	}
	return p.Values(Scope{Frame: f})
}
