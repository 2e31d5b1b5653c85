package courier

import (
	"context"
	"encoding/binary"
	"sync"
	"time"

	"quipu/internal/fault"
	"quipu/internal/store"
	"quipu/internal/sync/synchttp"
)

const (
	aliveEvery = time.Minute // a sign of life goes to the hub at least so often
	firstPause = time.Second // after a failure; each next one is twice as long
	mostPause  = time.Minute
	endedPause = 10 * time.Minute // for a node that the hub does not want
)

// wakes makes the courier hear when something is saved here.
func (c *Courier) wakes() {
	c.saved = make(chan struct{}, 1)
	c.DB.Listen(store.Listener{Saved: func(store.Saved) {
		select {
		case c.saved <- struct{}{}:
		default:
		}
	}})
}

// Keep exchanges with the hub until ctx ends: what is saved here goes at once, what the hub
// has comes as soon as it is there. After a failure it waits, longer each time, up to a minute
// and never as long as others. hear, when not nil, gets the failures, each kind once in a row.
func (l *Link) Keep(ctx context.Context, hear func(error)) {
	if hear == nil {
		hear = func(error) {}
	}
	var both sync.WaitGroup
	both.Go(func() {
		for first := true; ctx.Err() == nil; first = false {
			l.repeat(ctx, hear, func() error {
				var d Done
				err := l.send(ctx, &d, true, func(Done) {})
				if err == nil {
					if first {
						d.Sent++ // files of what was sent before the program started
					}
					err = l.give(ctx, &d)
				}
				return err
			})
			l.untilSaved(ctx, hear)
		}
	})
	both.Go(func() {
		for ctx.Err() == nil {
			l.repeat(ctx, hear, func() error {
				var d Done
				err := l.pull(ctx, &d, synchttp.LongestWait, func(Done) {})
				if err == nil {
					err = l.give(ctx, &d)
				}
				if err == nil {
					err = l.fetch(ctx, &d)
				}
				return err
			})
		}
	})
	both.Wait()
}

// untilSaved sends what is saved here until a sign of life is due.
func (l *Link) untilSaved(ctx context.Context, hear func(error)) {
	due := time.NewTimer(aliveEvery)
	defer due.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-due.C:
			return
		case <-l.saved:
			l.repeat(ctx, hear, func() error {
				var d Done
				err := l.send(ctx, &d, false, func(Done) {})
				if err == nil {
					err = l.give(ctx, &d)
				}
				return err
			})
		}
	}
}

// repeat does something until it succeeds, and notes what stands in the way.
func (l *Link) repeat(ctx context.Context, hear func(error), do func() error) {
	said := ""
	for pause := firstPause; ctx.Err() == nil; pause = min(2*pause, mostPause) {
		err := do()
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			if said != "" {
				l.attempted(ctx, nil) //nolint:errcheck // the next message notes it as well
			}
			return
		}
		if key := kindOf(err); key != said {
			said = key
			hear(err)
		}
		if err2 := l.exchange.NoteTrouble(ctx, err); err2 != nil && ctx.Err() == nil {
			hear(err2)
		}
		l.rest(ctx, pauseAfter(err, pause))
	}
}

func kindOf(err error) string {
	if f := fault.As(err); f != nil {
		return f.Key
	}
	return err.Error()
}

// pauseAfter is how long to wait after a failure: what the hub asks for, or what is due, give
// or take a half.
func pauseAfter(err error, due time.Duration) time.Duration {
	f := fault.As(err)
	if f != nil {
		for _, a := range f.Args {
			if n, ok := a.Value.(int64); ok && a.Name == "seconds" {
				due = max(due, time.Duration(min(n, 600))*time.Second)
			}
		}
		if f.Key == "sync.refused.revoked" || f.Key == "sync.refused.unknown" || f.Key == "sync.refused.cloned" {
			due = endedPause
		}
	}
	return due/2 + time.Duration(binary.BigEndian.Uint64(randomBytes(8))%uint64(due))
}

// rest waits, or until somebody joins the line again.
func (l *Link) rest(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-l.joined:
	case <-ctx.Done():
	}
}
