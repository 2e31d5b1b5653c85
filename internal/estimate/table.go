package estimate

import (
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// Table is a weighted table of counts: a cell for each combination of levels, the first
// variable varying fastest; levels that nobody has are cells of 0.
type Table struct {
	Vars   []string
	Levels [][]string // of each variable
	Freq   []float64  // weighted
	Count  []int      // rows
}

// At gives the levels of a cell.
func (t *Table) At(cell int) []string {
	out := make([]string, len(t.Vars))
	for i, l := range t.Levels {
		out[i] = l[cell%len(l)]
		cell /= len(l)
	}
	return out
}

// Sum is the weighted total of all cells.
func (t *Table) Sum() float64 { return tally.Sum(t.Freq) }

// Tabulate makes a weighted table (svytable). total scales its sum; 0 leaves it. Rows with
// a missing value are left out, so under replicate weights, where R scales to the sum of
// the weights, they count as spread like the rest.
func Tabulate(d *design.Design, vars []formula.Variable, total float64) (*Table, error) {
	columns, t := make([]*frame.Column, len(vars)), &Table{}
	for i, v := range vars {
		f := v.Column.AsFactor()
		columns[i] = &f
		t.Vars, t.Levels = append(t.Vars, v.Name), append(t.Levels, f.Levels)
	}
	cell, err := formula.Cross(columns)
	if err != nil {
		return nil, err
	}
	w := d.Weights()
	t.Freq = tally.By(len(w), len(cell.Levels), cell.Code, func(i int) float64 { return w[i] })
	t.Count = make([]int, len(cell.Levels))
	for i, k := range cell.Code {
		if k >= 0 && w[i] != 0 {
			t.Count[k]++
		}
	}
	sum := t.Sum()
	if sum == 0 {
		return nil, fault.New(fault.Invalid, "estimate.empty_domain")
	}
	if total == 0 && d.Replicated() {
		total = d.Population()
	}
	if total != 0 {
		for k := range t.Freq {
			t.Freq[k] *= total / sum
		}
	}
	return t, nil
}
