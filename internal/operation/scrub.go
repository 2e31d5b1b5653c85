package operation

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

const (
	// scrubLook is how often a process asks whether the database is to be scrubbed.
	scrubLook = 30 * time.Second
	// quiet is for how long no officer may have saved anything before it is.
	quiet = 2 * time.Minute
	// patienceToScrub is how long that is waited for; then it is done all the same.
	patienceToScrub = 24 * time.Hour
)

// busy knows when somebody last sent something to be saved. Looking does not count: pages that
// stand open ask by themselves.
type busy struct{ last atomic.Int64 }

func (b *busy) touch(now time.Time) { b.last.Store(now.UnixNano()) }

// since is how long ago that was.
func (b *busy) since(now time.Time) time.Duration { return now.Sub(time.Unix(0, b.last.Load())) }

// noting notes every request that may save something.
func (b *busy) noting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			b.touch(time.Now())
			defer func() { b.touch(time.Now()) }()
		}
		next.ServeHTTP(w, r)
	})
}

// scrubs takes out of the files of the database, in a quiet minute, what officers erased and
// what a node was told to forget. On a server's database it would hold up everybody for long,
// so that it is left to the operator: quipu doctor says that it is owed.
func (s *Server) scrubs(ctx context.Context) {
	if !s.App.DB.ScrubsAtWork() {
		return
	}
	tick := time.NewTicker(scrubLook)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if _, err := s.scrub(ctx, time.Now()); err != nil && ctx.Err() == nil {
				s.Log.Error("scrub", "err", err)
			}
		}
	}
}

// scrub scrubs when it is owed and nobody works, or when it has been owed for too long.
func (s *Server) scrub(ctx context.Context, now time.Time) (done bool, err error) {
	owed, err := s.App.ScrubOwed(ctx)
	if err != nil || owed.IsZero() {
		return false, err
	}
	if s.busy.since(now) < quiet && s.App.Now().Sub(owed) < patienceToScrub {
		return false, nil
	}
	begun := time.Now()
	if err := s.App.ScrubNow(ctx); err != nil {
		return false, err
	}
	s.Log.Info("scrub", "took", time.Since(begun))
	return true, nil
}
