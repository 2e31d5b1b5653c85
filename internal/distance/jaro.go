package distance

import "math/bits"

// Winkler's constants: a common prefix of up to 4 letters takes 0.1 each of what is missing.
const (
	prefixMost  = 4
	prefixScale = 0.1
)

// Jaro is the similarity of Jaro (1989), 0 to 1; two empty strings are alike.
func Jaro(a, b string) float64 {
	if a == b {
		return 1
	}
	if a == "" || b == "" {
		return 0
	}
	if !short(a, b) {
		return jaroRunes([]rune(a), []rune(b))
	}
	return jaroWord(a, b)
}

// JaroWinkler is Jaro with Winkler's (1990) bonus for a common prefix of up to four letters,
// given at any similarity.
func JaroWinkler(a, b string) float64 {
	j := Jaro(a, b)
	return winkler(j, prefix(a, b))
}

func winkler(j float64, prefix int) float64 { return j + float64(prefix)*prefixScale*(1-j) }

func prefix(a, b string) int {
	if ascii(a) && ascii(b) {
		n := min(len(a), len(b), prefixMost)
		for i := range n {
			if a[i] != b[i] {
				return i
			}
		}
		return n
	}
	x, y := []rune(a), []rune(b)
	n := 0
	for n < min(len(x), len(y), prefixMost) && x[n] == y[n] {
		n++
	}
	return n
}

// window is how far apart two letters may stand to count as matched.
func window(la, lb int) int { return max(max(la, lb)/2-1, 0) }

func jaroWord(a, b string) float64 {
	var at masks
	at.fill(a)
	w := window(len(a), len(b))
	reach := uint64(1)<<(w+1) - 1 // places 0..w, as seen from the first letter of b
	var inA, inB uint64
	for i := range len(b) {
		if free := at[b[i]] & reach &^ inA; free != 0 {
			inA |= free & -free
			inB |= 1 << i
		}
		reach <<= 1
		if i < w {
			reach |= 1
		}
	}
	m := bits.OnesCount64(inA)
	if m == 0 {
		return 0
	}
	off := 0
	for inA != 0 {
		if a[bits.TrailingZeros64(inA)] != b[bits.TrailingZeros64(inB)] {
			off++
		}
		inA &= inA - 1
		inB &= inB - 1
	}
	return similarity(m, off, len(a), len(b))
}

// similarity is Jaro's formula; off is the number of matched letters out of order.
func similarity(m, off, la, lb int) float64 {
	f := float64(m)
	return (f/float64(la) + f/float64(lb) + (f-float64(off/2))/f) / 3
}

func jaroRunes(a, b []rune) float64 {
	w := window(len(a), len(b))
	usedA, usedB := make([]bool, len(a)), make([]bool, len(b))
	m := 0
	for i, c := range b {
		for j := max(0, i-w); j <= min(len(a)-1, i+w); j++ {
			if !usedA[j] && a[j] == c {
				usedA[j], usedB[i] = true, true
				m++
				break
			}
		}
	}
	if m == 0 {
		return 0
	}
	off, j := 0, 0
	for i, c := range b {
		if !usedB[i] {
			continue
		}
		for !usedA[j] {
			j++
		}
		if a[j] != c {
			off++
		}
		j++
	}
	return similarity(m, off, len(a), len(b))
}
