// Package badlink is a bad network on this machine: slow, far away, cut in the middle of an
// answer, with a gateway that fails and a proxy that sends twice. Measurements and tests of
// whole processes stand behind it.
package badlink

import (
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Link carries TCP connections to an address. The zero values of its limits are none.
type Link struct {
	To             string        // host:port
	BytesPerSecond int           // each way, for all connections together
	OneWay         time.Duration // how long a byte travels; a new connection waits twice as long, as a handshake does
	// CutAfter says after how many bytes of an answer a new connection is cut, or 0 for never.
	CutAfter func() int

	Up, Down atomic.Int64 // bytes carried
	Conns    atomic.Int64

	mu    sync.Mutex
	busy  [2]time.Time // until when each way is taken
	off   bool
	conns map[net.Conn]struct{}
}

// Serve carries what a listener accepts until the context ends.
func (l *Link) Serve(ctx context.Context, in net.Listener) {
	stop := context.AfterFunc(ctx, func() { in.Close(); l.cutAll() })
	defer stop()
	for {
		c, err := in.Accept()
		if err != nil {
			return
		}
		go l.carry(ctx, c)
	}
}

// Off cuts the link, or joins it again.
func (l *Link) Off(off bool) {
	l.mu.Lock()
	l.off = off
	l.mu.Unlock()
	if off {
		l.cutAll()
	}
}

func (l *Link) cutAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.conns {
		c.Close()
	}
}

// keep remembers a connection so that it can be cut; false when the link is off.
func (l *Link) keep(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.off {
		return false
	}
	if l.conns == nil {
		l.conns = map[net.Conn]struct{}{}
	}
	l.conns[c] = struct{}{}
	return true
}

func (l *Link) carry(ctx context.Context, near net.Conn) {
	defer near.Close()
	if !l.keep(near) {
		return
	}
	defer func() {
		l.mu.Lock()
		delete(l.conns, near)
		l.mu.Unlock()
	}()
	wait(ctx, 2*l.OneWay)
	var d net.Dialer
	far, err := d.DialContext(ctx, "tcp", l.To)
	if err != nil {
		return
	}
	defer far.Close()
	l.Conns.Add(1)
	cut := 0
	if l.CutAfter != nil {
		cut = l.CutAfter()
	}
	done := make(chan struct{}, 2)
	go func() { l.way(ctx, 0, far, near, 0, &l.Up); done <- struct{}{} }()
	go func() { l.way(ctx, 1, near, far, cut, &l.Down); done <- struct{}{} }()
	<-done // one way closed: so is the other, for HTTP needs both
}

// parcel is bytes with the time at which they arrive.
type parcel struct {
	data []byte
	due  time.Time
}

// way carries one direction; after cut bytes, unless 0, no more.
func (l *Link) way(ctx context.Context, dir int, to io.Writer, from io.Reader, cut int, count *atomic.Int64) {
	queue := make(chan parcel, 64) // 64 parcels under way: the window of the connection
	go func() {
		defer close(queue)
		for {
			buf := make([]byte, 1400)
			n, err := from.Read(buf)
			if n > 0 {
				queue <- parcel{buf[:n], l.due(dir, n)}
			}
			if err != nil {
				return
			}
		}
	}()
	sent := 0
	for p := range queue {
		wait(ctx, time.Until(p.due))
		if cut > 0 && sent+len(p.data) > cut {
			p.data = p.data[:cut-sent]
			cut = -1
		}
		n, err := to.Write(p.data)
		count.Add(int64(n))
		if sent += n; err != nil || cut < 0 || ctx.Err() != nil {
			break
		}
	}
	go func() {
		for range queue { // the reader ends when its side is closed
		}
	}()
}

// due is when n bytes that are sent now have arrived.
func (l *Link) due(dir, n int) time.Time {
	now := time.Now()
	if l.BytesPerSecond == 0 {
		return now.Add(l.OneWay)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.busy[dir].Before(now) {
		l.busy[dir] = now
	}
	l.busy[dir] = l.busy[dir].Add(time.Duration(n) * time.Second / time.Duration(l.BytesPerSecond))
	return l.busy[dir].Add(l.OneWay)
}

func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
