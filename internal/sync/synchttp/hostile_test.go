package synchttp

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"quipu/internal/seal"
)

// TestSilentStrangersKeepNobodyOut: whoever opens more pushes than the hub holds at once, and
// sends nothing or the beginning of nobody's envelope, holds no node up, and is cut off.
func TestSilentStrangersKeepNobodyOut(t *testing.T) {
	b := newBoard()
	s := NewServer(t.Context(), b, slog.New(slog.DiscardHandler), time.Now)
	s.begin = 2 * time.Second
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(srv.Close)
	node := b.node(t, "ESMAD-1", Options{Hubs: []string{srv.URL}}, "ESMAD")
	stranger, err := seal.NewIdentity().EnvelopeTo(b.me.Public(), "push", []byte("batch"))
	if err != nil {
		t.Fatal(err)
	}
	var silent []net.Conn
	for i := range 3 * mostLarge {
		c, err := net.Dial("tcp", srv.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		silent = append(silent, c)
		fmt.Fprintf(c, "POST %s/push HTTP/1.1\r\nHost: hub\r\nContent-Length: 100000\r\n\r\n%s", Prefix, stranger[:i*3])
	}
	done := make(chan error, 1)
	go func() {
		_, err := node.Push(t.Context(), []byte("batch"))
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("the node was told %v", err)
		}
	case <-time.After(time.Second + LongestWait/2):
		t.Error("the node waits for strangers")
	}
	if len(b.pushed) != 1 {
		t.Errorf("taken were %q", b.pushed)
	}
	for _, c := range silent {
		c.SetReadDeadline(time.Now().Add(20 * time.Second)) //nolint:errcheck // then ReadAll tells
		if said, err := io.ReadAll(c); err != nil || !bytes.Contains(said, []byte("seal.envelope_")) {
			t.Fatalf("a silent stranger hears %q, %v", said, err)
		}
	}
}

// TestOddRequests: what is no push of a node is refused in words or as HTTP does, for whatever
// reason, and nothing of it goes through; nor does the refusal repeat what it was sent.
func TestOddRequests(t *testing.T) {
	b, srv := hub(t)
	node := b.node(t, "ESMAD-1", Options{Hubs: []string{srv.URL}}, "ESMAD")
	push, err := node.me.EnvelopeTo(b.me.Public(), "push", []byte("batch"))
	if err != nil {
		t.Fatal(err)
	}
	bomb, err := node.me.EnvelopeTo(b.me.Public(), "push", make([]byte, MostContents+1))
	if err != nil || len(bomb) > 64<<10 {
		t.Fatal(len(bomb), err)
	}
	elsewhere, err := node.me.EnvelopeTo(seal.NewIdentity().Public(), "push", []byte("batch"))
	if err != nil {
		t.Fatal(err)
	}
	altered := func(at int) []byte {
		c := bytes.Clone(push)
		c[(at+len(c))%len(c)] ^= 1
		return c
	}
	for name, c := range map[string]struct {
		method, path string
		body         []byte
		header       http.Header
		want         string
	}{
		"what unpacks to more":   {"POST", "/push", bomb, nil, "seal.envelope_large"},
		"for another hub":        {"POST", "/push", elsewhere, nil, "seal.envelope_"},
		"altered in the middle":  {"POST", "/push", altered(len(push) / 2), nil, "seal.envelope_altered"},
		"altered at the end":     {"POST", "/push", altered(-1), nil, "seal.envelope_altered"},
		"a later form":           {"POST", "/push", altered(8), nil, "seal.envelope_version"},
		"cut":                    {"POST", "/push", push[:len(push)-1], nil, "seal.envelope_truncated"},
		"followed by more":       {"POST", "/push", append(bytes.Clone(push), 0), nil, "seal.envelope_altered"},
		"twice in one":           {"POST", "/push", append(bytes.Clone(push), push...), nil, "seal.envelope_altered"},
		"a push as a pull":       {"POST", "/pull", push, nil, "seal.envelope_context"},
		"a push as an enrolment": {"POST", "/enrol", push, nil, "seal."},
		"a push as a question":   {"POST", "/search", push, nil, "seal.envelope_context"},
		"a push as a piece":      {"POST", "/blob", push, nil, "seal.envelope_context"},
		"nothing":                {"POST", "/push", nil, nil, "seal.envelope_form"},
		"a page":                 {"POST", "/push", []byte("<script>alert(1)</script>"), nil, "seal.envelope_form"},
		"another method":         {"GET", "/push", nil, nil, "405"},
		"a way around":           {"POST", "/x/%2e%2e/push", push, nil, "404"},
		"a way out":              {"POST", "/%2e%2e%2f%2e%2e%2fapi/v1/persons", push, nil, "404"},
		"a path that goes on":    {"POST", "/push/..%2f..", push, nil, "404"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, srv.URL+Prefix+c.path, bytes.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Forwarded-For", "<script>")
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		said, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if text := fmt.Sprint(resp.StatusCode, " ", string(said)); resp.StatusCode < 400 || resp.StatusCode > 499 || !strings.Contains(text, c.want) || strings.Contains(text, "<script>") {
			t.Errorf("%s: %s, want %s", name, text, c.want)
		}
	}
	if len(b.pushed) > 0 {
		t.Errorf("taken were %q", b.pushed)
	}
	if _, err := node.Push(t.Context(), []byte("batch")); err != nil || len(b.pushed) != 1 {
		t.Errorf("the honest one after it: %v, %q", err, b.pushed)
	}
}
