package linkage

import "cmp"

// table is a list made ready: packed rows in an order that follows from their content, so
// that nothing which is made of them depends on the order of the list.
type table struct {
	*plan
	words   *words
	rows    []uint32 // width slots each
	list    []int32  // the row of the list, by place here
	sources []uint8  // by place here; nil for one list
	never   []levels // by comparison: those that no two rows can have

	keyed []entry // of the rule at hand; room that is used again for the next
}

func (t *table) len() int { return len(t.list) }

func (t *table) row(i uint32) []uint32 {
	at := int(i) * t.width
	return t.rows[at : at+t.width : at+t.width]
}

// pack encodes a list.
func pack(l *List, p *plan, sources []uint8, tick func(done, total int64) error) (*table, error) {
	e := newEncoder(p)
	n := l.Len()
	raw := make([]uint32, n*p.width)
	for i := range p.cmps {
		if err := tick(int64(i), int64(len(p.cmps))); err != nil {
			return nil, err
		}
		e.column(l, &p.cmps[i], raw)
	}
	t := &table{plan: p, words: e.words, list: make([]int32, n)}
	order := make([]entry, n)
	for i := range order {
		order[i] = entry{p.content(raw[i*p.width:(i+1)*p.width], e.words), uint32(i)}
	}
	if err := sorted(order, bucket(order), 1, func(int, []entry) error { return nil }); err != nil {
		return nil, err
	}
	for at, o := range order {
		t.list[at] = int32(o.row)
	}
	t.rows = reorder(raw, order, p.width)
	t.never = t.impossible()
	if sources != nil {
		t.sources = make([]uint8, n)
		for at, r := range t.list {
			t.sources[at] = sources[r]
		}
	}
	return t, nil
}

// impossible are the levels that no two rows can have by what their words are: no word is an
// initial where none has one letter, and none sounds like another where all have digits.
func (t *table) impossible() []levels {
	out := make([]levels, len(t.cmps))
	for i := range t.cmps {
		c, single, coded := &t.cmps[i], false, true
		if c.op != opName && c.op != opWord {
			continue
		}
		for r := range t.list {
			if v := t.rows[r*t.width+c.at]; v != 0 {
				single = single || t.words.size[v] == 1
				coded = coded && t.words.marks[v].digit
			}
			if single && !coded {
				break
			}
		}
		switch {
		case c.op == opWord && coded:
			out[i] = 1<<wordFaint | 1<<wordAlike
		case c.op == opName && !single:
			out[i] = 1 << nameInitial
		}
	}
	return out
}

// reorder puts rows in an order where they are, cycle by cycle: two copies of a large list
// would be the most that the whole job holds. The order is used up.
func reorder(rows []uint32, order []entry, width int) []uint32 {
	row := func(i uint32) []uint32 { return rows[int(i)*width : (int(i)+1)*width] }
	first := make([]uint32, width)
	for start := range order {
		at := uint32(start)
		if order[at].row == at {
			continue
		}
		copy(first, row(at))
		for {
			from := order[at].row
			order[at].row = at
			if from == uint32(start) {
				copy(row(at), first)
				break
			}
			copy(row(at), row(from))
			at = from
		}
	}
	return rows
}

// column encodes one comparison of all rows; equal values of one column are encoded once.
func (e *encoder) column(l *List, c *comparer, raw []uint32) {
	width := e.plan.width
	if len(c.Fields) > 1 {
		for i := range l.rows {
			at := i*width + c.at
			e.one(c, e.text(c, func(f int) string { return l.Value(i, f) }), raw[at:at+c.n])
		}
		return
	}
	codes, dict := l.columns[c.Fields[0]], l.dicts[c.Fields[0]]
	memo := make([]uint32, (dict.Len()+1)*c.n)
	for code := uint32(1); int(code) <= dict.Len(); code++ {
		at := int(code) * c.n
		e.one(c, dict.text(code), memo[at:at+c.n])
	}
	for i, code := range codes {
		copy(raw[i*width+c.at:i*width+c.at+c.n], memo[int(code)*c.n:])
	}
}

// content is the hash of what a row says.
func (p *plan) content(row []uint32, w *words) uint64 {
	h := uint64(1)
	for i := range p.cmps {
		c := &p.cmps[i]
		for s := c.at; s < c.at+c.n; s++ {
			v := uint64(row[s])
			if c.isWord(s - c.at) {
				v = w.hash[v]
			}
			h = join(h, v)
		}
	}
	return h
}

// isWord reports whether a slot of a comparison holds the code of a word.
func (c *comparer) isWord(slot int) bool {
	switch c.op {
	case opName, opWord, opSex:
		return true
	case opBag:
		return slot != 1
	}
	return false
}

// entry is a row under a key.
type entry struct {
	key uint64
	row uint32
}

func byKey(a, b entry) int {
	if a.key != b.key {
		return cmpUint64(a.key, b.key)
	}
	return cmp.Compare(a.row, b.row)
}
