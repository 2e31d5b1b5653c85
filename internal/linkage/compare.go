package linkage

import "slices"

// block is rows copied out for comparing, by column: cols[slot][i] of row i.
type block struct {
	cols  [][]uint32
	marks [][]mark // by comparison of names: of the first words
	rows  []uint32
}

// comparison state of one goroutine.
type worker struct {
	plan    *plan
	like    *likener
	level   []uint8
	block   block
	flat    []uint32
	list    []uint32 // of loadEntries
	sums    []float32
	shapes  []uint64
	alive   []bool
	marked  bool   // the block has marks
	touched uint32 // keeps touch from being left out
}

func newWorker(p *plan, w *words) *worker {
	return &worker{plan: p, like: newLikener(w), block: block{cols: make([][]uint32, p.width), marks: make([][]mark, len(p.cmps))}}
}

// load copies rows of a table into the block.
func (w *worker) load(table []uint32, rows []uint32) {
	n, width := len(rows), w.plan.width
	if cap(w.flat) < n*width {
		w.flat = make([]uint32, n*width*5/4)
		w.level = make([]uint8, n*5/4+1)
		w.sums = make([]float32, n*5/4+1)
		w.shapes = make([]uint64, n*5/4+1)
		w.alive = make([]bool, n*5/4+1)
	}
	for s := range w.block.cols {
		w.block.cols[s] = w.flat[s*n : (s+1)*n]
	}
	w.touch(table, rows)
	for i, r := range rows {
		at := int(r) * width
		for s, v := range table[at : at+width] {
			w.flat[s*n+i] = v
		}
	}
	w.block.rows = rows
	w.marked = n >= markFrom
	for c := range w.plan.cmps {
		if w.marked && (w.plan.cmps[c].op == opName || w.plan.cmps[c].op == opWord) {
			marks := w.block.marks[c][:0]
			for _, v := range w.block.cols[w.plan.cmps[c].at] {
				marks = append(marks, w.like.words.marks[v])
			}
			w.block.marks[c] = marks
		}
	}
}

// touch reads a word of every cache line of rows that lie anywhere: the processor fetches
// them side by side. Few rows are too few for that.
func (w *worker) touch(table []uint32, rows []uint32) {
	if len(rows) < markFrom {
		return
	}
	sum, width := uint32(0), w.plan.width
	for _, r := range rows {
		row := table[int(r)*width : (int(r)+1)*width]
		for k := 0; k < len(row); k += 16 {
			sum += row[k]
		}
	}
	w.touched = sum
}

// markFrom is from how many rows on it pays to copy the marks of their words into the block.
const markFrom = 16

// markOf is the mark of a word that row i has in comparison at.
func (w *worker) markOf(at, i int, v uint32) *mark {
	if w.marked {
		return &w.block.marks[at][i]
	}
	return &w.like.words.marks[v]
}

// against compares row i of the block with rows from..to-1; sums and patterns are by row
// from 0, for from.
func (w *worker) against(i, from, to int, weights *weights) (sums []float32, patterns []uint64) {
	n := to - from
	sums, patterns = w.sums[:n], w.shapes[:n]
	for k := range patterns {
		sums[k], patterns[k] = weights.prior, 0
	}
	level := w.level[:n]
	for c := range w.plan.cmps {
		w.compare(c, i, from, level)
		shift, table := 4*c, &weights.of[c]
		for k, l := range level {
			sums[k] += table[l&15]
			patterns[k] |= uint64(l) << shift
		}
	}
	return sums, patterns
}

func (w *worker) compare(at, i, from int, out []uint8) {
	switch c := &w.plan.cmps[at]; c.op {
	case opName:
		w.names(c, at, i, from, out)
	case opBag:
		w.bags(c, i, from, out)
	case opDate:
		w.dates(c, i, from, out)
	case opDoc:
		w.docs(c, i, from, out)
	case opPhone:
		w.phones(c, i, from, out)
	case opEmail:
		w.emails(c, i, from, out)
	case opSex:
		w.sexes(c, i, from, out)
	default:
		w.singles(c, at, i, from, out)
	}
}

func (w *worker) names(c *comparer, at, i, from int, out []uint8) {
	n := len(out)
	cols := w.block.cols
	first, second, all := cols[c.at][from:from+n], cols[c.at+1][from:from+n], cols[c.at+2][from:from+n]
	a, a2, whole := cols[c.at][i], cols[c.at+1][i], cols[c.at+2][i]
	if a == 0 {
		clear(out)
		return
	}
	own := w.markOf(at, i, a)
	for k, b := range first {
		switch {
		case b == 0:
			out[k] = missing
		case all[k] == whole:
			out[k] = nameEqual
		case b == a:
			out[k] = w.sameFirst(a2, second[k])
		case a == second[k] || b == a2 || a2 != 0 && a2 == second[k]:
			out[k] = nameShared
		default:
			out[k] = different
			if w.like.may(own, w.markOf(at, from+k, b)) {
				if d := w.like.look(a, b); d != unlike {
					out[k] = nameOf[d]
				}
			}
			if out[k] <= nameFaint {
				out[k] = w.otherFirst(c, i, from+k, out[k])
			}
		}
	}
}

