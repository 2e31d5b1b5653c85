package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"quipu/internal/change"
	"quipu/internal/store"
)

// everything writes to every table.
func everything(tx *store.Tx, n int64) error {
	p := person(n, "ROSA", fmt.Sprint("doc:", n))
	return errors.Join(tx.Append(ctx, []change.Change{made("AA", n, p.ID)}), tx.PutPeople(ctx, []store.PersonRow{p}),
		tx.PutSetting(ctx, "s", fmt.Sprint(n)), tx.LogReads(ctx, []store.Read{{Person: p.ID}}),
		tx.PutAccount(ctx, store.Account{Login: p.ID}), tx.PutCredential(ctx, store.Credential{Login: p.ID}),
		tx.PutSession(ctx, session(p.ID, "", []byte("x"), 1, 1)), tx.PutFactor(ctx, store.Factor{ID: p.ID, Login: p.ID}),
		tx.PutFactorTries(ctx, p.ID, 1, 1), tx.PutSetupCode(ctx, store.SetupCode{Login: p.ID, Hash: p.ID}), tx.PutSealedKeys(ctx, []store.SealedKey{{Entity: p.ID, Tier: 3, Wrapped: "w"}}), tx.KeepCheckpoint(ctx, n, n, "note"),
		tx.PutAttachment(ctx, p.ID, "m", []byte("x")), tx.PutImportRun(ctx, store.ImportRun{ID: p.ID}),
		tx.PutRowPrints(ctx, []store.RowPrint{{Print: [16]byte{byte(n)}, Person: p.ID}}),
		tx.PutOffices(ctx, []store.OfficeRow{{Code: p.ID}}))
}

