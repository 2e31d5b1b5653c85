package frame

import (
	"hash/fnv"
	"math"
	"slices"
)

// ByContent puts rows in an order that follows from what they hold, not from where they stand in
// the file, so that what is drawn by lot for one of them stays with it. Rows that hold the
// same in every column keep their order: they are interchangeable.
func (f *Frame) ByContent(rows []int32) []int32 {
	hash := make([]uint64, f.n)
	for _, c := range f.cols {
		h := fnv.New64a()
		h.Write([]byte(c.Name))
		column := h.Sum64()
		levels := make([]uint64, len(c.Levels))
		for k, l := range c.Levels {
			h.Reset()
			h.Write([]byte(l))
			levels[k] = h.Sum64()
		}
		for _, r := range rows {
			v := uint64(0)
			switch {
			case c.IsMissing(int(r)):
			case c.Kind == Number:
				v = mixed(math.Float64bits(c.Num[r] + 0))
			default:
				v = levels[c.Code[r]]
			}
			hash[r] += mixed(v ^ column) // a sum: the order of columns says nothing either
		}
	}
	out := slices.Clone(rows)
	slices.SortStableFunc(out, func(a, b int32) int {
		switch {
		case hash[a] < hash[b]:
			return -1
		case hash[a] > hash[b]:
			return 1
		}
		return 0
	})
	return out
}

// mixed spreads the bits of v (the finaliser of SplitMix64, Steele et al. 2014).
func mixed(v uint64) uint64 {
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return v ^ v>>31
}
