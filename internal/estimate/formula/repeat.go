package formula

import (
	"math"
	"slices"

	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// repeated is R's rep: each value "each" times, the whole "times" times (or value i times[i]
// times), cut or repeated to "length.out".
func repeated(s Scope, c Call) (*frame.Column, error) {
	x, err := s.need(c, 0, "x")
	if err != nil {
		return nil, err
	}
	var given [3][]float64
	for k, name := range []string{"each", "times", "length.out"} {
		place := math.MaxInt // by name alone
		if name == "times" {
			place = 1
		}
		v, err := s.argument(c, place, name)
		if err != nil {
			return nil, err
		}
		if v != nil {
			given[k] = AsNumbers(v)
		}
	}
	rows, ok := places(x.Len(), given[0], given[1], given[2])
	if !ok {
		return nil, fault.New(fault.Invalid, "formula.argument", "function", "rep", "argument", "times")
	}
	out := frame.Column{Kind: x.Kind, Levels: x.Levels}
	for _, r := range rows {
		if x.Kind == frame.Number {
			out.Num = append(out.Num, x.Num[r])
		} else {
			out.Code = append(out.Code, x.Code[r])
		}
	}
	return &out, nil
}

// most is how long a repetition may be.
const most = 1e8

// places says which of n values stand where after rep.
func places(n int, each, times, length []float64) (rows []int, ok bool) {
	one := func(v []float64, def float64) float64 {
		if len(v) == 0 {
			return def
		}
		return v[0]
	}
	e := one(each, 1)
	if !(e >= 0 && e*float64(n) <= most) {
		return nil, false
	}
	for i := range n {
		for range int(e) {
			rows = append(rows, i)
		}
	}
	if len(length) > 0 {
		if !(length[0] >= 0 && length[0] <= most) || len(rows) == 0 {
			return nil, false
		}
		out := make([]int, int(length[0]))
		for i := range out {
			out[i] = rows[i%len(rows)]
		}
		return out, true
	}
	if len(times) == len(rows) && len(times) > 1 {
		var out []int
		for i, t := range times {
			if !(t >= 0 && t+float64(len(out)) <= most) {
				return nil, false
			}
			out = append(out, slices.Repeat([]int{rows[i]}, int(t))...)
		}
		return out, true
	}
	t := one(times, 1)
	if len(times) > 1 || !(t >= 0 && t*float64(len(rows)) <= most) {
		return nil, false
	}
	return slices.Repeat(rows, int(t)), true
}
