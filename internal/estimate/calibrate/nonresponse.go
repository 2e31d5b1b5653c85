package calibrate

import (
	"math"
	"slices"
	"strconv"

	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// Nonresponse weighs those who answered for all of their class: w·Σ_class w / Σ_class,answered w;
// the weight of the others becomes 0. w are weights of everybody who was drawn and belongs to the population.
//
// For the variance, influence values become those of Σ_c N̂_c·ȳ_c, which vary with who was
// drawn as well as with who of them answered: z − (w g)·m + w·m, m the mean of the class.
func Nonresponse(w []float64, class []int32, names []string, answered []bool) (*Adjustment, error) {
	a := &Adjustment{Cell: make([]int32, len(w))}
	for i, c := range class {
		switch {
		case w[i] == 0 || c < 0:
			a.Cell[i] = -1
		case answered[i]:
			a.Cell[i] = 2*c + 1
		default:
			a.Cell[i] = 2 * c
		}
	}
	cells := 2 * len(names)
	a.again = func(sum []float64) ([]float64, error) {
		g := make([]float64, cells)
		for c := range names {
			not, yes := sum[2*c], sum[2*c+1]
			switch {
			case yes > 0:
				g[2*c+1] = (yes + not) / yes
			case not > 0:
				return nil, fault.New(fault.Invalid, "calibrate.class_empty", "class", names[c])
			}
		}
		return g, nil
	}
	sum := sums(w, a.Cell, cells)
	var err error
	if a.Factor, err = a.again(sum); err != nil {
		return nil, err
	}
	a.Residual = answering{cell: a.Cell, w: w, sum: sum, g: a.Factor}
	a.Report.Compare(w, a.Weights(w))
	return a, nil
}

// answering are influence values under weighting classes.
type answering struct {
	cell   []int32
	w      []float64 // before
	sum, g []float64
}

func (r answering) Apply(z []float64) {
	per := tally.By(len(z), len(r.g), r.cell, func(i int) float64 { return z[i] })
	for i, c := range r.cell {
		if c < 0 {
			continue
		}
		class := c &^ 1
		m := (per[class] + per[class+1]) / (r.sum[class] + r.sum[class+1])
		z[i] += r.w[i]*m - r.w[i]*r.g[c]*m
	}
}

// ByPropensity makes classes of equal weight in the order of the probability with which each row
// was thought to answer (of a logistic model); names say the range of each. Rows of equal
// probability are in one class, so there may be fewer than asked for.
func ByPropensity(w, p []float64, classes int) (class []int32, names []string, err error) {
	if classes < 2 {
		return nil, nil, fault.New(fault.Invalid, "calibrate.classes", "classes", classes)
	}
	class = make([]int32, len(w))
	var values []float64
	for i, v := range p {
		class[i] = -1
		if w[i] == 0 {
			continue
		}
		if !(v > 0 && v <= 1) {
			return nil, nil, fault.New(fault.Invalid, "calibrate.propensity", "row", i+1, "value", v)
		}
		values = append(values, v)
	}
	slices.Sort(values)
	values = slices.Compact(values)
	code := make([]int32, len(w))
	for i, v := range p {
		code[i] = -1
		if w[i] != 0 {
			k, _ := slices.BinarySearch(values, v)
			code[i] = int32(k)
		}
	}
	sum := sums(w, code, len(values))
	all, below, of := tally.Sum(sum), 0.0, make([]int32, len(values))
	last, from := -1, 0.0
	for k, s := range sum {
		// a value belongs where the middle of its weight falls
		at := min(int((below+s/2)/all*float64(classes)), classes-1)
		if at != last {
			last, from = at, values[k]
			names = append(names, "")
		}
		of[k] = int32(len(names) - 1)
		names[of[k]] = rangeText(from, values[k])
		below += s
	}
	for i, k := range code {
		if k >= 0 {
			class[i] = of[k]
		}
	}
	return class, names, nil
}

func rangeText(from, to float64) string {
	return strconv.FormatFloat(from, 'f', 3, 64) + "–" + strconv.FormatFloat(to, 'f', 3, 64)
}

// Representativity says how evenly a survey was answered, by the probabilities with which each
// was thought to answer (Schouten, Cobben and Bethlehem 2009).
type Representativity struct {
	R        float64 // R-indicator, 1 − 2·S(p): 1 when everybody is as likely to answer
	Mean     float64 // of p: the response rate
	Bias     float64 // (1−R)/(2·mean): the largest absolute bias of a mean, in standard deviations of what is measured
	Smallest float64 // probability
}

// RIndicator works with the weights of everybody who was drawn.
func RIndicator(w, p []float64) (Representativity, error) {
	n := tally.Sum(w)
	if !(n > 1) {
		return Representativity{}, fault.New(fault.Invalid, "calibrate.no_respondents")
	}
	mean := tally.Dot(w, p) / n
	square := tally.Of(len(w), func(i int) float64 {
		if w[i] == 0 {
			return 0
		}
		return w[i] * (p[i] - mean) * (p[i] - mean)
	})
	r := Representativity{Mean: mean, Smallest: math.Inf(1)}
	for i, v := range p {
		if w[i] != 0 {
			r.Smallest = min(r.Smallest, v)
		}
	}
	r.R = 1 - 2*math.Sqrt(square/(n-1))
	r.Bias = (1 - r.R) / (2 * mean)
	return r, nil
}
