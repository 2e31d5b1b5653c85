// Package survival estimates how long something lasts when not all have come to its end: shares that
// go on after each time, with their error, and a test that groups do alike (R: svykm and svylogrank of the
// package survey 4.1.1).
package survival

import (
	"math"
	"slices"
	"sort"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// Curve is the share that goes on after each time at which something ended, or, with errors, exp(-H) of
// the hazard H added up (Nelson and Aalen), whose logarithm has the variance given.
type Curve struct {
	Time, Share []float64
	VarLog      []float64 // nil: not worked out
	AtRisk      []int     // rows that have not ended before the time
	N           int
}

// At is the share that goes on after t, 1 before the first end, with the variance of its logarithm.
func (c *Curve) At(t float64) (share, varLog float64) {
	k := sort.Search(len(c.Time), func(i int) bool { return c.Time[i] > t }) - 1
	if k < 0 {
		return 1, 0
	}
	if c.VarLog == nil {
		return c.Share[k], math.NaN()
	}
	return c.Share[k], c.VarLog[k]
}

// spells are the rows that count, by time: who is at risk and who ends.
type spells struct {
	rows []int
	time []float64
	ends []bool
	w    []float64
	n    int // rows of the frame
}

func newSpells(d *design.Design, time, status []float64) (*spells, error) {
	s := &spells{n: len(time)}
	w := d.Weights()
	for i := range time {
		if w[i] == 0 || math.IsNaN(time[i]) || math.IsNaN(status[i]) {
			continue
		}
		if time[i] < 0 || status[i] != 0 && status[i] != 1 || math.IsInf(time[i], 0) {
			return nil, fault.New(fault.Invalid, "inference.survival_values", "row", i+1, "time", time[i], "status", status[i])
		}
		s.rows = append(s.rows, i)
	}
	if len(s.rows) == 0 {
		return nil, fault.New(fault.Invalid, "estimate.empty_domain")
	}
	slices.SortStableFunc(s.rows, func(a, b int) int {
		switch {
		case time[a] < time[b]:
			return -1
		case time[a] > time[b]:
			return 1
		}
		return 0
	})
	for _, r := range s.rows {
		s.time, s.ends, s.w = append(s.time, time[r]), append(s.ends, status[r] == 1), append(s.w, w[r])
	}
	return s, nil
}

// step is one of the times at which something ended, with the weight at risk, that of those who ended, and the rows at risk.
type step struct {
	time, risk, ended float64
	rows              int
}

// steps go through the times; all has those without an end, too.
func (s *spells) steps(all bool) (out []step) {
	n := len(s.time)
	for from := 0; from < n; {
		to := from
		for to < n && s.time[to] == s.time[from] {
			to++
		}
		ended := tally.Of(to-from, func(i int) float64 {
			if s.ends[from+i] {
				return s.w[from+i]
			}
			return 0
		})
		risk := tally.Of(n-from, func(i int) float64 { return s.w[from+i] })
		if all || ended > 0 {
			out = append(out, step{s.time[from], risk, ended, n - from})
		}
		from = to
	}
	return out
}

// Kaplan is Kaplan and Meier's curve of weighted rows, beginning with 1 at time 0.
func Kaplan(d *design.Design, time, status []float64) (*Curve, error) {
	s, err := newSpells(d, time, status)
	if err != nil {
		return nil, err
	}
	c := &Curve{Time: []float64{0}, Share: []float64{1}, AtRisk: []int{len(s.rows)}, N: len(s.rows)}
	share := 1.0
	for _, st := range s.steps(true) {
		share = math.Max(0, share*(1-st.ended/st.risk))
		c.Time, c.Share, c.AtRisk = append(c.Time, st.time), append(c.Share, share), append(c.AtRisk, st.rows)
	}
	return c, nil
}

// mostEnds is how many times a curve with errors may have.
const mostEnds = 5000

// WithErrors is the curve of the hazard with the variance of its logarithm under the design: that of the
// total of what each row adds, its end less its share in the hazard while it was at risk.
func WithErrors(d *design.Design, time, status []float64) (*Curve, error) {
	s, err := newSpells(d, time, status)
	if err != nil {
		return nil, err
	}
	all := s.steps(false)
	if len(all) > mostEnds || len(all) == 0 {
		return nil, fault.New(fault.Invalid, "inference.survival_ends", "ends", len(all), "most", mostEnds)
	}
	c := &Curve{N: len(s.rows)}
	z := make([]float64, s.n)
	hazard, passed := 0.0, 0
	added := make([]float64, len(s.rows)) // a row at a time, per unit of weight
	for _, st := range all {
		for s.time[passed] < st.time {
			passed++
		}
		hazard += st.ended / st.risk
		for i := passed; i < len(s.rows); i++ {
			if added[i] -= st.ended / (st.risk * st.risk); s.ends[i] && s.time[i] == st.time {
				added[i] += 1 / st.risk
			}
		}
		for i, r := range s.rows {
			z[r] = s.w[i] * added[i]
		}
		v, err := d.Cov([][]float64{z})
		if err != nil {
			return nil, err
		}
		c.Time, c.Share = append(c.Time, st.time), append(c.Share, math.Exp(-hazard))
		c.VarLog, c.AtRisk = append(c.VarLog, v.At(0, 0)), append(c.AtRisk, st.rows)
	}
	return c, nil
}
