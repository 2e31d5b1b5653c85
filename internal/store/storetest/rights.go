package storetest

import (
	"errors"
	"testing"

	"quipu/internal/change"
	"quipu/internal/store"
)

func testRequests(t *testing.T, db *store.DB) {
	a := store.RequestRow{ID: "A", Kind: "access", State: "received", Person: "P1", Office: "ESMAD", Received: "2026-11-02", Due: "2026-12-01"}
	b := store.RequestRow{ID: "B", Kind: "cancellation", State: "received", Person: "P2", Office: "USPAT", Received: "2026-11-03", Due: "2026-11-17"}
	c := store.RequestRow{ID: "C", Kind: "access", State: "refused", Person: "P1", Office: "ESMAD", Received: "2026-10-01", Due: "2026-10-30", Closed: "2026-10-09"}
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutRequest(ctx, a), tx.PutRequest(ctx, b), tx.PutRequest(ctx, c))
	})
	a.State, a.Due = "extended", "2027-01-04"
	update(t, db, func(tx *store.Tx) error { return tx.PutRequest(ctx, a) })
	view(t, db, func(tx *store.Tx) error {
		all, err := tx.OpenRequests(ctx, "", 9)
		same(t, "what waits, the first due first", all, []store.RequestRow{b, a})
		one, err2 := tx.OpenRequests(ctx, "ESMAD", 9)
		same(t, "what waits at an office", one, []store.RequestRow{a})
		done, err3 := tx.AnsweredRequests(ctx, "", 9)
		same(t, "what was answered", done, []store.RequestRow{c})
		of, err4 := tx.RequestsOf(ctx, "P1")
		same(t, "of a person, the newest first", of, []store.RequestRow{a, c})
		n, err5 := tx.CountRequests(ctx, "ESMAD", "2026-10-01")
		same(t, "counts", n, []store.RequestCount{{Kind: "access", State: "extended", N: 1}, {Kind: "access", State: "refused", N: 1}})
		late, err6 := tx.CountRequests(ctx, "", "2026-11-01")
		same(t, "counts from a day on", late, []store.RequestCount{{Kind: "access", State: "extended", N: 1}, {Kind: "cancellation", State: "received", N: 1}})
		return errors.Join(err, err2, err3, err4, err5, err6)
	})
}

func testBreaches(t *testing.T, db *store.DB) {
	a := store.BreachRow{ID: "A", Office: "ESMAD", Noticed: 1_700_000_000_000_000, People: -1}
	b := store.BreachRow{ID: "B", Office: "USPAT", Noticed: 1_800_000_000_000_000, People: 120}
	update(t, db, func(tx *store.Tx) error { return errors.Join(tx.PutBreach(ctx, a), tx.PutBreach(ctx, b)) })
	a.Authority, a.Told, a.People, a.Closed = a.Noticed+1, a.Noticed+2, 7, "2026-11-05"
	update(t, db, func(tx *store.Tx) error { return tx.PutBreach(ctx, a) })
	view(t, db, func(tx *store.Tx) error {
		all, err := tx.Breaches(ctx, "", 9)
		same(t, "breaches, the last noticed first", all, []store.BreachRow{b, a})
		one, err2 := tx.Breaches(ctx, "ESMAD", 9)
		same(t, "breaches of an office", one, []store.BreachRow{a})
		return errors.Join(err, err2)
	})
}

func testDisclosures(t *testing.T, db *store.DB) {
	a := store.DisclosureRow{ID: "A", Asker: "host_authority", Aim: "crime", State: "received", Person: "P1", Office: "ESMAD", Received: "2026-11-02", Due: "2026-11-16"}
	b := store.DisclosureRow{ID: "B", Asker: "self", Aim: "own_data", State: "granted", Person: "P1", Office: "ESMAD", Received: "2026-11-04", Closed: "2026-11-04"}
	update(t, db, func(tx *store.Tx) error { return errors.Join(tx.PutDisclosure(ctx, a), tx.PutDisclosure(ctx, b)) })
	a.State, a.Closed = "refused", "2026-11-05"
	update(t, db, func(tx *store.Tx) error { return tx.PutDisclosure(ctx, a) })
	view(t, db, func(tx *store.Tx) error {
		out, err := tx.Disclosures(ctx, "ESMAD", "self", 9)
		same(t, "asked from outside", out, []store.DisclosureRow{a})
		none, err2 := tx.Disclosures(ctx, "USPAT", "self", 9)
		same(t, "asked elsewhere", len(none), 0)
		of, err3 := tx.DisclosuresOf(ctx, "P1")
		same(t, "about a person", of, []store.DisclosureRow{b, a})
		return errors.Join(err, err2, err3)
	})
}

