package cli

import (
	"math"
	"slices"

	"quipu/internal/bench"
	"quipu/internal/linkage/evaluate"
)

// mostTrue is how many true pairs are looked up in the blocking; of more, every so many-th.
const mostTrue = 2_000_000

// blockingRecall is the share of true pairs that were compared at all. Those that are among
// the scored pairs were; the others are looked up in the rules.
func blockingRecall(j *linkJob, t evaluate.Truth) (float64, error) {
	all := t.Pairs()
	if all == 0 {
		return 1, nil
	}
	scored := make(map[uint64]bool)
	for _, p := range j.res.Pairs {
		if t.Entity[p.A] == t.Entity[p.B] {
			scored[uint64(p.A)<<32|uint64(p.B)] = true
		}
	}
	every, seen, hits := all/mostTrue+1, int64(0), int64(0)
	var rest [][2]int32
	for _, rows := range severalRows(t.Entity) {
		for i, a := range rows {
			for _, b := range rows[i+1:] {
				if t.Source != nil && t.Source[a] == t.Source[b] {
					continue
				}
				if seen++; seen%every != 0 {
					continue
				}
				if scored[uint64(a)<<32|uint64(b)] {
					hits++
				} else {
					rest = append(rest, [2]int32{a, b})
				}
			}
		}
	}
	together, err := j.res.Model.Blocked(j.p.list, rest)
	return float64(hits+together) / float64(max(hits+int64(len(rest)), 1)), err
}

// severalRows are the rows of each person who has several, in the order of their rows.
func severalRows(entity []int32) [][]int32 {
	rows := make([][]int32, len(entity))
	for i, e := range entity {
		rows[e] = append(rows[e], int32(i))
	}
	return slices.DeleteFunc(rows, func(r []int32) bool { return len(r) < 2 })
}

// linkPhases says where the processor's time went: seconds of all threads by phase. They
// are "read", those of linkage, "truth" for holding the result against the truth, "write".
type linkPhases struct {
	Seconds map[string]float64
	phase   string
	since   float64
}

// enter ends a phase and begins another; "" only ends one.
func (p *linkPhases) enter(phase string) {
	if phase == p.phase {
		return
	}
	now, err := bench.CPUSeconds()
	if err != nil {
		return // the system does not say
	}
	if p.Seconds == nil {
		p.Seconds = map[string]float64{}
	}
	if p.phase != "" {
		p.Seconds[p.phase] = math.Round((p.Seconds[p.phase]+now-p.since)*1e6) / 1e6
	}
	p.phase, p.since = phase, now
}
