package node

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"quipu/internal/fault"
	"quipu/internal/store"
)

// book takes the place of the disk: it is slow while it is held.
type book struct {
	mu    sync.Mutex
	held  sync.Mutex
	turns [][]string
	err   func(reads []store.Read) error
}

func (b *book) save(_ context.Context, reads []store.Read) error {
	b.held.Lock()
	defer b.held.Unlock()
	if b.err != nil {
		if err := b.err(reads); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var people []string
	for _, r := range reads {
		people = append(people, r.Person)
	}
	b.turns = append(b.turns, people)
	return nil
}

func queued(l *Together[[]store.Read]) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting)
}

// crowd has the first reader in the book while the others come.
func crowd(t *testing.T, b *book, people ...string) map[string]error {
	t.Helper()
	l := ledger(b.save)
	b.held.Lock()
	got := make(map[string]error)
	var all sync.WaitGroup
	for i, p := range people {
		all.Go(func() {
			err := l.Add(t.Context(), []store.Read{{Person: p}})
			b.mu.Lock()
			defer b.mu.Unlock()
			got[p] = err
		})
		for i == 0 && !saving(l) || i > 0 && queued(l) < i {
			continue // the scheduler lets him come
		}
	}
	b.held.Unlock()
	all.Wait()
	return got
}

// saving reports whether the first is at the book and nobody waits.
func saving(l *Together[[]store.Read]) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.saving && len(l.waiting) == 0
}

func TestReadersWhoWaitAreSavedTogether(t *testing.T) {
	b := &book{}
	for p, err := range crowd(t, b, "A", "B", "C", "D") {
		if err != nil {
			t.Errorf("%s: %v", p, err)
		}
	}
	if len(b.turns) != 2 || !slices.Equal(b.turns[0], []string{"A"}) || !slices.Equal(b.turns[1], []string{"B", "C", "D"}) {
		t.Errorf("turns at the book: %v", b.turns)
	}
}

func TestOneReadersTroubleIsHisOwn(t *testing.T) {
	b := &book{err: func(reads []store.Read) error {
		if slices.ContainsFunc(reads, func(r store.Read) bool { return r.Person == "C" }) {
			return fault.New(fault.Invalid, "store.text")
		}
		return nil
	}}
	got := crowd(t, b, "A", "B", "C", "D")
	if got["A"] != nil || got["B"] != nil || got["D"] != nil || !fault.Is(got["C"], "store.text") {
		t.Errorf("got %v", got)
	}
}

func TestEverybodyHearsOfADiskThatIsFull(t *testing.T) {
	full := errors.New("full")
	b := &book{err: func([]store.Read) error { return full }}
	for p, err := range crowd(t, b, "A", "B", "C") {
		if !errors.Is(err, full) {
			t.Errorf("%s was shown what nobody wrote down: %v", p, err)
		}
	}
}

func TestWhoLeavesHoldsNobodyUp(t *testing.T) {
	b := &book{}
	l := ledger(b.save)
	b.held.Lock()
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if err := l.Add(ctx, []store.Read{{Person: "A"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	b.held.Unlock()
	if err := l.Add(t.Context(), []store.Read{{Person: "B"}}); err != nil {
		t.Error(err)
	}
}
