package app

import (
	"context"
	"errors"
	"time"

	"quipu/internal/audit"
	"quipu/internal/host"
	"quipu/internal/store"
)

// What a register can suffer from while it still answers.
const (
	DiskLow      = "disk_low"
	ClockBack    = "clock_back"
	HeadUnsigned = "head_unsigned"
)

// clockSlack is how far the newest change may lie in the future: clocks that are set by
// the network jump by less.
const clockSlack = 2 * time.Minute

// Health lists what is wrong with a register that can be read; the error is for one that
// cannot.
func (a *App) Health(ctx context.Context) (ills []string, err error) {
	p, err := a.pulse(ctx)
	if err != nil {
		return nil, err
	}
	if space, err := host.SpaceAt(a.Dir()); err == nil && space.Low() {
		ills = append(ills, DiskLow)
	}
	if p.newest.After(a.Now().Add(clockSlack)) {
		ills = append(ills, ClockBack)
	}
	if a.signed(&p.head) != nil {
		ills = append(ills, HeadUnsigned)
	}
	return ills, nil
}

// pulse is what the end of the log tells.
type pulse struct {
	head   store.Head
	newest time.Time // of the last change of all; zero in an empty log
}

func (a *App) pulse(ctx context.Context) (p pulse, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) (err error) {
		if p.head, err = tx.Head(ctx); err != nil || p.head.Size == 0 {
			return err
		}
		return tx.Log(ctx, p.head.Size-1, 1, func(e store.Entry) error {
			p.newest = time.UnixMicro(e.At)
			return nil
		})
	})
	return p, err
}

var errOtherHead = errors.New("app: the signed head is not the end of the log")

// signed checks the signature under the end of the log with this node's own key.
func (a *App) signed(head *store.Head) error {
	if head.Size == 0 {
		return nil
	}
	c, err := audit.Verify([]byte(head.Note), a.Signer.PublicKey())
	if err == nil && (c.Size != head.Size || c.Root != head.Edge.Root()) {
		err = errOtherHead
	}
	return err
}

// LogSize is the number of changes in the log and the bytes that the database takes.
func (a *App) LogSize(ctx context.Context) (changes, bytes int64, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) (err error) {
		changes, err = tx.Size(ctx)
		return err
	})
	if err == nil {
		bytes, err = a.DB.Size(ctx)
	}
	return changes, bytes, err
}

// Began is when the first change of the register was written; now for an empty one.
func (a *App) Began(ctx context.Context) (first time.Time, err error) {
	first = a.Now()
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		return tx.Log(ctx, 0, 1, func(e store.Entry) error {
			first = time.UnixMicro(e.At)
			return nil
		})
	})
	return first, err
}
