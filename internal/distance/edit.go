package distance

// OSA is the least number of letters to insert, delete or change, and of neighbours to swap, no
// part edited twice (optimal string alignment; Myers 1999 in the form of Hyyrö 2003, one word).
func OSA(a, b string) int {
	if !short(a, b) {
		return editRunes([]rune(a), []rune(b))
	}
	return editWord(a, b)
}

func editWord(a, b string) int {
	if a == "" {
		return len(b)
	}
	var at masks
	at.fill(a)
	last := uint64(1) << (len(a) - 1)
	vp, vn, d0, before := ^uint64(0), uint64(0), uint64(0), uint64(0)
	score := len(a)
	for i := range len(b) {
		eq := at[b[i]]
		tr := ((^d0 & eq) << 1) & before
		d0 = (((eq & vp) + vp) ^ vp) | eq | vn | tr
		hp := vn | ^(d0 | vp)
		hn := d0 & vp
		if hp&last != 0 {
			score++
		}
		if hn&last != 0 {
			score--
		}
		hp = hp<<1 | 1
		hn <<= 1
		vp = hn | ^(d0 | hp)
		vn = hp & d0
		before = eq
	}
	return score
}

func editRunes(a, b []rune) int {
	two, one, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range one {
		one[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(one[j]+cost, one[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], two[j-1]+1)
			}
		}
		two, one, row = one, row, two
	}
	return one[len(b)]
}
