package storetest

import (
	"errors"
	"fmt"
	"testing"

	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/store"
)

func testLog(t *testing.T, db *store.DB) {
	view(t, db, func(tx *store.Tx) error {
		size, err := tx.Size(ctx)
		same(t, "size of an empty log", size, int64(0))
		head, err2 := tx.Head(ctx)
		same(t, "size of an empty head", head.Size, int64(0))
		n, err3 := tx.LastN(ctx, "AA")
		same(t, "last of a node that never wrote", n, int64(0))
		return errors.Join(err, err2, err3)
	})
	// A clock that goes back does not change the order.
	a, b, c := made("AA", 1, "P"), made("BB", 1, "Q"), made("AA", 2, "P")
	c.At.Micros -= 1_000_000_000
	update(t, db, func(tx *store.Tx) error {
		if err := tx.Append(ctx, []change.Change{a, b}); err != nil {
			return err
		}
		size, err := tx.Size(ctx)
		same(t, "size with one's own", size, int64(2))
		n, err2 := tx.LastN(ctx, "AA")
		same(t, "last number with one's own", n, int64(1))
		return errors.Join(err, err2, tx.Append(ctx, []change.Change{c}))
	})
	update(t, db, func(tx *store.Tx) error { return tx.Append(ctx, nil) })
	view(t, db, func(tx *store.Tx) error {
		got, err := tx.Changes(ctx, a.Entity)
		same(t, "changes", got, []change.Change{a, c})
		none, err2 := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: "nobody"})
		same(t, "changes of nobody", len(none), 0)
		of, err3 := tx.ChangesOf(ctx, []string{"person/P", "person/Q", "person/nobody"})
		same(t, "changes of several", of, map[string][]change.Change{"person/P": {a, c}, "person/Q": {b}})
		n, err4 := tx.LastN(ctx, "AA")
		same(t, "last number", n, int64(2))
		count, err5 := tx.Count(ctx, store.CountChanges)
		same(t, "count", count, int64(3))
		return errors.Join(err, err2, err3, err4, err5)
	})
}

func testLogPages(t *testing.T, db *store.DB) {
	var all []change.Change
	for n := range int64(700) {
		c := made("ESMAD", n+1, fmt.Sprint("P", n%600))
		if n%3 == 0 {
			c.Batch = "B"
		}
		all = append(all, c)
	}
	update(t, db, func(tx *store.Tx) error { return tx.Append(ctx, all) })
	view(t, db, func(tx *store.Tx) error {
		var got []store.Entry
		for after := int64(0); ; {
			n := len(got)
			if err := tx.Log(ctx, after, 64, func(e store.Entry) error { got = append(got, e); after = e.Seq; return nil }); err != nil {
				return err
			}
			if len(got) == n {
				break
			}
		}
		same(t, "entries", len(got), len(all))
		for i, e := range got {
			c := &all[i]
			same(t, "entry", e, store.Entry{Seq: int64(i + 1), ID: c.ID, Entity: c.Entity.String(), At: c.At.Micros, Batch: c.Batch, Body: change.Encode(c)})
		}
		stop := errors.New("enough")
		err := tx.Log(ctx, 0, 10, func(store.Entry) error { return stop })
		same(t, "the caller's error", errors.Is(err, stop), true)
		var refs []string
		for n := range 650 {
			refs = append(refs, fmt.Sprint("person/P", n))
		}
		of, err := tx.ChangesOf(ctx, refs)
		same(t, "entities with changes", len(of), 600)
		same(t, "changes of one", of["person/P5"], []change.Change{all[5], all[605]})
		return errors.Join(err, batchPages(t, tx, all))
	})
}

func batchPages(t *testing.T, tx *store.Tx, all []change.Change) error {
	var got, want []change.Change
	for _, c := range all {
		if c.Batch == "B" {
			want = append(want, c)
		}
	}
	for after := int64(0); ; {
		page, last, err := tx.BatchChanges(ctx, "B", after, 1<<40, 50)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			same(t, "place after the end", last, after)
			break
		}
		got, after = append(got, page...), last
	}
	same(t, "changes of the import", got, want)
	return nil
}

// testBatchSpan: an import lies between its own first and last change; one that was cut
// short has no last one and runs to the end of the log.
func testBatchSpan(t *testing.T, db *store.DB) {
	n := int64(0)
	write := func(kind change.Kind, name string) {
		n++
		c := change.Change{ID: id.Change{Node: "AA", N: n}, Entity: change.Ref{Kind: kind, ID: name}, At: change.Stamp{Micros: n}}
		update(t, db, func(tx *store.Tx) error { return tx.Append(ctx, []change.Change{c}) })
	}
	span := func(name string, after, until int64) {
		t.Helper()
		view(t, db, func(tx *store.Tx) error {
			a, u, err := tx.BatchSpan(ctx, change.Ref{Kind: change.Import, ID: name})
			same(t, "span of "+name, [2]int64{a, u}, [2]int64{after, until})
			return err
		})
	}
	write(change.Person, "P1")
	write(change.Import, "CUT")
	write(change.Person, "P2")
	span("CUT", 2, 3)
	write(change.Import, "DONE")
	write(change.Person, "P3")
	write(change.Import, "DONE")
	write(change.Person, "P4")
	span("DONE", 4, 6)
	span("CUT", 2, 7)
	span("NEVER", 0, 0)
}

