package synchttp

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// lookEvery is how often the hub's log is looked at for those who wait. One look serves all
// of them, and it sees what another process of the hub wrote.
const lookEvery = 300 * time.Millisecond

// waits are the nodes that wait for news, by the scopes that they wait for: a change in one
// office wakes the nodes of that office, not two thousand.
type waits struct {
	mu   sync.Mutex
	them map[string]map[chan struct{}]struct{}
}

func newWaits() *waits { return &waits{them: map[string]map[chan struct{}]struct{}{}} }

// listen gives a channel that is filled when a change is filed under one of the scopes.
func (w *waits) listen(scopes []string) (woken <-chan struct{}, leave func()) {
	c := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range scopes {
		if w.them[s] == nil {
			w.them[s] = map[chan struct{}]struct{}{}
		}
		w.them[s][c] = struct{}{}
	}
	return c, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, s := range scopes {
			delete(w.them[s], c)
			if len(w.them[s]) == 0 {
				delete(w.them, s)
			}
		}
	}
}

func (w *waits) wake(scopes []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range scopes {
		for c := range w.them[s] {
			select {
			case c <- struct{}{}:
			default: // woken already
			}
		}
	}
}

// some reports whether anybody waits.
func (w *waits) some() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.them) > 0
}

// watch wakes whoever has news, until ctx ends.
func (w *waits) watch(ctx context.Context, hub Hub, log *slog.Logger) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	seen, _, err := hub.Moved(ctx, -1)
	failing := err != nil
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if !w.some() {
			continue // seen stays: the next look is of all that came since
		}
		size, scopes, err := hub.Moved(ctx, seen)
		if err != nil {
			if ctx.Err() == nil && !failing {
				log.Error("sync: the log cannot be looked at", "err", err)
			}
			failing = true
			continue
		}
		failing = false
		if size != seen {
			w.wake(scopes)
		}
		seen = size
	}
}
