package exchange

import (
	"context"
	"strconv"

	"quipu/internal/store"
)

// toldTo names the setting that keeps how far into the hub's log the answers to a node went, and
// what the node itself sent: who came into its scopes after that is not on it.
func toldTo(node string) string { return "told/" + node }

// noteTold writes it down before the answer leaves; it only grows.
func noteTold(ctx context.Context, tx *store.Tx, node string, size int64) error {
	was, err := told(ctx, tx, node)
	if err != nil || was >= size {
		return err
	}
	return tx.PutSetting(ctx, toldTo(node), strconv.FormatInt(size, 10))
}

func told(ctx context.Context, tx *store.Tx, node string) (int64, error) {
	text, err := tx.Setting(ctx, toldTo(node))
	if err != nil || text == "" {
		return 0, err
	}
	return strconv.ParseInt(text, 10, 64)
}

// toldUntil is how far the answers to a node went. It is without an end where that is not known:
// for a node that was enrolled before this was kept, and at a hub that was put back from a copy,
// which has forgotten what it answered since.
func (x *Exchange) toldUntil(ctx context.Context, tx *store.Tx, node string) (int64, error) {
	const endless = 1 << 62
	began, err := tx.FirstOf(ctx, x.Name())
	if err != nil || began > 1 {
		return endless, err
	}
	size, err := told(ctx, tx, node)
	if err != nil || size == 0 {
		return endless, err
	}
	return size, nil
}
