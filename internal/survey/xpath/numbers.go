package xpath

import "math"

func arith(f func(float64) float64) func(scope, call) value {
	return func(s scope, c call) value { return f(s.number(c, 0)) }
}

func arith2(f func(a, b float64) float64) func(scope, call) value {
	return func(s scope, c call) value { return f(s.number(c, 0), s.number(c, 1)) }
}

var numbers = map[string]*function{
	"number": {0, 1, "number(value)", func(s scope, c call) value {
		if len(c.args) == 0 {
			return toNumber(s.at.Value())
		}
		return s.number(c, 0)
	}, false, false},
	"int":     {1, 1, "int(number)", arith(math.Trunc), false, false},
	"round":   {1, 2, "round(number, places)", round, false, false},
	"floor":   {1, 1, "floor(number)", arith(math.Floor), false, false},
	"ceiling": {1, 1, "ceiling(number)", arith(math.Ceil), false, false},
	"abs":     {1, 1, "abs(number)", arith(math.Abs), false, false},
	"pow":     {2, 2, "pow(number, power)", arith2(math.Pow), false, false},
	"sqrt":    {1, 1, "sqrt(number)", arith(math.Sqrt), false, false},
	"exp":     {1, 1, "exp(number)", arith(math.Exp), false, false},
	"exp10":   {1, 1, "exp10(number)", arith(func(x float64) float64 { return math.Pow(10, x) }), false, false},
	"log":     {1, 1, "log(number)", arith(math.Log), false, false},
	"log10":   {1, 1, "log10(number)", arith(math.Log10), false, false},
	"sin":     {1, 1, "sin(angle)", arith(math.Sin), false, false},
	"cos":     {1, 1, "cos(angle)", arith(math.Cos), false, false},
	"tan":     {1, 1, "tan(angle)", arith(math.Tan), false, false},
	"asin":    {1, 1, "asin(number)", arith(math.Asin), false, false},
	"acos":    {1, 1, "acos(number)", arith(math.Acos), false, false},
	"atan":    {1, 1, "atan(number)", arith(math.Atan), false, false},
	"atan2":   {2, 2, "atan2(y, x)", arith2(math.Atan2), false, false},
	"pi":      {0, 0, "pi()", func(scope, call) value { return math.Pi }, false, false},
	"random":  {0, 0, "random()", varies("random"), true, true},
	"sum": {1, -1, "sum(path)", func(s scope, c call) value {
		total := 0.0
		for _, v := range s.all(c, 0) {
			total += toNumber(v)
		}
		return total
	}, false, false},
	"min": {1, -1, "min(path)", extreme(math.Min), false, false},
	"max": {1, -1, "max(path)", extreme(math.Max), false, false},
}

// round takes halves away from zero on the positive side and towards it on the negative, as
// XPath does; places may be negative.
func round(s scope, c call) value {
	x, scale := s.number(c, 0), 1.0
	if len(c.args) > 1 {
		scale = math.Pow(10, math.Trunc(s.number(c, 1)))
	}
	if math.IsInf(x, 0) || math.IsNaN(x) || math.IsNaN(scale) || scale == 0 || math.IsInf(scale, 0) {
		return x
	}
	return math.Floor(x*scale+0.5) / scale
}

// extreme gives the least or the greatest number; none of nothing.
func extreme(f func(a, b float64) float64) func(scope, call) value {
	return func(s scope, c call) value {
		all := s.all(c, 0)
		if len(all) == 0 {
			return math.NaN()
		}
		out := toNumber(all[0])
		for _, v := range all[1:] {
			out = f(out, toNumber(v))
		}
		return out
	}
}
