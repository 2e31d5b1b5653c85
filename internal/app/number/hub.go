package number

import (
	"context"

	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// Holder is whom the hub gives a run: a node and, when it travels with one, the campaign.
type Holder struct{ Node, Campaign string }

// Grant answers what a node said of its numbers, at the hub: the runs that it was given and
// does not know of, because an answer was lost, and another run when it has less than half
// of what it wants. at is in microseconds.
//
// A node that knows of a number beyond those that this hub has given away tells a hub that
// was restored from an old copy how far it had come: nothing up to there is given again.
// One that claims a number which is far beyond is not believed.
func Grant(ctx context.Context, tx *store.Tx, to Holder, a sync.Stock, at int64) (out []id.Range, err error) {
	if err := Beyond(ctx, tx, a.Top); err != nil {
		return nil, err
	}
	given, err := tx.NumberRanges(ctx, to.Node)
	if err != nil {
		return nil, err
	}
	for _, r := range given {
		if r.First > a.Top {
			out = append(out, r.Range)
		}
	}
	n := sync.Allot(RunsOf(given), a)
	if n == 0 {
		return out, nil
	}
	first, err := count(ctx, tx, n)
	if err != nil {
		return out, err
	}
	r := store.NumberRange{Range: id.Range{First: first, Last: first + n - 1}, Next: first,
		Holder: to.Node, Campaign: to.Campaign, Given: at}
	return append(out, r.Range), tx.PutNumberRange(ctx, r)
}

// RunsOf are runs as the rules see them.
func RunsOf(rows []store.NumberRange) []sync.NumberRange {
	out := make([]sync.NumberRange, len(rows))
	for i, r := range rows {
		out[i] = sync.NumberRange{First: r.First, Last: r.Last, Next: r.Next, For: r.Campaign}
	}
	return out
}

// Beyond makes sure that no number up to top is given out from now on.
func Beyond(ctx context.Context, tx *store.Tx, top int64) error {
	next, err := setting(ctx, tx, nextName, 1)
	if after := sync.Beyond(next, top); err == nil && after != next {
		return putSetting(ctx, tx, nextName, after)
	}
	return err
}
