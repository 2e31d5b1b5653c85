package formula

import (
	"math"
	"slices"
	"strings"

	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

var nan = math.NaN()

var binary = map[string]func(x, y float64) float64{
	"+":   func(x, y float64) float64 { return x + y },
	"-":   func(x, y float64) float64 { return x - y },
	"*":   func(x, y float64) float64 { return x * y },
	"/":   func(x, y float64) float64 { return x / y },
	"^":   power,
	"%%":  func(x, y float64) float64 { return x - y*math.Floor(x/y) },
	"%/%": func(x, y float64) float64 { return math.Floor(x / y) },
}

func power(x, y float64) float64 {
	if y == 2 {
		return x * x
	}
	return math.Pow(x, y)
}

var comparisons = map[string]func(int) bool{
	"==": func(c int) bool { return c == 0 }, "!=": func(c int) bool { return c != 0 },
	"<": func(c int) bool { return c < 0 }, "<=": func(c int) bool { return c <= 0 },
	">": func(c int) bool { return c > 0 }, ">=": func(c int) bool { return c >= 0 },
}

var unary = map[string]func(float64) float64{
	"exp": math.Exp, "sqrt": math.Sqrt, "log2": math.Log2, "log10": math.Log10, "log1p": math.Log1p, "expm1": math.Expm1,
	"abs": math.Abs, "floor": math.Floor, "ceiling": math.Ceil, "trunc": math.Trunc, "sin": math.Sin, "cos": math.Cos,
	"tan": math.Tan, "asin": math.Asin, "acos": math.Acos, "atan": math.Atan, "sign": sign,
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}

type function = func(Scope, Call) (*frame.Column, error)

// functionOf gives those with rules of their own. It is a switch, not a table, because they
// evaluate their arguments, which comes back here.
func functionOf(name string) function {
	switch name {
	case "(", "I", "offset":
		return inside
	case "factor", "as.factor", "droplevels", "ordered", "as.ordered":
		return asFactor
	case "!":
		return not
	case "&", "&&":
		return both
	case "|", "||":
		return either
	case "is.na":
		return isNA
	case "%in%":
		return isIn
	case "ifelse":
		return ifElse
	case "c":
		return combine
	case "as.numeric", "as.integer", "as.double":
		return asNumber
	case "as.logical":
		return asLogical
	case "as.character":
		return asText
	case "+", "-":
		return minus
	}
	return moreOf(name)
}

func moreOf(name string) function {
	switch name {
	case "log":
		return logarithm
	case "round":
		return round
	case "pmin":
		return extreme(math.Min)
	case "pmax":
		return extreme(math.Max)
	case "interaction":
		return interaction
	case "cut":
		return cut
	case "relevel":
		return relevel
	case "paste", "paste0":
		return paste
	case ":":
		return colon
	case "rep":
		return repeated
	case "poly":
		return refuseMatrix
	}
	return wholeFunction(name)
}

func inside(s Scope, c Call) (*frame.Column, error) { return s.need(c, 0, "x") }

func not(s Scope, c Call) (*frame.Column, error) {
	v, err := s.need(c, 0, "x")
	if err != nil {
		return nil, err
	}
	t, err := condition(v, c.Args[0].Value)
	if err != nil {
		return nil, err
	}
	out := make([]int32, len(t))
	for i, x := range t {
		out[i] = x
		if x >= 0 {
			out[i] = 1 - x
		}
	}
	return logical(out), nil
}

func both(s Scope, c Call) (*frame.Column, error)   { return s.logic(c, 0) }
func either(s Scope, c Call) (*frame.Column, error) { return s.logic(c, 1) }

// logic joins two conditions; decides is the value of one side that decides alone, as
// FALSE does for &, even when the other side is missing.
func (s Scope) logic(c Call, decides int32) (*frame.Column, error) {
	v, err := s.values(c)
	if err != nil {
		return nil, err
	}
	if len(v) != 2 {
		return nil, fault.New(fault.Invalid, "formula.argument", "function", c.Fun, "argument", "2")
	}
	var t [2][]int32
	for i := range t {
		if t[i], err = condition(v[i], c.Args[i].Value); err != nil {
			return nil, err
		}
	}
	out := make([]int32, span(len(t[0]), len(t[1])))
	for i := range out {
		a, b := at(t[0], i), at(t[1], i)
		switch {
		case a == decides || b == decides:
			out[i] = decides
		case a < 0 || b < 0:
			out[i] = frame.Missing
		default:
			out[i] = 1 - decides
		}
	}
	return logical(out), nil
}

func isNA(s Scope, c Call) (*frame.Column, error) {
	v, err := s.need(c, 0, "x")
	if err != nil {
		return nil, err
	}
	out := make([]int32, v.Len())
	for i := range out {
		out[i] = bit(v.IsMissing(i))
	}
	return logical(out), nil
}

func isIn(s Scope, c Call) (*frame.Column, error) {
	v, err := s.values(c)
	if err != nil {
		return nil, err
	}
	in := map[string]bool{}
	for i := range v[1].Len() {
		in[v[1].Text(i)] = true
	}
	f := v[0].AsFactor()
	out := make([]int32, len(f.Code))
	for i, k := range f.Code {
		if k >= 0 {
			out[i] = bit(in[f.Levels[k]])
		} else {
			out[i] = bit(in[""])
		}
	}
	return logical(out), nil
}

func ifElse(s Scope, c Call) (*frame.Column, error) {
	test, err := s.need(c, 0, "test")
	if err != nil {
		return nil, err
	}
	yes, err := s.need(c, 1, "yes")
	if err != nil {
		return nil, err
	}
	no, err := s.need(c, 2, "no")
	if err != nil {
		return nil, err
	}
	t, err := condition(test, c.Args[0].Value)
	if err != nil {
		return nil, err
	}
	textual := yes.Kind == frame.Factor && !yes.IsLogical() || no.Kind == frame.Factor && !no.IsLogical()
	if textual {
		out := make([]string, len(t))
		for i, k := range t {
			switch {
			case k == 1:
				out[i] = yes.Text(i % yes.Len())
			case k == 0:
				out[i] = no.Text(i % no.Len())
			}
		}
		return texts(out), nil
	}
	x, y := AsNumbers(yes), AsNumbers(no)
	out := make([]float64, len(t))
	for i, k := range t {
		switch {
		case k == 1:
			out[i] = at(x, i)
		case k == 0:
			out[i] = at(y, i)
		default:
			out[i] = math.NaN()
		}
	}
	if yes.IsLogical() && no.IsLogical() {
		t, _ := truth(numbers(out))
		return logical(t), nil
	}
	return numbers(out), nil
}

func combine(s Scope, c Call) (*frame.Column, error) {
	var v []*frame.Column
	textual, conditions := false, true
	for _, a := range c.Args {
		if a.Value == nil {
			continue
		}
		x, err := Eval(a.Value, s)
		if err != nil {
			return nil, err
		}
		textual = textual || x.Kind == frame.Factor && !x.IsLogical()
		conditions = conditions && x.IsLogical()
		v = append(v, x)
	}
	if textual {
		var all []string
		for _, x := range v {
			all = append(all, textsOf(x)...)
		}
		return texts(all), nil
	}
	var all []float64
	for _, x := range v {
		all = append(all, AsNumbers(x)...)
	}
	if conditions && len(v) > 0 {
		t, _ := truth(numbers(all))
		return logical(t), nil
	}
	return numbers(all), nil
}

func minus(s Scope, c Call) (*frame.Column, error) {
	if len(c.Args) == 2 {
		a, b, err := s.two(c)
		if err != nil {
			return nil, err
		}
		return zip(a, b, binary[c.Fun]), nil
	}
	if c.Fun == "+" {
		return s.each(c, func(x float64) float64 { return x })
	}
	return s.each(c, func(x float64) float64 { return -x })
}

func asNumber(s Scope, c Call) (*frame.Column, error) {
	v, err := s.need(c, 0, "x")
	if err != nil {
		return nil, err
	}
	x := AsNumbers(v)
	if c.Fun == "as.integer" {
		x = slices.Clone(x)
		for i := range x {
			x[i] = math.Trunc(x[i])
		}
	}
	return numbers(x), nil
}

func asLogical(s Scope, c Call) (*frame.Column, error) {
	v, err := s.need(c, 0, "x")
	if err != nil {
		return nil, err
	}
	t, err := condition(v, c.Args[0].Value)
	if err != nil {
		return nil, err
	}
	return logical(t), nil
}

func logarithm(s Scope, c Call) (*frame.Column, error) {
	v, err := s.argument(c, 1, "base")
	if err != nil {
		return nil, err
	}
	if v == nil {
		return s.each(c, math.Log)
	}
	b := math.Log(AsNumbers(v)[0])
	return s.each(c, func(x float64) float64 { return math.Log(x) / b })
}

func round(s Scope, c Call) (*frame.Column, error) {
	v, err := s.argument(c, 1, "digits")
	if err != nil {
		return nil, err
	}
	p := 1.0
	if v != nil {
		p = math.Pow(10, AsNumbers(v)[0])
	}
	return s.each(c, func(x float64) float64 { return math.RoundToEven(x*p) / p })
}

func extreme(f func(x, y float64) float64) function {
	return func(s Scope, c Call) (*frame.Column, error) {
		v, err := s.values(c)
		if err != nil {
			return nil, err
		}
		if len(v) == 0 {
			return nil, fault.New(fault.Invalid, "formula.argument", "function", c.Fun, "argument", "1")
		}
		out := numbers(AsNumbers(v[0]))
		for _, x := range v[1:] {
			out = zip(out.Num, AsNumbers(x), f)
		}
		return out, nil
	}
}

func colon(s Scope, c Call) (*frame.Column, error) {
	v, err := s.values(c)
	if err != nil {
		return nil, err
	}
	if v[0].Kind == frame.Factor || v[1].Kind == frame.Factor {
		return cross(v, ":", true)
	}
	from, to := v[0].Num[0], v[1].Num[0]
	if !(math.Abs(to-from) < 1e7) {
		return nil, fault.New(fault.Invalid, "formula.argument", "function", ":", "argument", c.String())
	}
	var out []float64
	for k := 0.0; k <= math.Abs(to-from); k++ {
		out = append(out, from+k*sign(to-from))
	}
	return numbers(out), nil
}

func paste(s Scope, c Call) (*frame.Column, error) {
	v, err := s.values(c)
	if err != nil {
		return nil, err
	}
	sep := " "
	if c.Fun == "paste0" {
		sep = ""
	}
	if t, ok := c.Arg("sep").(Str); ok {
		sep = string(t)
	}
	n := 0
	for _, x := range v {
		n = max(n, x.Len())
	}
	out := make([]string, n)
	for i := range out {
		parts := make([]string, len(v))
		for j, x := range v {
			if parts[j] = x.Text(i % x.Len()); x.IsMissing(i % x.Len()) {
				parts[j] = "NA"
			}
		}
		out[i] = strings.Join(parts, sep)
	}
	return texts(out), nil
}

func asText(s Scope, c Call) (*frame.Column, error) {
	v, err := s.need(c, 0, "x")
	if err != nil {
		return nil, err
	}
	return texts(textsOf(v)), nil
}
