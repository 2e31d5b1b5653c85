package ui

// Diff cuts a and b where they differ, by their longest common subsequence of
// characters. Texts that share less than half of their letters are another word, not a
// misspelt one, and are marked as a whole; so are texts of more than 200 characters: nobody
// compares those by letter, and the table grows with their product. What the other side has
// not got at all is not marked.
func Diff(a, b string) (left, right []Piece) {
	if a == "" || b == "" {
		return whole(a, false), whole(b, false)
	}
	x, y := []rune(a), []rune(b)
	if len(x) > 200 || len(y) > 200 {
		return whole(a, a != b), whole(b, a != b)
	}
	common := lcs(x, y)
	if 2*common[0][0] < max(len(x), len(y)) {
		return whole(a, true), whole(b, true)
	}
	i, j := 0, 0
	for i < len(x) || j < len(y) {
		switch {
		case i < len(x) && j < len(y) && x[i] == y[j]:
			left, right = grow(left, x[i], false), grow(right, y[j], false)
			i, j = i+1, j+1
		case j == len(y) || i < len(x) && common[i+1][j] >= common[i][j+1]:
			left = grow(left, x[i], true)
			i++
		default:
			right = grow(right, y[j], true)
			j++
		}
	}
	return left, right
}

func whole(s string, other bool) []Piece {
	if s == "" {
		return nil
	}
	return []Piece{{s, other}}
}

func grow(p []Piece, r rune, other bool) []Piece {
	if n := len(p); n > 0 && p[n-1].Other == other {
		p[n-1].Text += string(r)
		return p
	}
	return append(p, Piece{string(r), other})
}

// lcs[i][j] is the length of the longest common subsequence of x[i:] and y[j:].
func lcs(x, y []rune) [][]int {
	t := make([][]int, len(x)+1)
	for i := range t {
		t[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				t[i][j] = t[i+1][j+1] + 1
			} else {
				t[i][j] = max(t[i+1][j], t[i][j+1])
			}
		}
	}
	return t
}
