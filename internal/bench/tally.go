package bench

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// tally gathers what officers met in one phase.
type tally struct {
	requests atomic.Int64
	mu       sync.Mutex
	took     map[string][]time.Duration // by what was done
	wrong    map[string]int             // by what went wrong
	pages    map[string][]byte          // the first page of each kind of error
	refused  int                        // told to come back: a queue that was too long
}

func newTally() *tally {
	return &tally{took: map[string][]time.Duration{}, wrong: map[string]int{}, pages: map[string][]byte{}}
}

func (t *tally) answer(act string, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.took[act] = append(t.took[act], took)
}

// fail counts an error; p is the page that tells of it, or nil.
func (t *tally) fail(kind string, p *page) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.wrong[kind]++; t.wrong[kind] == 1 && p != nil {
		t.pages[kind] = p.body
	}
}

func (t *tally) refuse() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refused++
}

// phase sums up.
func (t *tally) phase(name string, officers int, wall time.Duration) Phase {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := Phase{Name: name, Officers: officers, Seconds: round(wall.Seconds()), Requests: int(t.requests.Load()), Refused: t.refused,
		Acts: map[string]Latency{}, Wrong: maps.Clone(t.wrong)}
	p.PerSecond = rate(p.Requests, wall.Seconds())
	for act, took := range t.took {
		p.Acts[act] = LatencyOf(slices.Clone(took))
	}
	for _, n := range t.wrong {
		p.Errors += n
	}
	return p
}
