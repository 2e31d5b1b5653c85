package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/store"
)

// pulled is a change as a hub gives it.
func pulled(hub int64, c change.Change) store.Pulled {
	return store.Pulled{Hub: hub, Received: 5000 + hub, Change: c, Body: change.Encode(&c)}
}

func names(all []change.Change) (out []string) {
	for _, c := range all {
		out = append(out, c.ID.String())
	}
	return out
}

// order checks in which order the changes of P are folded, by every way to read them.
func order(t *testing.T, db *store.DB, want ...string) {
	t.Helper()
	view(t, db, func(tx *store.Tx) error {
		ref := change.Ref{Kind: change.Person, ID: "P"}
		got, err := tx.Changes(ctx, ref)
		same(t, "order", names(got), want)
		of, err2 := tx.ChangesOf(ctx, []string{ref.String()})
		same(t, "order among several", names(of[ref.String()]), want)
		rows, err3 := tx.Entries(ctx, ref)
		many, err4 := tx.EntriesOf(ctx, []string{ref.String()})
		var byRow []string
		for _, e := range rows {
			byRow = append(byRow, e.ID.String())
		}
		same(t, "order of rows", byRow, want)
		same(t, "rows among several", many[ref.String()], rows)
		return errors.Join(err, err2, err3, err4)
	})
}

// testHubOrder: what the hub has placed is folded as the hub orders it, what waits comes on
// top, and the tree is that of the order of arrival.
func testHubOrder(t *testing.T, db *store.DB) {
	one, mine, theirs := made("AA", 1, "P"), made("AA", 2, "P"), made("BB", 7, "P")
	update(t, db, func(tx *store.Tx) error { return tx.Append(ctx, []change.Change{one, mine}) })
	order(t, db, "AA:1", "AA:2")
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.Place(ctx, one.ID, 10, 99), tx.AppendPulled(ctx, []store.Pulled{pulled(12, theirs)}))
	})
	order(t, db, "AA:1", "BB:7", "AA:2")
	update(t, db, func(tx *store.Tx) error { return tx.Place(ctx, mine.ID, 11, 98) })
	order(t, db, "AA:1", "AA:2", "BB:7")
	gone, _ := change.Redact(&theirs, audit.Leaf(&theirs, change.Encode(&theirs)).String(), func(int, *change.Set) bool { return true })
	gone.ID.N = 8
	update(t, db, func(tx *store.Tx) error {
		return tx.AppendPulled(ctx, []store.Pulled{{Hub: 13, Received: 1, Change: gone, Body: change.Encode(&gone)}})
	})
	view(t, db, func(tx *store.Tx) error {
		rows, err := tx.Entries(ctx, one.Entity)
		same(t, "places", []int64{rows[0].Hub, rows[0].Received, rows[1].Hub, rows[2].Hub, rows[2].Received, rows[2].Seq}, []int64{10, 99, 11, 12, 5012, 3})
		head, err2 := tx.Head(ctx)
		var edge audit.Edge
		for _, c := range []change.Change{one, mine, theirs} {
			edge.Append(change.Encode(&c))
		}
		edge.AppendHash(audit.Leaf(&theirs, change.Encode(&theirs))) // the leaf that it had while it was whole
		same(t, "root", head.Edge.Root(), edge.Root())
		named, err3 := tx.Named(ctx, []id.Change{theirs.ID, {Node: "AA", N: 1}, {Node: "AA", N: 9}})
		same(t, "rows by name", []int64{named[theirs.ID].Seq, named[one.ID].Seq, int64(len(named))}, []int64{3, 1, 2})
		var at []int64
		err4 := tx.At(ctx, []int64{3, 1, 77}, func(e store.Entry) error { at = append(at, e.Seq); return nil })
		same(t, "rows at places", at, []int64{1, 3})
		return errors.Join(err, err2, err3, err4)
	})
	if err := db.Update(ctx, func(tx *store.Tx) error { return tx.Place(ctx, mine.ID, 12, 1) }); err == nil {
		t.Error("two changes stand at one place of the hub")
	}
}

