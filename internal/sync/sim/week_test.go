package sim

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"quipu/internal/fault"
	"quipu/internal/seal"
	protocol "quipu/internal/sync"
	"quipu/internal/sync/synchttp"
)

// lima is a hub of the simulation behind the real server: one transaction at a time. What
// it does not have (files, enrolment, questions) nobody asks it for here.
type lima struct {
	synchttp.Hub
	mu    *sync.Mutex
	w     *world
	me    *seal.Identity
	peers map[string]synchttp.Peer
}

func (l *lima) Identity() (*seal.Identity, error) { return l.me, nil }

func (l *lima) Peer(_ context.Context, key string) (synchttp.Peer, error) {
	p, ok := l.peers[key]
	if !ok {
		return p, fault.New(fault.Forbidden, protocol.RefusedUnknown)
	}
	return p, nil
}

func (l *lima) Push(_ context.Context, _ synchttp.Peer, data []byte) ([]byte, error) {
	b, err := protocol.DecodeBatch(data)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var r protocol.Receipt
	h := l.w.hub
	if err := h.transact(-1, nil, func() (err error) { r, err = protocol.TakeBatch(h, b, time.Now().UnixMicro()); return err }); err != nil {
		return nil, err
	}
	r.Head, _ = h.Head()
	return r.Encode()
}

func (l *lima) Pull(_ context.Context, _ synchttp.Peer, data []byte, most int) ([]byte, bool, error) {
	ask, err := protocol.DecodeAsk(data)
	if err != nil {
		return nil, false, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var a protocol.Answer
	h := l.w.hub
	if err := h.transact(-1, nil, func() (err error) { a, err = protocol.MakeAnswer(h, ask, protocol.Limit{Bytes: most}); return err }); err != nil {
		return nil, false, err
	}
	out, err := a.Encode()
	return out, len(a.Entries)+len(a.Forget) > 0 || a.More || a.Back, err
}

func (l *lima) Moved(_ context.Context, after int64) (int64, []string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var scopes []string
	for s, fs := range l.w.hub.filed {
		if n := len(fs); n > 0 && fs[n-1].Seq > after {
			scopes = append(scopes, string(s))
		}
	}
	return int64(len(l.w.hub.rows)), scopes, nil
}

func (l *lima) Refused(context.Context, string, error) {}

// line is the way of the offices to Lima: 300 ms there, 300 ms back; nothing at all while to
// is nil.
type line struct {
	mu      sync.Mutex
	to      http.Handler
	refused int
}

// join sets what stands at the other end.
func (l *line) join(to http.Handler) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.to = to
}

func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(300 * time.Millisecond)
	l.mu.Lock()
	to := l.to
	if to == nil {
		l.refused++
	}
	l.mu.Unlock()
	if to == nil {
		return nil, errors.New("no route to host")
	}
	w := httptest.NewRecorder()
	r = r.Clone(r.Context())
	r.RemoteAddr = "192.0.2.1:1000"
	to.ServeHTTP(w, r)
	time.Sleep(300 * time.Millisecond)
	return w.Result(), nil
}

// post is an office that works and exchanges, each in a goroutine of its own.
type post struct {
	mu     *sync.Mutex
	w      *world
	m      *machine
	client *synchttp.Client
}

// officers write something every two hours, line or no line.
func (p *post) officers(ctx context.Context) {
	for again := true; again; again = sleep(ctx, 2*time.Hour) {
		p.mu.Lock()
		p.w.now = time.Now().UnixMicro()
		p.w.work(p.m)
		p.mu.Unlock()
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// exchange sends and fetches for as long as ctx lasts; after a failure it waits ten minutes.
func (p *post) exchange(ctx context.Context) {
	for ctx.Err() == nil {
		if err := p.round(ctx); err != nil && !sleep(ctx, 10*time.Minute) {
			return
		}
	}
}

func (p *post) round(ctx context.Context) error {
	var out []byte
	err := p.at(func() error {
		b, _, err := protocol.NextBatch(p.m.disk, protocol.Hello{Program: "week", Wants: p.m.disk.wants}, 0)
		if err != nil {
			return err
		}
		out, err = b.Encode()
		return err
	})
	if err == nil {
		out, err = p.client.Push(ctx, out)
	}
	if err != nil {
		return err
	}
	r, err := protocol.DecodeReceipt(out)
	if err != nil {
		return err
	}
	err = p.at(func() error {
		if err := protocol.TakeReceipt(p.m.disk, r); err != nil {
			return err
		}
		ask, err := protocol.NextAsk(p.m.disk)
		if err != nil {
			return err
		}
		out, err = ask.Encode()
		return err
	})
	if err == nil {
		out, err = p.client.Pull(ctx, out, synchttp.LongestWait)
	}
	if err != nil {
		return err
	}
	a, err := protocol.DecodeAnswer(out)
	if err != nil {
		return err
	}
	if err := p.at(func() error { return protocol.TakeAnswer(p.m.disk, a) }); err != nil && !errors.Is(err, protocol.ErrStale) {
		return err
	}
	return nil
}

func (p *post) at(f func() error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.m.disk.transact(-1, nil, f)
}

func (p *post) pending() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.m.disk.own {
		if r.seq == 0 {
			n++
		}
	}
	return n
}

// TestWeekWithoutALine runs the real client and server over a line in memory, in time that
// passes when everybody waits: officers work on through a week without it.
func TestWeekWithoutALine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		w := newWorld(3)
		w.calm = true
		var mu sync.Mutex
		hub := &lima{mu: &mu, w: w, me: seal.NewIdentity(), peers: map[string]synchttp.Peer{}}
		var l line
		serve := func() (end func()) {
			up, end := context.WithCancel(ctx)
			l.join(synchttp.NewServer(up, hub, slog.New(slog.DiscardHandler), time.Now).Handler())
			return end
		}
		down := serve()
		var wg sync.WaitGroup
		var posts []*post
		for _, m := range w.machines {
			me := seal.NewIdentity()
			peer := w.hub.peers[m.disk.state.Node]
			var scopes []string
			for _, s := range peer.Scopes() {
				scopes = append(scopes, string(s))
			}
			hub.peers[me.Public().ID()] = synchttp.Peer{Name: m.label, Public: me.Public(), Scopes: scopes}
			client, err := synchttp.NewClient(synchttp.Options{Hubs: []string{"https://lima.example"}, Me: me, Hub: hub.me.Public(), HTTP: &l})
			if err != nil {
				t.Fatal(err)
			}
			p := &post{&mu, w, m, client}
			posts = append(posts, p)
			wg.Go(func() { p.exchange(ctx) })
		}
		day, home := context.WithCancel(ctx)
		for _, p := range posts {
			wg.Go(func() { p.officers(day) })
		}
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		for _, p := range posts {
			if n := p.pending(); n != 0 {
				t.Errorf("%s: %d pending with a line", p.m.label, n)
			}
		}
		l.join(nil)
		down()
		time.Sleep(7 * 24 * time.Hour)
		for _, p := range posts {
			if n := p.pending(); n < 20 {
				t.Errorf("%s: only %d pending after a week without a line", p.m.label, n)
			}
		}
		home()
		down = serve()
		time.Sleep(12 * time.Minute)
		down()
		stop()
		wg.Wait()
		if l.refused < 100 {
			t.Errorf("only %d tries without a line", l.refused)
		}
		w.check()
		if w.broken != nil {
			t.Error(w.broken)
		}
		t.Logf("%d posts, %d changes, %d contested", len(posts), len(w.hub.rows), w.stats.Contested)
	})
}
