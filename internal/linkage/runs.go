package linkage

import (
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
)

// bucketRows is how many entries a bucket should hold, so that it is sorted in cache.
const bucketRows = 1 << 11

// bucket puts entries in order of the top bits of their keys, where they are: of some rules
// there are ten a row. ends are where buckets end.
func bucket(es []entry) (ends []int) {
	n := max(len(es)/bucketRows, 1)
	shift := bits.LeadingZeros64(uint64(n))
	ends = make([]int, 1<<(64-shift))
	for _, e := range es {
		ends[e.key>>shift]++
	}
	next, sum := make([]int, len(ends)), 0
	for i, c := range ends {
		next[i] = sum
		sum += c
		ends[i] = sum
	}
	for b, end := range ends {
		for next[b] < end {
			e := es[next[b]]
			for to := int(e.key >> shift); to != b; to = int(e.key >> shift) {
				at := next[to]
				e, es[at] = es[at], e
				next[to]++
			}
			es[next[b]] = e
			next[b]++
		}
	}
	return ends
}

// sorted makes the entries of the buckets sorted, in parallel, and calls each with every
// bucket; each must not depend on their order.
func sorted(es []entry, ends []int, threads int, each func(worker int, es []entry) error) error {
	spare := make([][]entry, max(threads, 1))
	shift := bits.LeadingZeros64(uint64(len(ends) - 1))
	return parallel(threads, len(ends), func(worker, b int) error {
		from := 0
		if b > 0 {
			from = ends[b-1]
		}
		part := es[from:ends[b]]
		if len(part) == 0 {
			return nil
		}
		spare[worker] = sortPart(part, 64-shift, spare[worker])
		return each(worker, part)
	})
}

// sortPart sorts the entries of a bucket whose keys have the same top bits: by the next bits,
// which are those of a hash, and then the few that are left together. It gives back spare.
func sortPart(part []entry, top int, spare []entry) []entry {
	if len(part) <= fewEntries {
		sortFew(part)
		return spare
	}
	const most = 8
	width := min(bits.Len(uint(len(part)))-1, most)
	spare = append(spare[:0], part...)
	var room [1 << most]int32
	ends := room[:1<<width]
	for _, e := range spare {
		ends[e.key<<top>>(64-width)]++
	}
	sum := int32(0)
	for i, c := range ends {
		ends[i] = sum
		sum += c
	}
	for _, e := range spare {
		b := e.key << top >> (64 - width)
		part[ends[b]] = e
		ends[b]++
	}
	from := int32(0)
	for _, end := range ends {
		if end-from > 1 {
			sortFew(part[from:end])
		}
		from = end
	}
	return spare
}

// fewEntries is up to how many entries are put in their places one by one.
const fewEntries = 24

// sortFew is for entries that are few, or mostly in order.
func sortFew(es []entry) {
	if len(es) > fewEntries {
		slices.SortFunc(es, byKey)
		return
	}
	for i := 1; i < len(es); i++ {
		e, k := es[i], i
		for ; k > 0 && (es[k-1].key > e.key || es[k-1].key == e.key && es[k-1].row > e.row); k-- {
			es[k] = es[k-1]
		}
		es[k] = e
	}
}

// parallel calls do for 0..n-1 on some goroutines; the first error ends it.
func parallel(threads, n int, do func(worker, i int) error) error {
	var next atomic.Int64
	errs := make([]error, max(threads, 1))
	var wait sync.WaitGroup
	var failed atomic.Bool
	for w := range errs {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for !failed.Load() {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := do(w, i); err != nil {
					errs[w] = err
					failed.Store(true)
				}
			}
		}()
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// run is where entries of one key end, from a place on.
func run(es []entry, from int) int {
	to := from + 1
	for to < len(es) && es[to].key == es[from].key {
		to++
	}
	return to
}

// pairsOf is the number of pairs among n rows.
func pairsOf(n int) int64 { return int64(n) * int64(n-1) / 2 }
