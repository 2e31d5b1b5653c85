package distance

import "math/bits"

// Signature says of a string which letters it has, once and twice, how many more there
// are, its length and its first four letters. Two signatures bound the Jaro-Winkler
// similarity of their strings from above (Bound).
type Signature struct {
	letters uint64 // two bits a class: has it, has it twice
	first   uint32
	length  uint8 // 0xFF: cannot be bounded
	more    uint8 // letters beyond the second of their class
}

const unbounded = 0xFF

// boundMost is the longest string that a signature bounds.
const boundMost = 31

// Sign makes the signature of s.
func Sign(s string) Signature {
	if len(s) > boundMost || !ascii(s) {
		return Signature{length: unbounded}
	}
	g := Signature{length: uint8(len(s))}
	for i := range len(s) {
		c := s[i]
		if i < prefixMost {
			g.first |= uint32(c) << (8 * i)
		}
		switch bit := uint64(1) << (2 * class(c)); {
		case g.letters&bit == 0:
			g.letters |= bit
		case g.letters&(bit<<1) == 0:
			g.letters |= bit << 1
		default:
			g.more++
		}
	}
	return g
}

// class is one of 32 classes of letters: equal letters have the same one.
func class(c byte) uint {
	switch {
	case c >= 'A' && c <= 'Z':
		return uint(c - 'A')
	case c >= 'a' && c <= 'z':
		return uint(c - 'a')
	}
	return 26 + uint(c)%6
}

// Bound tells pairs that cannot reach a Jaro-Winkler similarity from those that may.
type Bound struct {
	need [prefixMost + 1][boundMost + 1][boundMost + 1]uint8 // common letters, by prefix and lengths
}

// NewBound makes the table for a similarity between 0 and 1.
func NewBound(limit float64) *Bound {
	b := new(Bound)
	for p := range b.need {
		for x := 1; x <= boundMost; x++ {
			for y := 1; y <= boundMost; y++ {
				m := 0
				for m <= min(x, y) && winkler(most(m, x, y), p) < limit {
					m++
				}
				b.need[p][x][y] = uint8(m)
			}
		}
	}
	return b
}

func most(m, x, y int) float64 {
	if m == 0 {
		return 0
	}
	return similarity(m, 0, x, y)
}

// May reports whether the strings of these signatures can be as alike as the bound's
// limit; false is certain, true is not.
func (b *Bound) May(x, y Signature) bool {
	if x.length > boundMost || y.length > boundMost {
		return true
	}
	common := bits.OnesCount64(x.letters&y.letters) + int(min(x.more, y.more))
	p := min(bits.TrailingZeros32(x.first^y.first)/8, prefixMost, int(x.length), int(y.length))
	return common >= int(b.need[p][x.length][y.length])
}

// Edited reports whether the strings of these signatures can be one edit apart: a letter
// more, less, changed, or two neighbours swapped; false is certain, true is not.
func Edited(x, y Signature) bool {
	if x.length > boundMost || y.length > boundMost {
		return true
	}
	longer, shorter := max(x.length, y.length), min(x.length, y.length)
	common := bits.OnesCount64(x.letters&y.letters) + int(min(x.more, y.more))
	return longer-shorter <= 1 && common >= int(longer)-1
}
