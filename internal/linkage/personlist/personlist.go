// Package personlist says what the columns of any list of persons hold, by what stands
// over them in several languages and by what the cells look like, and makes of each row
// the values that linkage compares.
//
// It recognises and cleans; it compares nothing. A column that only tells the rows apart
// is never used: a number of the record says nothing of the person, and in a list of known
// truth it may give the truth away.
package personlist

import (
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/linkage"
)

// Column is one column of the list and what it was taken for.
type Column struct {
	Number int          // from 1
	Header string       // "" when the list has no header
	Kind   linkage.Kind // Ignore when it is left out
	Reason string       // why: a key of the catalogue under "personlist.reason."
	Args   []fault.Arg  // for the message

	// Unsure is set for a code without a telling heading of which every value in the
	// sample occurs once. If values come again in the whole list, it identifies persons,
	// not rows: see Repeated.
	Unsure bool

	role  role
	part  int
	how   said
	prof  *profile
	cells []string // of the sample, while columns are put together
	fixed bool     // by hand
}

// Options say what cannot be learnt from the list.
type Options struct {
	Today civil.Date     // ages and years of two digits are reckoned from it
	Truth map[int]bool   // columns, from 1, that are never used
	Map   map[int]string // columns, from 1, that a person has said the kind of
	Whole bool           // the sample is the whole list

	Source int // the column, from 1, that says which list a row is of; 0 for none
}

// Plan says which columns of a list are compared and how their cells are cleaned.
type Plan struct {
	Columns []Column
	fields  []source
}

// Fields are the columns that the plan makes, in the order of Values.
func (p *Plan) Fields() []linkage.Field {
	out := make([]linkage.Field, len(p.fields))
	for i := range p.fields {
		out[i] = p.fields[i].field
	}
	return out
}

// Values appends to dst the cleaned values of a row of the list, one a field; what is
// missing is "". Cells at the end of a row may be missing, too.
func (p *Plan) Values(dst, cells []string) []string {
	for i := range p.fields {
		dst = append(dst, p.fields[i].value(cells))
	}
	return dst
}

// Recognise says what the columns hold. header has a text for every column, empty ones for
// a list without a header; sample are rows of the list, some thousand from all over it.
func Recognise(header []string, sample [][]string, o Options) *Plan {
	p := &Plan{Columns: make([]Column, len(header))}
	for i, h := range header {
		cells := make([]string, len(sample))
		for j, row := range sample {
			if i < len(row) {
				cells[j] = row[i]
			}
		}
		prof := look(cells, o.Today)
		p.Columns[i] = judge(i+1, h, &prof, o)
		p.Columns[i].cells = cells
	}
	p.combine(o)
	for i := range p.Columns {
		p.Columns[i].cells = nil
	}
	p.build(o)
	return p
}

// Repeated takes an unsure column for a document after all, because its values come again
// in the whole list.
func (p *Plan) Repeated(number int, o Options) {
	c := &p.Columns[number-1]
	if !c.Unsure {
		return
	}
	c.Unsure, c.role = false, "document"
	c.take(linkage.Document, "values", "what", "document")
	p.build(o)
}

func (c *Column) take(k linkage.Kind, reason string, args ...any) {
	c.Kind, c.Reason, c.Args = k, reason, nil
	for i := 0; i+1 < len(args); i += 2 {
		c.Args = append(c.Args, fault.Arg{Name: args[i].(string), Value: args[i+1]})
	}
}

func (c *Column) leave(reason string, args ...any) { c.take(linkage.Ignore, reason, args...) }
