package finder

// table finds the matches of a word of the dictionary while thousands of persons are scored:
// open addressing, a power of two of slots at most half full. A slot has an index + 1.
type table struct {
	slots   []int32
	matches []match
}

// fill takes the matches; those of one id are chained by their next.
func (t *table) fill(matches []match) {
	size := 64
	for size < 2*len(matches) {
		size *= 2
	}
	if cap(t.slots) < size {
		t.slots = make([]int32, size)
	}
	t.slots = t.slots[:size]
	clear(t.slots)
	t.matches = matches
	for i := range matches {
		at := t.slot(matches[i].id)
		matches[i].next = t.slots[at] - 1
		t.slots[at] = int32(i) + 1
	}
}

func (t *table) slot(id uint32) uint32 {
	mask := uint32(len(t.slots) - 1)
	at := id * 2654435761 >> 7 & mask
	for t.slots[at] != 0 && t.matches[t.slots[at]-1].id != id {
		at = (at + 1) & mask
	}
	return at
}

// first is the index of the first match of id, or -1.
func (t *table) first(id uint32) int32 { return t.slots[t.slot(id)] - 1 }
