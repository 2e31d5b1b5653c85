package survey

import (
	"context"
	"sync"
	"time"

	"quipu/internal/survey/study"
)

// parcel is one submission on its way in, and who waits for it.
type parcel struct {
	actor Actor
	in    Incoming
	meta  study.Meta // of in, without its files
	// verdicts are what known questionnaires found in it, by the hash of their file.
	verdicts map[string]verdict
	receipt  Receipt
	err      error
	done     chan struct{}
}

// inbox saves what comes at the same time in one transaction: hundreds of telephones that come
// back to the network wait for the disk once, and not for all who came before.
type inbox struct {
	save    func(context.Context, []*parcel) error
	mu      sync.Mutex
	waiting []*parcel
	saving  bool
}

const (
	// mostTogether bounds a transaction.
	mostTogether = 256
	// patience is how long one may take, whoever has left meanwhile.
	patience = time.Minute
)

// add waits until the parcel was saved or refused.
func (b *inbox) add(ctx context.Context, p *parcel) error {
	p.done = make(chan struct{})
	b.mu.Lock()
	b.waiting = append(b.waiting, p)
	if !b.saving {
		b.saving = true
		go b.run(context.WithoutCancel(ctx))
	}
	b.mu.Unlock()
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		return ctx.Err() // it may be saved all the same; who sends it again is told so
	}
}

// run saves until nobody waits. Those who come while a transaction is under way are the next.
func (b *inbox) run(ctx context.Context) {
	for {
		b.mu.Lock()
		n := min(mostTogether, len(b.waiting))
		batch := b.waiting[:n:n]
		b.waiting = b.waiting[n:]
		b.saving = n > 0
		b.mu.Unlock()
		if n == 0 {
			return
		}
		b.all(ctx, batch)
	}
}

// all saves a batch. A trouble of the store stops the whole of it, so that each is tried alone:
// one telephone's trouble is not that of the others.
func (b *inbox) all(ctx context.Context, batch []*parcel) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := b.save(ctx, batch)
	for i, p := range batch {
		if err != nil && len(batch) > 1 {
			if alone := b.save(ctx, batch[i:i+1]); alone != nil {
				p.err = alone
			}
		} else if err != nil {
			p.err = err
		}
		close(p.done)
	}
}
