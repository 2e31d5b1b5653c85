package linkage

import "math/bits"

// rarities are the weights of values by slot value, in open addressing: there is a look-up for
// every agreement of every pair that may be kept, at a third of a map's cost.
type rarities struct {
	slots  []rareValue
	shift  int
	listed int // values
}

// rareValue is a value and its weight; value 0 is a free slot, for no slot that holds a value is 0.
type rareValue struct {
	value  uint32
	weight float32
}

func newRarities(n int) rarities {
	size := bits.Len(uint(2 * n))
	return rarities{slots: make([]rareValue, 1<<size), shift: 64 - size, listed: n}
}

func (r *rarities) slot(value uint32) uint {
	mask := uint(len(r.slots) - 1)
	i := uint(uint64(value)*0x9E3779B97F4A7C15>>r.shift) & mask
	for r.slots[i].value != 0 && r.slots[i].value != value {
		i = (i + 1) & mask
	}
	return i
}

func (r *rarities) put(value uint32, weight float32) {
	if value != 0 {
		r.slots[r.slot(value)] = rareValue{value, weight}
	}
}

// of is the weight of a value; not ok when it is not listed.
func (r *rarities) of(value uint32) (weight float32, ok bool) {
	if value == 0 {
		return 0, false
	}
	x := &r.slots[r.slot(value)]
	return x.weight, x.value != 0
}

// top is the largest weight listed.
func (r *rarities) top() float32 {
	most := float32(0)
	for _, x := range r.slots {
		most = max(most, x.weight)
	}
	return most
}