func testDisplace(t *testing.T, db *store.DB) {
	one, two, three := made("BB", 1, "P"), made("BB", 2, "P"), made("BB", 3, "Q")
	update(t, db, func(tx *store.Tx) error {
		return tx.AppendPulled(ctx, []store.Pulled{pulled(5, two), pulled(3, one), pulled(6, three)})
	})
	order(t, db, "BB:1", "BB:2")
	update(t, db, func(tx *store.Tx) error {
		entities, err := tx.Displace(ctx, 4)
		same(t, "entities", entities, []string{"person/P", "person/Q"})
		none, err2 := tx.Displace(ctx, 4)
		same(t, "again", len(none), 0)
		return errors.Join(err, err2)
	})
	update(t, db, func(tx *store.Tx) error { return tx.Append(ctx, []change.Change{made("AA", 1, "P")}) })
	view(t, db, func(tx *store.Tx) error {
		rows, err := tx.Entries(ctx, one.Entity)
		same(t, "places", []int64{rows[0].Hub, rows[1].Hub, rows[1].Received}, []int64{3, 0, 0})
		var orphans []string
		err2 := tx.Orphans(ctx, "AA", func(e store.Entry) error { orphans = append(orphans, e.ID.String()); return nil })
		same(t, "changes of others without a place", orphans, []string{"BB:2", "BB:3"})
		held, err3 := tx.Holdings(ctx, "", 9)
		rest, err4 := tx.Holdings(ctx, "person/P", 9)
		same(t, "holdings", [][]store.Holding{held, rest}, [][]store.Holding{{{Entity: "person/P", Placed: 1}, {Entity: "person/Q"}}, {{Entity: "person/Q"}}})
		return errors.Join(err, err2, err3, err4)
	})
}

// testStood: what the hub lost is folded as it stood, also when it loses more before that has come
// again.
func testStood(t *testing.T, db *store.DB) {
	mine, later, other := made("AA", 1, "P"), made("AA", 2, "P"), made("BB", 1, "P")
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.Append(ctx, []change.Change{mine, later}), tx.AppendPulled(ctx, []store.Pulled{pulled(8, other)}),
			tx.Place(ctx, mine.ID, 7, 1))
	})
	order(t, db, "AA:1", "BB:1", "AA:2")
	displace := func(above int64) {
		update(t, db, func(tx *store.Tx) error { _, err := tx.Displace(ctx, above); return err })
	}
	displace(4)
	order(t, db, "AA:1", "BB:1", "AA:2")
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.Place(ctx, mine.ID, 20, 1), tx.Place(ctx, later.ID, 21, 1))
	})
	order(t, db, "AA:1", "AA:2", "BB:1")
	displace(5)
	order(t, db, "AA:1", "AA:2", "BB:1")
}

