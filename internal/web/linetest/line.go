// Package linetest is a slow line in front of a server: so many bits a second, so long to and
// fro, and an answer that is cut off on demand. It counts what goes over it, so that a test
// can say how long a page takes without a clock. It is for tests only.
package linetest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// An office at the end of a satellite link.
const (
	BitsASecond = 64_000
	RoundTrip   = 800 * time.Millisecond
)

// Line is one line. All connections share its width, in each direction.
type Line struct {
	URL      string
	target   string
	up, down pipe

	mu    sync.Mutex
	count Count
	cut   bool
}

// Count is what went over the line: connections that were opened, requests, and bytes to the
// browser.
type Count struct{ Connections, Requests, Bytes int }

// Seconds is how long that takes at least when one thing waits for the other: a round trip
// for a connection and for a request, and the bytes.
func (c Count) Seconds() float64 {
	return float64(c.Connections+c.Requests)*RoundTrip.Seconds() + float64(c.Bytes)*8/BitsASecond
}

// pipe is one direction: who sends waits until what was sent before has gone through.
type pipe struct {
	mu   sync.Mutex
	free time.Time
}

// through says when n bytes that are sent now have arrived.
func (p *pipe) through(n int) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); p.free.Before(now) {
		p.free = now
	}
	p.free = p.free.Add(time.Duration(n) * 8 * time.Second / BitsASecond)
	return p.free.Add(RoundTrip / 2)
}

// To opens a line to a server, as in 127.0.0.1:8080; it ends with the test.
func To(t *testing.T, server string) *Line {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &Line{URL: "http://" + listener.Addr().String(), target: server}
	var all sync.WaitGroup
	open := map[net.Conn]bool{}
	all.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return // the end of the test
			}
			l.mu.Lock()
			open[c] = true
			l.count.Connections++
			l.mu.Unlock()
			all.Go(func() { l.carry(c) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		l.mu.Lock()
		for c := range open {
			c.Close()
		}
		l.mu.Unlock()
		all.Wait()
	})
	return l
}

// Taken returns what was counted since the last time.
func (l *Line) Taken() Count {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.count
	l.count = Count{}
	return c
}

// CutAnswer cuts the line when the server begins to answer the next form: what was asked is
// done, and nobody is told.
func (l *Line) CutAnswer() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = true
}

func (l *Line) carry(browser net.Conn) {
	defer browser.Close()
	time.Sleep(RoundTrip / 2)
	server, err := net.Dial("tcp", l.target)
	if err != nil {
		return
	}
	defer server.Close()
	c := &conn{line: l}
	done := make(chan struct{})
	go func() {
		defer close(done)
		pump(server, browser, &l.up, c.asked)
		server.(*net.TCPConn).CloseWrite() //nolint:errcheck // the other side may be gone
	}()
	pump(browser, server, &l.down, c.answered)
	browser.Close()
	<-done
}

// conn notes what one connection carries.
type conn struct {
	line   *Line
	mu     sync.Mutex
	doomed bool // the answer that comes next is cut off
}

var errCut = errors.New("linetest: the line is cut")

func (c *conn) asked(b []byte) error {
	c.line.mu.Lock()
	defer c.line.mu.Unlock()
	c.line.count.Requests += bytes.Count(b, []byte("\r\nHost: "))
	if c.line.cut && bytes.HasPrefix(b, []byte("POST ")) {
		c.line.cut = false
		c.mu.Lock()
		c.doomed = true
		c.mu.Unlock()
	}
	return nil
}

func (c *conn) answered(b []byte) error {
	c.mu.Lock()
	doomed := c.doomed
	c.mu.Unlock()
	if doomed {
		return errCut
	}
	c.line.mu.Lock()
	defer c.line.mu.Unlock()
	c.line.count.Bytes += len(b)
	return nil
}

// part is a piece on its way.
type part struct {
	b  []byte
	at time.Time
}

// pump carries from one side to the other through a pipe.
func pump(to io.Writer, from io.Reader, p *pipe, note func([]byte) error) {
	way := make(chan part, 1024)
	var all sync.WaitGroup
	all.Go(func() {
		failed := false
		for x := range way {
			time.Sleep(time.Until(x.at))
			if !failed {
				_, err := to.Write(x.b)
				failed = err != nil
			}
		}
	})
	defer all.Wait()
	defer close(way)
	for {
		b := make([]byte, 1400)
		n, err := from.Read(b)
		if n > 0 {
			if note(b[:n]) != nil {
				return
			}
			way <- part{b[:n], p.through(n)}
		}
		if err != nil {
			return
		}
	}
}
