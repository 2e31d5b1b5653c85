package plan

import (
	"math"
	"slices"

	"quipu/internal/estimate/tally"
)

// numberFunctions summarise numbers, such as weights.
func numberFunctions() map[string]function {
	return map[string]function{
		"range": {[]string{"x"}, spreadOf}, "var": {[]string{"x"}, varOfNumbers}, "sd": {[]string{"x"}, varOfNumbers}, "summary": {[]string{"object", "..."}, summary},
		"prop.table": {[]string{"x", "margin"}, shares}, "proportions": {[]string{"x", "margin"}, shares},
		"addmargins": {[]string{"A"}, addMargins}, "ftable": {[]string{"x"}, flat},
	}
}

func spreadOf(s *Session, a *Args) (Value, error) {
	x, err := a.Numbers("x")
	if err != nil || len(x) == 0 {
		return nil, a.misfitUnless(err, "x")
	}
	return Numbers(slices.Min(x), slices.Max(x)), nil
}

func (a *Args) misfitUnless(err error, name string) error {
	if err != nil {
		return err
	}
	return a.misfit(name)
}

// varOfNumbers is var and sd of numbers, without weights.
func varOfNumbers(s *Session, a *Args) (Value, error) {
	x, err := a.Numbers("x")
	if err != nil || len(x) < 2 {
		return nil, a.misfitUnless(err, "x")
	}
	mean := tally.Sum(x) / float64(len(x))
	v := tally.Of(len(x), func(i int) float64 { return (x[i] - mean) * (x[i] - mean) }) / float64(len(x)-1)
	if a.Call.Fun == "sd" {
		v = math.Sqrt(v)
	}
	return Numbers(v), nil
}
