package lang

import (
	"cmp"
	"math"
	"slices"

	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/tally"
)

// vectorFunctions are those of numbers: sequences, orders, sums.
func vectorFunctions() map[string]Function {
	return map[string]Function{
		"range": {[]string{"x"}, spreadOf}, "var": {[]string{"x"}, varOfNumbers}, "sd": {[]string{"x"}, varOfNumbers},
		"seq":    {[]string{"from", "to", "by", "length.out"}, sequence},
		"cumsum": {[]string{"x"}, cumulated}, "diff": {[]string{"x"}, differences}, "rev": {[]string{"x"}, reversed}, "unique": {[]string{"x"}, distinct},
		"sort": {[]string{"x", "decreasing"}, sorted}, "order": {[]string{"...", "decreasing"}, orderOf},
		"which": {[]string{"x"}, whichOf}, "any": {[]string{"x", "na.rm"}, anyOf}, "all": {[]string{"x", "na.rm"}, anyOf},
		"weighted.mean": {[]string{"x", "w", "...", "na.rm"}, weightedMean},
	}
}

func spreadOf(s *Session, a *Args) (Value, error) {
	x, err := a.Numbers("x")
	if err != nil || len(x) == 0 {
		return nil, a.MisfitUnless(err, "x")
	}
	return Numbers(slices.Min(x), slices.Max(x)), nil
}

func (a *Args) MisfitUnless(err error, name string) error {
	if err != nil {
		return err
	}
	return a.Misfit(name)
}

// varOfNumbers is var and sd of numbers, without weights.
func varOfNumbers(s *Session, a *Args) (Value, error) {
	x, err := a.Numbers("x")
	if err != nil || len(x) < 2 {
		return nil, a.MisfitUnless(err, "x")
	}
	mean := tally.Sum(x) / float64(len(x))
	v := tally.Of(len(x), func(i int) float64 { return (x[i] - mean) * (x[i] - mean) }) / float64(len(x)-1)
	if a.Call.Fun == "sd" {
		v = math.Sqrt(v)
	}
	return Numbers(v), nil
}

// sequence is R's seq(from, to, by): the probabilities of quantiles are often written so.
func sequence(_ *Session, a *Args) (Value, error) {
	from, err := a.Number("from", 1)
	if err != nil {
		return nil, err
	}
	to, err := a.Number("to", 1)
	if err != nil {
		return nil, err
	}
	by, err := a.Number("by", math.Copysign(1, to-from))
	if err != nil {
		return nil, err
	}
	n := math.Floor((to-from)/by + 1e-10)
	if a.Has("length.out") {
		length, err := a.Number("length.out", 1)
		if err != nil {
			return nil, err
		}
		if n = length - 1; n > 0 {
			by = (to - from) / n
		}
	}
	if !(n >= 0 && n < 1e6) {
		return nil, a.Misfit("by")
	}
	v := &Vector{}
	for i := range int(n) + 1 {
		v.Num = append(v.Num, from+float64(i)*by)
	}
	return v, nil
}

// Vector evaluates an argument that must be a vector.
func (a *Args) Vector(name string) (*Vector, error) {
	v, err := a.Need(name)
	if err != nil {
		return nil, err
	}
	if o, ok := v.(Outcomer); ok {
		v = Coefficients(o)
	}
	x, ok := v.(*Vector)
	if !ok {
		return nil, a.Misfit(name)
	}
	return x, nil
}

func cumulated(_ *Session, a *Args) (Value, error) {
	x, err := a.Numbers("x")
	if err != nil || x == nil {
		return nil, a.MisfitUnless(err, "x")
	}
	out, sum := make([]float64, len(x)), 0.0
	for i, v := range x {
		sum += v
		out[i] = sum
	}
	return Numbers(out...), nil
}

func differences(_ *Session, a *Args) (Value, error) {
	x, err := a.Numbers("x")
	if err != nil || x == nil {
		return nil, a.MisfitUnless(err, "x")
	}
	out := &Vector{}
	for i := 1; i < len(x); i++ {
		out.Num = append(out.Num, x[i]-x[i-1])
	}
	return out, nil
}

func reversed(_ *Session, a *Args) (Value, error) {
	x, err := a.Vector("x")
	if err != nil {
		return nil, err
	}
	at := make([]int, x.Len())
	for i := range at {
		at[i] = len(at) - 1 - i
	}
	return x.Take(at), nil
}

