package linkage

import "slices"

// worker compares rows; each goroutine has its own.
type worker struct {
	plan    *plan
	like    *likener
	places  []uint32 // of several blocks
	touched uint32   // keeps the reading of rows ahead from being left out
}

func newWorker(p *plan, w *words) *worker { return &worker{plan: p, like: newLikener(w)} }

// pattern compares two rows.
func (w *worker) pattern(a, b []uint32) (pattern uint64) {
	for i := range w.plan.cmps {
		c := &w.plan.cmps[i]
		l := c.glance(a, b)
		if l >= doubtFirst {
			l = w.closer(c, a, b, l)
		}
		pattern |= uint64(l) << (4 * i)
	}
	return pattern
}

// Doubts stand for a level until the words are looked at, which costs more than the rest of
// a comparison.
const (
	doubtFirst  uint8 = 12 + iota // names whose first words differ
	doubtSecond                   // names whose first words are the same and whose second ones differ
	doubtWord                     // words that differ
	doubtText                     // texts that differ
)

// doubts are the levels that a doubt may turn out to be.
func doubts(doubt uint8) []uint8 {
	switch doubt {
	case doubtFirst:
		return []uint8{different, nameInitial, nameOther, nameFaint, nameNear, nameAlike}
	case doubtSecond:
		return []uint8{nameShared, nameNear, nameContained}
	case doubtWord:
		return []uint8{different, wordFaint, wordNear, wordAlike}
	}
	return []uint8{different, bagSome, bagHalf, bagMost, bagContained, bagNearly}
}

// hasDoubts reports whether a pattern holds one: they are the numbers from 12 on.
func hasDoubts(pattern uint64) bool { return pattern&(pattern<<1)&0x8888888888888888 != 0 }

// glance compares two rows as far as that is possible without looking at words: it gives a
// level, or a doubt.
func (c *comparer) glance(a, b []uint32) uint8 {
	x, y := a[c.at], b[c.at]
	switch c.op {
	case opName:
		return c.names(a, b, x, y)
	case opDoc:
		return docsOf(a[c.at:c.at+3:c.at+3], b[c.at:c.at+3:c.at+3])
	}
	if x == 0 || y == 0 {
		return missing
	}
	switch c.op {
	case opDate:
		if x == y {
			return dateEqual
		}
		return datesApart(x, y)
	case opPhone:
		return phonesOf(x, y)
	case opEmail:
		return emailsOf(a[c.at:c.at+4:c.at+4], b[c.at:c.at+4:c.at+4])
	case opSex:
		if x == y {
			return sexEqual
		}
		return different
	case opBag:
		switch {
		case x == y:
			return bagEqual
		case a[c.at+1]&b[c.at+1] == 0 && c.Kind != FullName:
			return different
		}
		return doubtText
	}
	if x == y {
		return wordEqual
	}
	return doubtWord
}

// closer looks at the words where glance was in doubt.
func (w *worker) closer(c *comparer, a, b []uint32, doubt uint8) uint8 {
	switch doubt {
	case doubtFirst:
		return w.firstWords(c, a, b)
	case doubtSecond:
		return w.secondWords(a[c.at+1], b[c.at+1])
	case doubtWord:
		return different + w.like.degree(a[c.at], b[c.at])
	}
	return w.overlap(c, a, b)
}

// names glances at names; x and y are their first words.
func (c *comparer) names(a, b []uint32, x, y uint32) uint8 {
	x2, y2 := a[c.at+1], b[c.at+1]
	switch {
	case x == 0 || y == 0:
		return missing
	case a[c.at+2] == b[c.at+2]:
		return nameEqual
	case x == y && (x2 == 0 || y2 == 0 || x2 == y2):
		return nameContained
	case x == y:
		return doubtSecond
	case x == y2 || y == x2 || x2 != 0 && x2 == y2:
		return nameShared
	}
	return doubtFirst
}

// nameOf is the level of a degree of likeness.
var nameOf = [...]uint8{unlike: different, distant: nameFaint, slip: nameNear, alike: nameAlike}

// firstWords compares names whose first words differ.
func (w *worker) firstWords(c *comparer, a, b []uint32) uint8 {
	level := nameOf[w.like.degree(a[c.at], b[c.at])]
	if level <= nameFaint {
		return w.otherFirst(c, a, b, level)
	}
	return level
}

// secondWords compares the second words, which differ, of names whose first ones are the same.
func (w *worker) secondWords(x, y uint32) uint8 {
	if w.initial(x, y) {
		return nameContained
	}
	if w.like.degree(x, y) > distant {
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
func (w *worker) otherFirst(c *comparer, a, b []uint32, level uint8) uint8 {
	if (a[c.at+1] == 0) != (b[c.at+1] == 0) {
		if d := w.like.degree(a[c.at+2], b[c.at+2]); d >= slip {
			return nameOf[d]
		}
	}
	x, y := a[c.at], b[c.at]
	if w.initial(x, y) {
		return nameInitial
	}
	if c.crossed(a, b) {
		return nameOther
	}
	return level
}

// crossed reports whether a name stands in another name of the other record. One coincidence
// counts once: where the two names do not stand in each other's place, for the first of the two
// that both records have.
func (c *comparer) crossed(a, b []uint32) bool {
	for _, at := range c.cross {
		there, here := b[at] == a[c.at], a[at] == b[c.at]
		if there && here || (there || here) && (c.at < at || a[at] == 0 || b[at] == 0) {
			return true
		}
	}
	return false
}

func docsOf(a, b []uint32) uint8 {
	x, y := uint64(a[0])|uint64(a[1]&^verified)<<32, uint64(b[0])|uint64(b[1]&^verified)<<32
	switch {
	case a[2] == 0 || b[2] == 0:
		return missing
	case a[2] == b[2] && x == y:
		return docEqual
	case a[1]&b[1]&verified != 0:
		return docConflict
	case oneEdit(x, y):
		return docNear
	}
	return different
}

func phonesOf(x, y uint32) uint8 {
	switch {
	case x == y:
		return phoneEqual
	case digitsApart(x^y) == 1 || neighboursSwapped(x, y):
		return phoneNear
	}
	return different
}

func emailsOf(a, b []uint32) uint8 {
	switch {
	case a[0] == b[0]:
		return emailEqual
	case a[1] == b[1]:
		return emailLocal
	case packedText(a[2], a[3]).nearly(packedText(b[2], b[3])):
		return emailNear
	}
	return different
}

// overlap weighs the words in common by their letters: long ones say more. Equal words are
// paired first, then those of names that are near or an initial.
func (w *worker) overlap(c *comparer, a, b []uint32) uint8 {
	size := w.like.words.size
	var left, right [16]uint32
	na, nb, o := 0, 0, overlap{}
	for _, y := range b[c.at+2 : c.at+c.n] {
		if y == 0 {
			break
		}
		right[nb] = y
		nb++
		o.right += int(size[y])
	}
	for _, x := range a[c.at+2 : c.at+c.n] {
		if x == 0 {
			break
		}
		n := int(size[x])
		o.left += n
		if k := slices.Index(right[:nb], x); k >= 0 {
			right[k] = 0
			o.common += n
			o.count++
			continue
		}
		left[na] = x
		na++
	}
	if c.Kind == FullName || o.count > 0 {
		// Likeness is dear, and most pairs are so unlike that it changes nothing.
		most := overlap{o.left, o.right, min(o.left, o.right), o.count + na}
		if most.level() != o.level() {
			if hash := w.like.words.hash; hash[a[c.at]] > hash[b[c.at]] { // which is first must not matter
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