func testRetentions(t *testing.T, db *store.DB) {
	a := store.RetentionRow{ID: "A", Office: "ESMAD", State: "proposed", Day: "2026-11-02", Author: "ana", People: 3}
	b := store.RetentionRow{ID: "B", Office: "USPAT", State: "proposed", Day: "2026-11-03", Author: "rosa", People: 1, Request: "R"}
	update(t, db, func(tx *store.Tx) error { return errors.Join(tx.PutRetention(ctx, a), tx.PutRetention(ctx, b)) })
	a.State, a.Approver, a.People = "done", "luis", 2
	update(t, db, func(tx *store.Tx) error { return tx.PutRetention(ctx, a) })
	view(t, db, func(tx *store.Tx) error {
		all, err := tx.Retentions(ctx, "", 9)
		same(t, "proposals, the newest first", all, []store.RetentionRow{b, a})
		one, err2 := tx.Retentions(ctx, "ESMAD", 9)
		same(t, "proposals of an office", one, []store.RetentionRow{a})
		of, err3 := tx.RetentionsFor(ctx, "R")
		same(t, "proposals for a request", of, []store.RetentionRow{b})
		return errors.Join(err, err2, err3)
	})
}

// testRedact: a body is put in the place of another, and nothing else changes.
func testRedact(t *testing.T, db *store.DB) {
	one, two := made("AA", 1, "P"), made("AA", 2, "P")
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.Append(ctx, []change.Change{one, two, made("AA", 3, "Q")}),
			tx.PutRowPrints(ctx, []store.RowPrint{{Print: [16]byte{1}, Person: "P", Batch: "B"}, {Print: [16]byte{2}, Person: "Q", Batch: "B"}}),
			tx.PutAttachment(ctx, "h", "image/jpeg", []byte("x")))
	})
	var before store.Head
	view(t, db, func(tx *store.Tx) (err error) { before, err = tx.Head(ctx); return err })
	out, taken := change.Redact(&one, "hash", func(int, *change.Set) bool { return true })
	same(t, "something was taken out", taken, true)
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.Redact(ctx, one.ID, change.Encode(&out)), tx.ForgetRowsOf(ctx, []string{"P"}), tx.DropAttachment(ctx, "h"))
	})
	view(t, db, func(tx *store.Tx) error {
		all, err5 := tx.Changes(ctx, one.Entity)
		same(t, "the changes", all, []change.Change{out, two})
		rows, err2 := tx.Entries(ctx, one.Entity)
		same(t, "the rows", []any{len(rows), rows[0].Seq, rows[0].ID, string(rows[0].Body)}, []any{2, int64(1), one.ID, string(change.Encode(&out))})
		after, err := tx.Head(ctx)
		same(t, "the head of the log", after, before)
		prints, err3 := tx.RowPrints(ctx, [][16]byte{{1}, {2}})
		same(t, "rows of lists", prints, map[[16]byte]string{{2}: "Q"})
		_, _, there, err4 := tx.Attachment(ctx, "h")
		same(t, "the file", there, false)
		return errors.Join(err, err2, err3, err4, err5)
	})
}

// testScrub: a scrubbed database holds what it held.
func testScrub(t *testing.T, db *store.DB) {
	putPeople(t, db, person(1, "QUISPE JUAN", "dni:1"), person(2, "ROJAS ANA", "dni:2"))
	if err := db.Scrub(ctx); err != nil {
		t.Fatal(err)
	}
	view(t, db, func(tx *store.Tx) error {
		found, err := tx.MatchNames(ctx, []string{"ROJAS"}, 9)
		same(t, "found by name", found, []store.PersonRow{stored(person(2, ""))})
		return err
	})
}