func distinct(_ *Session, a *Args) (Value, error) {
	x, err := a.Vector("x")
	if err != nil {
		return nil, err
	}
	seen, at := map[string]bool{}, []int{}
	for i := range x.Len() {
		if t := TextAt(x, i); !seen[t] {
			seen[t] = true
			at = append(at, i)
		}
	}
	out := x.Take(at)
	out.Names = nil
	return out, nil
}

// inOrder gives the places of the values from the smallest; equals keep their order, missing ones come last.
func inOrder(keys []*Vector, decreasing bool) []int {
	at := make([]int, keys[0].Len())
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(i, j int) int {
		for _, k := range keys {
			if k.Kind == Text {
				if c := cmp.Compare(k.Str[i], k.Str[j]); c != 0 {
					return sense(c, decreasing)
				}
				continue
			}
			x, y := k.Num[i], k.Num[j]
			switch {
			case x != x && y != y || x == y:
			case x != x:
				return 1
			case y != y:
				return -1
			default:
				return sense(cmp.Compare(x, y), decreasing)
			}
		}
		return 0
	})
	return at
}

func sense(c int, decreasing bool) int {
	if decreasing {
		return -c
	}
	return c
}

// sorted leaves missing values out, as R does.
func sorted(_ *Session, a *Args) (Value, error) {
	x, err := a.Vector("x")
	if err != nil {
		return nil, err
	}
	down, err := a.Bool("decreasing", false)
	if err != nil {
		return nil, err
	}
	at := slices.DeleteFunc(inOrder([]*Vector{x}, down), func(i int) bool { return x.Kind != Text && math.IsNaN(x.Num[i]) })
	return x.Take(at), nil
}

func orderOf(_ *Session, a *Args) (Value, error) {
	values, err := a.values()
	if err != nil {
		return nil, err
	}
	down, err := a.Bool("decreasing", false)
	if err != nil {
		return nil, err
	}
	var keys []*Vector
	for i, v := range values {
		x, ok := v.(*Vector)
		if !ok || x.Len() != values[0].(*Vector).Len() {
			return nil, Misfit(a.Call, a.Rest[i])
		}
		keys = append(keys, x)
	}
	if len(keys) == 0 {
		return nil, a.Misfit("...")
	}
	out := &Vector{}
	for _, i := range inOrder(keys, down) {
		out.Num = append(out.Num, float64(i+1))
	}
	return out, nil
}

func whichOf(_ *Session, a *Args) (Value, error) {
	x, err := a.Vector("x")
	if err != nil {
		return nil, err
	}
	if x.Kind != Condition {
		return nil, a.Misfit("x")
	}
	out := &Vector{}
	for i, v := range x.Num {
		if v == 1 {
			out.Num = append(out.Num, float64(i+1))
		}
	}
	return out, nil
}

// anyOf is any and all: what decides decides, else a missing value leaves it open.
func anyOf(_ *Session, a *Args) (Value, error) {
	x, err := a.Vector("x")
	if err != nil {
		return nil, err
	}
	if x.Kind == Text {
		return nil, a.Misfit("x")
	}
	drop, err := a.Bool("na.rm", false)
	if err != nil {
		return nil, err
	}
	decides := a.Call.Fun == "any"
	open := false
	for _, v := range x.Num {
		if v != v {
			open = true
		} else if (v != 0) == decides {
			return conditions(decides), nil
		}
	}
	if open && !drop {
		return &Vector{Kind: Condition, Num: []float64{na}}, nil
	}
	return conditions(!decides), nil
}

func weightedMean(_ *Session, a *Args) (Value, error) {
	v, err := a.Vector("x")
	if err != nil {
		return nil, err
	}
	x := formula.AsNumbers(v.AsColumn())
	w, err := a.Numbers("w")
	if err != nil {
		return nil, err
	}
	if w == nil {
		w = slices.Repeat([]float64{1}, len(x))
	}
	drop, err := a.Bool("na.rm", false)
	if err != nil {
		return nil, err
	}
	if len(w) != len(x) || v.Kind == Text {
		return nil, a.Misfit("w")
	}
	counts := func(i int) bool { return w[i] != 0 && !(drop && math.IsNaN(x[i])) } // weight 0 counts nothing, a missing value neither
	all := tally.Of(len(x), func(i int) float64 {
		if counts(i) {
			return w[i]
		}
		return 0
	})
	sum := tally.Of(len(x), func(i int) float64 {
		if counts(i) {
			return w[i] * x[i]
		}
		return 0
	})
	return Numbers(sum / all), nil
}
