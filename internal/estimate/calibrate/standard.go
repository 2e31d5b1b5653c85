package calibrate

import (
	"slices"
	"strings"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// Standardize gives every group of over (no variables: all rows) the composition of the
// population by the variables of by: shares are sizes of the cells of by, in the order of their
// levels, the first variable fastest. A group without anybody in a cell lacks that cell.
// It is post-stratification to cells whose size is the group's own times the share.
func Standardize(d *design.Design, by, over []string, shares []float64) (*design.Design, *Adjustment, error) {
	f, w := d.Frame(), d.Weights()
	fixed, err := table(f, by, w)
	if err != nil {
		return nil, nil, err
	}
	if len(shares) != len(fixed.Size) {
		return nil, nil, fault.New(fault.Invalid, "calibrate.shares", "given", len(shares), "cells", len(fixed.Size), "variables", strings.Join(by, ", "))
	}
	groups, err := table(f, over, w)
	if err != nil {
		return nil, nil, err
	}
	all := tally.Sum(shares)
	population := frame.New(len(fixed.Size) * len(groups.Size))
	size := make([]float64, 0, population.N())
	texts := make([][]string, len(by)+len(over))
	for g, n := range groups.Size {
		for c := range fixed.Size {
			size = append(size, n*shares[c]/all)
			for j := range by {
				texts[j] = append(texts[j], fixed.Levels[j][c])
			}
			for j := range over {
				texts[len(by)+j] = append(texts[len(by)+j], groups.Levels[j][g])
			}
		}
	}
	vars := append(slices.Clone(by), over...)
	for j, v := range vars {
		if err := population.Add(frame.Texts(v, texts[j])); err != nil {
			return nil, nil, err
		}
	}
	if err := population.Add(frame.Numbers("Freq", size)); err != nil {
		return nil, nil, err
	}
	m, err := NewMargin(f, vars, population, w, true)
	if err != nil {
		return nil, nil, err
	}
	a, err := Poststratify(w, m)
	if err != nil {
		return nil, nil, err
	}
	next, err := a.On(d)
	return next, a, err
}

// Table are the cells of some factors, those that nobody is in as well: their levels by
// variable, the first varying fastest, and their sizes.
type Table struct {
	Levels [][]string
	Size   []float64
}

// Cells makes the table of variables, sizes being the sums of w. Rows without a value are in no cell.
func Cells(vars []formula.Variable, w []float64) Table {
	cells, code := 1, make([]int32, len(w))
	t := Table{Levels: make([][]string, len(vars))}
	for j, v := range vars {
		factor := v.Column.AsFactor()
		for i, k := range factor.Code {
			if k < 0 || code[i] < 0 {
				code[i] = -1
				continue
			}
			code[i] += k * int32(cells)
		}
		for e := range j {
			t.Levels[e] = slices.Repeat(t.Levels[e], len(factor.Levels))
		}
		for _, level := range factor.Levels {
			t.Levels[j] = append(t.Levels[j], slices.Repeat([]string{level}, cells)...)
		}
		cells *= len(factor.Levels)
	}
	t.Size = sums(w, code, cells)
	return t
}

func table(f *frame.Frame, names []string, w []float64) (Table, error) {
	var vars []formula.Variable
	for _, name := range names {
		c, err := f.Col(name)
		if err != nil {
			return Table{}, err
		}
		vars = append(vars, formula.Variable{Name: name, Column: c})
	}
	return Cells(vars, w), nil
}

// TrimDesign trims the weights of a design; those of replicates likewise, each on its own.
func TrimDesign(d *design.Design, limits Bounds, strict bool) (*design.Design, Report, error) {
	w, report, err := Trim(d.Weights(), limits, strict)
	if err != nil || report.Trimmed == 0 && !d.Replicated() {
		return d, report, err
	}
	if !d.Replicated() {
		return d.Reweight(w, nil), report, nil
	}
	rep := d.Replicates()
	all := make([][]float64, len(rep.Weights))
	for r := range all {
		v := make([]float64, d.Frame().N())
		d.ReplicateWeights(r, v)
		if all[r], _, err = Trim(v, limits, strict); err != nil {
			return nil, report, inReplicate(r+1, err)
		}
	}
	rep.Weights, rep.Unit, rep.Combined = all, nil, true
	next, err := d.Reweight(w, nil).WithReplicates(rep)
	return next, report, err
}
