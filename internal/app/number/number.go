// Package number gives registry numbers out, each once in the world. A register that stands
// alone counts. Where a hub orders the log the hub counts, and gives its nodes runs of
// numbers; a node makes entries from its own runs only, for days without a link, and asks
// for more while it still has some. A number that nobody used stays unused: gaps are fine.
//
// Everything happens in a transaction that writes, which holds the lock of the log: two who
// ask at the same moment are served one after the other.
package number

import (
	"context"
	"strconv"

	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
)

const (
	nextName = "number.next"   // the first number that was given to nobody
	fromName = "number.source" // "hub" at a node
	wantName = "number.want"   // how many a node wants to have; "" for usual

	few = 50 // below this an officer is told
)

// Take takes n numbers for entries, in their order. A node that has fewer is refused and
// takes none.
func Take(ctx context.Context, tx *store.Tx, n int) ([]int64, error) {
	if bound, err := Bound(ctx, tx); err != nil || bound {
		if err != nil {
			return nil, err
		}
		return takeOwn(ctx, tx, n)
	}
	first, err := count(ctx, tx, int64(n))
	out := make([]int64, n)
	for i := range out {
		out[i] = first + int64(i)
	}
	return out, err
}

// count takes n numbers that nobody was given and returns the first.
func count(ctx context.Context, tx *store.Tx, n int64) (int64, error) {
	next, err := setting(ctx, tx, nextName, 1)
	if err != nil {
		return 0, err
	}
	if n > id.LastNumber-next+1 {
		return 0, fault.New(fault.Unavailable, "number.end", "left", id.LastNumber-next+1)
	}
	return next, putSetting(ctx, tx, nextName, next+n)
}

func setting(ctx context.Context, tx *store.Tx, name string, otherwise int64) (int64, error) {
	text, err := tx.Setting(ctx, name)
	if err != nil || text == "" {
		return otherwise, err
	}
	return strconv.ParseInt(text, 10, 64)
}

func putSetting(ctx context.Context, tx *store.Tx, name string, n int64) error {
	return tx.PutSetting(ctx, name, strconv.FormatInt(n, 10))
}

// Stock is what a register can still make entries from.
type Stock struct {
	Bound bool  // it has its numbers from a hub
	Left  int64 // numbers that it has, 0 when it is not bound
}

// Few reports whether an officer should be told.
func (s Stock) Few() bool { return s.Bound && s.Left < few }

// StockOf counts.
func StockOf(ctx context.Context, tx *store.Tx) (s Stock, err error) {
	if s.Bound, err = Bound(ctx, tx); err != nil || !s.Bound {
		return s, err
	}
	own, err := tx.NumberRanges(ctx, "")
	for _, r := range own {
		s.Left += r.Last - r.Next + 1
	}
	return s, err
}
