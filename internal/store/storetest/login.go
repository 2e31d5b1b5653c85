package storetest

import (
	"bytes"
	"errors"
	"testing"

	"quipu/internal/store"
)

func session(token, login string, data []byte, made, expires int64) store.Session {
	return store.Session{Token: token, Login: login, Agent: "Firefox ñ", Data: data, Created: made, Seen: made, Expires: expires}
}

func testSessions(t *testing.T, db *store.DB) {
	again := session("b", "rosa", []byte("b2"), 20, 250)
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutSession(ctx, session("a", "rosa", []byte{0, 1, 0xff}, 10, 100)), tx.PutSession(ctx, session("b", "", []byte("b"), 15, 200)),
			tx.PutSession(ctx, session("c", "ana", nil, 10, 300)), tx.PutSession(ctx, again), tx.PutSession(ctx, session("d", "rosa", nil, 30, 400)))
	})
	check := func(token string, now int64, want []byte, kept int64) {
		t.Helper()
		view(t, db, func(tx *store.Tx) error {
			data, seen, ok, err := tx.Session(ctx, token, now)
			if ok != (kept > 0) || seen != kept || !bytes.Equal(data, want) {
				t.Fatalf("session %s at %d is %q, kept at %d, %v", token, now, data, seen, ok)
			}
			return err
		})
	}
	check("a", 99, []byte{0, 1, 0xff}, 10)
	check("a", 100, nil, 0)
	check("b", 249, []byte("b2"), 20)
	check("c", 1, nil, 10)
	check("z", 1, nil, 0)
	again.Created, again.Data = 15, nil
	view(t, db, func(tx *store.Tx) error {
		mine, err := tx.SessionsOf(ctx, "rosa", 100)
		same(t, "sessions of one", mine, []store.Session{session("d", "rosa", nil, 30, 400), again})
		return err
	})
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.DropSessionsBefore(ctx, 250), tx.DropSession(ctx, "z"))
	})
	check("b", 1, nil, 0)
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutSession(ctx, again), tx.PutSession(ctx, session("e", "rosa", nil, 1, 300)), tx.DropSessionsOf(ctx, "rosa", "d"))
	})
	check("b", 1, nil, 0)
	check("d", 1, nil, 30)
	check("c", 1, nil, 10)
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.DropSession(ctx, "c"), tx.DropSessionsOf(ctx, "rosa", ""))
	})
	update(t, db, func(tx *store.Tx) error { // by a request that was under way when it ended
		return errors.Join(tx.PutSession(ctx, session("c", "ana", nil, 40, 900)), tx.PutSession(ctx, session("d", "rosa", nil, 40, 900)))
	})
	check("c", 1, nil, 0)
	check("d", 1, nil, 0)
	view(t, db, func(tx *store.Tx) error {
		mine, err := tx.SessionsOf(ctx, "rosa", 1)
		same(t, "sessions after their end", len(mine), 0)
		return err
	})
}

func testFactors(t *testing.T, db *store.DB) {
	one := store.Factor{ID: "F1", Login: "rosa", Kind: "totp", Name: "teléfono", Data: "sealed", Seq: 5, Created: 10}
	two := store.Factor{ID: "F2", Login: "rosa", Kind: "recovery", Data: "hash", Created: 20}
	three := store.Factor{ID: "F3", Login: "rosa", Kind: "recovery", Data: "hash", Created: 20}
	other := store.Factor{ID: "F0", Login: "ana", Kind: "passkey", Data: "{}", Created: 1}
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutAccount(ctx, store.Account{Login: "rosa"}), tx.PutAccount(ctx, store.Account{Login: "ana"}),
			tx.PutFactor(ctx, three), tx.PutFactor(ctx, two), tx.PutFactor(ctx, one), tx.PutFactor(ctx, other))
	})
	one.Seq, one.Used, one.Name = 6, 30, "otro"
	update(t, db, func(tx *store.Tx) error { return tx.PutFactor(ctx, one) })
	factors := func(login string, want ...store.Factor) {
		t.Helper()
		view(t, db, func(tx *store.Tx) error {
			got, err := tx.Factors(ctx, login)
			same(t, "factors", got, want)
			return err
		})
	}
	factors("rosa", one, two, three)
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.DropFactor(ctx, "rosa", "F2"), tx.DropFactor(ctx, "rosa", "F0"))
	})
	factors("rosa", one, three)
	factors("ana", other)
	update(t, db, func(tx *store.Tx) error { return tx.DropFactors(ctx, "rosa", "recovery") })
	factors("rosa", one)
	update(t, db, func(tx *store.Tx) error { return tx.DropFactors(ctx, "rosa", "") })
	factors("rosa")
	factors("ana", other)
	if db.Update(ctx, func(tx *store.Tx) error { return tx.PutFactor(ctx, store.Factor{ID: "F9", Login: "nobody"}) }) == nil {
		t.Fatal("a factor of nobody was kept")
	}

	tries := func(login string, want int, at int64) {
		t.Helper()
		view(t, db, func(tx *store.Tx) error {
			n, when, err := tx.FactorTries(ctx, login)
			same(t, "tries", []any{n, when}, []any{want, at})
			return err
		})
	}
	tries("rosa", 0, 0)
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutFactorTries(ctx, "rosa", 1, 10), tx.PutFactorTries(ctx, "rosa", 2, 20), tx.PutFactorTries(ctx, "ana", 1, 5))
	})
	tries("rosa", 2, 20)
}

func testSetupCodes(t *testing.T, db *store.DB) {
	code := func(login, hash string) store.SetupCode {
		return store.SetupCode{Login: login, Hash: hash, Expires: 90}
	}
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutAccount(ctx, store.Account{Login: "rosa"}), tx.PutAccount(ctx, store.Account{Login: "ana"}),
			tx.PutCredential(ctx, store.Credential{Login: "rosa", Secret: "hash"}), tx.PutSetupCode(ctx, code("rosa", "h1")),
			tx.PutSetupCode(ctx, code("rosa", "h2")), tx.PutSetupCode(ctx, code("ana", "h3")))
	})
	view(t, db, func(tx *store.Tx) error {
		got, ok, err := tx.SetupCodeByHash(ctx, "h2")
		_, old, err2 := tx.SetupCodeByHash(ctx, "h1")
		mine, there, err3 := tx.SetupCode(ctx, "ana")
		same(t, "codes", []any{got, ok, old, mine, there}, []any{code("rosa", "h2"), true, false, code("ana", "h3"), true})
		return errors.Join(err, err2, err3)
	})
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.DropSetupCode(ctx, "rosa"), tx.DropCredential(ctx, "rosa"))
	})
	view(t, db, func(tx *store.Tx) error {
		_, ok, err := tx.SetupCode(ctx, "rosa")
		_, secret, err2 := tx.Credential(ctx, "rosa")
		same(t, "dropped", []any{ok, secret}, []any{false, false})
		return errors.Join(err, err2)
	})
}
