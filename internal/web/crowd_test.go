package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"quipu/internal/web/ui"
)

// busy is a page that is not done before it is told.
type busy struct {
	mu      sync.Mutex
	inside  int
	release chan struct{}
}

func (b *busy) ServeHTTP(http.ResponseWriter, *http.Request) {
	b.mu.Lock()
	b.inside++
	b.mu.Unlock()
	<-b.release
}

func (b *busy) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.inside
}

func full(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: " + what)
		}
	}
}

func TestCrowdWaitsAndThenIsTold(t *testing.T) {
	c, page := newCrowd(2, 1, time.Hour, full), &busy{release: make(chan struct{})}
	var all sync.WaitGroup
	got := make([]int, 3)
	for i := range got {
		all.Go(func() {
			w := httptest.NewRecorder()
			c.serve(w, httptest.NewRequestWithContext(t.Context(), "GET", "/", nil), page)
			got[i] = w.Code
		})
	}
	until(t, "two inside and one waiting", func() bool { return page.count() == 2 && c.queue.Load() == 1 })
	w := httptest.NewRecorder()
	c.serve(w, httptest.NewRequestWithContext(t.Context(), "GET", "/", nil), page)
	if w.Code != http.StatusServiceUnavailable || page.count() != 2 {
		t.Errorf("the fourth got %d, %d are inside", w.Code, page.count())
	}
	close(page.release)
	all.Wait()
	for i, code := range got {
		if code != http.StatusOK {
			t.Errorf("request %d got %d", i, code)
		}
	}
	if c.queue.Load() != 0 || len(c.places) != 0 {
		t.Errorf("afterwards %d wait and %d are inside", c.queue.Load(), len(c.places))
	}
}

func TestNobodyWaitsForever(t *testing.T) {
	c := newCrowd(1, 5, time.Millisecond, full)
	c.places <- struct{}{}
	w := httptest.NewRecorder()
	c.serve(w, httptest.NewRequestWithContext(t.Context(), "GET", "/", nil), &busy{})
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("got %d", w.Code)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	c.patience = time.Hour
	if c.enter(httptest.NewRequestWithContext(gone, "GET", "/", nil)) || c.queue.Load() != 0 {
		t.Error("who has left waits")
	}
}

func TestLogInsHaveADoorOfTheirOwn(t *testing.T) {
	page := &busy{release: make(chan struct{})}
	h := (&shell{}).crowded(page)
	var all sync.WaitGroup
	ask := func(method, path string) {
		all.Go(func() {
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), method, path, nil))
		})
	}
	for range pagePlaces {
		ask("GET", "/persona/X")
	}
	until(t, "every place of the pages taken", func() bool { return page.count() == pagePlaces })
	ask("POST", "/entrar")
	until(t, "the log-in inside", func() bool { return page.count() == pagePlaces+1 })
	close(page.release)
	all.Wait()
}

func TestCrowdIsToldInWordsWhenToComeBack(t *testing.T) {
	set, err := ui.Parse()
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/registrar", nil)
	r.Header.Set("Accept-Language", "es")
	(&shell{set: set}).full(w, r)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "al mismo tiempo") {
		t.Errorf("got %d, Retry-After %q:\n%s", w.Code, w.Header().Get("Retry-After"), w.Body)
	}
}
