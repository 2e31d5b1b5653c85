package replicate

// Matrix is a Hadamard matrix written with 0 for −1: any two rows differ in half of the
// columns. The first row has only ones, and is left out of designs.
type Matrix [][]uint8

// known are matrices of which smaller steps would not make one of the order: 4 and 16 are
// Sylvester's, 36 is cyclic (from the difference set of the twin primes 5 and 7), 28 is
// written out. They are the ones that R's survey holds, so that balanced replicates agree
// with R's not only in their variance of linear statistics.
var known = []int{4, 16, 28, 36}

// rows28 are the rows of the matrix of order 28, the first column in the highest bit.
var rows28 = [28]uint32{
	0xfffffff, 0x9c71c78, 0x83cd378, 0x83b2e66, 0x9a0f8d6, 0x952c5ae, 0x8cd239e,
	0x58aa7f0, 0x45b59d4, 0x46cbcac, 0x561774a, 0x4b64e9a, 0x5959b26, 0x2d1eae8,
	0x3666b34, 0x2b3b51c, 0x31d74b2, 0x32f89ca, 0x2ced646, 0xea545e4, 0xf1632cc,
	0xf09ce1c, 0xe54ad52, 0xe6392b2, 0xe8a792a, 0xdffe000, 0xbf81f80, 0x7f8007e,
}

// Hadamard gives a matrix of an order greater than n, by the rule by which R chooses
// it: the known orders first; else the order that comes nearest by doubling a known one,
// unless Paley's construction comes nearer by more than four.
func Hadamard(n int) Matrix {
	m := n - n%4
	for _, order := range known {
		if m < order && m+4 >= order {
			return written(order)
		}
	}
	from, best := 0, 0
	for _, order := range known {
		size := order
		for size < n+1 {
			size *= 2
		}
		if best == 0 || size < best {
			from, best = order, size
		}
	}
	if best-n > 4 {
		if h := paley(n, best); h != nil {
			return h
		}
	}
	h := written(from)
	for len(h) < best {
		h = double(h)
	}
	return h
}

func empty(n int) Matrix {
	h := make(Matrix, n)
	for i := range h {
		h[i] = make([]uint8, n)
	}
	return h
}

// written gives a matrix of one of the known orders.
func written(order int) Matrix {
	switch order {
	case 28:
		h := empty(28)
		for i, bits := range rows28 {
			for j := range h[i] {
				h[i][j] = uint8(bits >> (27 - j) & 1)
			}
		}
		return h
	case 36:
		return twins()
	}
	h := Matrix{{1}}
	for len(h) < order {
		h = double(h)
	}
	return h
}

// twins is the matrix of order 36 = 5·7 + 1 from the residues of both primes.
func twins() Matrix {
	const p, q = 5, 7
	h := empty(p*q + 1)
	for j := range h {
		h[0][j] = 1
	}
	for i := range p * q {
		for j := range p * q {
			x := (p*q - (i+j)%(p*q)) % (p * q)
			if x%q != 0 && legendre(x, p)*legendre(x, q) != 1 {
				h[i+1][j] = 1
			}
		}
	}
	return h
}

// legendre is 1 when x is a square modulo the prime p, −1 when not, 0 when p divides it.
func legendre(x, p int) int {
	if x%p == 0 {
		return 0
	}
	for i := 1; i <= p/2; i++ {
		if i*i%p == x%p {
			return 1
		}
	}
	return -1
}

// double is Sylvester's step.
func double(h Matrix) Matrix {
	n := len(h)
	d := empty(2 * n)
	for i := range h {
		for j, v := range h[i] {
			d[i][j], d[i][n+j], d[n+i][j], d[n+i][n+j] = v, v, v, 1-v
		}
	}
	return d
}

// largest prime from which Paley's matrix is made
const largest = 7919

// paley looks for a matrix of an order from n+1 to about most: from a prime p of the form
// 4k+3 the order is p+1, or a doubling of that. It gives nil when there is none.
func paley(n, most int) Matrix {
	next := n + 4 - n%4
	if n%8 >= 4 {
		odd := next
		for odd%8 == 0 {
			odd /= 2
		}
		if residual(odd - 1) {
			h := quadratic(odd - 1)
			for len(h) < next {
				h = double(h)
			}
			return h
		}
	}
	if n > largest {
		return nil
	}
	p := n
	for !residual(p) {
		p++
	}
	if p+1 > next+4 && next+4 < most {
		return paley(next+3, 2*(next+3))
	}
	if p > most {
		return nil
	}
	return quadratic(p)
}

// residual reports whether p is a prime of the form 4k+3.
func residual(p int) bool {
	if p%4 != 3 {
		return false
	}
	for d := 3; d*d <= p; d += 2 {
		if p%d == 0 {
			return false
		}
	}
	return true
}

// quadratic is Paley's matrix of order p+1 for a prime p of the form 4k+3.
func quadratic(p int) Matrix {
	square := make([]bool, p)
	for i := range p/2 + 1 {
		square[i*i%p] = true
	}
	h := empty(p + 1)
	for i := range h {
		h[0][i], h[i][0] = 1, 1
	}
	for i := range p {
		for j := range p {
			if !square[(i+j)%p] {
				h[i+1][j+1] = 1
			}
		}
	}
	return h
}
