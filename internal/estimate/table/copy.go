package table

import "math"

// Copier adds rows of one table to another of the same form.
type Copier struct {
	to, from *Table
	ticked   []string  // of the row that is being copied
	codes    [][]int32 // by column: the codes in to of those in from, -1 while nobody has one
}

// CopyFrom begins to copy rows. It is not ok where a question has too many words, for those are
// not kept: all answers are to be added again then.
func (t *Table) CopyFrom(from *Table) (c *Copier, ok bool) {
	c = &Copier{to: t, from: from, codes: make([][]int32, len(from.cols))}
	for i := range from.cols {
		if from.cols[i].full {
			return nil, false
		}
		c.codes[i] = make([]int32, len(from.cols[i].Levels))
		for k := range c.codes[i] {
			c.codes[i][k] = -1
		}
	}
	return c, true
}

// Row adds a row, by its number from 0.
func (c *Copier) Row(row int) {
	c.to.rows++
	for i := range c.to.cols {
		to, from := &c.to.cols[i], &c.from.cols[i]
		to.blank()
		at := c.to.rows - 1
		switch to.Kind {
		case Number, Year, Repeated:
			to.num[at] = from.num[row]
		case Choice:
			to.code[at] = c.code(i, from.code[row])
		case Reckoned:
			to.num[at], to.code[at] = from.num[row], c.code(i, from.code[row])
			to.words = to.words || to.code[at] >= 0 && math.IsNaN(to.num[at])
			to.full = len(to.level) > MostWords
		case Choices:
			c.ticks(to, from, at, row)
		}
	}
}

func (c *Copier) code(column int, code int32) int32 {
	if code < 0 {
		return code
	}
	known := &c.codes[column][code]
	if *known < 0 {
		*known = c.to.cols[column].coded(c.from.cols[column].Levels[code])
	}
	return *known
}

func (c *Copier) ticks(to, from *column, at, row int) {
	if from.code[row] < 0 {
		return
	}
	c.ticked = c.ticked[:0]
	for k, ticks := range from.ticks {
		if ticks[row] == 1 {
			c.ticked = append(c.ticked, from.Levels[k])
		}
	}
	to.tick(at, c.ticked)
}
