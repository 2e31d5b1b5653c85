package calibrate

import (
	"math"
	"slices"
	"strings"

	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// A Margin is a partition of the population whose cells' sizes are known: the cell of each row (-1 where
// the row has no weight), the cells' names, and their sizes.
type Margin struct {
	Cell  []int32
	Names []string
	Total []float64
	Empty []string // cells of the population that nobody in the sample is in, left out
}

// NewMargin makes the margin of some variables of f. population has these variables and
// one column more, the sizes. partial leaves cells without anybody in the sample out; otherwise they
// are an error, as is a cell that the population has not. w are the weights: rows
// of weight 0 are not in the sample.
func NewMargin(f *frame.Frame, vars []string, population *frame.Frame, w []float64, partial bool) (*Margin, error) {
	sizes, keys, err := read(vars, population)
	if err != nil {
		return nil, err
	}
	m := &Margin{Cell: make([]int32, f.N())}
	number := map[string]int32{}
	for _, k := range keys {
		if sizes[k] == 0 {
			continue
		}
		number[k] = int32(len(m.Names))
		m.Names, m.Total = append(m.Names, readable(vars, k)), append(m.Total, sizes[k])
	}
	code, key, err := coded(f, vars, w)
	if err != nil {
		return nil, err
	}
	present := make([]bool, len(m.Names))
	found := map[int64]int32{}
	for i, k := range code {
		if k < 0 {
			m.Cell[i] = -1
			continue
		}
		c, ok := found[k]
		if !ok {
			if c, ok = number[key(k)]; !ok {
				return nil, fault.New(fault.Invalid, "calibrate.no_size", "cell", readable(vars, key(k)))
			}
			found[k] = c
		}
		m.Cell[i], present[c] = c, true
	}
	return m, m.thin(present, partial)
}

// thin leaves out the cells that are not present.
func (m *Margin) thin(present []bool, partial bool) error {
	to := make([]int32, len(present))
	var names []string
	var total []float64
	for c, ok := range present {
		to[c] = int32(len(names))
		switch {
		case ok:
			names, total = append(names, m.Names[c]), append(total, m.Total[c])
		case partial:
			m.Empty = append(m.Empty, m.Names[c])
		default:
			return fault.New(fault.Invalid, "calibrate.empty_cell", "cell", m.Names[c], "population", m.Total[c])
		}
	}
	for i, c := range m.Cell {
		if c >= 0 {
			m.Cell[i] = to[c]
		}
	}
	m.Names, m.Total = names, total
	return nil
}

// between parts the values of a cell's key.
const between = "\x1f"

func readable(vars []string, key string) string {
	values := strings.Split(key, between)
	for i, v := range vars {
		values[i] = v + "=" + values[i]
	}
	return strings.Join(values, ", ")
}

// coded gives each row the code of its cell, -1 without a weight, and what the code means.
func coded(f *frame.Frame, vars []string, w []float64) (code []int64, key func(int64) string, err error) {
	factors := make([]frame.Column, len(vars))
	code = make([]int64, f.N())
	for j, v := range vars {
		c, err := f.Col(v)
		if err != nil {
			return nil, nil, err
		}
		factors[j] = c.AsFactor()
		missing, levels := 0, int64(len(factors[j].Levels))
		for i, k := range factors[j].Code {
			switch {
			case w[i] == 0:
				code[i] = -1
			case k < 0:
				missing++
			default:
				code[i] = code[i]*levels + int64(k)
			}
		}
		if missing > 0 {
			return nil, nil, fault.New(fault.Invalid, "calibrate.missing", "column", v, "rows", missing)
		}
	}
	return code, func(k int64) string {
		values := make([]string, len(factors))
		for j := len(factors) - 1; j >= 0; j-- {
			levels := factors[j].Levels
			values[j] = levels[k%int64(len(levels))]
			k /= int64(len(levels))
		}
		return strings.Join(values, between)
	}, nil
}

// read gives the size of each cell of a table of population sizes, and the cells in their order.
func read(vars []string, population *frame.Frame) (map[string]float64, []string, error) {
	var size *frame.Column
	for _, name := range population.Names() {
		if slices.Contains(vars, name) {
			continue
		}
		if size != nil {
			return nil, nil, fault.New(fault.Invalid, "calibrate.population_columns", "columns", strings.Join(population.Names(), ", "), "variables", strings.Join(vars, ", "))
		}
		size, _ = population.Col(name)
	}
	if size == nil || size.Kind != frame.Number {
		return nil, nil, fault.New(fault.Invalid, "calibrate.population_columns", "columns", strings.Join(population.Names(), ", "), "variables", strings.Join(vars, ", "))
	}
	code, key, err := coded(population, vars, slices.Repeat([]float64{1}, population.N()))
	if err != nil {
		return nil, nil, err
	}
	sizes := map[string]float64{}
	var keys []string
	for i, v := range size.Num {
		k := key(code[i])
		if _, twice := sizes[k]; twice {
			return nil, nil, fault.New(fault.Invalid, "calibrate.cell_twice", "cell", readable(vars, k))
		}
		if !(v >= 0) || math.IsInf(v, 1) {
			return nil, nil, fault.New(fault.Invalid, "calibrate.size", "cell", readable(vars, k), "size", v)
		}
		sizes[k] = v
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return sizes, keys, nil
}

// Poststratify gives each cell of the margin its size.
func Poststratify(w []float64, m *Margin) (*Adjustment, error) {
	a := &Adjustment{Cell: m.Cell}
	sum := sums(w, m.Cell, len(m.Names))
	var err error
	if a.Factor, err = m.ratio(sum); err != nil {
		return nil, err
	}
	a.Residual = centred{cell: m.Cell, w: w, sum: sum}
	a.Report.Empty = m.Empty
	a.Report.Compare(w, a.Weights(w))
	a.again = m.ratio
	return a, nil
}

func (m *Margin) ratio(sum []float64) ([]float64, error) {
	g := make([]float64, len(sum))
	for c, s := range sum {
		if !(s > 0) {
			return nil, fault.New(fault.Invalid, "calibrate.empty_cell", "cell", m.Names[c], "population", m.Total[c])
		}
		g[c] = m.Total[c] / s
	}
	return g, nil
}

// centred takes the weighted mean of the cell from influence values.
type centred struct {
	cell []int32
	w    []float64 // before
	sum  []float64 // of w, by cell
}

func (r centred) Apply(z []float64) {
	per := tally.By(len(z), len(r.sum), r.cell, func(i int) float64 { return z[i] })
	for i, c := range r.cell {
		if c >= 0 {
			z[i] -= per[c] * (r.w[i] / r.sum[c])
		}
	}
}
