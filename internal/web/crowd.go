package web

import (
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"quipu/internal/fault"
)

// crowd lets a number of requests work at once, some more wait, and asks the rest to come
// back. So a node that everybody calls at the same time answers late and then says so; it
// does not fail for all of them, and when they have gone it is as quick as before.
type crowd struct {
	places   chan struct{}
	queue    atomic.Int64
	most     int64 // who may wait
	patience time.Duration
	full     http.HandlerFunc // answers who cannot wait
}

// What a node can work at, and how long somebody may wait before it is better to say so.
// Log-ins have a door of their own: each costs as much as twenty pages, on purpose, and
// officers who have a person before them shall not wait behind those who are just coming in.
const (
	pagePlaces, pageQueue, pagePatience = 32, 256, 5 * time.Second
	doorQueue, doorPatience             = 256, 20 * time.Second
)

func newCrowd(places, queue int, patience time.Duration, full http.HandlerFunc) *crowd {
	return &crowd{places: make(chan struct{}, places), most: int64(queue), patience: patience, full: full}
}

// crowded puts the doors before the pages.
func (s *shell) crowded(pages http.Handler) http.Handler {
	full := s.logged(http.HandlerFunc(s.full)).ServeHTTP
	inside := newCrowd(pagePlaces, pageQueue, pagePatience, full)
	door := newCrowd(max(1, runtime.GOMAXPROCS(0)), doorQueue, doorPatience, full)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := inside
		if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/entrar") {
			c = door
		}
		c.serve(w, r, pages)
	})
}

func (c *crowd) serve(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if !c.enter(r) {
		c.full(w, r)
		return
	}
	defer func() { <-c.places }()
	next.ServeHTTP(w, r)
}

// enter waits for a place and reports whether there was one.
func (c *crowd) enter(r *http.Request) bool {
	select {
	case c.places <- struct{}{}:
		return true
	default:
	}
	if c.queue.Add(1) > c.most {
		c.queue.Add(-1)
		return false
	}
	defer c.queue.Add(-1)
	wait := time.NewTimer(c.patience)
	defer wait.Stop()
	select {
	case c.places <- struct{}{}:
		return true
	case <-wait.C:
	case <-r.Context().Done():
	}
	return false
}

// full says in words that too many ask at once.
func (s *shell) full(w http.ResponseWriter, r *http.Request) {
	s.fail(w, r, fault.New(fault.Unavailable, "web.crowded"), "")
}
