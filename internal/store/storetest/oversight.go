package storetest

import (
	"errors"
	"fmt"
	"testing"

	"quipu/internal/change"
	"quipu/internal/store"
)

func testFindReads(t *testing.T, db *store.DB) {
	line := func(at int64, author, office, home, person string) store.Read {
		return store.Read{At: at * 1_000_000, Author: author, Office: office, Home: home, Person: person, Purpose: "act", Action: "read", Detail: "sealed"}
	}
	const hour = 3600
	all := []store.Read{line(1*hour, "rosa", "ESMAD", "ESMAD", "P1"), line(2*hour, "luz", "USPAT", "ESMAD", "P1"), line(3*hour, "luz", "USPAT", "USPAT", "P2"),
		line(4*hour, "rosa", "ESMAD", "", "P3"), line(4*hour-60, "rosa", "ESMAD", "USPAT", "P2"), {At: 5 * hour * 1_000_000, Author: "rosa", Office: "ESMAD", Purpose: "election", Action: "search"}}
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.LogReads(ctx, all), tx.PutReadMarks(ctx, map[int64]string{2: "outside", 5: "outside hours"}),
			tx.PutReadMarks(ctx, map[int64]string{5: "reserved"}), tx.SeeReadMark(ctx, 5, 77, "amelia", "preguntado"), tx.SeeReadMark(ctx, 5, 99, "otra", "no"), tx.SeeReadMark(ctx, 1, 99, "otra", "no"))
	})
	view(t, db, func(tx *store.Tx) error {
		for _, c := range []struct {
			f    store.ReadFilter
			want string
		}{
			{store.ReadFilter{}, "[6 5 4 3 2 1]"}, {store.ReadFilter{Author: "luz"}, "[3 2]"}, {store.ReadFilter{Office: "ESMAD"}, "[6 5 4 1]"},
			{store.ReadFilter{Around: "USPAT"}, "[5 3 2]"}, {store.ReadFilter{Person: "P1"}, "[2 1]"}, {store.ReadFilter{Purpose: "election"}, "[6]"},
			{store.ReadFilter{Action: "search"}, "[6]"}, {store.ReadFilter{Detail: "sealed", Author: "rosa"}, "[5 4 1]"}, {store.ReadFilter{Outside: true}, "[5 2]"},
			{store.ReadFilter{From: 4 * hour * 1_000_000}, "[6 4]"}, {store.ReadFilter{From: 2 * hour * 1_000_000, Until: 4 * hour * 1_000_000}, "[5 3 2]"},
			{store.ReadFilter{From: 99 * hour * 1_000_000}, "[]"}, {store.ReadFilter{Before: 3}, "[2 1]"},
			{store.ReadFilter{Marks: store.OpenMarks}, "[2]"}, {store.ReadFilter{Marks: store.SeenMarks}, "[5]"}, {store.ReadFilter{Marks: store.Marked}, "[5 2]"}, {store.ReadFilter{Marks: store.OpenMarks, Author: "rosa"}, "[]"},
		} {
			found, err := tx.FindReads(ctx, c.f, 100)
			if err != nil {
				return err
			}
			got := []int64{}
			for _, r := range found {
				got = append(got, r.Seq)
			}
			same(t, fmt.Sprintf("%+v", c.f), fmt.Sprint(got), c.want)
		}
		found, err := tx.FindReads(ctx, store.ReadFilter{Before: 6}, 1)
		all[4].Seq = 5
		same(t, "a read that somebody looked at", found, []store.MarkedRead{{Read: all[4], Reasons: "outside hours", SeenAt: 77, SeenBy: "amelia", Note: "preguntado"}})
		open, err2 := tx.OpenReadMarks(ctx)
		last, err3 := tx.LastRead(ctx)
		after, err4 := tx.ReadsAfter(ctx, 4, 1)
		same(t, "marks that wait, the last line, the line after", []any{open, last, after}, []any{int64(1), int64(6), []store.Read{all[4]}})
		return errors.Join(err, err2, err3, err4)
	})
}

