package quantile

import (
	"slices"
	"sort"
)

// A curve is drawn through points; steps says whether it stays on a value until the next.
type curve struct {
	p, x  []float64
	steps bool
}

// curve places each value at its share of the weight, as the rule has it.
func (s *Sorted) curve(rule Rule) curve {
	n := len(s.x)
	last := s.cum[n-1]
	wn := s.w[n-1]
	c := curve{p: make([]float64, n), x: s.x}
	var even []float64 // weights divided by their mean, summed up
	if rule == ShahVaish {
		even = make([]float64, n)
		for i, w := range s.w {
			even[i] = w / (last / float64(n))
		}
		even = cumulate(even)
	}
	for i := range c.p {
		w, cum, before := s.w[i], s.cum[i], 0.0
		if i > 0 {
			before = s.cum[i-1]
		}
		switch rule {
		case HF5:
			c.p[i] = (cum - w/2) / last
		case HF6:
			c.p[i] = cum / (last + wn)
		case HF7:
			c.p[i] = before / s.cum[n-2]
		case HF8:
			c.p[i] = (before*1/3 + cum*2/3) / (last + wn/3)
		case HF9:
			c.p[i] = (before*3/8 + cum*5/8) / (last + wn/4)
		case ShahVaish:
			c.p[i] = (even[i] + 0.5 - w/2) / float64(n+1)
			c.steps = true
		}
	}
	if rule == ShahVaish {
		c.order()
	}
	return c
}

// order sorts the points and puts those at one place at their mean value.
func (c *curve) order() {
	rows := make([]int, len(c.p))
	for i := range rows {
		rows[i] = i
	}
	slices.SortStableFunc(rows, func(a, b int) int {
		switch {
		case c.p[a] < c.p[b]:
			return -1
		case c.p[a] > c.p[b]:
			return 1
		}
		return 0
	})
	var p, x []float64
	for i := 0; i < len(rows); {
		j, sum := i, 0.0
		for ; j < len(rows) && c.p[rows[j]] == c.p[rows[i]]; j++ {
			sum += c.x[rows[j]]
		}
		p, x = append(p, c.p[rows[i]]), append(x, sum/float64(j-i))
		i = j
	}
	c.p, c.x = p, x
}

// at reads the curve; beyond its ends it stays level.
func (c curve) at(v float64) float64 {
	n := len(c.p)
	if v < c.p[0] {
		return c.x[0]
	}
	if v > c.p[n-1] {
		return c.x[n-1]
	}
	j := sort.SearchFloat64s(c.p, v) // the first at or above v
	switch {
	case c.p[j] == v:
		return c.x[j]
	case c.steps:
		return c.x[j-1]
	}
	i := j - 1
	return c.x[i] + (c.x[j]-c.x[i])*((v-c.p[i])/(c.p[j]-c.p[i]))
}