// testOut: what this register forgot is folded only while it has a place.
func testOut(t *testing.T, db *store.DB) {
	mine, waits, other, later := made("AA", 1, "P"), made("AA", 2, "P"), made("BB", 1, "P"), made("BB", 2, "P")
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.Append(ctx, []change.Change{mine}), tx.AppendPulled(ctx, []store.Pulled{pulled(5, other), pulled(6, later)}),
			tx.Place(ctx, mine.ID, 4, 1))
	})
	displace := func(above int64, want ...string) {
		t.Helper()
		update(t, db, func(tx *store.Tx) error {
			got, err := tx.Displace(ctx, above)
			same(t, "entities", got, want)
			return err
		})
	}
	displace(5, "person/P")
	update(t, db, func(tx *store.Tx) error { return tx.PutOut(ctx, []string{"person/P", "person/Q"}) })
	folds(t, db, "AA:1", "BB:1")
	displace(4)
	folds(t, db, "AA:1")
	displace(3)
	folds(t, db)
	update(t, db, func(tx *store.Tx) error { return tx.Append(ctx, []change.Change{waits}) })
	folds(t, db, "AA:2")
	view(t, db, func(tx *store.Tx) error {
		all, err := tx.EntriesOf(ctx, []string{"person/P"})
		some, err2 := tx.FoldedOf(ctx, []string{"person/P"})
		changes, err3 := tx.ChangesOf(ctx, []string{"person/P"})
		same(t, "rows, folded, changes", []int{len(all["person/P"]), len(some["person/P"]), len(changes["person/P"])}, []int{4, 1, 1})
		bare, err5 := tx.Bare(ctx, "AA", 0, 9)
		none, err6 := tx.Bare(ctx, "AA", 1, 9)
		same(t, "own changes without their values", [][]int64{bare, none}, [][]int64{{1}, nil})
		any, err4 := tx.AnyOrphan(ctx, "AA")
		same(t, "orphans", any, true)
		return errors.Join(err, err2, err3, err4, err5, err6)
	})
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutBack(ctx, other.ID, change.Encode(&other)), tx.Place(ctx, other.ID, 9, 1), tx.Place(ctx, later.ID, 10, 1))
	})
	folds(t, db, "BB:1", "BB:2", "AA:2")
	view(t, db, func(tx *store.Tx) error {
		any, err := tx.AnyOrphan(ctx, "AA")
		same(t, "orphans left", any, false)
		return err
	})
	displace(8, "person/P")
	folds(t, db, "BB:1", "AA:2")
	update(t, db, func(tx *store.Tx) error { return tx.Place(ctx, mine.ID, 11, 1) })
	folds(t, db, "AA:1", "BB:1", "AA:2")
}

// testUntold: at a node, what others wrote, the hub lost and is not said to keep; and what was
// forgotten of it is not there to be told.
func testUntold(t *testing.T, db *store.DB) {
	mine, one, two, three := made("AA", 1, "P"), made("BB", 1, "P"), made("BB", 2, "Q"), made("CC", 1, "R")
	untold := func(want ...string) {
		t.Helper()
		view(t, db, func(tx *store.Tx) error {
			var got, page, of []string
			add := func(to *[]string) func(store.Entry) error {
				return func(e store.Entry) error { *to = append(*to, e.ID.String()); return nil }
			}
			err := tx.Untold(ctx, "AA", 0, 9, add(&got))
			err2 := tx.Untold(ctx, "AA", 1, 1, add(&page))
			err3 := tx.UntoldOf(ctx, "AA", []string{"person/P", "person/R"}, add(&of))
			same(t, "found", got, want)
			same(t, "a page", page, want[:min(1, len(want))])
			same(t, "of entities", of, slices.DeleteFunc(slices.Clone(want), func(c string) bool { return c == "BB:2" }))
			return errors.Join(err, err2, err3)
		})
	}
	displace := func(above int64) {
		update(t, db, func(tx *store.Tx) error { _, err := tx.Displace(ctx, above); return err })
	}
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.Append(ctx, []change.Change{mine}), tx.Place(ctx, mine.ID, 4, 1),
			tx.AppendPulled(ctx, []store.Pulled{pulled(5, one), pulled(6, two), pulled(7, three)}))
	})
	untold()
	displace(3)
	untold("BB:1", "BB:2", "CC:1")
	update(t, db, func(tx *store.Tx) error { return tx.HubKeeps(ctx, []id.Change{one.ID, two.ID, one.ID}) })
	update(t, db, func(tx *store.Tx) error { return tx.HubKeeps(ctx, []id.Change{one.ID}) })
	untold("CC:1")
	update(t, db, func(tx *store.Tx) error { return tx.Place(ctx, three.ID, 4, 1) })
	untold()
	displace(3) // the hub went back again, and keeps nothing
	untold("BB:1", "BB:2", "CC:1")
	update(t, db, func(tx *store.Tx) error { return tx.PutOut(ctx, []string{"person/P"}) })
	untold("BB:2", "CC:1")
}

