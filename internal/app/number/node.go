package number

import (
	"context"

	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
)

// Ask is what a node tells its hub of its numbers with every push.
type Ask struct {
	Top  int64 `json:"top"`  // the highest number that it was ever given, 0 for none
	Left int64 `json:"left"` // how many it can still use
	Want int64 `json:"want"` // how many it wants to have
}

// Bind makes the register one that takes its numbers from a hub.
func Bind(ctx context.Context, tx *store.Tx) error { return tx.PutSetting(ctx, fromName, "hub") }

// Bound reports whether it is.
func Bound(ctx context.Context, tx *store.Tx) (bool, error) {
	from, err := tx.Setting(ctx, fromName)
	return from == "hub", err
}

// AskOf is what the node says to its hub.
func AskOf(ctx context.Context, tx *store.Tx) (a Ask, err error) {
	if a.Want, err = setting(ctx, tx, wantName, Usual); err != nil {
		return a, err
	}
	own, err := tx.NumberRanges(ctx, "")
	for _, r := range own {
		a.Top = max(a.Top, r.Last)
		a.Left += r.Last - r.Next + 1
	}
	return a, err
}

// Want makes the node ask for more numbers than it usually has, for a long list. It never
// wants fewer than it did.
func Want(ctx context.Context, tx *store.Tx, n int64) error {
	now, err := setting(ctx, tx, wantName, Usual)
	if err != nil || n <= now {
		return err
	}
	return putSetting(ctx, tx, wantName, min(n, most))
}

// Accept keeps the runs that the hub gave. A run that the node has is no news; one that
// cuts into another is refused, because the same number would go to two people.
func Accept(ctx context.Context, tx *store.Tx, given []id.Range, at int64) error {
	for _, r := range given {
		if !r.Valid() {
			return fault.New(fault.Invalid, "number.range", "first", r.First, "last", r.Last)
		}
		have, err := tx.NumberRangesMeeting(ctx, r)
		if err != nil {
			return err
		}
		if len(have) == 1 && have[0].Range == r {
			continue
		}
		if len(have) > 0 {
			return fault.New(fault.Conflict, "number.overlap", "first", r.First, "last", r.Last)
		}
		if err := tx.PutNumberRange(ctx, store.NumberRange{Range: r, Next: r.First, Given: at}); err != nil {
			return err
		}
	}
	if len(given) == 0 {
		return nil
	}
	return Bind(ctx, tx)
}

// takeOwn takes from the node's runs, the lowest number first.
func takeOwn(ctx context.Context, tx *store.Tx, n int) ([]int64, error) {
	own, err := tx.NumberRanges(ctx, "")
	if err != nil {
		return nil, err
	}
	out := make([]int64, 0, n)
	for _, r := range own {
		before := r.Next
		for ; r.Next <= r.Last && len(out) < n; r.Next++ {
			out = append(out, r.Next)
		}
		if r.Next == before {
			continue
		}
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
