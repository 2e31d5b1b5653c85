package linkreport

import (
	"math"
	"strconv"

	"quipu/internal/i18n"
	"quipu/internal/linkage"
)

// formatted is a number with a fixed number of decimals; what rounds to zero has no sign.
func formatted(x float64, digits int) string {
	text := strconv.FormatFloat(x, 'f', digits, 64)
	if v, err := strconv.ParseFloat(text, 64); err == nil && v == 0 {
		return strconv.FormatFloat(0, 'f', digits, 64)
	}
	return text
}

// The axis of weights: bits, cut off at both ends, in a drawing of chartWide units.
const (
	mostBits  = 20.0
	chartWide = 400.0
)

// at is where a weight stands on the axis.
func at(bits float64) float64 {
	return chartWide / 2 * (1 + max(-1, min(1, bits/mostBits)))
}

// bar is a weight drawn from From to From+Wide; For tells evidence for one person from
// evidence against.
type bar struct {
	Weight     float64
	From, Wide float64
	For        bool
	Cut        bool // longer than the axis
}

// barOf draws what is added to a weight of before.
func barOf(before, weight float64) bar {
	a, b := at(before), at(before+weight)
	return bar{weight, min(a, b), math.Abs(b - a), weight >= 0, math.Abs(before+weight) > mostBits}
}

// comparison is a comparison and its levels, the best agreement first.
type comparison struct {
	Name   string
	Kind   string
	Levels []level
}

// level is a level with its chances in two records of one person and of two, drawn as
// shares of shareWide.
type level struct {
	Key          string
	M, U         string
	MWide, UWide float64
	Bar          bar
	ByValue      bool // the weight shown is that of a value of usual frequency
}

const shareWide = 100.0

func (r *Report) weights() (out []comparison, prior bar) {
	for _, c := range r.Result.Model.Comparisons {
		d := comparison{Name: c.Name, Kind: i18n.T(r.Lang, "personlist.kind."+c.Kind.String())}
		for i := len(c.Levels) - 1; i > 0; i-- { // 0 is "missing", which weighs nothing
			l := c.Levels[i]
			if l.M < 1e-5 && l.U < 1e-5 {
				continue // a level that this list does not have
			}
			d.Levels = append(d.Levels, level{l.Key, r.share(l.M), r.share(l.U), shareWide * l.M, shareWide * l.U, barOf(0, l.Weight), l.TF})
		}
		out = append(out, d)
	}
	return out, barOf(0, r.Result.Model.Prior)
}

// share is a chance in percent, with as many decimals as it needs to be seen.
func (r *Report) share(x float64) string {
	switch p := 100 * x; {
	case p >= 1 || p == 0:
		return r.decimal(p, 1) + " %"
	case p >= 0.01:
		return r.decimal(p, 3) + " %"
	default:
		return "< " + r.decimal(0.01, 2) + " %"
	}
}

// class is a kind of relatives who look like one person, and how many such pairs the list
// seems to have.
type class struct {
	Name  string
	Pairs int64
}

func (r *Report) classes() (out []class) {
	n := float64(r.List.Len())
	for _, c := range r.Result.Model.Classes {
		out = append(out, class{c.Name, int64(math.Round(n * (n - 1) / 2 * math.Exp2(c.Prior)))})
	}
	return out
}

// levelOf is the level of a comparison in a pattern.
func levelOf(p linkage.Pair, comparison int) int { return int(p.Pattern>>(4*comparison)) & 15 }
