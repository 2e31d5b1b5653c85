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
	width := s.plan.width
	out := make([]uint64, 0, len(rows)/width-1)
	for at := width; at < len(rows); at += width {
		out = append(out, s.worker.pattern(rows[:width], rows[at:at+width]))
	}
	return out
}

// weigh is the weight of two rows with a pattern, of which a is either: as Link gives it.
func (s *scales) weigh(a []uint32, pattern uint64) float32 {
	return float32(s.kin.weigh(float64(s.weights.exact(s.plan, a, pattern)), pattern))
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

// Explain gives the evidence on two rows of a list, as Weigher.Evidence does, which is for
// many pairs. It is nil when the model cannot be used.
func (m *Model) Explain(l *List, a, b int) []Evidence {
	g, err := NewWeigher(m)
	if err != nil {
		return nil
	}
	out, _ := g.Evidence(l.Values(a), l.Values(b))
	return out
}

// Blocked counts those of the pairs of rows that the model's blocking rules bring together,
// whatever their weight: what it misses, no threshold can find. It takes some microseconds
// a pair.
func (m *Model) Blocked(l *List, pairs [][2]int32) (together int64, err error) {
	masks, err := m.bringing(l, pairs)
	for _, mask := range masks {
		if mask != 0 {
			together++
		}
	}
	return together, err
}

// bringing gives the rules that bring each pair together, by bits; all beyond the 63rd
// have the last one.
func (m *Model) bringing(l *List, pairs [][2]int32) ([]uint64, error) {
	s, err := newScales(m)
	if err != nil {
		return nil, err
	}
	keys := map[int32][][]uint64{}
	of := func(row int32) [][]uint64 {
		ks, ok := keys[row]
		if !ok {
			packed := s.encode(func(f int) string { return l.Value(int(row), f) })
			ks = make([][]uint64, len(s.plan.rules))
			for r := range ks {
				ks[r] = s.keysOf(packed, r, nil)
			}
			keys[row] = ks
		}
		return ks
	}
	out := make([]uint64, len(pairs))
	for i, p := range pairs {
		x, y := of(p[0]), of(p[1])
		for r := range x {
			if slices.ContainsFunc(x[r], func(k uint64) bool { return slices.Contains(y[r], k) }) {
				out[i] |= 1 << min(r, 63)
			}
		}
	}
	return out, nil
}
