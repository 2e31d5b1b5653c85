package sim

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
)

// Run runs the world of a seed. The error says what did not hold, and how to see it again.
func Run(seed uint64) (Stats, error) {
	w := run(seed, false)
	if w.broken == nil {
		return w.stats, nil
	}
	return w.stats, fmt.Errorf("world %d: %w\n\tsee it: go test ./internal/sync/sim -run TestOneWorld -world %d -v", seed, w.broken, seed)
}

// RunAll runs the worlds of n seeds from first on, on all cores, and calls goOn, when it is
// not nil, after each with the number of those done; it stops when that says false, or after
// five failures. The error joins those of the failing seeds, in order.
func RunAll(first uint64, n int, goOn func(done int) bool) (total Stats, err error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	failed := map[uint64]error{}
	next, stopped := first, false
	for range runtime.GOMAXPROCS(0) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				mu.Lock()
				seed := next
				next++
				enough := seed >= first+uint64(n) || len(failed) >= 5 || stopped
				mu.Unlock()
				if enough {
					return
				}
				s, err := Run(seed)
				mu.Lock()
				total.add(s)
				if err != nil {
					failed[seed] = err
				}
				stopped = stopped || goOn != nil && !goOn(total.Worlds)
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
	var seeds []uint64
	for s := range failed {
		seeds = append(seeds, s)
	}
	slices.Sort(seeds)
	for _, s := range seeds {
		err = errors.Join(err, failed[s])
	}
	return total, err
}
