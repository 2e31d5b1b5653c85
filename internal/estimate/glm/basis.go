package glm

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate/tally"
)

// collinear is the share of a column's own size that must be left once the columns before it
// are accounted for.
const collinear = 1e-12

// basis turns the columns of a model matrix into nearly orthonormal ones, in place, over the
// rows that have weight, so that normal equations lose no digits. back turns coefficients of
// the new columns into those of the old: beta = back gamma. dependent is the first column
// that those before it say already, or -1.
func basis(x [][]float64, w []float64) (back *mat.TriDense, size []float64, dependent int) {
	k := len(x)
	back = mat.NewTriDense(k, mat.Upper, nil)
	size = make([]float64, k)
	for j, c := range x {
		size[j] = tally.Bound(len(c), func(i int) float64 { return live(w[i], c[i]) })
		if size[j] == 0 {
			return nil, nil, j
		}
	}
	gram := crossproducts(x, w, size)
	upper := mat.NewTriDense(k, mat.Upper, nil) // R of X = QR, by Cholesky, each column on its own scale
	for j := range k {
		own := gram.At(j, j)
		for i := 0; i <= j; i++ {
			v := gram.At(i, j)
			for l := range i {
				v -= upper.At(l, i) * upper.At(l, j)
			}
			if i < j {
				upper.SetTri(i, j, v/upper.At(i, i))
				continue
			}
			if v <= collinear*own {
				return nil, nil, j
			}
			upper.SetTri(j, j, math.Sqrt(v))
		}
	}
	if err := back.InverseTri(upper); err != nil {
		if _, poor := err.(mat.Condition); !poor {
			return nil, nil, k - 1
		}
	}
	rotate(x, w, back)
	for j, c := range x {
		size[j] = tally.Bound(len(c), func(i int) float64 { return live(w[i], c[i]) })
	}
	return back, size, -1
}

func live(w, x float64) float64 {
	if w == 0 {
		return 0
	}
	return x
}

// crossproducts is X'X over the rows with weight.
func crossproducts(x [][]float64, w, size []float64) *mat.SymDense {
	k, n := len(x), len(w)
	grids := make([]tally.Grid, 0, k*(k+1)/2)
	for a := range k {
		for b := a; b < k; b++ {
			grids = append(grids, tally.NewGrid(size[a]*size[b], n))
		}
	}
	all := make([]tally.Acc, len(grids))
	var mu sync.Mutex
	tally.Blocks(n, func(lo, hi int) {
		part := make([]tally.Acc, len(grids))
		row := make([]float64, k)
		for i := lo; i < hi; i++ {
			if w[i] == 0 {
				continue
			}
			for a := range k {
				row[a] = x[a][i]
			}
			c := 0
			for a, v := range row {
				for _, u := range row[a:] {
					grids[c].Add(&part[c], u*v)
					c++
				}
			}
		}
		mu.Lock()
		defer mu.Unlock()
		for c := range part {
			all[c].Join(part[c])
		}
	})
	g := mat.NewSymDense(k, nil)
	c := 0
	for a := range k {
		for b := a; b < k; b++ {
			g.SetSym(a, b, all[c].Value())
			c++
		}
	}
	return g
}

// rotate replaces the columns by X back.
func rotate(x [][]float64, w []float64, back *mat.TriDense) {
	k := len(x)
	r := make([]float64, k*k)
	for i := range k {
		for j := i; j < k; j++ {
			r[i*k+j] = back.At(i, j)
		}
	}
	tally.Blocks(len(w), func(lo, hi int) {
		row := make([]float64, k)
		for i := lo; i < hi; i++ {
			if w[i] == 0 {
				continue
			}
			for a := range k {
				row[a] = x[a][i]
			}
			for j := range k {
				v := 0.0
				for a := 0; a <= j; a++ {
					v += row[a] * r[a*k+j]
				}
				x[j][i] = v
			}
		}
	})
}
