package badlink

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestLinkIsSlowAndFar(t *testing.T) {
	text := strings.Repeat("x", 100<<10)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, text) }))
	defer srv.Close()
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &Link{To: strings.TrimPrefix(srv.URL, "http://"), BytesPerSecond: 400 << 10, OneWay: 30 * time.Millisecond}
	go l.Serve(t.Context(), in)
	begun := time.Now()
	resp, err := http.Get("http://" + in.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || string(got) != text {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	// a quarter of a second for the bytes, and four times 30 ms for the handshake and the request
	if took := time.Since(begun); took < 350*time.Millisecond {
		t.Errorf("the link is not slow: %v", took)
	}
	for end := time.Now().Add(5 * time.Second); l.Down.Load() < int64(len(text)); time.Sleep(time.Millisecond) { // it counts once it has passed on
		if time.Now().After(end) {
			t.Fatalf("%d of %d bytes were counted", l.Down.Load(), len(text))
		}
	}
	l.Off(true)
	if resp, err := http.Get("http://" + in.Addr().String()); err == nil {
		resp.Body.Close()
		t.Error("the link is not off")
	}
	l.Off(false)
	l.CutAfter = func() int { return 5000 }
	resp, err = http.Get("http://" + in.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); err == nil || len(got) > 5000 {
		t.Errorf("not cut: %d bytes, %v", len(got), err)
	}
}

func TestMeddler(t *testing.T) {
	var bodies []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(b))
		w.Write(bytes.Repeat(b, 1000))
	}))
	defer srv.Close()
	for _, tc := range []struct {
		name string
		set  func(*Meddler)
		good bool
		n    int
	}{
		{"nothing", func(m *Meddler) {}, true, 1},
		{"fail", func(m *Meddler) { m.Fail = 1 }, false, 0},
		{"twice", func(m *Meddler) { m.Twice = 1 }, true, 2},
		{"lose", func(m *Meddler) { m.Lose = 1 }, false, 1},
		{"cut", func(m *Meddler) { m.Cut = 1 }, false, 1},
		{"replay", func(m *Meddler) { m.Replay = 1; m.earlier["/x"] = request{"POST", "/x", "", []byte("old")} }, true, 2},
	} {
		bodies = nil
		m := NewMeddler(srv.URL, 1)
		tc.set(m)
		front := httptest.NewServer(m)
		resp, err := http.Post(front.URL+"/x", "text/plain", strings.NewReader("new"))
		good := false
		if err == nil {
			var b []byte
			b, err = io.ReadAll(resp.Body)
			resp.Body.Close()
			good = err == nil && resp.StatusCode == 200 && len(b) == 3000
		}
		front.Close()
		if n, meddled := m.Counts(); good != tc.good || len(bodies) != tc.n || n != 1 || (meddled > 0) != (tc.name != "nothing") {
			t.Errorf("%s: good %v, the server saw %q, %d meddled", tc.name, good, bodies, meddled)
		}
	}
}
