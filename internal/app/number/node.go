package number

import (
	"context"

	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// Bind makes the register one that takes its numbers from a hub.
func Bind(ctx context.Context, tx *store.Tx) error { return tx.PutSetting(ctx, fromName, "hub") }

// Bound reports whether it is.
func Bound(ctx context.Context, tx *store.Tx) (bool, error) {
	from, err := tx.Setting(ctx, fromName)
	return from == "hub", err
}

// AskOf is what the node says to its hub.
func AskOf(ctx context.Context, tx *store.Tx) (a sync.Stock, err error) {
	want, err := setting(ctx, tx, wantName, sync.UsualNumbers)
	if err != nil {
		return a, err
	}
	own, err := tx.NumberRanges(ctx, "")
	return sync.StockOf(RunsOf(own), want), err
}

// Want makes the node ask for more numbers than it usually has, for a long list. It never
// wants fewer than it did.
func Want(ctx context.Context, tx *store.Tx, n int64) error {
	now, err := setting(ctx, tx, wantName, sync.UsualNumbers)
	if err != nil || n <= now {
		return err
	}
	return putSetting(ctx, tx, wantName, min(n, sync.MostNumbers))
}

// Accept keeps the runs that the hub says. A run that the node has is no news, and its next
// number is the farther of both; one that cuts into another is refused, because the same
// number would go to two people.
func Accept(ctx context.Context, tx *store.Tx, word []sync.NumberRange, at int64) error {
	if len(word) == 0 {
		return nil
	}
	for _, r := range word {
		if !(id.Range{First: r.First, Last: r.Last}).Valid() {
			return fault.New(fault.Invalid, "number.range", "first", r.First, "last", r.Last)
		}
	}
	rows, err := tx.NumberRanges(ctx, "")
	if err != nil {
		return err
	}
	own := RunsOf(rows)
	after, cut := sync.Told(own, word)
	if cut != nil {
		return fault.New(fault.Conflict, "number.overlap", "first", cut.First, "last", cut.Last)
	}
	for i, r := range after {
		if i < len(own) && own[i] == r {
			continue
		}
		row := store.NumberRange{Range: id.Range{First: r.First, Last: r.Last}, Next: max(r.Next, r.First), Given: at}
		if i < len(rows) {
			row = rows[i]
			row.Next = r.Next
		}
		if err := tx.PutNumberRange(ctx, row); err != nil {
			return err
		}
	}
	return Bind(ctx, tx)
}

// takeOwn takes from the node's runs, the lowest number first.
func takeOwn(ctx context.Context, tx *store.Tx, n int) ([]int64, error) {
	own, err := tx.NumberRanges(ctx, "")
	if err != nil {
		return nil, err
	}
	out, after := sync.Draw(RunsOf(own), n) // both in the order of First
	for i, r := range own {
		if r.Next == after[i].Next {
			continue
		}
		r.Next = after[i].Next
		if err := tx.PutNumberRange(ctx, r); err != nil {
			return nil, err
		}
	}
	switch {
	case len(out) == n:
		return out, nil
	case n == 1:
		return nil, fault.New(fault.Unavailable, "number.none")
	}
	return nil, fault.New(fault.Unavailable, "number.short", "left", len(out), "needed", n)
}
