package estimate

import (
	"math"
	"strings"

	"quipu/internal/estimate/formula"
	"quipu/internal/fault"
)

// dual is a value with its derivatives by each estimate (forward differentiation): the
// derivative is exact, as that of R's deriv is.
type dual struct {
	value float64
	grad  []float64
}

// derive evaluates an expression of terms at x with its gradient.
func derive(e formula.Expr, terms []string, x []float64) (dual, error) {
	constant := func(v float64) dual { return dual{v, make([]float64, len(x))} }
	switch v := e.(type) {
	case formula.Num:
		return constant(float64(v)), nil
	case formula.Name:
		for i, t := range terms {
			if t == string(v) {
				d := constant(x[i])
				d.grad[i] = 1
				return d, nil
			}
		}
		if v == "pi" {
			return constant(math.Pi), nil
		}
		return dual{}, fault.New(fault.NotFound, "estimate.no_term", "term", string(v), "terms", strings.Join(terms, ", "))
	case formula.Call:
		args := make([]dual, len(v.Args))
		for i, a := range v.Args {
			var err error
			if args[i], err = derive(a.Value, terms, x); err != nil {
				return dual{}, err
			}
		}
		return apply(v, args)
	}
	return dual{}, fault.New(fault.Invalid, "formula.no_value", "expression", e.String())
}

func apply(c formula.Call, a []dual) (dual, error) {
	switch {
	case len(a) == 1 && (c.Fun == "(" || c.Fun == "+" || c.Fun == "I"):
		return a[0], nil
	case len(a) == 2:
		u, v := a[0].value, a[1].value
		switch c.Fun {
		case "+":
			return mix(u+v, a[0], 1, a[1], 1), nil
		case "-":
			return mix(u-v, a[0], 1, a[1], -1), nil
		case "*":
			return mix(u*v, a[0], v, a[1], u), nil
		case "/":
			return mix(u/v, a[0], 1/v, a[1], -u/(v*v)), nil
		case "^":
			p := math.Pow(u, v)
			byV := 0.0
			if u > 0 {
				byV = p * math.Log(u)
			}
			return mix(p, a[0], v*math.Pow(u, v-1), a[1], byV), nil
		case "log":
			return mix(math.Log(u)/math.Log(v), a[0], 1/(u*math.Log(v)), a[1], -math.Log(u)/(v*math.Log(v)*math.Log(v))), nil
		}
	case len(a) == 1:
		if value, slope, ok := smooth(c.Fun, a[0].value); ok {
			return mix(value, a[0], slope, a[0], 0), nil
		}
	}
	return dual{}, fault.New(fault.Invalid, "formula.unknown_function", "function", c.Fun)
}

// mix is a function of two duals with its partial derivatives.
func mix(value float64, a dual, da float64, b dual, db float64) dual {
	grad := make([]float64, len(a.grad))
	for i := range grad {
		if a.grad[i] != 0 {
			grad[i] += da * a.grad[i]
		}
		if b.grad[i] != 0 {
			grad[i] += db * b.grad[i]
		}
	}
	return dual{value, grad}
}

// smooth gives value and derivative of a function of one number.
func smooth(name string, u float64) (value, slope float64, ok bool) {
	switch name {
	case "-":
		return -u, -1, true
	case "exp":
		return math.Exp(u), math.Exp(u), true
	case "log":
		return math.Log(u), 1 / u, true
	case "log2":
		return math.Log2(u), 1 / (u * math.Ln2), true
	case "log10":
		return math.Log10(u), 1 / (u * math.Ln10), true
	case "log1p":
		return math.Log1p(u), 1 / (1 + u), true
	case "expm1":
		return math.Expm1(u), math.Exp(u), true
	case "sqrt":
		return math.Sqrt(u), 0.5 / math.Sqrt(u), true
	case "sin":
		return math.Sin(u), math.Cos(u), true
	case "cos":
		return math.Cos(u), -math.Sin(u), true
	case "tan":
		return math.Tan(u), 1 / (math.Cos(u) * math.Cos(u)), true
	case "asin":
		return math.Asin(u), 1 / math.Sqrt(1-u*u), true
	case "acos":
		return math.Acos(u), -1 / math.Sqrt(1-u*u), true
	case "atan":
		return math.Atan(u), 1 / (1 + u*u), true
	case "abs":
		return math.Abs(u), math.Copysign(1, u), true
	}
	return 0, 0, false
}
