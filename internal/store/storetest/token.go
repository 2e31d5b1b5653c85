package storetest

import (
	"errors"
	"testing"

	"quipu/internal/store"
)

func testTokens(t *testing.T, db *store.DB) {
	one := store.APIToken{ID: "T1", Hash: "h1", Login: "rosa", Name: "hoja de cálculo", Scopes: "search read", Created: 10, Expires: 90}
	two := store.APIToken{ID: "T2", Hash: "h2", Login: "rosa", Scopes: "read", Created: 20, Expires: 90}
	other := store.APIToken{ID: "T3", Hash: "h3", Login: "ana", Scopes: "read", Created: 15, Expires: 90}
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutAPIToken(ctx, one), tx.PutAPIToken(ctx, two), tx.PutAPIToken(ctx, other))
	})
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.UsedAPIToken(ctx, "T1", 30), tx.RevokeAPIToken(ctx, "T2", 40), tx.RevokeAPIToken(ctx, "T2", 50))
	})
	one.LastUsed, two.Revoked = 30, 40
	view(t, db, func(tx *store.Tx) error {
		mine, err := tx.APITokens(ctx, "rosa")
		same(t, "tokens of one", mine, []store.APIToken{two, one})
		all, err2 := tx.APITokens(ctx, "")
		same(t, "all tokens", all, []store.APIToken{two, other, one})
		got, ok, err3 := tx.APITokenByHash(ctx, "h1")
		_, none, err4 := tx.APITokenByHash(ctx, "H1")
		byID, _, err5 := tx.APIToken(ctx, "T3")
		same(t, "one token", []any{got, ok, none, byID}, []any{one, true, false, other})
		return errors.Join(err, err2, err3, err4, err5)
	})
	twin := one
	twin.ID = "T4"
	if err := db.Update(ctx, func(tx *store.Tx) error { return tx.PutAPIToken(ctx, twin) }); err == nil {
		t.Fatal("two tokens have one secret")
	}
}

func testAnswers(t *testing.T, db *store.DB) {
	begun := store.Answer{Find: "a", Request: "r", Headers: "{}", Created: 10}
	old := store.Answer{Find: "b", Request: "r", Headers: "{}", Created: 5}
	update(t, db, func(tx *store.Tx) error { return errors.Join(tx.PutAnswer(ctx, begun), tx.PutAnswer(ctx, old)) })
	done := begun
	done.Status, done.Body, done.Headers = 201, []byte{'{', 0, 0xff}, `{"ETag":"\"ñ\""}`
	update(t, db, func(tx *store.Tx) error { return errors.Join(tx.PutAnswer(ctx, done), tx.DropAnswersBefore(ctx, 10)) })
	view(t, db, func(tx *store.Tx) error {
		got, ok, err := tx.Answer(ctx, "a")
		_, there, err2 := tx.Answer(ctx, "b")
		same(t, "answers", []any{got, ok, there}, []any{done, true, false})
		return errors.Join(err, err2)
	})
	update(t, db, func(tx *store.Tx) error { return tx.DropAnswer(ctx, "a") })
	view(t, db, func(tx *store.Tx) error {
		_, there, err := tx.Answer(ctx, "a")
		same(t, "dropped", there, false)
		return err
	})
}
