package linkage

import "slices"

// scales weigh single pairs by a model, outside a batch. They are used by one goroutine.
type scales struct {
	model   *Model
	plan    *plan
	encoder *encoder
	weights *weights
	kin     *kin
	worker  *worker
	known   [][]map[uint64]bool // by rule and depth: keys to split
}

func newScales(m *Model) (*scales, error) {
	m = m.copy()
	p, err := compile(m.Fields, m.Comparisons)
	if err != nil {
		return nil, err
	}
	if err := m.rulesOf(p); err != nil {
		return nil, err
	}
	e := newEncoder(p)
	s := &scales{model: m, plan: p, encoder: e, weights: p.ready(m, m.counts(p, e.words)), kin: newKin(m), worker: newWorker(p, e.words)}
	for i := range m.Rules {
		s.known = append(s.known, m.Rules[i].known())
	}
	return s, nil
}

// encode packs a record; value gives the text of a field.
func (s *scales) encode(value func(field int) string) []uint32 {
	row := make([]uint32, s.plan.width)
	s.encoder.row(value, row)
	return row
}

// patterns compares the first row of a table with all others.
func (s *scales) patterns(rows []uint32) []uint64 {
	n := len(rows) / s.plan.width
	order := make([]uint32, n)
	for i := range order {
		order[i] = uint32(i)
	}
	s.worker.load(rows, order)
	_, patterns := s.worker.against(0, 1, n, s.weights)
	return patterns
}

// weigh is the weight of two rows with a pattern: as Link gives it.
func (s *scales) weigh(a, b []uint32, pattern uint64) float32 {
	return float32(s.kin.weigh(float64(s.weights.exact(s.plan, a, b, pattern)), pattern))
}

// keysOf are the keys of a row under rule r as blocks are made of them: those to split
// with the part that splits them, those given up left out.
func (s *scales) keysOf(row []uint32, r int, dst []uint64) []uint64 {
	if s.model.Rules[r].Idle {
		return dst
	}
	rule, known := &s.plan.rules[r], s.known[r]
	from := len(dst)
	dst = s.plan.keys(row, rule, s.encoder.words, dst)
	kept := dst[:from]
	for _, k := range dst[from:] {
		depth := 0
		for depth < len(known) && known[depth][k] && depth < len(rule.split) {
			k = s.plan.deeper(k, row, rule, depth, s.encoder.words)
			depth++
		}
		if depth < len(known) && known[depth][k] {
			continue // given up
		}
		kept = append(kept, k)
	}
	return kept
}

// Explainer says of pairs why they weigh what they weigh. It is used by one goroutine.
type Explainer struct{ s *scales }

// Explainer makes an explainer of the model.
func (m *Model) Explainer() (*Explainer, error) {
	s, err := newScales(m)
	if err != nil {
		return nil, err
	}
	return &Explainer{s}, nil
}

// Explain gives the evidence on rows a and b of a list, what was known before first, then
// the comparisons in the model's order, then what relatives explain as well. The weights
// add up to that of the pair. The list has the fields of the model.
func (x *Explainer) Explain(l *List, a, b int) []Evidence {
	return x.ExplainValues(func(f int) string { return l.Value(a, f) }, func(f int) string { return l.Value(b, f) })
}

// ExplainValues is Explain of two records, given the text of each field.
func (x *Explainer) ExplainValues(a, b func(field int) string) []Evidence {
	s := x.s
	u, v := s.encode(a), s.encode(b)
	pattern := s.patterns(slices.Concat(u, v))[0]
	out := []Evidence{{Level: "prior", Weight: s.model.Prior}}
	sum := s.model.Prior
	for i := range s.plan.cmps {
		c := &s.plan.cmps[i]
		l := levelOf(pattern, i)
		w := float64(s.weights.one(s.plan, i, l, u, v))
		sum += w
		out = append(out, Evidence{Field: c.Name, Level: c.op.String() + "." + c.Levels[l].Key,
			A: s.encoder.text(c, a), B: s.encoder.text(c, b), Weight: w})
	}
	if less := s.kin.weigh(sum, pattern) - sum; less < -0.05 {
		out = append(out, Evidence{Level: "relatives", Weight: less})
	}
	return out
}

// Explain gives the evidence on two rows of a list; Explainer is for many pairs. It is nil
// when the model cannot be used.
func (m *Model) Explain(l *List, a, b int) []Evidence {
	x, err := m.Explainer()
	if err != nil {
		return nil
	}
	return x.Explain(l, a, b)
}

// Brings reports of each pair of rows whether the blocking rules of the model bring it
// together: what blocking recall is counted from.
func (m *Model) Brings(l *List, pairs [][2]int32) ([]bool, error) {
	masks, err := m.bringing(l, pairs)
	out := make([]bool, len(masks))
	for i, mask := range masks {
		out[i] = mask != 0
	}
	return out, err
}

// bringing gives the rules that bring each pair together, by bits.
func (m *Model) bringing(l *List, pairs [][2]int32) ([]uint64, error) {
	s, err := newScales(m)
	if err != nil {
		return nil, err
	}
	out := make([]uint64, len(pairs))
	var x, y []uint64
	for i, p := range pairs {
		a := s.encode(func(f int) string { return l.Value(int(p[0]), f) })
		b := s.encode(func(f int) string { return l.Value(int(p[1]), f) })
		for r := range s.plan.rules {
			x, y = s.keysOf(a, r, x[:0]), s.keysOf(b, r, y[:0])
			if slices.ContainsFunc(x, func(k uint64) bool { return slices.Contains(y, k) }) {
				out[i] |= 1 << min(r, 63)
			}
		}
	}
	return out, nil
}