// folds checks which changes of P are folded, in which order.
func folds(t *testing.T, db *store.DB, want ...string) {
	t.Helper()
	view(t, db, func(tx *store.Tx) error {
		ref := change.Ref{Kind: change.Person, ID: "P"}
		got, err := tx.Changes(ctx, ref)
		same(t, "folded", names(got), want)
		rows, err2 := tx.FoldedOf(ctx, []string{ref.String()})
		same(t, "rows folded", len(rows[ref.String()]), len(want))
		return errors.Join(err, err2)
	})
}

func testPending(t *testing.T, db *store.DB) {
	update(t, db, func(tx *store.Tx) error {
		other := made("BB", 1, "R")
		return errors.Join(tx.Append(ctx, []change.Change{made("AA", 1, "P"), made("AA", 2, "Q"), made("AA", 3, "Q")}),
			tx.AppendReceived(ctx, []store.Pulled{pulled(0, other)}), tx.Place(ctx, id.Change{Node: "AA", N: 1}, 4, 4))
	})
	view(t, db, func(tx *store.Tx) error {
		waiting, err := tx.WaitingOf(ctx, "AA", []string{"person/P", "person/Q", "person/R"})
		same(t, "entities that wait", waiting, map[string]bool{"person/Q": true})
		n, oldest, err2 := tx.Unsent(ctx, "AA", 1)
		same(t, "unsent", []int64{n, oldest}, []int64{2, made("AA", 2, "Q").At.Micros})
		n, oldest, err7 := tx.Pending(ctx, "AA")
		same(t, "pending", []int64{n, oldest}, []int64{2, made("AA", 2, "Q").At.Micros})
		none, oldest, err3 := tx.Unsent(ctx, "AA", 3)
		same(t, "nothing unsent", []int64{none, oldest}, []int64{0, 0})
		var got []int64
		err4 := tx.Written(ctx, "AA", 1, 9, func(e store.Entry) error { got = append(got, e.ID.N); return nil })
		same(t, "written after", got, []int64{2, 3})
		got = nil
		err5 := tx.Written(ctx, "AA", 0, 2, func(e store.Entry) error { got = append(got, e.ID.N); return nil })
		same(t, "the first two", got, []int64{1, 2})
		rows, err6 := tx.Entries(ctx, change.Ref{Kind: change.Person, ID: "R"})
		same(t, "received", []int64{rows[0].Hub, rows[0].Received}, []int64{0, 5000})
		return errors.Join(err, err2, err3, err4, err5, err6, err7)
	})
}

// testSaving: who listens writes along, in the same transaction, and can stop it.
func testSaving(t *testing.T, db *store.DB) {
	no := errors.New("no")
	var refuse error
	db.Listen(store.Listener{Saving: func(c context.Context, tx *store.Tx, from int64, appended []change.Ref) error {
		for i, a := range appended {
			if err := tx.File(c, []store.Filed{{Scope: "S", Seq: from + int64(i) + 1, Entity: a.String()}}); err != nil {
				return err
			}
		}
		return refuse
	}})
	update(t, db, func(tx *store.Tx) error { return tx.Append(ctx, []change.Change{made("AA", 1, "P")}) })
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.Append(ctx, []change.Change{made("AA", 2, "Q")}), tx.AppendReceived(ctx, []store.Pulled{pulled(0, made("BB", 1, "R"))}))
	})
	refuse = no
	if err := db.Update(ctx, func(tx *store.Tx) error { return tx.Append(ctx, []change.Change{made("AA", 3, "P")}) }); !errors.Is(err, no) {
		t.Fatal("it was saved all the same:", err)
	}
	view(t, db, func(tx *store.Tx) error {
		got, err := tx.FiledAfter(ctx, []string{"S"}, 0, 99, 99)
		same(t, "filed along", got, []store.Filed{{Seq: 1, Entity: "person/P"}, {Seq: 2, Entity: "person/Q"}, {Seq: 3, Entity: "person/R"}})
		return err
	})
}

