package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"quipu/internal/store"
)

func testImports(t *testing.T, db *store.DB) {
	run := func(id, office string, at int64) store.ImportRun {
		return store.ImportRun{ID: id, Office: office, File: "lista ñ.xlsx", SHA256: "00", Author: "rosa", State: "running", Summary: "{}", Started: at}
	}
	a, b, c := run("A", "ESMAD", 10), run("B", "USPAT", 30), run("C", "ESMAD", 30)
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutImportRun(ctx, a), tx.PutImportRun(ctx, b), tx.PutImportRun(ctx, c))
	})
	a.State, a.Summary = "done", `{"rows":1}`
	update(t, db, func(tx *store.Tx) error { return tx.PutImportRun(ctx, a) })
	view(t, db, func(tx *store.Tx) error {
		all, err := tx.ImportRuns(ctx, "", "", 9)
		same(t, "imports, newest first", all, []store.ImportRun{c, b, a})
		one, err2 := tx.ImportRuns(ctx, "ESMAD", "", 1)
		same(t, "imports of an office", one, []store.ImportRun{c})
		older, err5 := tx.ImportRuns(ctx, "", "C", 9)
		same(t, "imports before one", older, []store.ImportRun{b, a})
		got, ok, err3 := tx.ImportRun(ctx, "A")
		_, none, err4 := tx.ImportRun(ctx, "Z")
		same(t, "one import", []any{got, ok, none}, []any{a, true, false})
		return errors.Join(err, err2, err3, err4, err5)
	})
}

func testPrints(t *testing.T, db *store.DB) {
	var prints []store.RowPrint
	var ask [][16]byte
	for i := range 1100 {
		p := [16]byte{byte(i), byte(i >> 8), 0, 0xff}
		ask = append(ask, p)
		if i < 1000 {
			prints = append(prints, store.RowPrint{Print: p, Person: fmt.Sprint("P", i), Batch: []string{"A", "B"}[i%2]})
		}
	}
	update(t, db, func(tx *store.Tx) error {
		again := store.RowPrint{Print: ask[0], Person: "other", Batch: "C"}
		return errors.Join(tx.PutRowPrints(ctx, nil), tx.PutRowPrints(ctx, prints), tx.PutRowPrints(ctx, []store.RowPrint{again}))
	})
	view(t, db, func(tx *store.Tx) error {
		got, err := tx.RowPrints(ctx, ask)
		same(t, "known prints", len(got), 1000)
		same(t, "the first to say so", []string{got[ask[0]], got[ask[999]]}, []string{"P0", "P999"})
		return err
	})
	update(t, db, func(tx *store.Tx) error { return tx.ForgetRowPrints(ctx, "A") })
	view(t, db, func(tx *store.Tx) error {
		got, err := tx.RowPrints(ctx, ask)
		same(t, "prints left", len(got), 500)
		none, err2 := tx.RowPrints(ctx, nil)
		same(t, "nothing asked for", len(none), 0)
		return errors.Join(err, err2)
	})
}

func testAccounts(t *testing.T, db *store.DB) {
	rosa := store.Account{Login: "rosa", Name: "Rosa Ñ", Role: "window", Office: "ESMAD", Lang: "es", State: "active"}
	ana := store.Account{Login: "ana", Name: "Ana", Role: "head", Office: "USPAT", Lang: "en", State: "active"}
	secret := store.Credential{Login: "rosa", Secret: "first hash", Failures: 2, FailedAt: 1_700_000_000_000_001, ChangedAt: 7}
	some := func(want bool) {
		t.Helper()
		view(t, db, func(tx *store.Tx) error {
			any, err := tx.AnyAccount(ctx)
			same(t, "some account", any, want)
			return err
		})
	}
	some(false)
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutAccount(ctx, rosa), tx.PutAccount(ctx, ana), tx.PutCredential(ctx, secret))
	})
	some(true)
	rosa.Role, rosa.State, secret.Secret, secret.Failures = "supervisor", "closed", "second hash", 0
	update(t, db, func(tx *store.Tx) error { return errors.Join(tx.PutAccount(ctx, rosa), tx.PutCredential(ctx, secret)) })
	view(t, db, func(tx *store.Tx) error {
		all, err := tx.Accounts(ctx)
		same(t, "accounts", all, []store.Account{ana, rosa})
		a, ok, err2 := tx.Account(ctx, "rosa")
		_, none, err3 := tx.Account(ctx, "Rosa")
		same(t, "account", []any{a, ok, none}, []any{rosa, true, false})
		c, ok, err4 := tx.Credential(ctx, "rosa")
		_, none, err5 := tx.Credential(ctx, "ana")
		same(t, "credential", []any{c, ok, none}, []any{secret, true, false})
		return errors.Join(err, err2, err3, err4, err5)
	})
	err := db.Update(ctx, func(tx *store.Tx) error { return tx.PutCredential(ctx, store.Credential{Login: "nobody"}) })
	if err == nil {
		t.Fatal("a secret of nobody was kept")
	}
}

