package remit

import (
	"math"
	"slices"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// Columns say where the answers stand.
type Columns struct {
	Amount    string // of one sending, in one currency
	Frequency string // sendings a year: 26, 12, 6, 4, 2, 1
	Channel   string // bank, money order, carried by hand, ...; "" when not asked
	Country   string // where the sender lives; "" when not asked
	// Formal are the channels that go through a bank or a licensed firm.
	Formal []string
}

// senders are the rows of a design that say both amount and frequency; columns are 0 elsewhere.
type senders struct {
	d         *design.Design
	one       []float64 // 1 for a sender
	amount    []float64 // A
	frequency []float64 // f
	year      []float64 // A f
	unknown   int       // rows that say one of the two only
	lost      float64   // their share of the weight of all senders
}

func newSenders(d *design.Design, c Columns) (*senders, error) {
	a, err := numbers(d.Frame(), c.Amount)
	if err != nil {
		return nil, err
	}
	f, err := numbers(d.Frame(), c.Frequency)
	if err != nil {
		return nil, err
	}
	n, w := d.Frame().N(), d.Weights()
	s := &senders{one: make([]float64, n), amount: make([]float64, n), frequency: make([]float64, n), year: make([]float64, n)}
	in := make([]bool, n)
	known, lost := 0.0, 0.0
	for i := range n {
		if w[i] == 0 {
			continue
		}
		if a[i] < 0 || f[i] < 0 || math.IsInf(a[i], 0) || math.IsInf(f[i], 0) {
			return nil, fault.New(fault.Invalid, "remit.negative", "row", i+1, "amount", a[i], "frequency", f[i])
		}
		switch {
		case a[i] > 0 && f[i] > 0:
			in[i], s.one[i], s.amount[i], s.frequency[i], s.year[i] = true, 1, a[i], f[i], a[i]*f[i]
			known += w[i]
		case a[i] > 0 && math.IsNaN(f[i]), f[i] > 0 && math.IsNaN(a[i]):
			s.unknown++
			lost += w[i]
		}
	}
	if known == 0 {
		return nil, fault.New(fault.Invalid, "remit.no_senders", "amount", c.Amount, "frequency", c.Frequency)
	}
	s.lost = lost / (known + lost)
	s.d = d.Subset(in)
	return s, nil
}

func numbers(f *frame.Frame, name string) ([]float64, error) {
	c, err := f.Col(name)
	if err != nil {
		return nil, err
	}
	if c.Kind != frame.Number {
		return nil, fault.New(fault.Invalid, "remit.not_numbers", "column", name)
	}
	return c.Num, nil
}

// times gives x where the condition holds of a sender and 0 elsewhere.
func (s *senders) times(x []float64, holds func(row int) bool) []float64 {
	out := make([]float64, len(x))
	for i := range x {
		if s.one[i] == 1 && holds(i) {
			out[i] = x[i]
		}
	}
	return out
}

// unsaid is the level of senders who did not say.
const unsaid = "?"

// class is a factor over the senders: each level that a sender has, and unsaid when somebody did not say.
// code is -1 where a row that is no sender has a level that no sender has.
type class struct {
	levels []string
	code   []int
}

func (s *senders) class(name string) (*class, error) {
	col, err := s.d.Frame().Col(name)
	if err != nil {
		return nil, err
	}
	factor := col.AsFactor()
	used := make([]bool, len(factor.Levels)+1)
	last := len(factor.Levels)
	raw := make([]int, len(s.one))
	for i := range s.one {
		if raw[i] = int(factor.Code[i]); raw[i] < 0 {
			raw[i] = last
		}
		used[raw[i]] = used[raw[i]] || s.one[i] == 1
	}
	c := &class{code: make([]int, len(raw))}
	place := make([]int, len(used))
	for k, level := range append(slices.Clone(factor.Levels), unsaid) {
		place[k] = -1
		if used[k] {
			place[k] = len(c.levels)
			c.levels = append(c.levels, level)
		}
	}
	for i, k := range raw {
		c.code[i] = place[k]
	}
	return c, nil
}

// split adds a figure for each level: num of those in it over den, or its total.
func (c *class) split(f *figures, s *senders, num, den []float64) {
	for k, level := range c.levels {
		f.add(level, s.times(num, func(i int) bool { return c.code[i] == k }), den)
	}
}
