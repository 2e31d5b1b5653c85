package linkage

// hopeful compares row i of the block with rows from..to-1 as against does, but does without
// the comparisons that cost most where no result of theirs can matter: where the pair is below
// the floor and is not to be seen, or looks like nothing, whatever they say. Of those pairs
// neither sum nor pattern is told. It never changes what is kept or seen.
func (s *scorer) hopeful(w *worker, i, from, to int) (sums []float32, patterns []uint64, alive []bool) {
	n := to - from
	sums, patterns, alive = w.sums[:n], w.shapes[:n], w.alive[:n]
	level, most := w.level[:n], sums // what a pair weighs at most, until sums are summed up
	for k := range n {
		most[k], patterns[k], alive[k] = s.weights.prior, 0, true
	}
	late := uint32(0)
	for c := range s.cmps {
		if s.cmps[c].op == opBag {
			late |= 1 << c
			s.promise(w, c, i, from, most)
			continue
		}
		w.compare(c, i, from, level)
		shift, table := 4*c, &s.weights.top[c]
		for k, l := range level {
			most[k] += table[l&15]
			patterns[k] |= uint64(l) << shift
		}
	}
	if late != 0 {
		for k := range n {
			alive[k] = most[k] >= s.floor-margin || s.worthComparing(w, i, from+k, patterns[k], late)
		}
	}
	for c := range s.cmps {
		if late&(1<<c) == 0 {
			continue
		}
		for k := 0; k < n; k++ {
			first := k
			for k < n && alive[k] {
				k++
			}
			if k == first {
				continue
			}
			w.compare(c, i, from+first, level[first:k])
			for ; first < k; first++ {
				patterns[first] |= uint64(level[first]) << (4 * c)
			}
		}
	}
	for k, p := range patterns {
		if !alive[k] {
			continue
		}
		sum := s.weights.prior
		for c := range s.cmps {
			sum += s.weights.of[c][levelOf(p, c)]
		}
		sums[k] = sum
	}
	return sums, patterns, alive
}

// promise adds the most that a comparison of texts may weigh, without looking at their words.
func (s *scorer) promise(w *worker, c, i, from int, most []float32) {
	values := w.block.cols[s.cmps[c].at]
	a := values[i]
	for k, b := range values[from : from+len(most)] {
		switch {
		case a == 0 || b == 0:
		case a == b:
			most[k] += s.weights.top[c][bagEqual]
		default:
			most[k] += s.weights.later[c]
		}
	}
}

// worthComparing reports whether a pair is one that see may remember when the late comparisons
// say all they can for it.
func (s *scorer) worthComparing(w *worker, i, j int, pattern uint64, late uint32) bool {
	if s.every == 0 {
		return false
	}
	x, y := w.block.rows[i], w.block.rows[j]
	if mix(uint64(min(x, y))<<32|uint64(max(x, y)))%s.every != 0 {
		return false
	}
	evidence := s.usual.prior + margin
	for c := range s.cmps {
		switch at := s.cmps[c].at; {
		case late&(1<<c) == 0:
			evidence += s.usual.of[c][levelOf(pattern, c)]
		case w.block.cols[at][i] == 0 || w.block.cols[at][j] == 0:
		case w.block.cols[at][i] == w.block.cols[at][j]:
			evidence += s.usual.of[c][bagEqual]
		default:
			evidence += s.usual.later[c]
		}
	}
	return evidence >= worthSeeing
}
