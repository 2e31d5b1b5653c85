package synchttp

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"quipu/internal/fault"
	"quipu/internal/seal"
)

// board is a hub that remembers what it was told and gives out what was pinned to it.
type board struct {
	me *seal.Identity

	mu      sync.Mutex
	peers   map[string]Peer
	revoked map[string]string
	pushed  []string
	pinned  []string
	filed   []string // scope of each
	blobs   map[string][]byte
	refused []string
	large   int
}

func newBoard() *board {
	return &board{me: seal.NewIdentity(), peers: map[string]Peer{}, revoked: map[string]string{}, blobs: map[string][]byte{}}
}

func (b *board) Identity() (*seal.Identity, error) { return b.me, nil }

func (b *board) Peer(_ context.Context, key string) (Peer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if why, ok := b.revoked[key]; ok {
		return b.peers[key], fault.New(fault.Forbidden, "sync.refused.revoked", "reason", why)
	}
	if p, ok := b.peers[key]; ok {
		return p, nil
	}
	return Peer{}, fault.New(fault.Forbidden, "sync.refused.unknown")
}

func (b *board) Push(_ context.Context, p Peer, batch []byte) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if string(batch) == "bad disk" {
		return nil, errors.New("/var/lib/quipu is full")
	}
	b.pushed = append(b.pushed, p.Name+" "+string(batch))
	return []byte("received " + string(batch)), nil
}

func (b *board) Pull(_ context.Context, p Peer, request []byte, most int) ([]byte, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.large > 0 {
		text := make([]byte, min(b.large, most))
		rand.Read(text)
		return text, true, nil
	}
	var n int
	fmt.Sscan(string(request), &n)
	var out []string
	for i := n; i < len(b.pinned); i++ {
		if slices.Contains(p.Scopes, b.filed[i]) {
			out = append(out, b.pinned[i])
		}
	}
	return []byte(strings.Join(out, "\n")), len(out) > 0, nil
}

func (b *board) Enrol(_ context.Context, who seal.Public, request []byte) ([]byte, error) {
	if string(request) != "code" {
		return nil, fault.New(fault.Forbidden, "sync.refused.unknown")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.peers[who.ID()] = Peer{Name: "new", Public: who}
	return []byte("welcome"), nil
}

func (b *board) Blob(_ context.Context, _ Peer, hash string) (string, []byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if data, ok := b.blobs[hash]; ok {
		return "image/jpeg", data, nil
	}
	return "", nil, fault.New(fault.NotFound, "sync.blob_none")
}

func (b *board) HasBlob(_ context.Context, _ Peer, hash string) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.blobs[hash]
	return ok, nil
}

func (b *board) PutBlob(_ context.Context, _ Peer, hash, _ string, data []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.blobs[hash] = data
	return nil
}

func (b *board) Wanted(context.Context, Peer) ([]string, error) {
	return []string{hashOf([]byte("a")), hashOf([]byte("b"))}, nil
}

func (b *board) Search(_ context.Context, p Peer, question []byte) ([]byte, error) {
	if string(question) == "who" {
		return []byte(p.Name + " asked who"), nil
	}
	return nil, fault.New(fault.Forbidden, "sync.search_officer")
}

func (b *board) Bring(_ context.Context, p Peer, order []byte) ([]byte, error) {
	return append([]byte(p.Name+" gets "), order...), nil
}

func (b *board) Moved(_ context.Context, after int64) (int64, []string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	after = min(max(after, 0), int64(len(b.filed)))
	return int64(len(b.filed)), slices.Clone(b.filed[after:]), nil
}

func (b *board) Refused(_ context.Context, node string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refused = append(b.refused, node+" "+fault.As(err).Key)
}

func (b *board) pin(scope, text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pinned, b.filed = append(b.pinned, text), append(b.filed, scope)
}

// hub serves a board on loopback, with two nodes.
func hub(t *testing.T) (*board, *httptest.Server) {
	b := newBoard()
	s := NewServer(t.Context(), b, slog.New(slog.DiscardHandler), time.Now)
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(srv.Close)
	return b, srv
}

