package linkage

import (
	"math/bits"

	"quipu/internal/distance"
	"quipu/internal/name"
)

// words is the dictionary of what is compared by likeness: each distinct folded word with
// all that is worked out once for it.
type words struct {
	*interner
	marks []mark
	size  []uint8  // bytes, at most 255; beside marks, for a look at lengths alone
	hash  []uint64 // of the text: keys made of it do not depend on the order of the rows
	sound []uint64 // hash of the phonetic key; 0 for what has no sound
}

// mark is what tells of a word that it is unlike another without looking at the two.
type mark struct {
	sign  distance.Signature
	sound uint32 // the phonetic key's hash, in short
	first byte
	size  uint8  // bytes, at most 255
	digit bool   // holds a digit: near means one edit, not Jaro-Winkler
	forms bool   // may stand for another name: PEPE for JOSE
	names uint64 // bits of it and the names that it may stand for
}

func newWords() *words {
	return &words{interner: newInterner(), marks: make([]mark, 1), size: make([]uint8, 1), hash: make([]uint64, 1), sound: make([]uint64, 1)}
}

// add is the code of a folded word.
func (w *words) add(s string) uint32 {
	if s == "" {
		return 0
	}
	c := w.code(s)
	if int(c) < len(w.marks) {
		return c
	}
	h, digit := hashText(s), hasDigit(s)
	sound := h
	if !digit && len(s) > 1 {
		sound = hashText(soundKey(s))
	}
	w.hash, w.sound = append(w.hash, h), append(w.sound, sound)
	w.size = append(w.size, uint8(min(len(s), 255)))
	w.marks = append(w.marks, mark{distance.Sign(s), uint32(sound), s[0], uint8(min(len(s), 255)), digit, hasVariants(s), namesOf(s)})
	return c
}

// forget takes the words above n out again, which were the last to come.
func (w *words) forget(n int) {
	w.interner.forget(n)
	w.marks, w.size = w.marks[:n+1], w.size[:n+1]
	w.hash, w.sound = w.hash[:n+1], w.sound[:n+1]
}

func hasDigit(s string) bool {
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			return true
		}
	}
	return false
}

// hashText is FNV-1a with a last mix; 0 is kept for "missing".
func hashText(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return mix(h)
}

// mix spreads the bits of x (the finalizer of SplitMix64); never 0.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	x ^= x >> 31
	return x | uint64(bits.LeadingZeros64(x)>>6)
}

// join puts two parts of a key together, in this order.
func join(a, b uint64) uint64 { return mix(a*0x9E3779B97F4A7C15 + b) }

// divisor tells whether it divides numbers, without dividing them (Granlund and Montgomery
// 1994, section 9).
type divisor struct {
	inverse, limit uint64
	twos           int
}

func newDivisor(n uint64) divisor {
	d := divisor{limit: ^uint64(0) / n, twos: bits.TrailingZeros64(n)}
	n >>= d.twos
	d.inverse = n
	for range 5 { // each doubles the bits that are right, three to begin with
		d.inverse *= 2 - n*d.inverse
	}
	return d
}

func (d *divisor) divides(n uint64) bool {
	return bits.RotateLeft64(n*d.inverse, -d.twos) <= d.limit
}

// Degrees of likeness between two words.
const (
	unlike  = iota
	distant // perhaps the same word with several slips
	slip    // the same word with a slip
	alike   // the same sound, or forms of one name
)

// Similarities of Jaro and Winkler from which two words are near, or faintly so.
const (
	nearLimit  = 0.91
	faintLimit = 0.82
	shortWord  = 4 // letters of a word of which one edit is much by that measure, and yet a slip
)

// likener says how alike two words are. Each worker has its own: it remembers pairs.
type likener struct {
	words *words
	bound *distance.Bound
	cache []uint64 // a<<32|b with the degree in the top two bits of a's half
}

const cacheBits = 17

func newLikener(w *words) *likener {
	return &likener{words: w, bound: distance.NewBound(faintLimit), cache: make([]uint64, 1<<cacheBits)}
}

// may reports whether two words can be alike at all.
func (k *likener) may(x, y *mark) bool {
	if x.digit || y.digit {
		return distance.Edited(x.sign, y.sign)
	}
	if min(x.size, y.size) <= shortWord && distance.Edited(x.sign, y.sign) {
		return true
	}
	return k.bound.May(x.sign, y.sign) || x.sound == y.sound || (x.forms || y.forms) && x.names&y.names != 0
}

// degree compares two different words.
func (k *likener) degree(a, b uint32) uint8 {
	if w := k.words; !k.may(&w.marks[a], &w.marks[b]) {
		return unlike
	}
	return k.look(a, b)
}

// look is degree for two words that may be alike.
func (k *likener) look(a, b uint32) uint8 {
	w := k.words
	if a > b {
		a, b = b, a
	}
	key := uint64(a)<<32 | uint64(b)
	at := &k.cache[key*0x9E3779B97F4A7C15>>(64-cacheBits)]
	if *at&^(3<<62) == key {
		return uint8(*at >> 62)
	}
	d := w.compare(a, b)
	*at = key | uint64(d)<<62
	return d
}

func (w *words) compare(a, b uint32) uint8 {
	x, y := w.text(a), w.text(b)
	if w.marks[a].digit || w.marks[b].digit {
		if min(len(x), len(y)) >= 3 && distance.OSA(x, y) == 1 {
			return slip
		}
		return unlike
	}
	if min(len(x), len(y)) < 2 {
		return unlike
	}
	if w.sound[a] == w.sound[b] || (w.marks[a].forms || w.marks[b].forms) && w.marks[a].names&w.marks[b].names != 0 && name.SameVariant(x, y) {
		return alike
	}
	if min(len(x), len(y)) <= shortWord && distance.OSA(x, y) == 1 {
		return slip
	}
	switch s := distance.JaroWinkler(x, y); {
	case s >= nearLimit:
		return slip
	case s >= faintLimit:
		return distant
	}
	return unlike
}

// soundKey is the phonetic key of a folded word.
func soundKey(s string) string { return name.Sound(s) }

// hasVariants reports whether a folded given name may stand for another.
func hasVariants(s string) bool { return len(name.Variants(s)) > 0 }

// namesOf has a bit for a name and for each that it may stand for: forms of one name have
// a bit in common.
func namesOf(s string) uint64 {
	bits := uint64(1) << (hashText(s) & 63)
	for _, v := range name.Variants(s) {
		bits |= 1 << (hashText(v) & 63)
	}
	return bits
}
