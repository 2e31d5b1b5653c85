package proportion

import (
	"math"
	"slices"
)

// spline draws the cubic spline through points in ascending x whose third derivative at each
// end is that of the cubic through the four points there (Forsythe, Malcolm and Moler 1977,
// ch. 4), and reads it at n places evenly spaced from the first to the last.
func spline(x, y []float64, n int) (xs, ys []float64) {
	m := len(x)
	slope, c := make([]float64, m), curvature(x, y)
	for i := range m - 1 {
		h := x[i+1] - x[i]
		slope[i] = (y[i+1]-y[i])/h - h*(c[i+1]+2*c[i])
	}
	xs, ys = make([]float64, n), make([]float64, n)
	at := 0
	for k := range xs {
		v := x[0] + float64(k)*((x[m-1]-x[0])/float64(n-1))
		if k == n-1 {
			v = x[m-1]
		}
		for at < m-2 && v >= x[at+1] {
			at++
		}
		u, h := v-x[at], x[at+1]-x[at]
		xs[k], ys[k] = v, y[at]+u*(slope[at]+u*(3*c[at]+u*(c[at+1]-c[at])/h))
	}
	return xs, ys
}

// curvature solves for a sixth of the second derivative at each point.
func curvature(x, y []float64) []float64 {
	m := len(x)
	c := make([]float64, m)
	if m < 3 {
		return c
	}
	h, rise := make([]float64, m-1), make([]float64, m-1)
	for i := range h {
		h[i] = x[i+1] - x[i]
		rise[i] = (y[i+1] - y[i]) / h[i]
	}
	diag := make([]float64, m)
	for i := 1; i < m-1; i++ {
		diag[i] = 2 * (h[i-1] + h[i])
		c[i] = rise[i] - rise[i-1]
	}
	diag[0], diag[m-1] = -h[0], -h[m-2]
	if m > 3 {
		third := func(i int) float64 { // divided difference of third order from point i
			a := (rise[i+1] - rise[i]) / (x[i+2] - x[i])
			b := (rise[i+2] - rise[i+1]) / (x[i+3] - x[i+1])
			return (b - a) / (x[i+3] - x[i])
		}
		c[0] = h[0] * h[0] * third(0)
		c[m-1] = -h[m-2] * h[m-2] * third(m-4)
	}
	for i := 1; i < m; i++ {
		t := h[i-1] / diag[i-1]
		diag[i] -= t * h[i-1]
		c[i] -= t * c[i-1]
	}
	c[m-1] /= diag[m-1]
	for i := m - 2; i >= 0; i-- {
		c[i] = (c[i] - h[i]*c[i+1]) / diag[i]
	}
	return c
}

// read finds where the line through points reaches y; NaN beyond them.
func read(xs, ys []float64, y float64) float64 {
	order := make([]int, len(ys))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case ys[a] < ys[b]:
			return -1
		case ys[a] > ys[b]:
			return 1
		}
		return 0
	})
	for k := 1; k < len(order); k++ {
		i, j := order[k-1], order[k]
		if y >= ys[i] && y <= ys[j] && ys[j] > ys[i] {
			return xs[i] + (xs[j]-xs[i])*((y-ys[i])/(ys[j]-ys[i]))
		}
	}
	return math.NaN()
}