func (b *board) node(t *testing.T, name string, o Options, scopes ...string) *Client {
	t.Helper()
	o.Me = seal.NewIdentity()
	b.mu.Lock()
	b.peers[o.Me.Public().ID()] = Peer{Name: name, Public: o.Me.Public(), Scopes: scopes}
	b.mu.Unlock()
	o.Hub, o.Version, o.Pause = b.me.Public(), "test", time.Millisecond
	c, err := NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPushAndPull(t *testing.T) {
	b, srv := hub(t)
	madrid := b.node(t, "ESMAD-1", Options{Hubs: []string{srv.URL}}, "ESMAD")
	got, err := madrid.Push(t.Context(), []byte("batch 1"))
	if err != nil || string(got) != "received batch 1" || !slices.Equal(b.pushed, []string{"ESMAD-1 batch 1"}) {
		t.Fatalf("%q, %v, %q", got, err, b.pushed)
	}
	b.pin("ESMAD", "one")
	b.pin("FRPAR", "not for us")
	if got, err := madrid.Pull(t.Context(), []byte("0"), 0); err != nil || string(got) != "one" {
		t.Fatalf("%q, %v", got, err)
	}
	if _, err := madrid.Push(t.Context(), []byte("bad disk")); !fault.Is(err, "sync.hub_failed") || strings.Contains(err.Error(), "/var/lib") {
		t.Errorf("what fails at the hub: %v", err)
	}
	key, err := madrid.HubKey(t.Context())
	if err != nil || !key.Equal(b.me.Public()) {
		t.Errorf("%v, %v", key.ID(), err)
	}
}

func TestPullWaitsForItsOwnScope(t *testing.T) {
	b, srv := hub(t)
	madrid := b.node(t, "ESMAD-1", Options{Hubs: []string{srv.URL}}, "ESMAD")
	begun, done := time.Now(), make(chan string)
	go func() {
		got, err := madrid.Pull(t.Context(), []byte("0"), LongestWait)
		done <- fmt.Sprint(string(got), err)
	}()
	time.Sleep(50 * time.Millisecond)
	b.pin("FRPAR", "elsewhere")
	time.Sleep(2 * lookEvery)
	select {
	case got := <-done:
		t.Fatalf("woken by another office: %q", got)
	default:
	}
	b.pin("ESMAD", "here")
	if got := <-done; got != "here<nil>" {
		t.Fatalf("%q", got)
	}
	if time.Since(begun) > LongestWait/2 {
		t.Error("nobody woke it")
	}
}

func TestRefusalsAreSaidOnBothSides(t *testing.T) {
	b, srv := hub(t)
	lost := b.node(t, "LAPTOP-7", Options{Hubs: []string{srv.URL}}, "ESMAD")
	b.revoked[lost.me.Public().ID()] = "perdida en Valencia"
	_, err := lost.Push(t.Context(), []byte("batch"))
	if f := fault.As(err); !fault.Is(err, "sync.refused.revoked") || len(f.Args) != 1 || f.Args[0].Value != "perdida en Valencia" {
		t.Errorf("a revoked node hears %v", err)
	}
	if !slices.Equal(b.refused, []string{"LAPTOP-7 sync.refused.revoked"}) || len(b.pushed) > 0 {
		t.Errorf("the hub wrote down %q, and took %q", b.refused, b.pushed)
	}
	stranger, err := NewClient(Options{Hubs: []string{srv.URL}, Me: seal.NewIdentity(), Hub: b.me.Public()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.Push(t.Context(), []byte("batch")); !fault.Is(err, "sync.refused.unknown") {
		t.Errorf("a stranger hears %v", err)
	}
	if got, err := stranger.Enrol(t.Context(), []byte("code")); err != nil || string(got) != "welcome" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := stranger.Push(t.Context(), []byte("batch")); err != nil {
		t.Errorf("once enrolled: %v", err)
	}
}

// answers is what a hostile or broken thing on the way may do to a request.
type answers func(r *http.Request) (*http.Response, error)

func (f answers) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func page(status int, kind, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {kind}, "Location": {"https://elsewhere.example/x"}},
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1}
}

func TestStrangersOnTheWay(t *testing.T) {
	b, srv := hub(t)
	real := http.DefaultTransport
	var old []byte // an answer that somebody kept
	for _, tc := range []struct {
		name, want string
		do         answers
	}{
		{"sign-in page of a hotel", "seal.envelope_form", func(r *http.Request) (*http.Response, error) { return page(200, "text/html", "<html>Wi-Fi"), nil }},
		{"redirect", "sync.redirected", func(r *http.Request) (*http.Response, error) { return page(302, "text/html", ""), nil }},
		{"a Quipu that is no hub", "sync.not_a_hub", func(r *http.Request) (*http.Response, error) {
			resp := page(303, "text/html", "")
			resp.Header.Set("Location", "/entrar")
			return resp, nil
		}},
		{"bad gateway", "sync.stranger", func(r *http.Request) (*http.Response, error) { return page(502, "text/html", "no"), nil }},
		{"forged refusal of other things", "sync.stranger", func(r *http.Request) (*http.Response, error) {
			return page(403, refusalType, `{"key":"app.withdrawn","kind":"forbidden"}`), nil
		}},
		{"reset", "sync.no_answer", func(r *http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "read", Err: io.ErrUnexpectedEOF}
		}},
		{"cut", "seal.envelope_truncated", func(r *http.Request) (*http.Response, error) {
			resp, err := real.RoundTrip(r)
			if err == nil {
				all, _ := io.ReadAll(resp.Body)
				resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(all[:len(all)/2]), failing{}))
			}
			return resp, err
		}},
		{"altered", "seal.envelope_altered", func(r *http.Request) (*http.Response, error) {
			resp, err := real.RoundTrip(r)
			if err == nil {
				all, _ := io.ReadAll(resp.Body)
				all[len(all)-100] ^= 1
				resp.Body = io.NopCloser(bytes.NewReader(all))
			}
			return resp, err
		}},
		{"replayed answer", "seal.envelope_context", func(r *http.Request) (*http.Response, error) {
			resp, err := real.RoundTrip(r)
			if err == nil && old == nil {
				old, _ = io.ReadAll(resp.Body)
			}
			return page(200, envelopeType, string(old)), err
		}},
		{"more than was asked", "seal.envelope_large", func(r *http.Request) (*http.Response, error) {
			return page(200, envelopeType, strings.Repeat("x", seal.MaxEnvelope(MostReply)+2)), nil
		}},
	} {
		c := b.node(t, "ESMAD-1", Options{Hubs: []string{srv.URL}, HTTP: tc.do})
		if tc.name == "replayed answer" {
			if _, err := c.Pull(t.Context(), []byte("0"), 0); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := c.Pull(t.Context(), []byte("0"), 0); !fault.Is(err, tc.want) {
			t.Errorf("%s: %q, %v", tc.name, got, err)
		}
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestFollowsTheAddressThatAnswers(t *testing.T) {
	b, srv := hub(t)
	down := httptest.NewServer(nil)
	down.Close()
	sick := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }))
	defer sick.Close()
	c := b.node(t, "ESMAD-1", Options{Hubs: []string{down.URL, sick.URL, srv.URL}})
	for range 2 {
		if _, err := c.Push(t.Context(), []byte("batch")); err != nil {
			t.Fatal(err)
		}
	}
	if c.hubs[c.at] != srv.URL {
		t.Errorf("it stays with %s", c.hubs[c.at])
	}
}

