package store_test

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"sync/atomic"
	"testing"

	"quipu/internal/fault"
	"quipu/internal/store"
	"quipu/internal/store/pgtest"
)

// cutter stands before a server and cuts a connection when a commit passes: before it
// reaches the server, or before the server's answer comes back.
type cutter struct {
	target string
	when   atomic.Value // "", "before" or "after"
	cuts   atomic.Int64
}

func startCutter(t *testing.T, address string) (*cutter, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{target: filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432")}
	c.when.Store("")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() }) //nolint:errcheck // the test is over
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go c.carry(conn)
		}
	}()
	return c, "postgres://postgres@" + l.Addr().String() + u.Path + "?sslmode=disable"
}

func (c *cutter) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("unix", c.target)
	if err != nil {
		return
	}
	defer server.Close()
	var deaf atomic.Bool
	go func() {
		defer client.Close()
		b := make([]byte, 64<<10)
		for {
			n, err := server.Read(b)
			if err != nil || deaf.Load() {
				return
			}
			if _, err := client.Write(b[:n]); err != nil {
				return
			}
		}
	}()
	b := make([]byte, 64<<10)
	for {
		n, err := client.Read(b)
		if err != nil {
			return
		}
		when := c.when.Load().(string)
		if when != "" && bytes.Contains(bytes.ToLower(b[:n]), []byte("commit\x00")) && c.when.CompareAndSwap(when, "") {
			c.cuts.Add(1)
			if when == "before" {
				return
			}
			deaf.Store(true)
			if _, err := server.Write(b[:n]); err == nil {
				io.ReadFull(server, b[:1]) //nolint:errcheck // it has answered, or the other goroutine has heard it
			}
			return
		}
		if _, err := server.Write(b[:n]); err != nil {
			return
		}
	}
}

// TestCommitThatNobodyHeard: a connection that breaks while a commit is on its way leaves
// nobody in doubt. What was saved is said to be saved, what was not is said not to be, and
// nothing is saved twice.
func TestCommitThatNobodyHeard(t *testing.T) {
	c, address := startCutter(t, pgtest.URL(t))
	db := open(t, store.Config{URL: address, Sign: nil})
	n := int64(0)
	put := func(when string) error {
		n++
		c.when.Store(when)
		return write(db, n, "siempre lo mismo")
	}
	for i, when := range []string{"", "after", "", "before", "after", "before", ""} {
		err := put(when)
		if when == "before" {
			if !fault.Is(err, "store.down") {
				t.Fatalf("%d: cut before the commit: %v", i, err)
			}
			n--
			continue
		}
		if err != nil {
			t.Fatalf("%d: cut %q the commit: %v", i, when, err)
		}
	}
	if c.cuts.Load() != 4 {
		t.Fatalf("%d commits were cut", c.cuts.Load())
	}
	var size int64
	view(t, db, func(tx *store.Tx) (err error) {
		size, err = tx.Size(ctx)
		return err
	})
	if size != n || n != 5 {
		t.Errorf("%d changes in the log, %d said to be saved", size, n)
	}
}
