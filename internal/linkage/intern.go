package linkage

import "hash/maphash"

// interner numbers distinct strings from 1; 0 is the empty string. Its cost is the bytes
// of the strings and some ten bytes each, a third of a map's.
type interner struct {
	bytes []byte
	ends  []uint64 // where each string ends; ends[0] = 0
	slots []uint32 // open addressing; 0 is free
	seed  maphash.Seed
}

func newInterner() *interner {
	return &interner{ends: make([]uint64, 1), slots: make([]uint32, 64), seed: maphash.MakeSeed()}
}

// Len is the number of distinct strings that are not empty.
func (t *interner) Len() int { return len(t.ends) - 1 }

// text is the string of a code.
func (t *interner) text(code uint32) string { return string(t.raw(code)) }

func (t *interner) raw(code uint32) []byte {
	if code == 0 {
		return nil
	}
	return t.bytes[t.ends[code-1]:t.ends[code]]
}

// find is the code of s, or 0.
func (t *interner) find(s string) uint32 {
	if s == "" {
		return 0
	}
	return t.slots[t.slot(s)]
}

func (t *interner) slot(s string) int {
	mask := len(t.slots) - 1
	i := int(maphash.String(t.seed, s)) & mask
	for c := t.slots[i]; c != 0 && string(t.raw(c)) != s; c = t.slots[i] {
		i = (i + 1) & mask
	}
	return i
}

// code is the code of s, given now if it is new.
func (t *interner) code(s string) uint32 {
	if s == "" {
		return 0
	}
	i := t.slot(s)
	if c := t.slots[i]; c != 0 {
		return c
	}
	t.bytes = append(t.bytes, s...)
	t.ends = append(t.ends, uint64(len(t.bytes)))
	c := uint32(t.Len())
	t.slots[i] = c
	if 4*t.Len() > 3*len(t.slots) {
		t.grow()
	}
	return c
}

func (t *interner) grow() {
	t.slots = make([]uint32, 2*len(t.slots))
	mask := len(t.slots) - 1
	for c := uint32(1); int(c) < len(t.ends); c++ {
		i := int(maphash.Bytes(t.seed, t.raw(c))) & mask
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = c
	}
}
