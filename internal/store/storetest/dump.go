package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"quipu/internal/change"
	"quipu/internal/store"
)

// Dump writes what a database holds as text: the same after the same writes on every engine.
func Dump(t testing.TB, db *store.DB) string {
	t.Helper()
	var b strings.Builder
	view(t, db, func(tx *store.Tx) error {
		err := tx.Log(ctx, 0, 1<<30, func(e store.Entry) error {
			fmt.Fprintf(&b, "%d %s %s %d %q %s\n", e.Seq, e.ID, e.Entity, e.At, e.Batch, e.Body)
			return nil
		})
		head, err2 := tx.Head(ctx)
		fmt.Fprintf(&b, "head %d %s %q\n", head.Size, head.Edge.Root(), head.Note)
		for i := range head.Size >> 8 {
			tile, err := tx.Tile(ctx, 0, i)
			fmt.Fprintf(&b, "tile %x %v\n", tile, err)
		}
		points, err3 := tx.Checkpoints(ctx)
		people, err4 := tx.People(ctx, 0, 1<<30)
		for _, p := range people {
			fmt.Fprintf(&b, "%+v\n", p)
		}
		reads, err5 := tx.Reads(ctx, 1<<62, 1<<30)
		runs, err6 := tx.ImportRuns(ctx, "", "", 1<<30)
		offices, err7 := tx.Offices(ctx)
		accounts, err8 := tx.Accounts(ctx)
		fmt.Fprintf(&b, "%v\n%v\n%v\n%v\n%v\n", points, reads, runs, offices, accounts)
		return errors.Join(err, err2, err3, err4, err5, err6, err7, err8)
	})
	return b.String()
}

// Script writes the same to any database, for Dump to compare.
func Script(t testing.TB, db *store.DB) {
	t.Helper()
	for n := int64(1); n <= 300; n++ {
		if n%40 != 0 {
			update(t, db, func(tx *store.Tx) error { return everything(tx, n) })
			continue
		}
		c := made("AA", n, "P00001")
		c.Note, c.Batch = texts[int(n/40)], "B"
		p := person(1, "")
		p.City, p.New = c.Note, false
		update(t, db, func(tx *store.Tx) error {
			return errors.Join(tx.Append(ctx, []change.Change{c}), tx.PutPeople(ctx, []store.PersonRow{p}))
		})
	}
}