func testReads(t *testing.T, db *store.DB) {
	var all []store.Read
	for i := range int64(150) {
		all = append(all, store.Read{At: 1000 - i, Author: "rosa", Office: "ESMAD", Purpose: "registry", Action: "read",
			Person: fmt.Sprint("P", i%3), Detail: "búsqueda"})
	}
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.LogReads(ctx, all[:100]), tx.LogReads(ctx, all[100:]), tx.LogReads(ctx, nil))
	})
	for i := range all {
		all[i].Seq = int64(i + 1)
	}
	view(t, db, func(tx *store.Tx) error {
		got, err := tx.Reads(ctx, 1<<62, 2)
		same(t, "newest reads", got, []store.Read{all[149], all[148]})
		got, err2 := tx.Reads(ctx, 149, 1)
		same(t, "next page", got, []store.Read{all[147]})
		got, err3 := tx.ReadsOf(ctx, "P1", 2)
		same(t, "reads of one", got, []store.Read{all[148], all[145]})
		n, err4 := tx.Count(ctx, store.CountReads)
		same(t, "reads", n, int64(150))
		return errors.Join(err, err2, err3, err4)
	})
}

func testSettings(t *testing.T, db *store.DB) {
	keys := []store.SealedKey{{Entity: "P", Tier: 3, Wrapped: "wrapped"}, {Entity: "P", Tier: 4, Wrapped: "four"}, {Entity: "Q", Tier: 3, Wrapped: "q"}}
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutSetting(ctx, "a", "1"), tx.PutSetting(ctx, "a", "2"), tx.PutSetting(ctx, "b", ""), tx.PutSealedKeys(ctx, keys))
	})
	update(t, db, func(tx *store.Tx) error { return tx.DropSealedKeys(ctx, "Q") })
	second := []store.SealedKey{{Entity: "P", Tier: 3, Wrapped: "second"}}
	if err := db.Update(ctx, func(tx *store.Tx) error { return tx.PutSealedKeys(ctx, second) }); err == nil {
		t.Fatal("a key was written over: what it sealed would be lost")
	}
	view(t, db, func(tx *store.Tx) error {
		a, err := tx.Setting(ctx, "a")
		none, err2 := tx.Setting(ctx, "A")
		left, err3 := tx.SealedKeysOf(ctx, "P", "Q")
		same(t, "settings", []string{a, none}, []string{"2", ""})
		same(t, "keys", left, keys[:2])
		return errors.Join(err, err2, err3)
	})
}

func testAttachments(t *testing.T, db *store.DB) {
	big := bytes.Repeat([]byte{0, 0xff, '\''}, 1<<20)
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutAttachment(ctx, "h1", "image/png", big), tx.PutAttachment(ctx, "h0", "text/plain", nil),
			tx.PutAttachment(ctx, "h1", "other", []byte("other")))
	})
	view(t, db, func(tx *store.Tx) error {
		media, data, ok, err := tx.Attachment(ctx, "h1")
		if media != "image/png" || !bytes.Equal(data, big) || !ok {
			t.Fatalf("attachment is %s, %d bytes, %v", media, len(data), ok)
		}
		_, data, ok, err2 := tx.Attachment(ctx, "h0")
		_, _, none, err3 := tx.Attachment(ctx, "h2")
		has, err4 := tx.HasAttachment(ctx, "h1")
		hasNot, err5 := tx.HasAttachment(ctx, "h2")
		same(t, "files that are here", []bool{has, hasNot}, []bool{true, false})
		same(t, "empty and missing", []any{len(data), ok, none}, []any{0, true, false})
		return errors.Join(err, err2, err3, err4, err5)
	})
}

func testOffices(t *testing.T, db *store.DB) {
	var all []store.OfficeRow
	for i := range 140 {
		all = append(all, store.OfficeRow{Code: fmt.Sprintf("XX%03d", i), Category: "consulate", Country: "ES", City: "Málaga", Zone: "Europe/Madrid", Body: "{}"})
	}
	update(t, db, func(tx *store.Tx) error { return tx.PutOffices(ctx, all) })
	all[3].City = "Cádiz"
	update(t, db, func(tx *store.Tx) error { return tx.PutOffices(ctx, all[2:5]) })
	view(t, db, func(tx *store.Tx) error {
		got, err := tx.Offices(ctx)
		same(t, "offices", got, all)
		return err
	})
}
