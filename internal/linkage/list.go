package linkage

import (
	"hash/maphash"
	"strings"
)

// List is any list of persons in memory, by columns: each distinct value of a column is
// kept once, a row holds its number. Empty and blank values are missing.
type List struct {
	fields  []Field
	columns [][]uint32
	dicts   []*interner
	rows    int
}

// NewList makes an empty list with these columns.
func NewList(fields []Field) *List {
	l := &List{fields: append([]Field(nil), fields...), columns: make([][]uint32, len(fields)), dicts: make([]*interner, len(fields))}
	for i := range fields {
		l.dicts[i] = newInterner()
	}
	return l
}

// Fields are the columns; they must not be changed.
func (l *List) Fields() []Field { return l.fields }

// Len is the number of rows.
func (l *List) Len() int { return l.rows }

// Append adds a row: one value a field, in their order; missing ones at the end are empty.
// The strings are copied. Columns of kind Ignore are kept, too: Value gives them back.
func (l *List) Append(values []string) {
	for i := range l.fields {
		v := ""
		if i < len(values) {
			v = trim(values[i])
		}
		l.columns[i] = append(l.columns[i], l.dicts[i].code(v))
	}
	l.rows++
}

func trim(s string) string { return strings.TrimSpace(s) }

// Value is what Append was given, without blanks at its ends.
func (l *List) Value(row, field int) string { return l.dicts[field].text(l.columns[field][row]) }

// Values are the texts of a row, by field.
func (l *List) Values(row int) []string {
	out := make([]string, len(l.fields))
	for f := range out {
		out[f] = l.Value(row, f)
	}
	return out
}

// Distinct is the number of distinct values of a field that are not missing.
func (l *List) Distinct(field int) int { return l.dicts[field].Len() }

// Present is the number of rows that have a value in the field.
func (l *List) Present(field int) int {
	n := 0
	for _, c := range l.columns[field] {
		if c != 0 {
			n++
		}
	}
	return n
}

// interner numbers distinct strings from 1; 0 is the empty string. Its cost is the bytes
// of the strings and some ten bytes each, a third of a map's.
type interner struct {
	bytes []byte
	ends  []uint64 // where each string ends; ends[0] = 0
	slots []uint32 // open addressing; 0 is free
	tags  []byte   // by slot: some bits of the hash, so that few other strings are looked at; 0 is free
	seed  maphash.Seed
}

func newInterner() *interner {
	return &interner{ends: make([]uint64, 1), slots: make([]uint32, 64), tags: make([]byte, 64), seed: maphash.MakeSeed()}
}

// Len is the number of distinct strings that are not empty.
func (t *interner) Len() int { return len(t.ends) - 1 }

// text is the string of a code.
func (t *interner) text(code uint32) string { return string(t.raw(code)) }

func (t *interner) raw(code uint32) []byte {
	if code == 0 {
		return nil
	}
	return t.bytes[t.ends[code-1]:t.ends[code]]
}

// slot is where s is or would be, and its tag.
func (t *interner) slot(s string) (int, byte) {
	h := maphash.String(t.seed, s)
	mask, tag := len(t.slots)-1, tagOf(h)
	i := int(h) & mask
	for t.tags[i] != 0 && (t.tags[i] != tag || string(t.raw(t.slots[i])) != s) {
		i = (i + 1) & mask
	}
	return i, tag
}

func tagOf(hash uint64) byte { return byte(hash>>56) | 1 }

// code is the code of s, given now if it is new.
func (t *interner) code(s string) uint32 {
	if s == "" {
		return 0
	}
	i, tag := t.slot(s)
	if c := t.slots[i]; c != 0 {
		return c
	}
	t.bytes = append(t.bytes, s...)
	t.ends = append(t.ends, uint64(len(t.bytes)))
	c := uint32(t.Len())
	t.slots[i], t.tags[i] = c, tag
	if 4*t.Len() > 3*len(t.slots) {
		t.grow()
	}
	return c
}

func (t *interner) grow() {
	t.slots, t.tags = make([]uint32, 2*len(t.slots)), make([]byte, 2*len(t.slots))
	mask := len(t.slots) - 1
	for c := uint32(1); int(c) < len(t.ends); c++ {
		h := maphash.Bytes(t.seed, t.raw(c))
		i := int(h) & mask
		for t.tags[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i], t.tags[i] = c, tagOf(h)
	}
}

// forget takes the codes above n out again, which were the last to be given.
func (t *interner) forget(n int) {
	for c := t.Len(); c > n; c-- {
		i, _ := t.slot(t.text(uint32(c)))
		t.slots[i], t.tags[i] = 0, 0
		t.bytes, t.ends = t.bytes[:t.ends[c-1]], t.ends[:c]
	}
}
