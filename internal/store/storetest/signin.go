package storetest

import (
	"errors"
	"testing"

	"quipu/internal/store"
)

func testIdentities(t *testing.T, db *store.DB) {
	rosa := store.Identity{Login: "rosa", Claim: "rosa@ministerio.example", Alone: true}
	ana := store.Identity{Login: "ana", Claim: "Ána"}
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutAccount(ctx, store.Account{Login: "rosa"}), tx.PutAccount(ctx, store.Account{Login: "ana"}),
			tx.PutAccount(ctx, store.Account{Login: "eva"}), tx.PutIdentity(ctx, rosa), tx.PutIdentity(ctx, ana))
	})
	found := func(want store.Identity, there bool, get func(tx *store.Tx) (store.Identity, bool, error)) {
		t.Helper()
		view(t, db, func(tx *store.Tx) error {
			got, ok, err := get(tx)
			same(t, "identity", []any{got, ok}, []any{want, there})
			return err
		})
	}
	bySubject := func(issuer, subject string) func(tx *store.Tx) (store.Identity, bool, error) {
		return func(tx *store.Tx) (store.Identity, bool, error) { return tx.IdentityBySubject(ctx, issuer, subject) }
	}
	found(rosa, true, func(tx *store.Tx) (store.Identity, bool, error) { return tx.Identity(ctx, "rosa") })
	found(ana, true, func(tx *store.Tx) (store.Identity, bool, error) { return tx.IdentityByClaim(ctx, "Ána") })
	found(store.Identity{}, false, func(tx *store.Tx) (store.Identity, bool, error) { return tx.IdentityByClaim(ctx, "ána") })
	found(store.Identity{}, false, bySubject("", "")) // not yet linked is not linked to nothing
	rosa.Issuer, rosa.Subject, rosa.Alone, rosa.Linked = "https://id.example", "s1", false, 30
	update(t, db, func(tx *store.Tx) error { return tx.PutIdentity(ctx, rosa) })
	found(rosa, true, bySubject("https://id.example", "s1"))
	found(store.Identity{}, false, bySubject("https://id.example", "S1"))
	found(store.Identity{}, false, bySubject("https://other.example", "s1"))
	for what, bad := range map[string]store.Identity{
		"a claim of somebody else":   {Login: "eva", Claim: rosa.Claim},
		"a subject of somebody else": {Login: "eva", Claim: "eva", Issuer: rosa.Issuer, Subject: rosa.Subject},
		"nobody's identity":          {Login: "nobody", Claim: "nobody"},
	} {
		if db.Update(ctx, func(tx *store.Tx) error { return tx.PutIdentity(ctx, bad) }) == nil {
			t.Errorf("%s was kept", what)
		}
	}
	update(t, db, func(tx *store.Tx) error { return tx.DropIdentity(ctx, "rosa") })
	found(store.Identity{}, false, bySubject("https://id.example", "s1"))
	found(ana, true, func(tx *store.Tx) (store.Identity, bool, error) { return tx.Identity(ctx, "ana") })
}

func testSignIns(t *testing.T, db *store.DB) {
	try := func(login string, at int64, ok bool) store.SignIn {
		return store.SignIn{Login: login, At: at, Step: "password", OK: ok, Agent: "Firefox ñ", Reach: "private"}
	}
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutAccount(ctx, store.Account{Login: "rosa"}), tx.PutAccount(ctx, store.Account{Login: "ana"}),
			tx.NoteSignIn(ctx, try("rosa", 10, true), 0), tx.NoteSignIn(ctx, try("ana", 5, true), 0),
			tx.NoteSignIn(ctx, try("rosa", 30, false), 0), tx.NoteSignIn(ctx, try("rosa", 20, true), 0))
	})
	list := func(login string, limit int, want ...store.SignIn) {
		t.Helper()
		view(t, db, func(tx *store.Tx) error {
			got, err := tx.SignIns(ctx, login, limit)
			same(t, "tries", got, want)
			return err
		})
	}
	list("rosa", 9, try("rosa", 20, true), try("rosa", 30, false), try("rosa", 10, true))
	list("rosa", 1, try("rosa", 20, true))
	update(t, db, func(tx *store.Tx) error { return tx.NoteSignIn(ctx, try("rosa", 40, true), 20) })
	list("rosa", 9, try("rosa", 40, true), try("rosa", 20, true), try("rosa", 30, false))
	list("ana", 9, try("ana", 5, true))
}

func testKnownBrowsers(t *testing.T, db *store.DB) {
	one := store.KnownBrowser{Browser: "b1", Login: "rosa", Seen: 10}
	two := store.KnownBrowser{Browser: "b1", Login: "ana", Failures: 3, FailedAt: 7, Seen: 20}
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutAccount(ctx, store.Account{Login: "rosa"}), tx.PutAccount(ctx, store.Account{Login: "ana"}),
			tx.PutKnownBrowser(ctx, one), tx.PutKnownBrowser(ctx, two))
	})
	known := func(browser, login string, want store.KnownBrowser, there bool) {
		t.Helper()
		view(t, db, func(tx *store.Tx) error {
			got, ok, err := tx.KnownBrowser(ctx, browser, login)
			same(t, "browser", []any{got, ok}, []any{want, there})
			any, err2 := tx.KnowsBrowser(ctx, browser)
			same(t, "known to anybody", any, browser == "b1")
			return errors.Join(err, err2)
		})
	}
	one.Failures, one.FailedAt = 1, 12
	update(t, db, func(tx *store.Tx) error { return tx.PutKnownBrowser(ctx, one) })
	known("b1", "rosa", one, true)
	known("b1", "ana", two, true)
	known("b2", "rosa", store.KnownBrowser{}, false)
	update(t, db, func(tx *store.Tx) error { return tx.DropKnownBrowsersBefore(ctx, 20) })
	known("b1", "rosa", store.KnownBrowser{}, false)
	known("b1", "ana", two, true)
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutKnownBrowser(ctx, one), tx.DropKnownBrowsers(ctx, "ana"))
	})
	known("b1", "ana", store.KnownBrowser{}, false)
	known("b1", "rosa", one, true)
}
