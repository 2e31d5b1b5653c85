package synchttp

import (
	"math"
	"net"
	"sync"
	"time"

	"quipu/internal/fault"
)

// Requests that a node may make: perSecond for good, atOnce when it comes back. A node that
// was away for a week sends a few hundred.
const (
	perSecond = 20.0
	atOnce    = 400.0
	// Strangers, by address: whoever tries codes needs the age of the universe.
	strangerPerSecond = 0.2
	strangerAtOnce    = 20.0
	mostBuckets       = 50_000
)

// rates bound how often one node, and one address without a node, may ask.
type rates struct {
	mu    sync.Mutex
	now   func() time.Time
	level map[string]bucket
}

type bucket struct {
	drops float64
	at    time.Time
}

func newRates(now func() time.Time) *rates { return &rates{now: now, level: map[string]bucket{}} }

func (r *rates) node(name string) error { return r.take("n "+name, perSecond, atOnce) }

func (r *rates) stranger(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = addr
	}
	return r.take("a "+host, strangerPerSecond, strangerAtOnce)
}

func (r *rates) take(key string, rate, burst float64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	have, known := r.level[key]
	if !known {
		r.tidy(now)
		have = bucket{burst, now}
	}
	have.drops = min(burst, have.drops+max(0, now.Sub(have.at).Seconds())*rate)
	have.at = now
	wait := (1 - have.drops) / rate
	if have.drops >= 1 {
		have.drops--
	}
	r.level[key] = have
	if wait > 0 {
		return fault.New(fault.Unavailable, "sync.too_often", "seconds", int(math.Ceil(wait)))
	}
	return nil
}

// tidy forgets who has not asked for ten minutes: his bucket is full again. When there are
// too many, all are forgotten, which lets more through rather than using up the memory.
func (r *rates) tidy(now time.Time) {
	if len(r.level) < mostBuckets {
		return
	}
	for k, b := range r.level {
		if now.Sub(b.at) > 10*time.Minute {
			delete(r.level, k)
		}
	}
	if len(r.level) >= mostBuckets {
		clear(r.level)
	}
}
