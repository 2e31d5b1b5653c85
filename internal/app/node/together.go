package node

import (
	"context"
	"sync"
	"time"
)

// Together saves what comes at the same time in one transaction: each of many waits for the
// disk once, and not for all who came before.
type Together[T any] struct {
	// Save saves a batch, whole or not at all.
	Save func(context.Context, []T) error
	// Apart says of an error of a batch that each of it is to be tried alone: the trouble of
	// one is not that of the others.
	Apart func(error) bool
	// Most bounds a batch, 0 for not at all.
	Most int

	mu      sync.Mutex
	waiting []*waiter[T]
	saving  bool
}

// waiter is what one of them waits for.
type waiter[T any] struct {
	what T
	done chan error
}

// patience is how long a transaction may take, whoever has left meanwhile.
const patience = time.Minute

// Add waits until what was saved or refused. When ctx ends first, it may be saved all the same.
func (t *Together[T]) Add(ctx context.Context, what T) error {
	one := &waiter[T]{what, make(chan error, 1)}
	t.mu.Lock()
	t.waiting = append(t.waiting, one)
	if !t.saving {
		t.saving = true
		go t.run(context.WithoutCancel(ctx))
	}
	t.mu.Unlock()
	select {
	case err := <-one.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run saves until nobody waits. Those who come while a transaction is under way are the next.
func (t *Together[T]) run(ctx context.Context) {
	for {
		t.mu.Lock()
		n := len(t.waiting)
		if t.Most > 0 {
			n = min(n, t.Most)
		}
		batch := t.waiting[:n:n]
		t.waiting = append([]*waiter[T](nil), t.waiting[n:]...) // nothing that was saved is held on to
		t.saving = n > 0
		t.mu.Unlock()
		if n == 0 {
			return
		}
		t.all(ctx, batch)
	}
}

func (t *Together[T]) all(ctx context.Context, batch []*waiter[T]) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	what := make([]T, len(batch))
	for i, one := range batch {
		what[i] = one.what
	}
	err := t.Save(ctx, what)
	apart := len(batch) > 1 && err != nil && t.Apart(err)
	for i, one := range batch {
		if apart {
			err = t.Save(ctx, what[i:i+1])
		}
		one.done <- err
	}
}
