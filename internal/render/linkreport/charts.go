package linkreport

import (
	"fmt"
	"math"
	"strings"

	"quipu/internal/linkage/evaluate"
)

// histogram counts pairs by whole bits of weight.
type histogram struct {
	Columns   []column
	Wide      float64
	Threshold float64 // where it stands
	Most      int
}

type column struct {
	From  int // bits: from From up to From+1
	Count int
	X, Y  float64
	Tall  float64
	Above bool // the whole column is above the threshold
}

const (
	histTall  = 160.0
	columnGap = 18.0
	mostHist  = 40 // weights beyond are counted in the last column
)

// histogram draws the counts by their logarithm, for there are many more unlike pairs.
func (r *Report) histogram() (h histogram) {
	counts := map[int]int{}
	least, greatest := math.MaxInt, math.MinInt
	for _, p := range r.Result.Pairs {
		b := int(math.Floor(math.Max(-mostHist, math.Min(mostHist, float64(p.Weight)))))
		counts[b]++
		least, greatest = min(least, b), max(greatest, b)
		h.Most = max(h.Most, counts[b])
	}
	if h.Most == 0 {
		return h
	}
	for b := least; b <= greatest; b++ {
		n := counts[b]
		tall := histTall * math.Log1p(float64(n)) / math.Log1p(float64(h.Most))
		h.Columns = append(h.Columns, column{b, n, columnGap * float64(b-least), histTall - tall, tall, float64(b) >= r.Result.Threshold})
	}
	h.Wide = columnGap * float64(len(h.Columns))
	h.Threshold = max(0, min(h.Wide, columnGap*(r.Result.Threshold-float64(least))))
	return h
}

// size is how many clusters have so many records.
type size struct {
	Records, Clusters int64
	Wide              float64
}

func (r *Report) sizes() (out []size) {
	most := 1.0
	for _, s := range evaluate.Histogram(r.Result.Clusters) {
		most = max(most, math.Log1p(float64(s[1])))
		out = append(out, size{Records: s[0], Clusters: s[1]})
	}
	for i := range out {
		out[i].Wide = 200 * math.Log1p(float64(out[i].Clusters)) / most
	}
	return out
}

// curve is precision and recall over thresholds, as points of a line each.
type curve struct {
	Precision, Recall, F1 string
	From, To              float64 // thresholds at the ends
	Threshold             float64 // where the one in use stands
	Rows                  []evaluate.Point
}

const (
	curveWide = 600.0
	curveTall = 200.0
	curveBits = 30.0 // the axis goes no further up
	curveRows = 12
)

func (r *Report) curve() (c curve) {
	ps := r.Truth.Points
	if len(ps) == 0 {
		return c
	}
	c.From = float64(ps[len(ps)-1].Threshold)
	c.To = min(max(float64(ps[0].Threshold), c.From+1), curveBits)
	x := func(t float64) float64 { return curveWide * max(0, min(1, (t-c.From)/(c.To-c.From))) }
	var p, rc, f strings.Builder
	last := -1.0
	for _, pt := range ps {
		px := math.Round(x(float64(pt.Threshold)))
		if px == last {
			continue
		}
		last = px
		for _, l := range []struct {
			b *strings.Builder
			v float64
		}{{&p, pt.Pairs.Precision}, {&rc, pt.Pairs.Recall}, {&f, pt.Pairs.F1}} {
			fmt.Fprintf(l.b, "%.0f,%.1f ", px, curveTall*(1-l.v))
		}
	}
	c.Precision, c.Recall, c.F1 = p.String(), rc.String(), f.String()
	c.Threshold = x(r.Result.Threshold)
	for i := range min(curveRows, len(ps)) {
		c.Rows = append(c.Rows, ps[i*(len(ps)-1)/max(min(curveRows, len(ps))-1, 1)])
	}
	return c
}
