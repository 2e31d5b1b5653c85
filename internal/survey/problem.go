package survey

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"quipu/internal/fault"
)

// Problem is something wrong in a workbook: where, and in words what to do.
type Problem struct {
	Sheet   string
	Row     int    // from 1, as the spreadsheet counts; 0 where it is the whole sheet
	Column  int    // from 1; 0 where it is the whole row
	Heading string // of the column
	Warning bool   // the form can be used as it is
	Fault   *fault.Error
}

// Cell is the place as spreadsheets write it: C12, or 12 for a whole row.
func (p Problem) Cell() string {
	letters := ""
	for n := p.Column; n > 0; n = (n - 1) / 26 {
		letters = string(rune('A'+(n-1)%26)) + letters
	}
	if p.Row == 0 {
		return letters
	}
	return fmt.Sprintf("%s%d", letters, p.Row)
}

func (p Problem) String() string { return p.Sheet + " " + p.Cell() + ": " + p.Fault.Error() }

// Problems is everything that was found in a workbook.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// Errors gives those with which the form cannot be used.
func (p Problems) Errors() Problems {
	return slices.DeleteFunc(slices.Clone(p), func(one Problem) bool { return one.Warning })
}

// Err is nil when the form can be used.
func (p Problems) Err() error {
	if e := p.Errors(); len(e) > 0 {
		return e
	}
	return nil
}

// Sort puts the problems in the order of the workbook.
func (p Problems) Sort() {
	order := []string{"settings", "survey", "choices", "external_choices"}
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Sheet), slices.Index(order, b.Sheet)),
			cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column))
	})
}
