package linetest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestLine sees that the line is slow, counts, and cuts.
func TestLine(t *testing.T) {
	acted := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			acted++
		}
		io.WriteString(w, strings.Repeat("x", 4000))
	}))
	defer srv.Close()
	l := To(t, srv.Listener.Addr().String())
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	begun := time.Now()
	for range 2 {
		res, err := client.Get(l.URL)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	took, n := time.Since(begun), l.Taken()
	if n.Connections != 1 || n.Requests != 2 || n.Bytes < 8000 || n.Bytes > 9000 {
		t.Errorf("counted %+v", n)
	}
	// Two round trips and eight thousand bytes; never faster, however quick the machine.
	if least := 2*RoundTrip + time.Second; took < least {
		t.Errorf("took %v, less than %v", took, least)
	}
	if s := n.Seconds(); s < 3.4 || s > 3.6 {
		t.Errorf("reckoned as %v s", s)
	}
	l.CutAnswer()
	fresh := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // net/http sends again over a connection that was used before
	if res, err := fresh.Post(l.URL, "text/plain", strings.NewReader("a")); err == nil {
		t.Errorf("the answer came through: %s", res.Status)
	}
	if acted != 1 {
		t.Errorf("the server acted %d times", acted)
	}
	if res, err := client.Get(l.URL); err != nil {
		t.Errorf("afterwards the line is dead: %v", err)
	} else {
		res.Body.Close()
	}
}
