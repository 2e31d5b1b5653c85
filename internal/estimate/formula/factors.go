package formula

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// asFactor is R's factor(): levels that occur, or those given, with labels.
func asFactor(s Scope, c Call) (*frame.Column, error) {
	v, err := s.need(c, 0, "x")
	if err != nil {
		return nil, err
	}
	f := v.AsFactor()
	if c.Fun == "factor" || c.Fun == "droplevels" {
		f = s.occurring(v)
	}
	if c.Fun != "factor" && c.Fun != "ordered" {
		return &f, nil
	}
	levels, err := s.argument(c, 1, "levels")
	if err != nil {
		return nil, err
	}
	labels, err := s.argument(c, 2, "labels")
	if err != nil {
		return nil, err
	}
	if levels != nil {
		f = releveled(f, textsOf(levels))
	}
	if labels != nil {
		names := textsOf(labels)
		if len(names) != len(f.Levels) {
			return nil, fault.New(fault.Invalid, "formula.labels", "labels", len(names), "levels", len(f.Levels))
		}
		f.Levels = names
	}
	return &f, nil
}

// occurring is a factor with the levels that occur in the rows that are in.
func (s Scope) occurring(v *frame.Column) frame.Column {
	f := v.AsFactor()
	if s.In != nil && len(f.Code) == len(s.In) {
		f.Code = slices.Clone(f.Code)
		for i, in := range s.In {
			if !in {
				f.Code[i] = frame.Missing
			}
		}
	}
	return f.Dropped()
}

// textsOf lists the values of a column in the order in which they stand.
func textsOf(c *frame.Column) []string {
	out := make([]string, c.Len())
	for i := range out {
		out[i] = c.Text(i)
	}
	return out
}

// releveled gives a factor other levels; values that are not among them become missing.
func releveled(f frame.Column, levels []string) frame.Column {
	to := make([]int32, len(f.Levels))
	for k, l := range f.Levels {
		to[k] = int32(slices.Index(levels, l))
	}
	code := make([]int32, len(f.Code))
	for i, k := range f.Code {
		code[i] = frame.Missing
		if k >= 0 {
			code[i] = to[k]
		}
	}
	return frame.Column{Name: f.Name, Kind: frame.Factor, Code: code, Levels: levels}
}

func relevel(s Scope, c Call) (*frame.Column, error) {
	v, err := s.need(c, 0, "x")
	if err != nil {
		return nil, err
	}
	ref, err := s.need(c, 1, "ref")
	if err != nil {
		return nil, err
	}
	f, first := v.AsFactor(), ref.Text(0)
	if !slices.Contains(f.Levels, first) {
		return nil, fault.New(fault.Invalid, "formula.level", "level", first, "levels", f.Levels)
	}
	rest := slices.DeleteFunc(slices.Clone(f.Levels), func(l string) bool { return l == first })
	f = releveled(f, append([]string{first}, rest...))
	return &f, nil
}

// interaction is R's: the levels of the first vary fastest; those that do not occur stay
// unless drop = TRUE.
func interaction(s Scope, c Call) (*frame.Column, error) {
	v, err := s.values(c)
	if err != nil {
		return nil, err
	}
	sep := "."
	if t, ok := c.Arg("sep").(Str); ok {
		sep = string(t)
	}
	lex, _ := c.Arg("lex.order").(Bool)
	f, err := cross(v, sep, bool(lex))
	if err != nil {
		return nil, err
	}
	if drop, ok := c.Arg("drop").(Bool); ok && bool(drop) {
		d := f.Dropped()
		f = &d
	}
	return f, nil
}

// Cross is the factor of all combinations of columns, levels joined by ".", the first
// varying fastest (R's interaction).
func Cross(columns []*frame.Column) (*frame.Column, error) { return cross(columns, ".", false) }