// testSameName: a change whose name is taken is refused, and everything with it.
func testSameName(t *testing.T, db *store.DB) {
	update(t, db, func(tx *store.Tx) error { return tx.Append(ctx, []change.Change{made("AA", 1, "P")}) })
	err := db.Update(ctx, func(tx *store.Tx) error {
		return tx.Append(ctx, []change.Change{made("AA", 2, "P"), made("AA", 1, "Q")})
	})
	if err == nil {
		t.Fatal("the same name was taken twice")
	}
	checkTree(t, db, []change.Change{made("AA", 1, "P")})
}

// checkTree compares log, tiles, edge and signed head with those of the changes.
func checkTree(t testing.TB, db *store.DB, want []change.Change) {
	t.Helper()
	var edge audit.Edge
	var tiles []audit.Tile
	for i := range want {
		tiles = append(tiles, edge.Append(change.Encode(&want[i]))...)
	}
	view(t, db, func(tx *store.Tx) error {
		i := 0
		err := tx.Log(ctx, 0, 1<<30, func(e store.Entry) error {
			if i < len(want) {
				same(t, "body", string(e.Body), string(change.Encode(&want[i])))
			}
			i++
			return nil
		})
		same(t, "length of the log", i, len(want))
		head, err2 := tx.Head(ctx)
		same(t, "size of the head", head.Size, int64(len(want)))
		same(t, "root", head.Edge.Root(), edge.Root())
		if len(want) > 0 {
			note, _ := Sign(edge.Size, edge.Root())
			same(t, "signed head", head.Note, string(note))
		}
		for _, tile := range tiles {
			data, err := tx.Tile(ctx, tile.Level, tile.Index)
			if err != nil {
				return err
			}
			same(t, "tile", data, tile.Data)
		}
		beyond, err3 := tx.Tile(ctx, 0, int64(len(want))>>8)
		same(t, "tile that is not full", beyond == nil, true)
		return errors.Join(err, err2, err3)
	})
}

func testTree(t *testing.T, db *store.DB) {
	var all []change.Change
	for _, n := range []int{1, 254, 1, 1, 300, 0, 2} { // to the edge of a tile, onto it, over it
		var some []change.Change
		for range n {
			some = append(some, made("ESMAD", int64(len(all)+len(some)+1), "P"))
		}
		update(t, db, func(tx *store.Tx) error { return tx.Append(ctx, some) })
		all = append(all, some...)
		checkTree(t, db, all)
	}
}

func testCheckpoints(t *testing.T, db *store.DB) {
	want := []store.Checkpoint{{Size: 3, At: 30, Note: "three\n"}, {Size: 20, At: 5, Note: "twenty\n"}}
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.KeepCheckpoint(ctx, 20, 5, "twenty\n"), tx.KeepCheckpoint(ctx, 3, 30, "three\n"),
			tx.KeepCheckpoint(ctx, 20, 99, "another\n"))
	})
	view(t, db, func(tx *store.Tx) error {
		got, err := tx.Checkpoints(ctx)
		same(t, "checkpoints", got, want)
		return err
	})
}

func testSignFails(t *testing.T, db *store.DB) {
	var all []change.Change
	for n := range int64(Unsignable - 1) {
		all = append(all, made("AA", n+1, "P"))
	}
	update(t, db, func(tx *store.Tx) error { return tx.Append(ctx, all) })
	err := db.Update(ctx, func(tx *store.Tx) error {
		return errors.Join(tx.Append(ctx, []change.Change{made("AA", Unsignable, "P")}), tx.PutSetting(ctx, "a", "b"))
	})
	same(t, "the signer's error", errors.Is(err, ErrUnsigned), true)
	checkTree(t, db, all)
	view(t, db, func(tx *store.Tx) error {
		v, err := tx.Setting(ctx, "a")
		same(t, "setting", v, "")
		return err
	})
	next := []change.Change{made("AA", Unsignable, "P"), {ID: id.Change{Node: "AA", N: Unsignable + 1}, Entity: all[0].Entity}}
	update(t, db, func(tx *store.Tx) error { return tx.Append(ctx, next) })
	checkTree(t, db, append(all, next...))
}
