package bench

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// visitor is a browser before a server that answers so.
func visitor(t *testing.T, answer http.HandlerFunc) (*browser, *tally) {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	var now atomic.Pointer[tally]
	count := newTally()
	now.Store(count)
	b, err := newBrowser(s.URL, 1, &now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.close)
	return b, count
}

func TestWhoIsToldToComeBackComesBack(t *testing.T) {
	var asked atomic.Int64
	b, count := visitor(t, func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, "Quispe")
	})
	if _, err := b.get(t.Context(), actPage, "/", "Quispe"); err != nil {
		t.Fatal(err)
	}
	p := count.phase("steady", 1, time.Second)
	if p.Refused != 1 || p.Errors != 0 || p.Requests != 2 || p.Acts[actPage].Max < 1000 {
		t.Errorf("%+v", p)
	}
}

func TestErrorsAreCountedWhateverTheStatus(t *testing.T) {
	b, count := visitor(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/roto":
			w.WriteHeader(http.StatusInternalServerError)
		case "/lejos":
			w.WriteHeader(http.StatusServiceUnavailable) // and no word of when
		}
		fmt.Fprint(w, "<p>Nada")
	})
	for _, path := range []string{"/roto", "/lejos", "/persona/01M89P3HS8VNETA3NTYJCEDV16"} {
		if _, err := b.get(t.Context(), actPage, path, "Quispe"); err == nil {
			t.Errorf("%s was taken for a page", path)
		}
	}
	p := count.phase("steady", 1, time.Second)
	if p.Errors != 3 || len(p.Acts) != 0 || p.Wrong["page: /persona/{id} does not say what it must"] != 1 {
		t.Errorf("%+v", p)
	}
}

func TestWhatNobodyDidWasNotQuick(t *testing.T) {
	quick := Latency{Queries: 9, P95: 5}
	w := &Window{Phases: []Phase{{Name: "steady", Acts: map[string]Latency{actSearch: quick, actPage: {Queries: 9, P95: 50}, actCheck: quick}, Refused: 1}},
		Memory: Memory{First: 100, Last: 120}}
	met := map[string]bool{}
	for _, x := range w.judge() {
		met[x.What] = x.Met
	}
	for what, want := range map[string]bool{"steady.search.p95_ms": true, "steady.page.p95_ms": false, "steady.register.p95_ms": false,
		"steady.errors": false, "window.growth": false, "window.lost": true} {
		if got, asked := met[what]; got != want || !asked {
			t.Errorf("%s: met %v, want %v", what, got, want)
		}
	}
}