func TestComesAgainAfterFaults(t *testing.T) {
	b, srv := hub(t)
	var n atomic.Int32
	c := b.node(t, "ESMAD-1", Options{Hubs: []string{srv.URL}, HTTP: answers(func(r *http.Request) (*http.Response, error) {
		if n.Add(1) < 3 {
			io.Copy(io.Discard, r.Body)
			return page(502, "text/html", "no"), nil
		}
		return http.DefaultTransport.RoundTrip(r)
	})})
	if got, err := c.Push(t.Context(), []byte("batch")); err != nil || string(got) != "received batch" || n.Load() != 3 {
		t.Errorf("%q, %v, after %d", got, err, n.Load())
	}
}

func TestAsksForLessWhenAnswersAreCut(t *testing.T) {
	b, srv := hub(t)
	b.large = 1 << 20
	const window = 300 << 10 // this link breaks after so many bytes
	c := b.node(t, "ESMAD-1", Options{Hubs: []string{srv.URL}, HTTP: answers(func(r *http.Request) (*http.Response, error) {
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err == nil {
			resp.Body = io.NopCloser(io.LimitReader(resp.Body, window))
		}
		return resp, err
	})})
	for i := 0; ; i++ {
		got, err := c.Pull(t.Context(), []byte("0"), 0)
		if err == nil && len(got) > 0 {
			break
		}
		if i > 10 || !fault.Is(err, "seal.envelope_truncated") {
			t.Fatal(err)
		}
	}
}