// nameOf is the level of a degree of likeness.
var nameOf = [...]uint8{unlike: different, distant: nameFaint, slip: nameNear, alike: nameAlike}

// sameFirst compares the second words of names whose first ones are the same.
func (w *worker) sameFirst(a, b uint32) uint8 {
	if a == 0 || b == 0 || a == b || w.initial(a, b) {
		return nameContained
	}
	if w.like.degree(a, b) > distant {
		return nameNear
	}
	return nameShared
}

// initial reports whether one word is the first letter of the other.
func (w *worker) initial(a, b uint32) bool {
	d := w.like.words
	x, y := &d.marks[a], &d.marks[b]
	return (x.size == 1 || y.size == 1) && x.first == y.first
}

// otherFirst looks at names whose first words are unlike, or distantly like: at the words
// written as one, at an initial, at the other names of the two.
func (w *worker) otherFirst(c *comparer, i, j int, level uint8) uint8 {
	cols := w.block.cols
	a, b := cols[c.at][i], cols[c.at][j]
	if (cols[c.at+1][i] == 0) != (cols[c.at+1][j] == 0) {
		if d := w.like.degree(cols[c.at+2][i], cols[c.at+2][j]); d >= slip {
			return nameOf[d]
		}
	}
	if w.initial(a, b) {
		return nameInitial
	}
	for _, x := range c.cross {
		if cols[x][j] == a || cols[x][i] == b {
			return nameOther
		}
	}
	return level
}

func (w *worker) dates(c *comparer, i, from int, out []uint8) {
	a := w.block.cols[c.at][i]
	for k, b := range w.block.cols[c.at][from : from+len(out)] {
		switch {
		case a == 0 || b == 0:
			out[k] = missing
		case a == b:
			out[k] = dateEqual
		default:
			out[k] = datesApart(a, b)
		}
	}
}

func (w *worker) docs(c *comparer, i, from int, out []uint8) {
	cols, n := w.block.cols, len(out)
	low, high, all := cols[c.at][from:from+n], cols[c.at+1][from:from+n], cols[c.at+2][from:from+n]
	x, top, whole := uint64(cols[c.at][i]), cols[c.at+1][i], cols[c.at+2][i]
	x |= uint64(top&^verified) << 32
	for k, b := range all {
		y := uint64(low[k]) | uint64(high[k]&^verified)<<32
		switch {
		case whole == 0 || b == 0:
			out[k] = missing
		case whole == b && x == y:
			out[k] = docEqual
		case top&high[k]&verified != 0:
			out[k] = docConflict
		case oneEdit(x, y):
			out[k] = docNear
		default:
			out[k] = different
		}
	}
}

func (w *worker) phones(c *comparer, i, from int, out []uint8) {
	a := w.block.cols[c.at][i]
	for k, b := range w.block.cols[c.at][from : from+len(out)] {
		switch {
		case a == 0 || b == 0:
			out[k] = missing
		case a == b:
			out[k] = phoneEqual
		case digitsApart(a^b) == 1 || neighboursSwapped(a, b):
			out[k] = phoneNear
		default:
			out[k] = different
		}
	}
}

func (w *worker) emails(c *comparer, i, from int, out []uint8) {
	cols, n := w.block.cols, len(out)
	all, local := cols[c.at][from:from+n], cols[c.at+1][from:from+n]
	a, la := cols[c.at][i], cols[c.at+1][i]
	x := packedText(cols[c.at+2][i], cols[c.at+3][i])
	for k, b := range all {
		switch {
		case a == 0 || b == 0:
			out[k] = missing
		case a == b:
			out[k] = emailEqual
		case la == local[k]:
			out[k] = emailLocal
		case x.nearly(packedText(cols[c.at+2][from+k], cols[c.at+3][from+k])):
			out[k] = emailNear
		default:
			out[k] = different
		}
	}
}

func (w *worker) sexes(c *comparer, i, from int, out []uint8) {
	a := w.block.cols[c.at][i]
	for k, b := range w.block.cols[c.at][from : from+len(out)] {
		switch {
		case a == 0 || b == 0:
			out[k] = missing
		case a == b:
			out[k] = sexEqual
		default:
			out[k] = different
		}
	}
}

func (w *worker) singles(c *comparer, at, i, from int, out []uint8) {
	a := w.block.cols[c.at][i]
	own := w.markOf(at, i, a)
	for k, b := range w.block.cols[c.at][from : from+len(out)] {
		switch {
		case a == 0 || b == 0:
			out[k] = missing
		case a == b:
			out[k] = wordEqual
		case w.like.may(own, w.markOf(at, from+k, b)):
			out[k] = different + w.like.look(a, b)
		default:
			out[k] = different
		}
	}
}

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
