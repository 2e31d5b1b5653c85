package frame

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// scales are sets of levels whose order everybody knows and that the alphabet would mix up.
var scales = [][]string{{"low", "mid", "high"}, {"low", "medium", "high"}}

// Order sorts levels in place: a known scale (low, mid, high) in its order, everything
// else by bytes, which is the same on every computer.
func Order(levels []string) {
	slices.Sort(levels)
	for _, scale := range scales {
		if len(levels) != len(scale) {
			continue
		}
		all := true
		for _, l := range levels {
			all = all && slices.Contains(scale, l)
		}
		if all {
			copy(levels, scale)
			return
		}
	}
}

// NumberText writes a number as R prints it in names of levels: up to 15 digits.
func NumberText(x float64) string {
	if math.IsInf(x, 0) {
		return strings.Replace(strconv.FormatFloat(x, 'g', -1, 64), "+", "", 1)
	}
	if x == math.Trunc(x) && math.Abs(x) < 1e5 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	p := 15
	for d := 1; d < 15; d++ { // the fewest digits that say the same to 15
		if s := strconv.FormatFloat(x, 'e', d-1, 64); same15(s, x) {
			p = d
			break
		}
	}
	e := strconv.FormatFloat(x, 'e', p-1, 64)
	exp, _ := strconv.Atoi(e[strings.IndexByte(e, 'e')+1:])
	fixed := strconv.FormatFloat(x, 'f', max(0, p-1-exp), 64)
	if len(fixed) <= len(e) {
		return fixed
	}
	return e
}

func same15(s string, x float64) bool {
	y, err := strconv.ParseFloat(s, 64)
	return err == nil && strconv.FormatFloat(y, 'e', 14, 64) == strconv.FormatFloat(x, 'e', 14, 64)
}

// AsFactor gives codes and levels of any column: the levels of numbers are the numbers that
// occur, in ascending order; a factor keeps its levels, those that do not occur as well.
func (c *Column) AsFactor() Column {
	if c.Kind == Factor {
		return *c
	}
	values := make([]float64, 0, 64)
	seen := map[float64]int32{}
	for _, x := range c.Num {
		if x != x {
			continue
		}
		if _, ok := seen[x]; !ok {
			seen[x] = 0
			values = append(values, x)
		}
	}
	slices.Sort(values)
	levels := make([]string, len(values))
	for i, x := range values {
		levels[i] = NumberText(x)
		seen[x] = int32(i)
	}
	code := make([]int32, len(c.Num))
	for i, x := range c.Num {
		code[i] = Missing
		if x == x {
			code[i] = seen[x]
		}
	}
	return Column{Name: c.Name, Kind: Factor, Code: code, Levels: levels}
}

// Dropped is a factor without the levels that do not occur.
func (c *Column) Dropped() Column {
	f := c.AsFactor()
	to := make([]int32, len(f.Levels))
	for _, k := range f.Code {
		if k >= 0 {
			to[k] = 1
		}
	}
	var levels []string
	for k, used := range to {
		to[k] = int32(len(levels))
		if used == 1 {
			levels = append(levels, f.Levels[k])
		}
	}
	if len(levels) == len(f.Levels) {
		return f
	}
	code := make([]int32, len(f.Code))
	for i, k := range f.Code {
		code[i] = Missing
		if k >= 0 {
			code[i] = to[k]
		}
	}
	return Column{Name: f.Name, Kind: Factor, Code: code, Levels: levels}
}