// testSent: a hub says what a node sent, and keeps apart what it may not have sent.
func testSent(t *testing.T, db *store.DB) {
	apart := pulled(0, made("BB", 2, "P"))
	apart.Apart = true
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.Append(ctx, []change.Change{made("HUB", 1, "P")}),
			tx.AppendReceived(ctx, []store.Pulled{pulled(0, made("BB", 1, "P")), apart, pulled(0, made("CC", 1, "Q"))}))
	})
	view(t, db, func(tx *store.Tx) error {
		var got, of []string
		err := tx.Sent(ctx, "BB", 1, 9, func(e store.Entry) error { got = append(got, e.ID.String()+" "+e.Entity); return nil })
		same(t, "what a node sent", got, []string{"BB:1 person/P", "BB:2 held/BB:2"})
		got = nil
		err2 := tx.Sent(ctx, "BB", 1, 2, func(e store.Entry) error { got = append(got, e.ID.String()); return nil })
		same(t, "until a place", got, []string{"BB:1"})
		err3 := tx.Between(ctx, []string{"person/Q", "person/P"}, 1, 9, func(e store.Entry) error { of = append(of, e.ID.String()); return nil })
		same(t, "of entities", of, []string{"BB:1", "CC:1"})
		c, err4 := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: "P"})
		same(t, "folded", names(c), []string{"HUB:1", "BB:1"})
		return errors.Join(err, err2, err3, err4)
	})
}

func testSyncState(t *testing.T, db *store.DB) {
	s := store.SyncState{Hub: "LIMA", Address: "https://hub", Verify: "v", Seal: "s", HeadKey: "k", Scopes: `["*"]`, Cursor: 7, Within: "person/X",
		Answered: 3, Trouble: "t", Sent: 4, Chain: []byte{0, 1}, Receipt: 10, HubNow: 11, Backs: 2, Attempt: 12, Refusal: "{}", RefusedAt: 13, Enrolled: 1}
	heads := []store.HubHead{{Size: 4, Root: [32]byte{1}, Mark: true}, {Size: 9, Root: [32]byte{2}, Note: "n"}}
	view(t, db, func(tx *store.Tx) error {
		_, ok, err := tx.SyncState(ctx)
		same(t, "a register alone", ok, false)
		return err
	})
	for range 2 {
		update(t, db, func(tx *store.Tx) error { return errors.Join(tx.PutSyncState(ctx, s), tx.KeepHubHeads(ctx, heads)) })
		view(t, db, func(tx *store.Tx) error {
			got, ok, err := tx.SyncState(ctx)
			same(t, "state", []any{got, ok}, []any{s, true})
			kept, err2 := tx.HubHeads(ctx)
			same(t, "heads", kept, heads)
			return errors.Join(err, err2)
		})
		s.Cursor, s.Within, s.Refusal, s.Chain, heads = 8, "", "", []byte{7}, heads[1:]
	}
}

func testSealedKeys(t *testing.T, db *store.DB) {
	b, a := store.SealedKey{Entity: "P", Tier: 3, ID: "b", Wrapped: "wb"}, store.SealedKey{Entity: "P", Tier: 3, ID: "a", Wrapped: "wa"}
	q := store.SealedKey{Entity: "Q", Tier: 3, Wrapped: "old"}
	update(t, db, func(tx *store.Tx) error { return tx.PutSealedKeys(ctx, []store.SealedKey{b, a, q}) })
	view(t, db, func(tx *store.Tx) error {
		all, err := tx.SealedKeysOf(ctx, "Q", "P", "R")
		same(t, "keys", all, []store.SealedKey{a, b, q})
		return err
	})
	update(t, db, func(tx *store.Tx) error { return tx.DropSealedKeys(ctx, "P") })
	view(t, db, func(tx *store.Tx) error {
		all, err := tx.SealedKeysOf(ctx, "Q", "P")
		same(t, "keys left", all, []store.SealedKey{q})
		return err
	})
}
