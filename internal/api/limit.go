package api

import (
	"sync"
	"time"
)

// A token may ask perSecond times a second for good, and burst times at once.
const (
	burst     = 100
	perSecond = 20
)

// buckets is a token bucket for each token, in memory. There are no more buckets than
// tokens that were good.
type buckets struct {
	mu          sync.Mutex
	burst, rate float64
	now         func() time.Time
	level       map[string]bucket
}

type bucket struct {
	drops float64
	at    time.Time
}

func newBuckets(burst, rate float64, now func() time.Time) *buckets {
	return &buckets{burst: burst, rate: rate, now: now, level: map[string]bucket{}}
}

// take takes a drop; when there is none it says how long until there is.
func (b *buckets) take(key string) (wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	have, known := b.level[key]
	if !known {
		have = bucket{b.burst, now}
	}
	have.drops = min(b.burst, have.drops+max(0, now.Sub(have.at).Seconds())*b.rate)
	have.at = now
	if have.drops < 1 {
		wait = time.Duration((1 - have.drops) / b.rate * float64(time.Second))
	} else {
		have.drops--
	}
	b.level[key] = have
	return wait
}
