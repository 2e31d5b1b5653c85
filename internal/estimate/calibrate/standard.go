package calibrate

import (
	"slices"
	"strings"

	"quipu/internal/estimate/design"
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
	if len(shares) != len(fixed.keys) {
		return nil, nil, fault.New(fault.Invalid, "calibrate.shares", "given", len(shares), "cells", len(fixed.keys), "variables", strings.Join(by, ", "))
	}
	groups, err := table(f, over, w)
	if err != nil {
		return nil, nil, err
	}
	all := tally.Sum(shares)
	population := frame.New(len(fixed.keys) * len(groups.keys))
	size := make([]float64, 0, population.N())
	texts := make([][]string, len(by)+len(over))
	for g, group := range groups.keys {
		for c, cell := range fixed.keys {
			size = append(size, groups.sum[g]*shares[c]/all)
			for j, v := range append(slices.Clone(cell), group...) {
				texts[j] = append(texts[j], v)
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

// cellTable are the cells of some factors, those that nobody is in as well, with their sums of weights.
type cellTable struct {
	keys [][]string
	sum  []float64
}

func table(f *frame.Frame, vars []string, w []float64) (cellTable, error) {
	t := cellTable{keys: [][]string{nil}}
	code := make([]int32, f.N())
	for _, v := range vars {
		c, err := f.Col(v)
		if err != nil {
			return t, err
		}
		factor := c.AsFactor()
		var keys [][]string
		for _, level := range factor.Levels {
			for _, k := range t.keys {
				keys = append(keys, append(slices.Clone(k), level))
			}
		}
		for i, k := range factor.Code {
			if k < 0 || code[i] < 0 {
				code[i] = -1
				continue
			}
			code[i] += k * int32(len(t.keys))
		}
		t.keys = keys
	}
	t.sum = sums(w, code, len(t.keys))
	return t, nil
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
