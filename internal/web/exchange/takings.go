package exchange

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/courier"
	"quipu/internal/authz"
	"quipu/internal/fault"
)

const (
	// MaxStick is the largest file that is taken on a page, in bytes. What an office writes in
	// months has a hundredth of that; the command has no limit.
	MaxStick = 2 << 30
	// stickTime is how long one may be on its way in, and how long its taking may last.
	stickTime = 6 * time.Hour
	// sticksAtOnce is how many are on their way in at once: each has a place of the pages and a
	// part of the disk. One after the other is taken.
	sticksAtOnce = 2
	// takingsKept is how many are remembered after they were taken or refused.
	takingsKept = 50
	stickEnd    = ".stick"
)

// takings are the files that were brought to a page since the program started.
type takings struct {
	mu    sync.Mutex
	by    map[string]bool // officers who bring one
	all   map[string]*taking
	order []string
	turn  chan struct{} // who takes
}

func newTakings() *takings {
	return &takings{by: map[string]bool{}, all: map[string]*taking{}, turn: make(chan struct{}, 1)}
}

// taking is one file, from the disk into the register. What is below read does not change after
// done is closed.
type taking struct {
	token, login, name string
	from               string // who says that he wrote it
	size               int64
	read               atomic.Int64 // bytes, of both readings
	again              atomic.Bool  // it is read for the second time, and taken
	done               chan struct{}
	at                 time.Time
	stick              courier.Stick
	err                error
}

// enter takes a place for an officer's file. The faults say that there is none.
func (t *takings) enter(login string) (leave func(), err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.by[login]:
		return nil, fault.New(fault.Conflict, "exchange.stick_own")
	case len(t.by) >= sticksAtOnce:
		return nil, fault.New(fault.Unavailable, "exchange.stick_full")
	}
	t.by[login] = true
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.by, login)
	}, nil
}

// remember keeps a file's story for whoever brought it.
func (t *takings) remember(k *taking) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all[k.token] = k
	if t.order = append(t.order, k.token); len(t.order) > takingsKept {
		delete(t.all, t.order[0])
		t.order = t.order[1:]
	}
}

// of is a file that an officer brought, nil when there is none.
func (t *takings) of(login, token string) *taking {
	t.mu.Lock()
	defer t.mu.Unlock()
	if k := t.all[token]; k != nil && k.login == login {
		return k
	}
	return nil
}

// over waits for the end of a taking, at most for a time, and reports whether it has come.
func (k *taking) over(patience time.Duration) bool {
	select {
	case <-k.done:
		return true
	case <-time.After(patience):
		return false
	}
}

// percent is how much of both readings is done.
func (k *taking) percent() int {
	if k.size == 0 {
		return 0
	}
	return int(min(99, 50*k.read.Load()/k.size))
}

// take takes a file in that lies sealed on the disk, and drops it. leave gives its place back.
func (s *Room) take(actor authz.Actor, k *taking, leave func()) {
	defer leave()
	defer close(k.done)
	defer func() {
		if p := recover(); p != nil { // a file that somebody made shall not end the program
			k.err = fmt.Errorf("exchange: taking a file in: %v", p)
		}
		if err := s.dropStick(k.token); err != nil {
			s.Log.Error("a file that was brought is not gone", "err", err)
		}
		k.at = s.App.Now()
		if k.err != nil {
			s.Log.Warn("a file that was brought was not taken", "from", k.from, "err", k.err)
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), stickTime)
	defer cancel()
	select {
	case s.taken.turn <- struct{}{}:
		defer func() { <-s.taken.turn }()
	case <-ctx.Done():
		k.err = fault.New(fault.Unavailable, "officer.too_long")
		return
	}
	f, err := s.App.OpenScratch(k.token + stickEnd)
	if err != nil {
		k.err = err
		return
	}
	k.stick, k.err = s.App.Courier.ReadStick(ctx, actor, &watched{io.NewSectionReader(f, 0, f.Size()), k})
	k.err = errors.Join(k.err, f.Close())
}

func (s *Room) dropStick(token string) error { return s.App.DropScratch(token + stickEnd) }

// watched counts what is read of a file.
type watched struct {
	*io.SectionReader
	k *taking
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.SectionReader.Read(p)
	w.k.read.Add(int64(n))
	return n, err
}

func (w *watched) Seek(offset int64, whence int) (int64, error) {
	w.k.again.Store(true)
	return w.SectionReader.Seek(offset, whence)
}

// keepStick seals what comes into a file on the disk.
func keepStick(a *app.App, body io.Reader) (token string, size int64, err error) {
	token = rand.Text()
	f, err := a.NewScratch(token + stickEnd)
	if err != nil {
		return "", 0, err
	}
	size, err = io.Copy(f, body)
	return token, size, errors.Join(err, f.Close())
}
