// Package suppress says which cells of a table are not told, so that none that rests on too few
// people can be reckoned from those that are told and from the sums. It takes the sums of rows
// and columns for known: shares add up to one, and whoever sees a table by groups sees the table
// of everybody, too.
package suppress

// Rule is when a cell is too small.
type Rule struct {
	Least int  // people in a cell that is told
	Empty bool // that nobody gave an answer is not told either
}

// small reports whether the cell must not be told.
func (r Rule) small(n int) bool { return n < r.Least && (n > 0 || r.Empty) }

// Hide gives the cells that are not told. n has the people of each cell, in rows of groups and
// columns of answers; a table of one row is of everybody. hidden are cells that are not told for
// another reason; it may be nil.
//
// Afterwards each row and column with a hidden cell has at least two, which together rest on at
// least rule.Least people where the table allows; and no hidden cell follows from the sums: taken
// as an edge between its row and its column, each is part of a circle (Gusfield 1988). What other
// tables of the same people tell is not looked at.
func Hide(n [][]int, rule Rule, hidden [][]bool) [][]bool {
	t := &table{n: n, rule: rule, hidden: make([][]bool, len(n))}
	for i, row := range n {
		t.hidden[i] = make([]bool, len(row))
		for j, x := range row {
			t.hidden[i][j] = rule.small(x) || hidden != nil && hidden[i][j]
		}
	}
	for t.rows() || t.columns() || t.circles() {
	}
	return t.hidden
}

type cell struct{ row, col int }

type table struct {
	n      [][]int
	rule   Rule
	hidden [][]bool
}

// rows hides another cell of a row that tells too much; false when none does.
func (t *table) rows() bool {
	for i := range t.n {
		var line []cell
		for j := range t.n[i] {
			line = append(line, cell{i, j})
		}
		if t.line(line) {
			return true
		}
	}
	return false
}

// columns does so for columns. That of a table with one row has no sum of its own.
func (t *table) columns() bool {
	if len(t.n) < 2 {
		return false
	}
	for j := range t.n[0] {
		var line []cell
		for i := range t.n {
			line = append(line, cell{i, j})
		}
		if t.line(line) {
			return true
		}
	}
	return false
}

// line hides a cell that is told, where those that are not are alone or too few people: the
// smallest of those that stand across from a hidden one, since it closes a circle, else of all.
// A line of one cell has no sum that tells it.
func (t *table) line(cells []cell) bool {
	count, sum := 0, 0
	for _, c := range cells {
		if t.hidden[c.row][c.col] {
			count, sum = count+1, sum+t.n[c.row][c.col]
		}
	}
	if count == 0 || count >= 2 && sum >= t.rule.Least {
		return false
	}
	var across []cell
	for _, c := range cells {
		if t.crossed(c) {
			across = append(across, c)
		}
	}
	return t.hide(across) || t.hide(cells)
}

// crossed reports whether both the row and the column of a cell have a hidden one besides.
func (t *table) crossed(at cell) bool {
	row, col := false, false
	for j, h := range t.hidden[at.row] {
		row = row || h && j != at.col
	}
	for i := range t.hidden {
		col = col || t.hidden[i][at.col] && i != at.row
	}
	return row && col
}

// hide hides the smallest of some cells that are told, the first of equal ones.
func (t *table) hide(cells []cell) bool {
	best := cell{-1, -1}
	for _, c := range cells {
		if !t.hidden[c.row][c.col] && (best.row < 0 || t.n[c.row][c.col] < t.n[best.row][best.col]) {
			best = c
		}
	}
	if best.row < 0 {
		return false
	}
	t.hidden[best.row][best.col] = true
	return true
}

// circles hides a cell that closes a circle through a hidden one that is in none.
func (t *table) circles() bool {
	if len(t.n) < 2 || len(t.n[0]) < 2 {
		return false
	}
	for i := range t.n {
		for j := range t.n[i] {
			if !t.hidden[i][j] {
				continue
			}
			side := t.reached(cell{i, j})
			if side.cols[j] {
				continue // there is another way round
			}
			var across []cell
			other := t.reachedFromColumn(cell{i, j})
			for r := range t.n {
				for c := range t.n[r] {
					if side.rows[r] && other.cols[c] || other.rows[r] && side.cols[c] {
						across = append(across, cell{r, c})
					}
				}
			}
			if t.hide(across) {
				return true
			}
		}
	}
	return false
}

type reach struct{ rows, cols []bool }

// reached is what hangs together with the row of a hidden cell without the cell itself.
func (t *table) reached(without cell) reach { return t.spread(without, without.row, -1) }

func (t *table) reachedFromColumn(without cell) reach { return t.spread(without, -1, without.col) }

func (t *table) spread(without cell, row, col int) reach {
	r := reach{make([]bool, len(t.n)), make([]bool, len(t.n[0]))}
	if row >= 0 {
		r.rows[row] = true
	} else {
		r.cols[col] = true
	}
	for grew := true; grew; {
		grew = false
		for i := range t.n {
			for j := range t.n[i] {
				if !t.hidden[i][j] || (cell{i, j}) == without || r.rows[i] == r.cols[j] {
					continue
				}
				r.rows[i], r.cols[j], grew = true, true, true
			}
		}
	}
	return r
}
