// Package evaluate holds what linkage found against the truth: pairs, clusters, records.
package evaluate

import "quipu/internal/linkage/cluster"

// Score is precision, recall and their harmonic mean, each from 0 to 1. What was not found
// because nothing was there to find counts as right: of no pairs, all are true.
type Score struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

// ScoreOf makes a Score of hits among what was found and what is true.
func ScoreOf(hits, found, true int64) Score { return score(ratio(hits, found), ratio(hits, true)) }

func ratio(part, whole int64) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

func score(p, r float64) Score {
	if p+r == 0 {
		return Score{}
	}
	return Score{p, r, 2 * p * r / (p + r)}
}

// Truth says who is who.
type Truth struct {
	// Entity of each row; rows of one person have equal numbers.
	Entity []int32
	// Source of each row, or nil. When set, only pairs across sources are looked for and
	// counted: one list is linked with another and neither within itself.
	Source []uint8
}

// TruthOf numbers labels. A row without a label is a person of its own.
func TruthOf(labels []string, source []uint8) Truth {
	t := Truth{Entity: make([]int32, len(labels)), Source: source}
	seen := make(map[string]int32, len(labels))
	next := int32(0)
	for i, l := range labels {
		n, known := seen[l]
		if l == "" || !known {
			n, next = next, next+1
			seen[l] = n
		}
		t.Entity[i] = n
	}
	return t
}

// counted reports whether a pair of rows counts at all.
func (t Truth) counted(a, b int32) bool {
	return a != b && (t.Source == nil || t.Source[a] != t.Source[b])
}

// same reports whether a pair counts and is one person.
func (t Truth) same(a, b int32) bool { return t.counted(a, b) && t.Entity[a] == t.Entity[b] }

// source of a row, 0 when there is but one.
func (t Truth) source(row int32) uint8 {
	if t.Source == nil {
		return 0
	}
	return t.Source[row]
}

// Pairs is the number of true pairs.
func (t Truth) Pairs() int64 { return t.within(t.Entity) }

// within is the number of counted pairs inside equal labels.
func (t Truth) within(labels []int32) int64 {
	type part struct {
		label  int32
		source uint8
	}
	whole, parts := make(map[int32]int64), make(map[part]int64)
	for i, l := range labels {
		whole[l]++
		parts[part{l, t.source(int32(i))}]++
	}
	var n int64
	for _, k := range whole {
		n += k * (k - 1) / 2
	}
	if t.Source != nil {
		for _, k := range parts {
			n -= k * (k - 1) / 2
		}
	}
	return n
}

// Edges scores pairs as they are, without closure: those from the threshold on, against all
// true pairs. A pair that blocking never made is a miss. Each pair is given once.
func (t Truth) Edges(edges []cluster.Edge, threshold float32) Score {
	var hits, found int64
	for _, e := range edges {
		if e.Weight >= threshold && t.counted(e.A, e.B) {
			if found++; t.same(e.A, e.B) {
				hits++
			}
		}
	}
	return ScoreOf(hits, found, t.Pairs())
}

// BlockingRecall is the share of true pairs among the pairs that blocking made, all of
// which are given, each once.
func (t Truth) BlockingRecall(made [][2]int32) float64 {
	var hits int64
	for _, m := range made {
		if t.same(m[0], m[1]) {
			hits++
		}
	}
	return ratio(hits, t.Pairs())
}