func testLook(t *testing.T, db *store.DB) {
	update(t, db, func(tx *store.Tx) error { return tx.PutSetting(ctx, "s", "1") })
	err := db.Look(ctx, func(tx *store.Tx) error {
		v, err := tx.Setting(ctx, "s")
		same(t, "the setting", v, "1")
		if tx.PutSetting(ctx, "s", "2") == nil {
			t.Error("a look wrote")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	view(t, db, func(tx *store.Tx) error {
		v, err := tx.Setting(ctx, "s")
		same(t, "the setting after a look", v, "1")
		return err
	})
}

func testRollback(t *testing.T, db *store.DB) {
	update(t, db, func(tx *store.Tx) error { return everything(tx, 1) })
	before := Dump(t, db)
	no := errors.New("no")
	err := db.Update(ctx, func(tx *store.Tx) error { return errors.Join(everything(tx, 2), no) })
	if !errors.Is(err, no) {
		t.Fatal(err)
	}
	same(t, "after an error", Dump(t, db), before)
	// A panic in the middle leaves nothing either, and the database goes on.
	func() {
		defer func() { _ = recover() }()
		_ = db.Update(ctx, func(tx *store.Tx) error {
			if err := everything(tx, 2); err != nil {
				t.Error(err)
			}
			panic("in the middle")
		})
	}()
	same(t, "after a panic", Dump(t, db), before)
	// So does a caller who goes away.
	gone, cancel := context.WithCancel(ctx)
	err = db.Update(gone, func(tx *store.Tx) error {
		err := everything(tx, 2)
		cancel()
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("saved for a caller who had gone: %v", err)
	}
	same(t, "after the caller went", Dump(t, db), before)
	update(t, db, func(tx *store.Tx) error { return everything(tx, 2) })
	if Dump(t, db) == before {
		t.Fatal("nothing can be written any more")
	}
}

// testSwallowed: a caller who passes over an error of the engine saves nothing.
func testSwallowed(t *testing.T, db *store.DB) {
	update(t, db, func(tx *store.Tx) error { return everything(tx, 1) })
	before := Dump(t, db)
	err := db.Update(ctx, func(tx *store.Tx) error {
		_ = tx.Append(ctx, []change.Change{made("AA", 1, "P")}) // its name is taken
		_ = everything(tx, 2)
		return nil
	})
	if err == nil {
		t.Fatal("what was left after an error was saved")
	}
	err = db.Update(ctx, func(tx *store.Tx) error {
		_ = tx.PutSetting(ctx, "before", "x")
		_ = tx.PutCredential(ctx, store.Credential{Login: "nobody"}) // there is no such account
		return nil
	})
	view(t, db, func(tx *store.Tx) error {
		s, err2 := tx.Setting(ctx, "before")
		if err == nil || s != "" {
			t.Fatalf("saved %q and said %v", s, err)
		}
		return err2
	})
	same(t, "after an error that nobody heard", Dump(t, db), before)
}

func testRollbackTile(t *testing.T, db *store.DB) {
	var all []change.Change
	for n := range int64(600) {
		all = append(all, made("AA", n+1, "P"))
	}
	update(t, db, func(tx *store.Tx) error { return tx.Append(ctx, all[:200]) })
	no := errors.New("no")
	err := db.Update(ctx, func(tx *store.Tx) error { return errors.Join(tx.Append(ctx, all[200:]), no) })
	same(t, "the caller's error", errors.Is(err, no), true)
	checkTree(t, db, all[:200])
	update(t, db, func(tx *store.Tx) error { return tx.Append(ctx, all[200:]) })
	checkTree(t, db, all)
}

// testWriters: many write at once, each what it read plus one; nothing is lost and the
// log has no gap.
func testWriters(t *testing.T, db *store.DB) {
	const writers, times = 6, 15
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range times {
				err := db.Update(ctx, func(tx *store.Tx) error {
					n, err := tx.LastN(ctx, "AA")
					size, err2 := tx.Size(ctx)
					if n != size {
						t.Errorf("last number %d, size %d", n, size)
					}
					return errors.Join(err, err2, everything(tx, n+1))
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	var want []change.Change
	for n := range int64(writers * times) {
		want = append(want, made("AA", n+1, person(n+1, "").ID))
	}
	checkTree(t, db, want)
	view(t, db, func(tx *store.Tx) error {
		people, err := tx.Count(ctx, store.CountPersons)
		reads, err2 := tx.Count(ctx, store.CountReads)
		same(t, "people and reads", []int64{people, reads}, []int64{writers * times, writers * times})
		return errors.Join(err, err2)
	})
}

// testMoment: while others write, a view sees log, head and projections of one moment.
func testMoment(t *testing.T, db *store.DB) {
	update(t, db, func(tx *store.Tx) error { return everything(tx, 1) })
	var wg sync.WaitGroup
	wg.Go(func() {
		for n := int64(2); n <= 40; n++ {
			if err := db.Update(ctx, func(tx *store.Tx) error { return everything(tx, n) }); err != nil {
				t.Error(err)
			}
		}
	})
	for range 40 {
		view(t, db, func(tx *store.Tx) error {
			people, err := tx.Count(ctx, store.CountPersons)
			size, err2 := tx.Size(ctx)
			changes, err3 := tx.Count(ctx, store.CountChanges)
			head, err4 := tx.Head(ctx)
			setting, err5 := tx.Setting(ctx, "s")
			same(t, "one moment", []any{size, changes, head.Size, setting}, []any{people, people, people, fmt.Sprint(people)})
			return errors.Join(err, err2, err3, err4, err5)
		})
	}
	wg.Wait()
	err := db.View(ctx, func(tx *store.Tx) error { return tx.PutSetting(ctx, "s", "from a view") })
	view(t, db, func(tx *store.Tx) error {
		s, err2 := tx.Setting(ctx, "s")
		if s != "40" {
			t.Fatalf("a view wrote %q (%v)", s, err)
		}
		return err2
	})
}

func testSize(t *testing.T, db *store.DB) {
	before, err := db.Size(ctx)
	if err != nil || before == 0 {
		t.Fatal(before, err)
	}
	data := make([]byte, 1<<20+1<<16)      // some of it goes where a migration left room
	rand.NewChaCha8([32]byte{}).Read(data) //nolint:errcheck // it never fails
	update(t, db, func(tx *store.Tx) error { return tx.PutAttachment(ctx, "h", "m", data) })
	after, err := db.Size(ctx)
	if err != nil || after < before+1<<20 {
		t.Fatalf("a megabyte more is %d bytes after %d (%v)", after, before, err)
	}
	if db.Engine() == "" {
		t.Fatal("the engine has no name")
	}
}