func TestTenGigabytesAreRefused(t *testing.T) {
	b, srv := hub(t)
	c := b.node(t, "ESMAD-1", Options{Hubs: []string{srv.URL}})
	for name, declared := range map[string]int64{"declared": 10 << 30, "undeclared": -1} {
		var read atomic.Int64
		envelope, err := c.me.EnvelopeTo(c.hub, "push", []byte("batch"))
		if err != nil {
			t.Fatal(err)
		}
		body := io.MultiReader(bytes.NewReader(envelope), &endless{left: 10 << 30, read: &read})
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+Prefix+"/push", body)
		if err != nil {
			t.Fatal(err)
		}
		r.ContentLength = declared
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(text), "sync.too_large") {
			t.Errorf("%s: %d %s", name, resp.StatusCode, text)
		}
		if read.Load() > 64<<20 {
			t.Errorf("%s: %d bytes were taken", name, read.Load())
		}
	}
	if len(b.pushed) > 0 {
		t.Errorf("something went through: %d", len(b.pushed))
	}
}

type endless struct {
	left int64
	read *atomic.Int64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), e.left)
	e.left -= n
	e.read.Add(n)
	return int(n), nil
}

func TestFilesGoOnWhereTheyStopped(t *testing.T) {
	b, srv := hub(t)
	file := make([]byte, 5*PieceSize+77)
	rand.Read(file)
	hash := hashOf(file)
	var n atomic.Int32
	cut := answers(func(r *http.Request) (*http.Response, error) {
		if n.Add(1)%4 == 0 {
			return nil, io.ErrUnexpectedEOF
		}
		return http.DefaultTransport.RoundTrip(r)
	})
	c := b.node(t, "ESMAD-1", Options{Hubs: []string{srv.URL}, HTTP: cut})
	if err := c.Send(t.Context(), hash, "image/jpeg", file); err != nil || !bytes.Equal(b.blobs[hash], file) {
		t.Fatalf("sent: %v", err)
	}
	sent := n.Load()
	if sent > 12 {
		t.Errorf("%d requests for six pieces", sent)
	}
	if err := c.Send(t.Context(), hash, "image/jpeg", file); err != nil || n.Load() > sent+2 {
		t.Errorf("what is there was sent again: %v, %d", err, n.Load()-sent)
	}
	media, got, err := c.Fetch(t.Context(), hash)
	if err != nil || media != "image/jpeg" || !bytes.Equal(got, file) {
		t.Errorf("fetched: %q, %d bytes, %v", media, len(got), err)
	}
	if got, err := c.Wanted(t.Context()); err != nil || len(got) != 2 || got[1] != hashOf([]byte("b")) {
		t.Errorf("wanted: %q, %v", got, err)
	}
	if _, _, err := c.Fetch(t.Context(), hashOf(nil)); !fault.Is(err, "sync.blob_none") {
		t.Errorf("a file that is not there: %v", err)
	}
	b.blobs[hash] = file[:len(file)-1]
	if _, _, err := c.Fetch(t.Context(), hash); !fault.Is(err, "sync.blob_altered") {
		t.Errorf("an altered file: %v", err)
	}
	if err := c.Send(t.Context(), hashOf([]byte("x")), "image/jpeg", []byte("y")); !fault.Is(err, "sync.blob_altered") {
		t.Errorf("a file under another's name: %v", err)
	}
}

func FuzzPiece(f *testing.F) {
	f.Add(piece{Hash: hashOf(nil), Size: 3, data: []byte("abc")}.encode())
	f.Add([]byte(`{"hash":"","offset":-1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := decodePiece(b)
		if err != nil && fault.As(err) == nil {
			t.Fatal(err)
		}
		if err == nil && (len(p.data) > PieceSize || p.Offset+len(p.data) > MostBlob+PieceSize) {
			t.Fatalf("%+v", p)
		}
		if r := heard(b); r != nil && !spoken(r.Key) {
			t.Fatal(r)
		}
	})
}
