package formula

import (
	"math"
	"slices"

	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// wholeFunctions are those of all rows at once. Rows outside s.In are not among them: a mean in
// a domain is the domain's.
func wholeFunction(name string) function {
	switch name {
	case "mean":
		return whole(mean)
	case "sum":
		return whole(tally.Sum)
	case "min":
		return whole(slices.Min[[]float64])
	case "max":
		return whole(slices.Max[[]float64])
	case "length":
		return whole(func(x []float64) float64 { return float64(len(x)) })
	case "median":
		return whole(func(x []float64) float64 { return sampleQuantile(x, 0.5) })
	case "var":
		return whole(sampleVariance)
	case "sd":
		return whole(func(x []float64) float64 { return math.Sqrt(sampleVariance(x)) })
	case "quantile":
		return quantiles
	case "scale":
		return scale
	case "levels", "nlevels":
		return levels
	case "[", "[[":
		return element
	}
	return nil
}

// OfAllRows reports whether an expression works something out of all rows, so that it has other values
// in other data: mean(x), scale(x), poly(x, 2) unless its columns are the powers themselves.
func OfAllRows(e Expr) (all bool) {
	Walk(e, func(x Expr) {
		c, ok := x.(Call)
		if !ok {
			return
		}
		switch c.Fun {
		case "poly":
			raw, _ := c.Arg("raw").(Bool)
			all = all || !bool(raw)
		case "[", "[[", "levels", "nlevels":
		default:
			all = all || wholeFunction(c.Fun) != nil
		}
	})
	return all
}

func mean(x []float64) float64 { return tally.Sum(x) / float64(len(x)) }

func sampleVariance(x []float64) float64 {
	m := mean(x)
	return tally.Of(len(x), func(i int) float64 { return (x[i] - m) * (x[i] - m) }) / float64(len(x)-1)
}

// sampleQuantile interpolates between the values, 0 and 1 being the ends (R's type 7). A
// missing value makes it missing.
func sampleQuantile(x []float64, p float64) float64 {
	if len(x) == 0 || slices.ContainsFunc(x, math.IsNaN) {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(x))
	at := p * float64(len(s)-1)
	k := int(math.Floor(at + 4*0x1p-52))
	if k >= len(s)-1 {
		return s[len(s)-1]
	}
	f := at - float64(k)
	if math.Abs(f) < 4*0x1p-52 {
		return s[k]
	}
	return (1-f)*s[k] + f*s[k+1]
}

// those leaves out rows that are not in, and, when drop is asked for, missing values.
func (s Scope) those(x []float64, drop bool) []float64 {
	if s.In != nil && len(x) == len(s.In) {
		var in []float64
		for i, v := range x {
			if s.In[i] {
				in = append(in, v)
			}
		}
		x = in
	}
	if drop {
		x = slices.DeleteFunc(slices.Clone(x), math.IsNaN)
	}
	return x
}

// whole is a function of all rows at once.
func whole(f func([]float64) float64) function {
	return func(s Scope, c Call) (*frame.Column, error) {
		v, err := combine(s, Call{"c", slices.DeleteFunc(slices.Clone(c.Args), func(a Arg) bool { return a.Name == "na.rm" })})
		if err != nil {
			return nil, err
		}
		x := s.those(AsNumbers(v), dropsMissing(c))
		if len(x) == 0 {
			return scalar(math.NaN()), nil
		}
		return scalar(f(x)), nil
	}
}

func dropsMissing(c Call) bool {
	b, _ := c.Arg("na.rm").(Bool)
	n, _ := c.Arg("na.rm").(Name)
	return bool(b) || n == "T"
}

func quantiles(s Scope, c Call) (*frame.Column, error) {
	v, err := s.need(c, 0, "x")
	if err != nil {
		return nil, err
	}
	p, err := s.argument(c, 1, "probs")
	if err != nil {
		return nil, err
	}
	if p == nil {
		p = numbers([]float64{0, 0.25, 0.5, 0.75, 1})
	}
	if t, err := s.argument(c, 3, "type"); err != nil || t != nil && AsNumbers(t)[0] != 7 {
		return nil, fault.New(fault.Invalid, "formula.argument", "function", c.Fun, "argument", "type")
	}
	x := s.those(AsNumbers(v), dropsMissing(c))
	out := make([]float64, p.Len())
	for i, q := range AsNumbers(p) {
		if !(q >= 0 && q <= 1) {
			return nil, fault.New(fault.Invalid, "formula.argument", "function", c.Fun, "argument", "probs")
		}
		out[i] = sampleQuantile(x, q)
	}
	return numbers(out), nil
}

// scale takes the mean away and divides by the standard deviation, both of the rows with a value.
func scale(s Scope, c Call) (*frame.Column, error) {
	v, err := s.need(c, 0, "x")
	if err != nil {
		return nil, err
	}
	for i, a := range c.Args { // a middle or a unit that is given is another function
		if _, yesNo := a.Value.(Bool); i > 0 && (a.Name != "center" && a.Name != "scale" || !yesNo) {
			return nil, fault.New(fault.Invalid, "formula.argument", "function", c.Fun, "argument", joinArgs([]Arg{a}))
		}
	}
	x := AsNumbers(v)
	known := s.those(x, true)
	middle, unit := mean(known), 1.0
	if b, ok := c.Arg("center").(Bool); ok && !bool(b) {
		middle = 0
	}
	if b, ok := c.Arg("scale").(Bool); !ok || bool(b) {
		n := float64(len(known) - 1)
		unit = math.Sqrt(tally.Of(len(known), func(i int) float64 { return (known[i] - middle) * (known[i] - middle) }) / n)
	}
	out := make([]float64, len(x))
	for i := range x {
		out[i] = (x[i] - middle) / unit
	}
	return numbers(out), nil
}

func levels(s Scope, c Call) (*frame.Column, error) {
	v, err := s.need(c, 0, "x")
	if err != nil {
		return nil, err
	}
	f := v.AsFactor()
	if c.Fun == "nlevels" {
		return scalar(float64(len(f.Levels))), nil
	}
	t := frame.Column{Kind: frame.Factor, Levels: f.Levels, Code: make([]int32, len(f.Levels))} // in their order
	for k := range t.Code {
		t.Code[k] = int32(k)
	}
	return &t, nil
}

// element is x[i] of a vector that is no column: numbers from 1, negative ones leave out, or conditions.
func element(s Scope, c Call) (*frame.Column, error) {
	if len(c.Args) != 2 || c.Args[1].Value == nil {
		return nil, fault.New(fault.Invalid, "formula.argument", "function", c.Fun, "argument", "i")
	}
	x, err := Eval(c.Args[0].Value, s)
	if err != nil {
		return nil, err
	}
	i, err := Eval(c.Args[1].Value, s)
	if err != nil {
		return nil, err
	}
	var at []int
	leave := map[int]bool{}
	for k, v := range AsNumbers(i) {
		switch {
		case i.IsLogical():
			if v == 1 && k < x.Len() {
				at = append(at, k)
			}
		case v < 0:
			leave[int(-v)-1] = true
		case v >= 1 && int(v) <= x.Len():
			at = append(at, int(v)-1)
		default:
			return nil, fault.New(fault.Invalid, "formula.argument", "function", c.Fun, "argument", c.Args[1].Value.String())
		}
	}
	for k := range x.Len() {
		if len(leave) > 0 && !leave[k] {
			at = append(at, k)
		}
	}
	out := *x
	out.Num, out.Code = nil, nil
	for _, k := range at {
		if x.Kind == frame.Number {
			out.Num = append(out.Num, x.Num[k])
		} else {
			out.Code = append(out.Code, x.Code[k])
		}
	}
	return &out, nil
}
