package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/store"
)

// texts that have broken programs before. Places of statements are put together here:
// archtest looks for them.
var texts = []string{"", " ", "'; DROP TABLE person; --", `"a" \ ?`, "$" + "1 ? ?" + "1", "línea\r\n\ttab", "👩🏽‍🚀 🇵🇪", "e\u0301 é", "\u2028\ufeff\u200b",
	"ﷺ שלום", strings.Repeat("ñ", 32768), "NULL", "%_*", "\x01\x1f\x7f", "\U0010FFFF\uFFFD"}

// testTexts: every text comes back as it went in, as a value and in a column.
func testTexts(t *testing.T, db *store.DB) {
	var changes []change.Change
	var people []store.PersonRow
	for i, s := range append([]string{"a\x00b"}, texts...) { // a change may hold a NUL: its body escapes it
		c := made("AA", int64(i+1), "P")
		c.Note, c.Author = s, s
		c.Sets = []change.Set{{Field: "a", Value: change.Text(s)}, {Field: "b/1", Value: change.Group("k", s)}}
		changes = append(changes, c)
	}
	for i, s := range texts {
		p := person(int64(i+1), s, "key:"+s[:min(len(s), 1000)])
		p.SurnamePaternal, p.SurnameMaternal, p.GivenNames, p.City = s, s, s, s
		people = append(people, p)
	}
	update(t, db, func(tx *store.Tx) error {
		for i, s := range texts {
			if err := tx.PutSetting(ctx, fmt.Sprint("s", i), s); err != nil {
				return err
			}
		}
		return errors.Join(tx.Append(ctx, changes), tx.PutPeople(ctx, people))
	})
	view(t, db, func(tx *store.Tx) error {
		got, err := tx.Changes(ctx, changes[0].Entity)
		same(t, "changes", got, changes)
		rows, err2 := tx.People(ctx, 0, 100)
		for i := range people {
			same(t, "key", true, func() bool {
				ids, err := tx.PersonIDs(ctx, people[i].Keys)
				return err == nil && ids[people[i].Keys[0]][0] == people[i].ID
			}())
			people[i] = stored(people[i])
			s, err := tx.Setting(ctx, fmt.Sprint("s", i))
			same(t, "setting", []any{s, err}, []any{texts[i], error(nil)})
		}
		same(t, "people", rows, people)
		return errors.Join(err, err2)
	})
}

// testRefusedTexts: what one engine cannot keep in a column none keeps, and says so.
func testRefusedTexts(t *testing.T, db *store.DB) {
	for _, s := range []string{"a\x00b", "\x00", "a\xffb", "\xed\xa0\x80"} {
		p := person(1, "")
		p.City = s
		for what, f := range map[string]func(tx *store.Tx) error{
			"setting": func(tx *store.Tx) error { return tx.PutSetting(ctx, "s", s) },
			"person":  func(tx *store.Tx) error { return tx.PutPeople(ctx, []store.PersonRow{p}) },
			"key":     func(tx *store.Tx) error { return tx.PutPeople(ctx, []store.PersonRow{person(2, "", s)}) },
			"read":    func(tx *store.Tx) error { return tx.LogReads(ctx, []store.Read{{Detail: s}}) },
		} {
			if err := db.Update(ctx, f); !fault.Is(err, "store.text") {
				t.Errorf("%s with %q: %v", what, s, err)
			}
		}
		for what, f := range map[string]func(tx *store.Tx) error{ // to look for one is no accident either
			"keys":    func(tx *store.Tx) error { _, err := tx.PersonIDs(ctx, []string{s}); return err },
			"prefix":  func(tx *store.Tx) error { _, err := tx.PersonIDsByPrefix(ctx, s, 9); return err },
			"names":   func(tx *store.Tx) error { _, err := tx.MatchNames(ctx, []string{s}, 9); return err },
			"account": func(tx *store.Tx) error { _, _, err := tx.Account(ctx, s); return err },
		} {
			if err := db.View(ctx, f); err != nil && !fault.Is(err, "store.text") {
				t.Errorf("looking for %s with %q: %v", what, s, err)
			}
		}
	}
	n := int64(-1)
	view(t, db, func(tx *store.Tx) (err error) { n, err = tx.Count(ctx, store.CountPersons); return err })
	same(t, "people", n, int64(0))
}
