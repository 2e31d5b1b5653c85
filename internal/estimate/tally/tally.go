// Package tally adds numbers so that the sum is the same bytes whatever the order in which
// they come and however many threads add them.
//
// Each number is split on two fixed grids, both so coarse that sums of their multiples are
// exact in float64 (Demmel and Nguyen, Parallel Reproducible Summation, 2015). What is lost
// is below 2^-53 of the largest term for up to 2^26 numbers, far less for fewer.
package tally

import (
	"math"
	"runtime"
	"sync"
)

// Acc is a sum under way; it belongs to one grid.
type Acc struct{ hi, lo float64 }

// Value is the sum.
func (a Acc) Value() float64 { return a.hi + a.lo }

// Join adds another sum of the same grid.
func (a *Acc) Join(b Acc) { a.hi += b.hi; a.lo += b.lo }

// Grid is a pair of grids for sums of at most n numbers of at most a given size.
type Grid struct{ m1, m2 float64 }

// NewGrid makes a grid for n numbers whose absolute values do not exceed bound.
func NewGrid(bound float64, n int) Grid {
	if !(bound > 0) || math.IsInf(bound, 0) {
		return Grid{}
	}
	_, e := math.Frexp(bound)
	k := max(2, bits(n))
	q1 := e + k + 1 - 53
	return Grid{math.Ldexp(1.5, 52+q1), math.Ldexp(1.5, 52+q1+k-53)}
}

func bits(n int) int {
	k := 0
	for n > 0 {
		k++
		n >>= 1
	}
	return k
}

// Add adds x.
func (g Grid) Add(a *Acc, x float64) {
	hi := (x + g.m1) - g.m1
	a.hi += hi
	a.lo += ((x - hi) + g.m2) - g.m2
}

// Bound is the largest finite absolute value of f(0..n-1).
func Bound(n int, f func(int) float64) float64 {
	var mu sync.Mutex
	all := 0.0
	Blocks(n, func(lo, hi int) {
		m := 0.0
		for i := lo; i < hi; i++ {
			if a := math.Abs(f(i)); a > m && a <= math.MaxFloat64 {
				m = a
			}
		}
		mu.Lock()
		all = max(all, m)
		mu.Unlock()
	})
	return all
}

// Of is the sum of f(0..n-1).
func Of(n int, f func(int) float64) float64 {
	return By(n, 1, nil, f)[0]
}

// By is the sum of f(i) for each group code[i] of 0..groups-1; a negative code is left out.
// Without codes there is one group.
func By(n, groups int, code []int32, f func(int) float64) []float64 {
	g := NewGrid(Bound(n, f), n)
	all := make([]Acc, groups)
	var mu sync.Mutex
	Blocks(n, func(lo, hi int) {
		part := make([]Acc, groups)
		for i := lo; i < hi; i++ {
			k := int32(0)
			if code != nil {
				if k = code[i]; k < 0 {
					continue
				}
			}
			g.Add(&part[k], f(i))
		}
		mu.Lock()
		defer mu.Unlock()
		for k := range part {
			all[k].Join(part[k])
		}
	})
	sums := make([]float64, groups)
	for k, a := range all {
		sums[k] = a.Value()
	}
	return sums
}

// Sum is the sum of x.
func Sum(x []float64) float64 { return Of(len(x), func(i int) float64 { return x[i] }) }

// Dot is the sum of the products of w and x; a product with w = 0 is 0 even when x is
// missing.
func Dot(w, x []float64) float64 {
	return Of(len(x), func(i int) float64 {
		if w[i] == 0 {
			return 0
		}
		return w[i] * x[i]
	})
}

// small is below what it costs to start threads.
const small = 1 << 14

// Blocks calls f for ranges that cover 0..n-1, on all processors when there is much to do.
func Blocks(n int, f func(lo, hi int)) {
	p := min(runtime.GOMAXPROCS(0), n/small)
	if p < 2 {
		f(0, n)
		return
	}
	var wg sync.WaitGroup
	for k := range p {
		wg.Go(func() { f(n*k/p, n*(k+1)/p) })
	}
	wg.Wait()
}
