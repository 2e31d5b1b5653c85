package evaluate

// Clusters is what clusters are worth, by every measure in use, since papers and programs
// mean different things by "cluster F1".
type Clusters struct {
	// Pairs that the clusters imply: two records in one cluster are a found pair, two of one
	// person a true one. Its F1 is "clusters_f1" of the command line.
	Pairs Score `json:"pairs"`
	// BCubed means over records, not pairs, so that a cluster of ten has ten votes and not 45
	// (Bagga and Baldwin 1998): how much of a record's cluster is the person, how much of
	// the person is in the cluster.
	BCubed Score `json:"b_cubed"`
	// Exact counts a cluster when it holds all records of a person and no other: precision
	// over the clusters found, recall over the persons. ExactMany leaves out clusters and
	// persons of one record, of which most lists consist and which are found by doing nothing.
	Exact     Score `json:"exact"`
	ExactMany Score `json:"exact_many"`
}

// Clusters scores a label per row.
func (t Truth) Clusters(labels []int32) Clusters {
	found, persons := sizes(labels), sizes(t.Entity)
	type cell struct{ label, entity int32 }
	cells := make(map[cell]int64)
	for i, l := range labels {
		cells[cell{l, t.Entity[i]}]++
	}
	// Sums are of whole numbers by size, not of fractions by map order, and so repeat.
	bySize, byPerson := make(map[int64]int64), make(map[int64]int64)
	var exact, many int64
	joint := make([]int32, len(labels))
	number := make(map[cell]int32, len(cells))
	for i, l := range labels {
		c := cell{l, t.Entity[i]}
		if _, ok := number[c]; !ok {
			number[c] = int32(len(number))
			n, of, in := cells[c], found[l], persons[t.Entity[i]]
			bySize[of] += n * n
			byPerson[in] += n * n
			if n == of && n == in {
				if exact++; n > 1 {
					many++
				}
			}
		}
		joint[i] = number[c]
	}
	return Clusters{
		Pairs:     ScoreOf(t.within(joint), t.within(labels), t.Pairs()),
		BCubed:    score(mean(bySize, len(labels)), mean(byPerson, len(labels))),
		Exact:     ScoreOf(exact, int64(len(found)), int64(len(persons))),
		ExactMany: ScoreOf(many, several(found), several(persons)),
	}
}

func sizes(labels []int32) map[int32]int64 {
	out := make(map[int32]int64)
	for _, l := range labels {
		out[l]++
	}
	return out
}

func several(sizes map[int32]int64) (n int64) {
	for _, s := range sizes {
		if s > 1 {
			n++
		}
	}
	return n
}

// mean of sums of squares, each divided by its size, over n records.
func mean(squares map[int64]int64, n int) float64 {
	if n == 0 {
		return 1
	}
	var largest int64
	for size := range squares {
		largest = max(largest, size)
	}
	total := 0.0
	for size := int64(1); size <= largest; size++ {
		if s, ok := squares[size]; ok {
			total += float64(s) / float64(size)
		}
	}
	return total / float64(n)
}

// Histogram counts clusters by their size, by rising size.
func Histogram(labels []int32) [][2]int64 {
	count := make(map[int64]int64)
	var largest int64
	for _, s := range sizes(labels) {
		count[s]++
		largest = max(largest, s)
	}
	var out [][2]int64
	for s := int64(1); s <= largest; s++ {
		if count[s] > 0 {
			out = append(out, [2]int64{s, count[s]})
		}
	}
	return out
}
