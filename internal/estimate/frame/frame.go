// Package frame holds the data of a survey in columns: numbers and factors, each with
// missing values. A row is a respondent (or another unit that was observed). Numbers are
// float64 and codes int32, so that a file of ten million rows fits in memory.
package frame

import (
	"math"
	"slices"
	"strings"

	"quipu/internal/fault"
)

// Kind says what a column holds.
type Kind int

const (
	Number Kind = iota // Num: float64, NaN where missing
	Factor             // Code: position in Levels, -1 where missing
)

// Column is one variable. A logical column is a factor with the levels FALSE and TRUE, in
// this order; formula treats it as a condition and, in arithmetic, as 0 and 1.
type Column struct {
	Name   string
	Kind   Kind
	Num    []float64
	Code   []int32
	Levels []string
}

// Missing is the code of a missing value of a factor.
const Missing int32 = -1

// Numbers makes a column of numbers.
func Numbers(name string, x []float64) Column { return Column{Name: name, Kind: Number, Num: x} }

// Logical makes a column of conditions; missing where both are false is not possible, so
// code takes 1 for TRUE, 0 for FALSE and Missing.
func Logical(name string, code []int32) Column {
	return Column{Name: name, Kind: Factor, Code: code, Levels: []string{"FALSE", "TRUE"}}
}

// Texts makes a factor of texts; its levels are those that occur, in their natural order
// (see Order). An empty text is missing.
func Texts(name string, x []string) Column {
	seen := map[string]int32{}
	for _, s := range x {
		if s != "" {
			seen[s] = 0
		}
	}
	levels := make([]string, 0, len(seen))
	for s := range seen {
		levels = append(levels, s)
	}
	Order(levels)
	for i, l := range levels {
		seen[l] = int32(i)
	}
	code := make([]int32, len(x))
	for i, s := range x {
		c, ok := seen[s]
		if !ok {
			c = Missing
		}
		code[i] = c
	}
	return Column{Name: name, Kind: Factor, Code: code, Levels: levels}
}

// Len is the number of rows.
func (c *Column) Len() int {
	if c.Kind == Number {
		return len(c.Num)
	}
	return len(c.Code)
}

// IsLogical reports whether the column holds conditions.
func (c *Column) IsLogical() bool {
	return c.Kind == Factor && len(c.Levels) == 2 && c.Levels[0] == "FALSE" && c.Levels[1] == "TRUE"
}

// IsMissing reports whether row i has no value.
func (c *Column) IsMissing(i int) bool {
	if c.Kind == Number {
		return math.IsNaN(c.Num[i])
	}
	return c.Code[i] < 0
}

// Text is the value of row i as text; "" when missing.
func (c *Column) Text(i int) string {
	switch {
	case c.IsMissing(i):
		return ""
	case c.Kind == Number:
		return NumberText(c.Num[i])
	}
	return c.Levels[c.Code[i]]
}

// Frame is a table of columns of the same length.
type Frame struct {
	n      int
	cols   []*Column
	byName map[string]int
}

// New makes a frame of n rows without columns.
func New(n int) *Frame { return &Frame{n: n, byName: map[string]int{}} }

// N is the number of rows.
func (f *Frame) N() int { return f.n }

// Names lists the columns in their order.
func (f *Frame) Names() []string {
	names := make([]string, len(f.cols))
	for i, c := range f.cols {
		names[i] = c.Name
	}
	return names
}

// Add appends a column, or replaces the one of the same name.
func (f *Frame) Add(c Column) error {
	if c.Len() != f.n {
		return fault.New(fault.Invalid, "estimate.column_length", "column", c.Name, "rows", c.Len(), "expected", f.n)
	}
	if i, ok := f.byName[c.Name]; ok {
		f.cols[i] = &c
		return nil
	}
	f.byName[c.Name] = len(f.cols)
	f.cols = append(f.cols, &c)
	return nil
}

// With is the frame with further columns, or other ones in their place; f stays as it is.
func (f *Frame) With(columns ...Column) (*Frame, error) {
	g := &Frame{n: f.n, cols: slices.Clone(f.cols), byName: make(map[string]int, len(f.byName)+len(columns))}
	for name, i := range f.byName {
		g.byName[name] = i
	}
	for _, c := range columns {
		if err := g.Add(c); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// Has reports whether there is a column of that name.
func (f *Frame) Has(name string) bool { _, ok := f.byName[name]; return ok }

// Col is the column of that name. The error names the columns that there are.
func (f *Frame) Col(name string) (*Column, error) {
	i, ok := f.byName[name]
	if !ok {
		return nil, fault.New(fault.NotFound, "estimate.no_column", "column", name, "columns", strings.Join(f.Names(), ", "))
	}
	return f.cols[i], nil
}

// Rows is the frame of the given rows in the given order.
func (f *Frame) Rows(rows []int) *Frame {
	g := New(len(rows))
	for _, c := range f.cols {
		d := Column{Name: c.Name, Kind: c.Kind, Levels: c.Levels}
		if c.Kind == Number {
			d.Num = make([]float64, len(rows))
			for i, r := range rows {
				d.Num[i] = c.Num[r]
			}
		} else {
			d.Code = make([]int32, len(rows))
			for i, r := range rows {
				d.Code[i] = c.Code[r]
			}
		}
		g.byName[c.Name] = len(g.cols)
		g.cols = append(g.cols, &d)
	}
	return g
}
