package linkage

// Blocked counts those of the pairs of rows that the model's blocking rules bring together,
// whatever their weight: what it misses, no threshold can find. It takes some microseconds
// a pair.
func (m *Model) Blocked(l *List, pairs [][2]int32) (together int64, err error) {
	p, err := compile(l.fields, m.Comparisons)
	if err != nil {
		return 0, err
	}
	if err := m.rulesOf(p); err != nil {
		return 0, err
	}
	b := &blocking{plan: p, list: l, encoder: newEncoder(p), rows: map[int32][]uint32{}, known: make([][]map[uint64]bool, len(p.rules))}
	for i := range p.rules {
		b.known[i] = m.Rules[i].known()
	}
	for _, x := range pairs {
		if b.together(b.row(x[0]), b.row(x[1])) {
			together++
		}
	}
	return together, nil
}

// blocking answers which keys rows have.
type blocking struct {
	*plan
	list    *List
	encoder *encoder
	rows    map[int32][]uint32
	known   [][]map[uint64]bool
	a, b    []uint64
}

func (b *blocking) row(i int32) []uint32 {
	row, ok := b.rows[i]
	if !ok {
		row = make([]uint32, b.width)
		b.encoder.row(func(field int) string { return b.list.Value(int(i), field) }, row)
		b.rows[i] = row
	}
	return row
}

// together reports whether a rule puts two rows into one block.
func (b *blocking) together(x, y []uint32) bool {
	for i := range b.rules {
		r := &b.rules[i]
		b.a, b.b = b.keys(x, r, b.encoder.words, b.a[:0]), b.keys(y, r, b.encoder.words, b.b[:0])
		for _, k := range b.a {
			for _, l := range b.b {
				if k == l && b.stay(k, x, y, i) {
					return true
				}
			}
		}
	}
	return false
}

// stay follows a key that two rows share through the splits of its block, to the end or to
// where they part.
func (b *blocking) stay(key uint64, x, y []uint32, rule int) bool {
	r, known := &b.rules[rule], b.known[rule]
	for depth := 0; depth < len(known) && known[depth][key]; depth++ {
		if depth == len(r.split) {
			return false // given up
		}
		next := b.deeper(key, x, r, depth, b.encoder.words)
		if next != b.deeper(key, y, r, depth, b.encoder.words) {
			return false
		}
		key = next
	}
	return true
}
