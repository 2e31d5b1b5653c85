package linkage

import "slices"

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
		case bits&cols[c.at+1][j] == 0 && c.Kind != FullName:
			out[k] = different
		default:
			out[k] = w.overlap(c, i, j)
		}
	}
}

// overlap weighs the words in common by their letters: long ones say more. Equal words are
// paired first, then those of names that are near or an initial.
func (w *worker) overlap(c *comparer, i, j int) uint8 {
	cols, d := w.block.cols, w.like.words
	if d.hash[cols[c.at][i]] > d.hash[cols[c.at][j]] {
		i, j = j, i // which is first must not matter
	}
	var left, right [16]uint32
	na, nb, common, count, totalA, totalB := 0, 0, 0, 0, 0, 0
	for x := c.at + 2; x < c.at+c.n && cols[x][j] != 0; x++ {
		right[nb] = cols[x][j]
		totalB += int(d.marks[right[nb]].size)
		nb++
	}
	for x := c.at + 2; x < c.at+c.n && cols[x][i] != 0; x++ {
		a := cols[x][i]
		size := int(d.marks[a].size)
		totalA += size
		if k := slices.Index(right[:nb], a); k >= 0 {
			right[k] = 0
			common += size
			count++
			continue
		}
		left[na] = a
		na++
	}
	if c.Kind == FullName || count > 0 {
		for _, a := range left[:na] {
			if k := w.partner(a, right[:nb]); k >= 0 {
				common += int(min(d.marks[a].size, d.marks[right[k]].size))
				count++
				right[k] = 0
			}
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

// partner is the place of the first word that is near a, or an initial of it; -1 is none.
func (w *worker) partner(a uint32, among []uint32) int {
	return slices.IndexFunc(among, func(b uint32) bool {
		return b != 0 && (w.like.degree(a, b) >= slip || w.initial(a, b))
	})
}
