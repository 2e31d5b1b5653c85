package exchange_test

import (
	"bytes"
	"testing"

	"quipu/internal/app"
	"quipu/internal/fault"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// keyed gives the hub and a node keys to seal for each other.
func (w *world) keyed(name string) {
	w.t.Helper()
	hub, err := w.hub.Identity()
	w.do(err)
	me, err := w.nodes[name].Identity()
	w.do(err)
	w.do(w.hub.DB.Update(ctx, func(tx *store.Tx) error {
		row, _, err := tx.Peer(ctx, name)
		w.do(err)
		row.Verify, row.Seal = me.Public().String(), me.Public().ID()
		return tx.PutPeer(ctx, row)
	}))
	w.do(w.nodes[name].DB.Update(ctx, func(tx *store.Tx) error {
		s, _, err := tx.SyncState(ctx)
		w.do(err)
		s.Verify = hub.Public().String()
		return tx.PutSyncState(ctx, s)
	}))
}

// carry takes what one register has for another there on a stick.
func (w *world) byHand(from, to *app.App, node string) {
	w.t.Helper()
	var file bytes.Buffer
	_, err := from.Courier.WriteStick(ctx, operator(""), &file, node, "test")
	w.do(err)
	_, err = to.Courier.ReadStick(ctx, operator(""), bytes.NewReader(file.Bytes()))
	w.do(err)
}

// TestThatTheHubKeepsItTravelsByHand: what an office found is told once, also when both ways go by
// stick: the hub's file says what it keeps. A file of before the hub was put back once more says
// it of a hub that keeps nothing of it any more, and is not believed.
func TestThatTheHubKeepsItTravelsByHand(t *testing.T) {
	w := newWorld(t, false, "ESMAD")
	mad, other := w.nodes["ESMAD-1"], w.join("ESMAD-2", "ESMAD")
	w.keyed("ESMAD-1")
	c := w.copy(w.hub)
	const people = 600 // in several batches
	w.list(other, "ESMAD", people, 3)
	w.level()
	found := func() (n int) {
		w.do(mad.Batches(ctx, "test", func(b sync.Batch) error { n += len(b.Found); return nil }))
		return n
	}
	w.again(c, false)
	for range 3 {
		w.pull("ESMAD-1")
	}
	w.keyed("ESMAD-1")
	kept := w.copy(w.hub) // before it keeps anything
	if n := found(); n < people {
		t.Fatalf("%d changes were found", n)
	}
	w.byHand(mad, w.hub, "")
	w.list(w.hub, "ESMAD", 1, 4) // its log goes on
	var back, late bytes.Buffer
	_, err := w.hub.Courier.WriteStick(ctx, operator(""), &back, "ESMAD-1", "test")
	w.do(err)
	_, err = w.hub.Courier.WriteStick(ctx, operator(""), &late, "ESMAD-1", "test")
	w.do(err)
	if n := found(); n < people {
		t.Fatalf("before the hub's file came %d changes are to be told", n)
	}
	_, err = mad.Courier.ReadStick(ctx, operator(""), bytes.NewReader(back.Bytes()))
	w.do(err)
	if n := found(); n != 0 {
		t.Errorf("%d changes are told again", n)
	}

	w.again(kept, false)
	for range 3 {
		w.pull("ESMAD-1")
	}
	w.keyed("ESMAD-1")
	if n := found(); n < people {
		t.Fatalf("the hub lost it once more, and %d changes are to be told", n)
	}
	if _, err := mad.Courier.ReadStick(ctx, operator(""), bytes.NewReader(late.Bytes())); !fault.Is(err, "courier.stick_stale") {
		t.Errorf("the late file: %v", err)
	}
	if n := found(); n < people {
		t.Errorf("the old file was believed: %d changes are to be told", n)
	}
	w.mend()
	w.level()
	w.sound()
}
