package calibrate

import (
	"encoding/binary"
	"math"
	"slices"

	"quipu/internal/fault"
)

// cells numbers the different rows of columns in the order of their values, which is not
// that of the file. Rows where skip says so get -1. A row without a value is an error that names the
// column.
func cells(names []string, columns [][]float64, skip func(int) bool) (cell []int32, rows [][]float64, err error) {
	n := len(columns[0])
	missing := make([]int, len(columns))
	cell = make([]int32, n)
	seen := map[string]int32{}
	key := make([]byte, 8*len(columns))
	for i := range n {
		if skip(i) {
			cell[i] = -1
			continue
		}
		for j, col := range columns {
			if math.IsNaN(col[i]) {
				missing[j]++
			}
			binary.LittleEndian.PutUint64(key[8*j:], math.Float64bits(col[i]+0)) // +0: no negative zero
		}
		c, ok := seen[string(key)]
		if !ok {
			c = int32(len(rows))
			seen[string(key)] = c
			row := make([]float64, len(columns))
			for j, col := range columns {
				row[j] = col[i] + 0
			}
			rows = append(rows, row)
		}
		cell[i] = c
	}
	for j, m := range missing {
		if m > 0 {
			return nil, nil, fault.New(fault.Invalid, "calibrate.missing", "column", names[j], "rows", m)
		}
	}
	rank := sorted(rows)
	for i, c := range cell {
		if c >= 0 {
			cell[i] = rank[c]
		}
	}
	return cell, rows, nil
}

// sorted sorts rows and says where each went.
func sorted(rows [][]float64) []int32 {
	order := make([]int32, len(rows))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return slices.Compare(rows[a], rows[b]) })
	rank, old := make([]int32, len(rows)), slices.Clone(rows)
	for to, from := range order {
		rank[from], rows[to] = int32(to), old[from]
	}
	return rank
}

// basis are the rows made orthonormal under weights, column by column: span[c][k]. dependent is
// a column of which less than 1e-7 of its length is left beside those before it
// (R's rule), or -1.
func basis(rows [][]float64, weight []float64) (span [][]float64, dependent int) {
	if len(rows) == 0 {
		return nil, 0
	}
	p := len(rows[0])
	column := make([][]float64, p)
	dependent = -1
	dot := func(a, b []float64) float64 {
		s := 0.0
		for c, w := range weight {
			s += w * a[c] * b[c]
		}
		return s
	}
	for j := range p {
		v := make([]float64, len(rows))
		for c := range rows {
			v[c] = rows[c][j]
		}
		before := math.Sqrt(dot(v, v))
		for range 2 {
			for _, q := range column[:j] {
				k := dot(q, v)
				for c := range v {
					v[c] -= k * q[c]
				}
			}
		}
		after := math.Sqrt(dot(v, v))
		if !(after > 1e-7*before) {
			if dependent < 0 {
				dependent = j
			}
			after = math.Inf(1) // the column explains nothing more
		}
		for c := range v {
			v[c] /= after
		}
		column[j] = v
	}
	span = make([][]float64, len(rows))
	for c := range span {
		span[c] = make([]float64, p)
		for j := range p {
			span[c][j] = column[j][c]
		}
	}
	return span, dependent
}
