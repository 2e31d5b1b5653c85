package storetest

import (
	"errors"
	"testing"

	"quipu/internal/id"
	"quipu/internal/store"
)

func testNumberRanges(t *testing.T, db *store.DB) {
	run := func(first, last int64, holder, campaign string) store.NumberRange {
		return store.NumberRange{Range: id.Range{First: first, Last: last}, Next: first, Holder: holder, Campaign: campaign, Given: 1_700_000_000_000_001}
	}
	a, b, c := run(1, 100, "ESMAD-1", ""), run(101, 150, "LAPTOP-1", "C1"), run(9_999_999_000, id.LastNumber, "ESMAD-1", "")
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutNumberRange(ctx, c), tx.PutNumberRange(ctx, a), tx.PutNumberRange(ctx, b))
	})
	a.Next = 101
	moved := a
	moved.Holder, moved.Last = "other", 7 // only the next number of a run that is there moves
	update(t, db, func(tx *store.Tx) error { return tx.PutNumberRange(ctx, moved) })
	view(t, db, func(tx *store.Tx) error {
		own, err := tx.NumberRanges(ctx, "ESMAD-1")
		same(t, "runs of a holder", own, []store.NumberRange{a, c})
		none, err2 := tx.NumberRanges(ctx, "")
		same(t, "runs of nobody", len(none), 0)
		met, err3 := tx.NumberRangesMeeting(ctx, id.Range{First: 100, Last: 101})
		same(t, "runs that meet one", met, []store.NumberRange{a, b})
		between, err4 := tx.NumberRangesMeeting(ctx, id.Range{First: 151, Last: 9_999_998_999})
		same(t, "runs in a gap", len(between), 0)
		of, err5 := tx.NumberRangesFor(ctx, "C1")
		same(t, "runs of a campaign", of, []store.NumberRange{b})
		return errors.Join(err, err2, err3, err4, err5)
	})
}
