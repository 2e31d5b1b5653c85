// Package blind measures how many duplicates linkage finds in a list whose truth nobody
// knows: of some pairs that a document proves to be one person it takes the document away,
// and sees whether names and dates alone find them.
package blind

import (
	"cmp"
	"math"
	"slices"

	"quipu/internal/linkage"
)

// Test is a list in which pairs were blinded.
type Test struct {
	List      *linkage.List
	Pairs     [][2]int32 // the pairs, the first the smaller row
	Confirmed int        // pairs of the list that a document confirms
}

// mostAlike is how many rows may hold one document: a number that more hold is somebody's
// default, and proves nothing.
const mostAlike = 5

// Take blinds a share (0 to 1) of the pairs of rows that hold the same value in one of the
// columns of documents, at least one when there is one. Of each pair that is chosen both
// rows lose their documents, so that neither the number nor its being another one helps. The
// same list and seed give the same test.
func Take(l *linkage.List, documents []int, share float64, seed uint64) Test {
	pairs := confirmed(l, documents)
	t := Test{Confirmed: len(pairs)}
	slices.SortFunc(pairs, func(x, y [2]int32) int { return cmp.Or(cmp.Compare(lot(seed, x), lot(seed, y)), order(x, y)) })
	n := min(len(pairs), max(1, int(math.Round(share*float64(len(pairs))))))
	t.Pairs = pairs[:n:n]
	slices.SortFunc(t.Pairs, order)
	gone := map[int32]bool{}
	for _, p := range t.Pairs {
		gone[p[0]], gone[p[1]] = true, true
	}
	t.List = linkage.NewList(l.Fields())
	values := make([]string, len(l.Fields()))
	for row := range l.Len() {
		for f := range values {
			values[f] = l.Value(row, f)
		}
		if gone[int32(row)] {
			for _, f := range documents {
				values[f] = ""
			}
		}
		t.List.Append(values)
	}
	return t
}

// confirmed are the pairs of rows with a document in common, in the order of the rows.
func confirmed(l *linkage.List, documents []int) (pairs [][2]int32) {
	for _, f := range documents {
		rows := map[string][]int32{}
		for row := range l.Len() {
			if v := l.Value(row, f); v != "" {
				rows[v] = append(rows[v], int32(row))
			}
		}
		for _, held := range rows {
			if len(held) > mostAlike {
				continue
			}
			for i, a := range held {
				for _, b := range held[i+1:] {
					pairs = append(pairs, [2]int32{a, b})
				}
			}
		}
	}
	slices.SortFunc(pairs, order)
	return slices.Compact(pairs)
}

// lot is what a pair draws: splitmix64 of the seed and the rows (Steele, Lea and Flood,
// OOPSLA 2014).
func lot(seed uint64, pair [2]int32) uint64 {
	x := seed + uint64(uint32(pair[0]))<<32 + uint64(uint32(pair[1]))
	for range 2 {
		x += 0x9e3779b97f4a7c15
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		x ^= x >> 31
	}
	return x
}

func order(x, y [2]int32) int {
	if x[0] != y[0] {
		return int(x[0] - y[0])
	}
	return int(x[1] - y[1])
}

// Recall is what a test says: how many of the pairs were found, and the interval in which
// the share lies at 95 % (Wilson's score interval, J. Am. Stat. Assoc. 22, 1927).
type Recall struct {
	Pairs, Found     int
	Share, Low, High float64
}

// Judge counts the pairs that ended in one cluster (rows give its number).
func (t *Test) Judge(clusters []int32) Recall {
	r := Recall{Pairs: len(t.Pairs)}
	for _, p := range t.Pairs {
		if clusters[p[0]] == clusters[p[1]] {
			r.Found++
		}
	}
	if r.Pairs > 0 {
		r.Share = float64(r.Found) / float64(r.Pairs)
	}
	r.Low, r.High = Wilson(r.Found, r.Pairs)
	return r
}

// Wilson is the 95 % score interval of a share of n; of none it is everything.
func Wilson(found, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	const z = 1.959964
	share, m := float64(found)/float64(n), float64(n)
	middle := share + z*z/(2*m)
	half := z * math.Sqrt(share*(1-share)/m+z*z/(4*m*m))
	all := 1 + z*z/m
	return max(0, (middle-half)/all), min(1, (middle+half)/all)
}
