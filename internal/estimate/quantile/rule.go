// Package quantile finds weighted quantiles by the rules that statisticians name, and their
// intervals: Woodruff's (an interval for the share below, turned back), by the score test, or
// from replicates. The rules and their corner cases are those of R's package survey 4.1.1, so
// that both print the same number.
package quantile

import (
	"math"
	"slices"
	"sort"
	"strings"

	"quipu/internal/estimate"
	"quipu/internal/fault"
)

// A Rule says which value is the quantile where the distribution jumps past p.
type Rule string

// HF1 to HF9 are the nine rules of Hyndman and Fan 1996 (The American Statistician 50), with
// weights; Math is HF1, School is HF2 (the median of four is between the second and third).
// ShahVaish is that of Shah and Vaish 2006 in the form of R's survey, which sets the raw
// weight beside weights divided by their mean: it depends on the unit of the weights.
const (
	Math, School, ShahVaish Rule = "math", "school", "shahvaish"
	HF1, HF2, HF3           Rule = "hf1", "hf2", "hf3"
	HF4, HF5, HF6           Rule = "hf4", "hf5", "hf6"
	HF7, HF8, HF9           Rule = "hf7", "hf8", "hf9"
)

// Rules are all of them, the usual first.
var Rules = []Rule{Math, School, ShahVaish, HF1, HF2, HF3, HF4, HF5, HF6, HF7, HF8, HF9}

// Sorted are values in order with the weight of each and the weight up to each. Values of
// equal size keep the order of the rows.
type Sorted struct {
	x, w, cum []float64
	points    map[Rule]curve
}

// Order is the order of values, worked out once for many weights.
type Order struct {
	x    []float64
	rows []int32
}

// NewOrder orders the values of the rows that have weight; none of them may be missing.
func NewOrder(x, w []float64) *Order {
	o := &Order{x: x, rows: make([]int32, 0, len(x))}
	for i := range x {
		if w[i] != 0 {
			o.rows = append(o.rows, int32(i))
		}
	}
	slices.SortStableFunc(o.rows, func(a, b int32) int {
		switch {
		case x[a] < x[b]:
			return -1
		case x[a] > x[b]:
			return 1
		}
		return 0
	})
	return o
}

// Under gives the values with the weights w, without those of weight 0.
func (o *Order) Under(w []float64) *Sorted {
	s := &Sorted{points: map[Rule]curve{}}
	s.x, s.w = make([]float64, 0, len(o.rows)), make([]float64, 0, len(o.rows))
	for _, i := range o.rows {
		if w[i] != 0 {
			s.x, s.w = append(s.x, o.x[i]), append(s.w, w[i])
		}
	}
	s.cum = cumulate(s.w)
	return s
}

// cumulate sums in twice the precision, so that a weight that falls on p exactly is seen to.
func cumulate(w []float64) []float64 {
	cum := make([]float64, len(w))
	hi, lo := 0.0, 0.0
	for i, v := range w {
		t := hi + v
		b := t - hi
		lo += (hi - (t - b)) + (v - b)
		hi = t
		cum[i] = hi + lo
	}
	return cum
}

// At gives the quantile of p. It is an error where no value has weight, or where the rule
// needs two values.
func (s *Sorted) At(rule Rule, p float64) (float64, error) {
	if len(s.x) == 0 {
		return math.NaN(), fault.New(fault.Invalid, "inference.quantile_empty")
	}
	if math.IsNaN(p) {
		return math.NaN(), nil
	}
	switch rule {
	case Math, HF1, School, HF2, HF4:
		return s.step(rule, p), nil
	case HF3:
		return s.distinct().even(p), nil
	}
	if !slices.Contains(Rules, rule) {
		return math.NaN(), fault.New(fault.Invalid, "inference.quantile_rule", "rule", string(rule), "rules", strings.Join(estimate.Names(Rules), ", "))
	}
	if len(s.x) < 2 {
		return math.NaN(), fault.New(fault.Invalid, "inference.quantile_two", "rule", string(rule))
	}
	c, ok := s.points[rule]
	if !ok {
		c = s.curve(rule)
		s.points[rule] = c
	}
	return c.at(p), nil
}

// place finds the last value whose weight up to it is at most p, and the next. Below the
// first value R takes it for found, and so goes on to the second: kept.
func (s *Sorted) place(p float64) (low, up int, below, above float64) {
	n := len(s.cum)
	sum := s.cum[n-1]
	low = sort.Search(n, func(i int) bool { return s.cum[i] > p*sum }) - 1
	low = max(low, 0)
	up = min(low+1, n-1)
	return low, up, p - s.cum[low]/sum, s.cum[up]/sum - p
}

func (s *Sorted) step(rule Rule, p float64) float64 {
	low, up, below, above := s.place(p)
	switch {
	case rule == HF4 && low == up:
		return s.x[up] // R divides 0 by 0 here
	case rule == HF4:
		g := below / (above + below)
		return s.x[low]*(1-g) + s.x[up]*g
	case below != 0:
		return s.x[up]
	case rule == School || rule == HF2:
		return (s.x[low] + s.x[up]) / 2
	}
	return s.x[low]
}

// even is rule 3: on an exact hit the value at an even place.
func (s *Sorted) even(p float64) float64 {
	low, up, below, _ := s.place(p)
	if below == 0 && (low+1)%2 == 0 {
		return s.x[low]
	}
	return s.x[up]
}

// distinct puts the weights of equal values together.
func (s *Sorted) distinct() *Sorted {
	d := &Sorted{}
	for i := 0; i < len(s.x); {
		j := i
		var group []float64
		for ; j < len(s.x) && s.x[j] == s.x[i]; j++ {
			group = append(group, s.w[j])
		}
		d.x, d.w = append(d.x, s.x[i]), append(d.w, cumulate(group)[len(group)-1])
		i = j
	}
	d.cum = cumulate(d.w)
	return d
}
