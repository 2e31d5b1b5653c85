package storetest

import (
	"errors"
	"testing"

	"quipu/internal/store"
)

// testTraits: each side of a pair counts for its own trait.
func testTraits(t *testing.T, db *store.DB) {
	p := putSame(t, db)
	said := p[1] // with the one person of USPAT
	said.Verdict, said.SaidBy = "same", "rosa"
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutVerdict(ctx, said),
			tx.PutDecision(ctx, store.DecisionRow{Change: "M:1", Pair: said.ID, Kind: "second", Verdict: "different", Author: "ana", At: 1}),
			tx.PutDecision(ctx, store.DecisionRow{Change: "M:2", Pair: said.ID, Kind: "second", Verdict: "same", Author: "ana", At: 1, Agrees: true}),
			tx.PutDecision(ctx, store.DecisionRow{Change: "M:3", Pair: p[0].ID, Kind: "reopen", Author: "ana", At: 1}))
	})
	view(t, db, func(tx *store.Tx) error {
		people, err := tx.CountPeopleBy(ctx, store.ByOffice, "")
		same(t, "people", people, []store.TraitCount{{Value: "ESMAD", N: 5}, {Value: "USPAT", N: 1}})
		pairs, err2 := tx.CountPairsBy(ctx, store.ByOffice, "")
		same(t, "sides of pairs", pairs, []store.TraitCount{{Value: "ESMAD", N: 6}, {Value: "ESMAD", Verdict: "same", N: 1}, {Value: "USPAT", Verdict: "same", N: 1}})
		back, err3 := tx.CountReversedBy(ctx, store.ByOffice, "")
		same(t, "taken back", back, []store.TraitCount{{Value: "ESMAD", Kind: "reopen", N: 2}, {Value: "ESMAD", Kind: "second", N: 1}, {Value: "USPAT", Kind: "second", N: 1}})
		there, err4 := tx.CountPairsBy(ctx, store.BySex, "USPAT")
		same(t, "of an office", there, []store.TraitCount{{Value: "M", Verdict: "same", N: 1}})
		return errors.Join(err, err2, err3, err4)
	})
}
