package finder

import "math/bits"

// keyTable finds rows by key. It keeps rows alone, by open addressing: the record of a row
// holds its keys, so the table costs some six bytes a key. A slot has row+1; 0 is free.
// A slot that was given up is marked so that those behind it are still found, and is used
// again by the next key that comes along.
type keyTable struct {
	slots []uint32
	used  int // slots that are not free
}

const (
	leastSlots = 64
	left       = 1<<32 - 1
	mostRow    = left - 2
)

func newKeyTable() keyTable { return keyTable{slots: make([]uint32, leastSlots)} }

// home is where the search for k begins.
func (t *keyTable) home(k key) int {
	hi, _ := bits.Mul64(uint64(k)<<16, uint64(len(t.slots)))
	return int(hi)
}

func (t *keyTable) next(i int) int {
	if i++; i == len(t.slots) {
		return 0
	}
	return i
}

// full reports whether the table must grow before n more keys come.
func (t *keyTable) full(n int) bool { return (t.used+n)*5 > len(t.slots)*4 }

// add puts a row under a key; the caller has made room.
func (t *keyTable) add(k key, row uint32) {
	i := t.home(k)
	for t.slots[i] != 0 && t.slots[i] != left {
		i = t.next(i)
	}
	if t.slots[i] == 0 {
		t.used++
	}
	t.slots[i] = row + 1
}

// roomFor makes room for n more keys: the table is made anew from the records, with a third
// to half of its slots free.
func (x *Index) roomFor(n int) {
	if !x.keys.full(n) {
		return
	}
	x.rekey(n)
}

func (x *Index) rekey(n int) {
	held := n
	var r record
	for row := range x.records.at {
		if x.records.get(uint32(row), &r) {
			held += len(r.keys)
		}
	}
	x.keys = keyTable{slots: make([]uint32, max(leastSlots, held*7/4))}
	for row := range x.records.at {
		if x.records.get(uint32(row), &r) {
			for _, k := range r.keys {
				x.keys.add(k, uint32(row))
			}
		}
	}
}

// holders calls f with every row that has the key.
func (x *Index) holders(k key, f func(row uint32)) {
	t := &x.keys
	for i := t.home(k); t.slots[i] != 0; i = t.next(i) {
		row := t.slots[i] - 1 // of a slot given up it is a row that nobody has
		if x.records.holds(row, k) {
			f(row)
		}
	}
}

// has reports whether the record holds the key.
func (r *record) has(k key) bool {
	for _, own := range r.keys {
		if own == k {
			return true
		}
	}
	return false
}

// removeKey gives up a slot of the row on the way from the key's home. When another key of
// the row stands there, the two have changed places: that one is found on the same way.
func (x *Index) removeKey(k key, row uint32) {
	t := &x.keys
	for i := t.home(k); t.slots[i] != 0; i = t.next(i) {
		if t.slots[i] == row+1 {
			t.slots[i] = left
			return
		}
	}
}
