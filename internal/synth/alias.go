package synth

import "math/rand/v2"

// alias draws an index in constant time with given weights (A. J. Walker 1977, in the
// form of M. D. Vose 1991).
type alias struct {
	prob  []float64
	other []int32
}

func newAlias(weights []float64) alias {
	n := len(weights)
	var sum float64
	for _, w := range weights {
		sum += w
	}
	a := alias{make([]float64, n), make([]int32, n)}
	var small, large []int32
	for i, w := range weights {
		a.prob[i] = w * float64(n) / sum
		if a.prob[i] < 1 {
			small = append(small, int32(i))
		} else {
			large = append(large, int32(i))
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		a.other[s] = l
		a.prob[l] -= 1 - a.prob[s]
		if a.prob[l] < 1 {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	for _, i := range append(small, large...) {
		a.prob[i] = 1 // what rounding left over
	}
	return a
}

func (a alias) draw(r *rand.Rand) int {
	i := r.IntN(len(a.prob))
	if r.Float64() < a.prob[i] {
		return i
	}
	return int(a.other[i])
}

// table draws values of any kind.
type table[T any] struct {
	items []T
	alias alias
}

func newTable[T any](items []T, weight func(T) float64) table[T] {
	w := make([]float64, len(items))
	for i, it := range items {
		w[i] = weight(it)
	}
	return table[T]{items, newAlias(w)}
}

func (t table[T]) draw(r *rand.Rand) T { return t.items[t.alias.draw(r)] }

func chance(r *rand.Rand, p float64) bool { return r.Float64() < p }

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// between draws a whole number, both ends included; lo when the range is empty.
func between(r *rand.Rand, lo, hi int) int {
	if hi <= lo {
		return lo
	}
	return lo + r.IntN(hi-lo+1)
}