func cross(v []*frame.Column, sep string, lastFastest bool) (*frame.Column, error) {
	if len(v) == 0 {
		return nil, fault.New(fault.Invalid, "formula.argument", "function", "interaction", "argument", "1")
	}
	out := v[0].AsFactor()
	for _, x := range v[1:] {
		f := x.AsFactor()
		if int64(len(out.Levels))*int64(len(f.Levels)) > math.MaxInt32/2 {
			return nil, fault.New(fault.Invalid, "formula.levels", "levels", int64(len(out.Levels))*int64(len(f.Levels)))
		}
		a, b := int32(len(out.Levels)), int32(len(f.Levels))
		levels := make([]string, a*b)
		place := func(i, j int32) int32 {
			if lastFastest {
				return i*b + j
			}
			return j*a + i
		}
		for i := range a {
			for j := range b {
				levels[place(i, j)] = out.Levels[i] + sep + f.Levels[j]
			}
		}
		code := make([]int32, span(len(out.Code), len(f.Code)))
		for r := range code {
			i, j := at(out.Code, r), at(f.Code, r)
			code[r] = frame.Missing
			if i >= 0 && j >= 0 {
				code[r] = place(i, j)
			}
		}
		out = frame.Column{Kind: frame.Factor, Code: code, Levels: levels}
	}
	return &out, nil
}

// cut is R's: (a,b] intervals, or [a,b) with right = FALSE.
func cut(s Scope, c Call) (*frame.Column, error) {
	v, err := s.need(c, 0, "x")
	if err != nil {
		return nil, err
	}
	b, err := s.need(c, 1, "breaks")
	if err != nil {
		return nil, err
	}
	x, breaks := AsNumbers(v), slices.Clone(AsNumbers(b))
	slices.Sort(breaks)
	if len(breaks) < 2 {
		return nil, fault.New(fault.Invalid, "formula.argument", "function", "cut", "argument", "breaks")
	}
	right := true
	if r, ok := c.Arg("right").(Bool); ok {
		right = bool(r)
	}
	lowest, _ := c.Arg("include.lowest").(Bool)
	labels, err := s.cutLabels(c, breaks, right, bool(lowest))
	if err != nil {
		return nil, err
	}
	code := make([]int32, len(x))
	for i, v := range x {
		code[i] = interval(v, breaks, right, bool(lowest))
	}
	return &frame.Column{Kind: frame.Factor, Code: code, Levels: labels}, nil
}

func interval(v float64, breaks []float64, right, lowest bool) int32 {
	last := len(breaks) - 1
	for k := range last {
		lo, hi := breaks[k], breaks[k+1]
		switch {
		case right && v > lo && v <= hi, !right && v >= lo && v < hi:
			return int32(k)
		case lowest && right && k == 0 && v == lo, lowest && !right && k == last-1 && v == hi:
			return int32(k)
		}
	}
	return frame.Missing
}

func (s Scope) cutLabels(c Call, breaks []float64, right, lowest bool) ([]string, error) {
	if e := c.Arg("labels"); e != nil && e.String() != "FALSE" && e.String() != "NULL" {
		v, err := Eval(e, s)
		if err != nil {
			return nil, err
		}
		if v.Len() != len(breaks)-1 {
			return nil, fault.New(fault.Invalid, "formula.labels", "labels", v.Len(), "levels", len(breaks)-1)
		}
		return textsOf(v), nil
	}
	labels, written := make([]string, len(breaks)-1), shortBreaks(breaks)
	for k := range labels {
		open, closing := "(", "]"
		if !right {
			open, closing = "[", ")"
		}
		if lowest && right && k == 0 {
			open = "["
		}
		if lowest && !right && k == len(labels)-1 {
			closing = "]"
		}
		if e := c.Arg("labels"); e != nil && e.String() == "FALSE" {
			labels[k] = strconv.Itoa(k + 1)
			continue
		}
		labels[k] = open + written[k] + "," + written[k+1] + closing
	}
	return labels, nil
}

// shortBreaks writes breaks with three digits, or as many more as keep neighbours apart.
func shortBreaks(breaks []float64) []string {
	out := make([]string, len(breaks))
	for digits := 3; digits <= 12; digits++ {
		apart := true
		for k, x := range breaks {
			out[k] = strings.Replace(strconv.FormatFloat(x, 'g', digits, 64), "+Inf", "Inf", 1)
			apart = apart && (k == 0 || out[k] != out[k-1])
		}
		if apart {
			break
		}
	}
	return out
}
