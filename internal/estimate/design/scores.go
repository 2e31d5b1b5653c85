package design

import "math"

// Scores are influence values of many terms without a matrix of rows x terms: each row
// belongs to one group at most and has Width values for it, which stand for the terms
// group*Width .. group*Width+Width-1. Weights are in the values already.
type Scores interface {
	// Groups are the group of each row (negative: none) and how many there are; nil, 1 when
	// every row belongs to the one group.
	Groups() ([]int32, int)
	Width() int
	// Fill writes the values of rows lo..hi-1 to z[j][0:hi-lo]. It is called from several
	// goroutines at once. Rows with weight 0 get 0.
	Fill(lo, hi int, z [][]float64)
}

// Dense are scores in columns, a value a row.
type Dense [][]float64

func (z Dense) Groups() ([]int32, int) { return nil, 1 }
func (z Dense) Width() int             { return len(z) }
func (z Dense) Fill(lo, hi int, to [][]float64) {
	for j := range z {
		copy(to[j], z[j][lo:hi])
	}
}

// piece is how many rows are scored at a time.
const piece = 2048

// scan calls f with the scores of rows lo.., piece by piece.
func scan(s Scores, lo, hi int, f func(lo, hi int, z [][]float64)) {
	k := s.Width()
	buf, z := make([]float64, k*piece), make([][]float64, k)
	for at := lo; at < hi; at += piece {
		end := min(at+piece, hi)
		for j := range z {
			z[j] = buf[j*piece : j*piece+end-at]
		}
		s.Fill(at, end, z)
		f(at, end, z)
	}
}

// materialize writes scores of the groups from..to-1 out as columns, as residuals need them.
func materialize(s Scores, n, from, to int) Dense {
	code, _ := s.Groups()
	k := s.Width()
	z := make(Dense, (to-from)*k)
	for j := range z {
		z[j] = make([]float64, n)
	}
	scan(s, 0, n, func(lo, hi int, part [][]float64) {
		for i := lo; i < hi; i++ {
			g := 0
			if code != nil {
				g = int(code[i])
			}
			if g < from || g >= to {
				continue
			}
			for j := range k {
				z[(g-from)*k+j][i] = part[j][i-lo]
			}
		}
	})
	return z
}

func largest(x []float64, m float64) float64 {
	for _, v := range x {
		if a := math.Abs(v); a > m && a <= math.MaxFloat64 {
			m = a
		}
	}
	return m
}
