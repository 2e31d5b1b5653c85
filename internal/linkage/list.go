package linkage

import "strings"

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
			v = strings.TrimSpace(values[i])
		}
		l.columns[i] = append(l.columns[i], l.dicts[i].code(v))
	}
	l.rows++
}

// Value is what Append was given, without blanks at its ends.
func (l *List) Value(row, field int) string { return l.dicts[field].text(l.columns[field][row]) }

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
