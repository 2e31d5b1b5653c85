package linkage

const (
	trialFrom   = 50_000 // records; smaller lists try every rule in full
	trialShares = 16     // a trial looks at one of so many keys
	trialSure   = 8      // bits from which a pair counts as a match here
	trialFew    = 200    // with fewer matches nothing can be told
	// worthwhile is the share of the matches found so far that a rule must add.
	worthwhile = 0.0003
)

// idle reports whether a rule brings next to nothing that the rules before it did not:
// it is tried on a share of its keys.
func (s *scorer) idle(r *rule) (bool, error) {
	if s.len() < trialFrom {
		return false, nil
	}
	s.remember()
	if len(s.matches) < trialFew {
		return false, nil
	}
	t := &scorer{table: s.table, weights: s.weights, floor: trialSure, options: s.options, workers: s.workers, found: make([][]Pair, len(s.found))}
	es, ends := bucket(s.entries(r, 1, trialShares, true), 1)
	if err := t.sort(es, ends); err != nil {
		return false, err
	}
	b := &blocks{table: s.table, rule: r, limit: trialBlock}
	var all splitting
	if err := t.walk(b, es, ends, &all, t.block); err != nil {
		return false, err
	}
	fresh := 0
	for _, p := range t.merge() {
		if !s.matches[uint64(p.A)<<32|uint64(p.B)] {
			fresh++
		}
	}
	return trialShares*float64(fresh) < worthwhile*float64(len(s.matches)), nil
}

// trialBlock is the largest block of a trial.
const trialBlock = 120

// remember puts the matches found since the last time into the set of them.
func (s *scorer) remember() {
	if s.matches == nil {
		s.matches, s.counted = map[uint64]bool{}, make([]int, len(s.found))
	}
	for w, found := range s.found {
		for _, p := range found[s.counted[w]:] {
			if p.Weight >= trialSure {
				s.matches[uint64(p.A)<<32|uint64(p.B)] = true
			}
		}
		s.counted[w] = len(found)
	}
}