func testRegistrationTimes(t *testing.T, db *store.DB) {
	one := store.RegistrationTime{Person: "P1", Author: "rosa", Office: "ESMAD", Seconds: 95, At: 100}
	two := store.RegistrationTime{Person: "P2", Author: "ana", Office: "ESMAD", Seconds: 200, At: 300}
	again, other, untimed := one, two, one
	again.Seconds, again.At = 1, 900
	untimed.Person, untimed.Seconds, untimed.At = "P4", 0, 50
	other.Person, other.Office, other.At = "P3", "USPAT", 200
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutRegistrationTime(ctx, one), tx.PutRegistrationTime(ctx, two), tx.PutRegistrationTime(ctx, again), tx.PutRegistrationTime(ctx, other),
			tx.PutRegistrationTime(ctx, untimed))
	})
	view(t, db, func(tx *store.Tx) error {
		got, err := tx.RegistrationTimes(ctx, "ESMAD", 9)
		same(t, "times of an office", got, []store.RegistrationTime{two, one})
		got, err2 := tx.RegistrationTimes(ctx, "ESMAD", 1)
		same(t, "the last time", got, []store.RegistrationTime{two})
		got, err3 := tx.RegistrationsSince(ctx, "ESMAD", 50)
		same(t, "registrations since", got, []store.RegistrationTime{untimed, one, two})
		got, err4 := tx.RegistrationsSince(ctx, "ESMAD", 101)
		same(t, "registrations since later", got, []store.RegistrationTime{two})
		return errors.Join(err, err2, err3, err4)
	})
	timed := untimed
	timed.Seconds = 30
	update(t, db, func(tx *store.Tx) error { return tx.PutRegistrationTime(ctx, timed) })
	view(t, db, func(tx *store.Tx) error {
		got, err := tx.RegistrationTimes(ctx, "ESMAD", 9)
		same(t, "a time that came later", got, []store.RegistrationTime{two, one, timed})
		return err
	})
}

func testSessionsAt(t *testing.T, db *store.DB) {
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutAccount(ctx, store.Account{Login: "rosa", Name: "Rosa", Office: "ESMAD"}), tx.PutAccount(ctx, store.Account{Login: "luz", Name: "Luz", Office: "USPAT"}),
			tx.PutSession(ctx, store.Session{Token: "a", Login: "rosa", Seen: 10, Expires: 100}), tx.PutSession(ctx, store.Session{Token: "b", Login: "rosa", Seen: 20, Expires: 100}),
			tx.PutSession(ctx, store.Session{Token: "c", Login: "rosa", Seen: 30, Expires: 50}), tx.PutSession(ctx, store.Session{Token: "d", Login: "rosa", Seen: 40, Expires: 100}),
			tx.PutSession(ctx, store.Session{Token: "e", Login: "luz", Seen: 50, Expires: 100}), tx.PutSession(ctx, store.Session{Token: "f", Seen: 60, Expires: 100}), tx.DropSession(ctx, "d"))
	})
	view(t, db, func(tx *store.Tx) error {
		got, err := tx.SessionsAt(ctx, "ESMAD", 50)
		same(t, "sessions of an office", got, []store.OfficerSessions{{Login: "rosa", Name: "Rosa", Open: 2, Seen: 20}})
		return err
	})
}

func testRunningImports(t *testing.T, db *store.DB) {
	update(t, db, func(tx *store.Tx) error {
		c := made("AA", 1, "P1")
		c.Batch = "B1"
		return errors.Join(tx.PutImportRun(ctx, store.ImportRun{ID: "B1", Office: "ESMAD", State: "running", Started: 5}), tx.PutImportRun(ctx, store.ImportRun{ID: "B2", Office: "ESMAD", State: "done", Started: 6}),
			tx.PutImportRun(ctx, store.ImportRun{ID: "B3", Office: "USPAT", State: "running", Started: 7}), tx.Append(ctx, []change.Change{c}))
	})
	view(t, db, func(tx *store.Tx) error {
		got, err := tx.RunningImports(ctx, "ESMAD")
		same(t, "running imports", got, []store.ImportRun{{ID: "B1", Office: "ESMAD", State: "running", Started: 5}})
		last, err2 := tx.LastOfImport(ctx, "B1")
		none, err3 := tx.LastOfImport(ctx, "B3")
		same(t, "last of an import", []int64{last, none}, []int64{made("AA", 1, "P1").At.Micros, 0})
		return errors.Join(err, err2, err3)
	})
}
