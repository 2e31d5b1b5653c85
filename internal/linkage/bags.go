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
	cols, size := w.block.cols[c.at+2:c.at+c.n], w.like.words.size
	var left, right [16]uint32
	na, nb, o := 0, 0, overlap{}
	for _, col := range cols {
		b := col[j]
		if b == 0 {
			break
		}
		right[nb] = b
		nb++
		o.right += int(size[b])
	}
	for _, col := range cols {
		a := col[i]
		if a == 0 {
			break
		}
		n := int(size[a])
		o.left += n
		if k := slices.Index(right[:nb], a); k >= 0 {
			right[k] = 0
			o.common += n
			o.count++
			continue
		}
		left[na] = a
		na++
	}
	if c.Kind == FullName || o.count > 0 {
		// Likeness is dear, and most pairs are so unlike that it changes nothing.
		most := overlap{o.left, o.right, min(o.left, o.right), o.count + na}
		if most.level() != o.level() {
			hash := w.like.words.hash
			if x := w.block.cols[c.at]; hash[x[i]] > hash[x[j]] { // which is first must not matter
				w.pairUp(right[:nb], left[:na], &o)
			} else {
				w.pairUp(left[:na], right[:nb], &o)
			}
		}
	}
	return o.level()
}

// pairUp counts the words of a text that are nearly one of another's; 0 is no word.
func (w *worker) pairUp(left, right []uint32, o *overlap) {
	size := w.like.words.size
	for _, a := range left {
		if a == 0 {
			continue
		}
		if k := w.partner(a, right); k >= 0 {
			o.common += int(min(size[a], size[right[k]]))
			o.count++
			right[k] = 0
		}
	}
}

// overlap is what two texts have in common, in letters, and of how many words.
type overlap struct{ left, right, common, count int }

// level grows with what is in common.
func (o *overlap) level() uint8 {
	less, both := min(o.left, o.right), o.left+o.right
	switch {
	case 20*o.common >= 9*both: // nine tenths of both
		return bagNearly
	case o.count >= 2 && 20*o.common >= 19*less:
		return bagContained
	case 20*o.common >= 7*both:
		return bagMost
	case 20*o.common >= 5*both:
		return bagHalf
	case 20*o.common >= 2*both:
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
