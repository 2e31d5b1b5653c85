package linkage

// bags compares texts by the words they have in common.
func (w *worker) bags(c *comparer, i, from int, out []uint8) {
	cols := w.block.cols
	a, bits := cols[c.at][i], cols[c.at+1][i]
	for k := range out {
		j := from + k
		switch b := cols[c.at][j]; {
		case a == 0 || b == 0:
			out[k] = missing
		case a == b:
			out[k] = bagEqual
		case bits&cols[c.at+1][j] == 0:
			out[k] = different
			if w.like.degree(a, b) >= slip {
				out[k] = bagNearly
			}
		default:
			out[k] = w.overlap(c, i, j)
		}
	}
}

// overlap weighs the words in common by their letters: long ones say more.
func (w *worker) overlap(c *comparer, i, j int) uint8 {
	var used [16]bool
	common, count, totalA, totalB := 0, 0, 0, 0
	cols, d := w.block.cols, w.like.words
	for x := c.at + 2; x < c.at+c.n && cols[x][j] != 0; x++ {
		totalB += int(d.size[cols[x][j]])
	}
	for x := c.at + 2; x < c.at+c.n && cols[x][i] != 0; x++ {
		a := cols[x][i]
		totalA += int(d.size[a])
		if y := w.partner(c, a, j, &used); y != 0 {
			common += int(min(d.size[a], d.size[y]))
			count++
		}
	}
	less, both := min(totalA, totalB), totalA+totalB
	switch {
	case 20*common >= 9*both: // nine tenths of both
		return bagNearly
	case count >= 2 && 20*common >= 19*less:
		return bagContained
	case 20*common >= 7*both:
		return bagMost
	case 20*common >= 5*both:
		return bagHalf
	case 20*common >= 2*both:
		return bagSome
	}
	return different
}

// partner is the word of row j that is a, or near it, and was not taken yet; 0 is none.
func (w *worker) partner(c *comparer, a uint32, j int, used *[16]bool) uint32 {
	cols := w.block.cols
	likely := -1
	for x := c.at + 2; x < c.at+c.n && cols[x][j] != 0; x++ {
		b, at := cols[x][j], x-c.at
		if used[at] {
			continue
		}
		if a == b {
			used[at] = true
			return b
		}
		if likely < 0 && (w.like.degree(a, b) >= slip || w.initial(a, b)) {
			likely = at
		}
	}
	if likely < 0 {
		return 0
	}
	used[likely] = true
	return cols[c.at+likely][j]
}
