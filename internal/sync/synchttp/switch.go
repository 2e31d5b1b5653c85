package synchttp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
)

// Switch is a line to the hub that somebody can cut and join again, to see what an office does
// without one: for demonstrations and tests. A new one is joined.
type Switch struct {
	mu  sync.Mutex
	cut context.CancelFunc // of what is under way
	ctx context.Context    // ends when the line is cut
	way http.RoundTripper
}

// NewSwitch makes a switch in the way to the network.
func NewSwitch() *Switch {
	s := &Switch{way: network()}
	s.Join()
	return s
}

var errCut = errors.New("synchttp: the line is cut")

// Cut ends what is under way and lets nothing through until Join.
func (s *Switch) Cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cut()
}

// Join lets requests through again.
func (s *Switch) Join() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx == nil || s.ctx.Err() != nil {
		s.ctx, s.cut = context.WithCancel(context.Background())
	}
}

// IsCut reports whether the line is cut.
func (s *Switch) IsCut() bool { return s.line().Err() != nil }

func (s *Switch) line() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ctx
}

// RoundTrip is that of the network while the line is whole.
func (s *Switch) RoundTrip(r *http.Request) (*http.Response, error) {
	line := s.line()
	if line.Err() != nil {
		return nil, errCut
	}
	ctx, cancel := context.WithCancel(r.Context())
	stop := context.AfterFunc(line, cancel)
	end := func() { stop(); cancel() }
	resp, err := s.way.RoundTrip(r.WithContext(ctx))
	if err != nil {
		end()
		return nil, err
	}
	resp.Body = ending{resp.Body, end}
	return resp, nil
}

// ending calls end when a body was read.
type ending struct {
	io.ReadCloser
	end func()
}

func (e ending) Close() error {
	defer e.end()
	return e.ReadCloser.Close()
}
