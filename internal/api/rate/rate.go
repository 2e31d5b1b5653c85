// Package rate bounds how often a token may ask.
package rate

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Rate is how often a token may ask: PerSecond times a second for good, Burst times at once.
type Rate struct{ PerSecond, Burst int }

// Buckets is a token bucket for each token, in memory. There are no more Buckets than
// tokens that were good.
type Buckets struct {
	mu    sync.Mutex
	rate  Rate
	now   func() time.Time
	level map[string]bucket
}

type bucket struct {
	drops float64
	at    time.Time
}

// Quota is what a token has left after a request, and after how long it has everything again.
type Quota struct {
	rate Rate
	left int
	full time.Duration
}

// New makes buckets for a rate; now is the clock.
func New(rate Rate, now func() time.Time) *Buckets {
	return &Buckets{rate: rate, now: now, level: map[string]bucket{}}
}

// Take takes a drop; when there is none it says how long until there is.
func (b *Buckets) Take(key string) (q Quota, wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now, burst, rate := b.now(), float64(b.rate.Burst), float64(b.rate.PerSecond)
	have, known := b.level[key]
	if !known {
		have = bucket{burst, now}
	}
	have.drops = min(burst, have.drops+max(0, now.Sub(have.at).Seconds())*rate)
	have.at = now
	if have.drops < 1 {
		wait = time.Duration((1 - have.drops) / rate * float64(time.Second))
	} else {
		have.drops--
	}
	b.level[key] = have
	return Quota{b.rate, int(have.drops), time.Duration((burst - have.drops) / rate * float64(time.Second))}, wait
}

// Tell writes the Quota as the RateLimit fields of the IETF's draft do: q requests in w
// seconds; r of them are left, and all are there again after t seconds.
func (q Quota) Tell(h http.Header) {
	if q.rate.Burst == 0 {
		return // nobody has shown a token yet
	}
	window := math.Ceil(float64(q.rate.Burst) / float64(q.rate.PerSecond))
	h.Set("RateLimit-Policy", fmt.Sprintf(`"token";q=%d;w=%.0f`, q.rate.Burst, window))
	h.Set("RateLimit", fmt.Sprintf(`"token";r=%d;t=%s`, q.left, Seconds(q.full)))
}

// Seconds is a length of time in whole seconds, rounded up, as headers say it.
func Seconds(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Seconds()))) }
