package desk

import (
	"context"
	"sync"

	"quipu/internal/fault"
)

// heavyAtOnce is how many imports, rehearsals, undoings and proofs of the log go on at once:
// two leave the others of an office a computer to work with.
const heavyAtOnce = 2

// heavies holds long work down. An officer has one piece at a time; who comes when all
// places are taken waits as long as the context of the request.
type heavies struct {
	places chan struct{}
	mu     sync.Mutex
	by     map[string]bool
}

func newHeavies() *heavies {
	return &heavies{places: make(chan struct{}, heavyAtOnce), by: map[string]bool{}}
}

// begin takes a place; call end when the work is done.
func (h *heavies) begin(ctx context.Context, login string) (end func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.by[login] {
		return nil, fault.New(fault.Conflict, "officer.heavy_own")
	}
	h.by[login] = true
	h.mu.Unlock()
	select {
	case h.places <- struct{}{}:
	case <-ctx.Done():
		err = fault.New(fault.Unavailable, "officer.heavy_full").Because(ctx.Err())
	}
	h.mu.Lock()
	if err != nil {
		delete(h.by, login)
		return nil, err
	}
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		<-h.places
		delete(h.by, login)
	}, nil
}

// do answers, at the pace of an officer's hand and with a place for long work.
func (s *Desk) do(v *Visit) error {
	if v.Actor.Login == "" {
		return v.route.Do(v)
	}
	if s.Pace != nil && !s.Pace(v.Actor.Login) {
		v.W.Header().Set("Retry-After", "30")
		return fault.New(fault.Unavailable, "officer.pace")
	}
	if !v.route.Heavy {
		return v.route.Do(v)
	}
	ctx, cancel := context.WithTimeout(v.Context(), patience)
	defer cancel()
	end, err := s.heavy.begin(ctx, v.Actor.Login)
	if err != nil {
		v.W.Header().Set("Retry-After", "60")
		return err
	}
	defer end()
	return v.route.Do(v)
}
