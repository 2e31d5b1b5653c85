package web

import (
	"net"
	"sync"
	"time"
)

// A counter that checks papers scans one every few seconds; the public site allows that and
// a queue.
const (
	publicBurst = 120
	publicEvery = time.Second
)

// An officer with a queue opens a page a second; twice as many for a while are a strong
// hand, and what comes faster is no hand.
const (
	officerBurst = 240
	officerEvery = 250 * time.Millisecond
)

// A guess at a password costs a drop of the address's bucket. The wait of the account
// itself is in app; this keeps one address from trying many accounts.
const (
	loginBurst = 30
	loginEvery = 3 * time.Second
	maxBuckets = 10_000
)

// buckets is a token bucket for each address, in memory.
type buckets struct {
	mu    sync.Mutex
	burst float64
	every time.Duration
	now   func() time.Time
	level map[string]bucket
}

type bucket struct {
	drops float64
	at    time.Time
}

func newBuckets(burst int, every time.Duration) *buckets {
	return &buckets{burst: float64(burst), every: every, now: time.Now, level: map[string]bucket{}}
}

// take takes a drop for the host of addr and reports whether there was one.
func (b *buckets) take(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = addr
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	if len(b.level) >= maxBuckets {
		b.sweep(now)
	}
	have, ok := b.level[host]
	if !ok {
		have = bucket{b.burst, now}
	}
	have.drops = min(b.burst, have.drops+now.Sub(have.at).Seconds()/b.every.Seconds())
	have.at = now
	allowed := have.drops >= 1
	if allowed {
		have.drops--
	}
	b.level[host] = have
	return allowed
}

// sweep forgets the addresses whose bucket is full again; when all are in use it starts
// anew, so that memory stays bounded.
func (b *buckets) sweep(now time.Time) {
	for host, have := range b.level {
		if have.drops+now.Sub(have.at).Seconds()/b.every.Seconds() >= b.burst {
			delete(b.level, host)
		}
	}
	if len(b.level) >= maxBuckets {
		clear(b.level)
	}
}
