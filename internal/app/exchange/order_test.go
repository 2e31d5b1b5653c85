package exchange_test

import (
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	gosync "sync"

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/store"
	"quipu/internal/store/pgtest"
	"quipu/internal/sync"
)

// TestNoReaderSkipsAChange: while two programs write to the hub's database at once, a node that
// fetches all the time gets every change: what is committed later never stands before what was
// read already.
func TestNoReaderSkipsAChange(t *testing.T) {
	const each = 60
	w := newWorld(t, false)
	url := pgtest.URL(t)
	w.hub = w.open(filepath.Join(t.TempDir(), "hub"), "LIMA", node.Postgres, url, false)
	w.do(w.hub.BecomeHub(ctx, operator("")))
	n := w.join("ESMAD-1", "ESMAD")
	second, err := app.Open(ctx, w.hub.Dir(), app.Options{Now: w.clock})
	w.do(err)
	t.Cleanup(func() { second.Close() })

	var writers gosync.WaitGroup
	var done atomic.Bool
	errs := make(chan error, 2*each)
	for i, hub := range []*app.App{w.hub, second} {
		writers.Go(func() {
			for k := range each {
				errs <- hub.DB.Update(ctx, func(tx *store.Tx) error {
					st, err := hub.Stamper(ctx, tx, officer(authz.Window, "ESMAD"))
					if err != nil {
						return err
					}
					c := change.Change{Entity: change.Ref{Kind: change.Import, ID: string(hub.NewID())}, Action: "start",
						Sets: []change.Set{{Field: "office", Value: change.Text("ESMAD")}, {Field: "file", Value: change.Text("x")}}}
					st.Stamp(&c)
					if err := tx.Append(ctx, []change.Change{c}); err != nil {
						return err
					}
					time.Sleep(time.Duration((k*7+i*13)%5) * time.Millisecond) // between the place and the commit
					return tx.PutImportRun(ctx, node.ImportRow([]change.Change{c}))
				})
			}
		})
	}
	go func() { writers.Wait(); done.Store(true) }()
	answers := 0
	for last := false; !last; answers++ {
		last = done.Load() // one more after the last write
		ask, err := n.NextAsk(ctx)
		w.do(err)
		a, _, err := w.hub.Pull(ctx, "ESMAD-1", ask, sync.Limit{})
		w.do(err)
		w.do(n.TakeAnswer(ctx, a))
	}
	close(errs)
	for err := range errs {
		w.do(err)
	}
	w.do(n.DB.View(ctx, func(tx *store.Tx) error {
		runs, err := tx.ImportRuns(ctx, "ESMAD", "", 10*each)
		if len(runs) != 2*each {
			t.Errorf("after %d answers the node has %d of %d", answers, len(runs), 2*each)
		}
		return err
	}))
	w.sound()
}
