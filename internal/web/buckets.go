package web

import (
	"net/netip"
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

// whose names the bucket of an address: of IPv6 the network, for whoever has one address
// of it has all. What is no address has a bucket of its own.
func whose(addr string) string {
	ap, err := netip.ParseAddrPort(addr)
	if err != nil {
		return addr
	}
	ip := ap.Addr().Unmap()
	if ip.Is4() {
		return ip.String()
	}
	net, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return addr
	}
	return net.String()
}

// take takes a drop for the host of addr and reports whether there was one.
func (b *buckets) take(addr string) bool {
	host := whose(addr)
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
