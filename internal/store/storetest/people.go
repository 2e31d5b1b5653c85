package storetest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"testing"

	"quipu/internal/change"
	"quipu/internal/store"
)

func testPeople(t *testing.T, db *store.DB) {
	a, b := person(10, "QUISPE JUAN"), person(20, "HUAMAN ANA")
	b.Entry, b.Office, b.Birth, b.Expires = "withdrawn", "USPAT", "", ""
	putPeople(t, db, a, b)
	update(t, db, func(tx *store.Tx) error { return tx.PutPeople(ctx, nil) })
	changed := person(10, "QUISPE ANA")
	changed.SurnamePaternal, changed.City, changed.Office, changed.Doubts, changed.New = "Ñandú", "Paterson", "USPAT", 0, false
	putPeople(t, db, changed)
	view(t, db, func(tx *store.Tx) error {
		got, err := tx.PeopleByID(ctx, []string{a.ID, b.ID, "nobody"})
		slices.SortFunc(got, func(x, y store.PersonRow) int { return cmp.Compare(x.Row, y.Row) })
		same(t, "people by id", got, []store.PersonRow{stored(changed), stored(b)})
		p, ok, err2 := tx.PersonByNumber(ctx, b.Number)
		same(t, "person by number", p, stored(b))
		_, nobody, err3 := tx.PersonByNumber(ctx, "99999999999")
		same(t, "found", []bool{ok, nobody}, []bool{true, false})
		byKey, err4 := tx.PeopleByNameKey(ctx, changed.NameKey, 5)
		same(t, "people by name key", byKey, []store.PersonRow{stored(changed)})
		all, err5 := tx.CountPeople(ctx, "")
		office, err6 := tx.CountPeople(ctx, "USPAT")
		offices, err7 := tx.CountOffices(ctx)
		same(t, "counts leave the withdrawn out", []any{all, office, offices}, []any{int64(1), int64(1), map[string]int64{"USPAT": 1}})
		rows, err8 := tx.Count(ctx, store.CountPersons)
		same(t, "rows", rows, int64(2))
		return errors.Join(err, err2, err3, err4, err5, err6, err7, err8)
	})
	update(t, db, func(tx *store.Tx) error {
		return tx.Append(ctx, []change.Change{made("AA", 1, a.ID), made("AA", 2, "GONE"), made("AA", 3, "GONE")})
	})
	view(t, db, func(tx *store.Tx) error {
		got, err := tx.PeopleWithoutRow(ctx, 5)
		same(t, "people that only the log tells of", got, []string{"GONE"})
		return err
	})
	c := person(30, "X")
	c.Number = a.Number
	if err := db.Update(ctx, func(tx *store.Tx) error { return tx.PutPeople(ctx, []store.PersonRow{c}) }); err == nil {
		t.Fatal("two people have one registry number")
	}
}

func testPaging(t *testing.T, db *store.DB) {
	var people, madrid []store.PersonRow
	for i := range int64(230) {
		p := person(3*i+1, "")
		if p.NameKey = fmt.Sprint("KEY ", i%10); i%2 == 1 {
			p.Office = "USPAT"
		} else {
			madrid = append(madrid, stored(p))
		}
		people = append(people, p)
	}
	putPeople(t, db, people...)
	for i := range people {
		people[i] = stored(people[i])
	}
	pages := func(next func(after int64) ([]store.PersonRow, error)) (all []store.PersonRow, err error) {
		for after := int64(0); ; after = all[len(all)-1].Row {
			page, err := next(after)
			if all = append(all, page...); err != nil || len(page) == 0 {
				return all, err
			}
		}
	}
	view(t, db, func(tx *store.Tx) error {
		got, err := pages(func(after int64) ([]store.PersonRow, error) { return tx.People(ctx, after, 7) })
		same(t, "everybody", got, people)
		got, err2 := pages(func(after int64) ([]store.PersonRow, error) { return tx.PeopleOfOffice(ctx, "ESMAD", after, 50) })
		same(t, "one office", got, madrid)
		first, err3 := tx.PeopleByNameKey(ctx, "KEY 4", 3)
		same(t, "the first with a name", first, []store.PersonRow{people[4], people[14], people[24]})
		byName, err4 := tx.NameKeys(ctx, []string{"KEY 4", "KEY 9", "KEY 77"})
		same(t, "names that somebody has", len(byName), 2)
		same(t, "people of a name, in row order", byName["KEY 9"][:2], []store.PersonRow{people[9], people[19]})
		return errors.Join(err, err2, err3, err4)
	})
	testWaiting(t, db)
}

// testWaiting is the lists that an office begins its day with.
func testWaiting(t *testing.T, db *store.DB) {
	const today, before = "2026-11-23", "2027-01-23"
	var people []store.PersonRow
	for i, expires := range []string{"2026-11-22", "2026-11-23", "2027-01-22", "2027-01-23", "", "2020-01-01", "2020-01-01", "2020-01-01"} {
		p := person(int64(1001+i), "")
		p.Office, p.Expires, p.Doubts = "JPTYO", expires, i%2
		people = append(people, p)
	}
	people[1].Birth, people[2].Birth, people[3].Birth, people[4].Birth = "1984-02-29", "1970-01-01", "1984-02-29", "1984-02-29"
	people[5].Vital, people[6].Entry, people[7].Office = "deceased", "withdrawn", "USPAT"
	putPeople(t, db, people...)
	for i := range people {
		people[i] = stored(people[i])
	}
	view(t, db, func(tx *store.Tx) error {
		n, err := tx.CountWaiting(ctx, "JPTYO", today, before)
		born, err6 := tx.PeopleByBirth(ctx, []string{"1984-02-29", "1970-01-01", "XX"}, 3)
		same(t, "born on one of the days", born, people[1:4])
		nobody, err7 := tx.PeopleByBirth(ctx, nil, 3)
		same(t, "born on no day", len(nobody), 0)
		same(t, "what waits", n, store.Waiting{Registered: 4, Due: 2, Stale: 1, Doubtful: 3})
		none, err2 := tx.CountWaiting(ctx, "XXXXX", today, before)
		same(t, "what waits nowhere", none, store.Waiting{})
		due, err3 := tx.PeopleExpiring(ctx, "JPTYO", before, 0, 2)
		same(t, "the first who expire", due, people[:2])
		due, err4 := tx.PeopleExpiring(ctx, "JPTYO", before, people[1].Row, 2)
		same(t, "those after them", due, people[2:3])
		doubt, err5 := tx.PeopleInDoubt(ctx, "JPTYO", people[1].Row, 9)
		same(t, "doubts", doubt, []store.PersonRow{people[3], people[5]})
		return errors.Join(err, err2, err3, err4, err5, err6, err7)
	})
}

// testMany asks for more things at once than a statement takes.
func testMany(t *testing.T, db *store.DB) {
	const many = 1203
	var people []store.PersonRow
	var ids, keys, names []string
	for i := range int64(many) {
		p := person(i+1, "", fmt.Sprint("doc:", i))
		people = append(people, p)
		ids, keys, names = append(ids, p.ID), append(keys, p.Keys[0]), append(names, p.NameKey)
	}
	putPeople(t, db, people...)
	for i := range people { // and update them all at once
		people[i].City, people[i].New = "Cusco", false
	}
	putPeople(t, db, people...)
	view(t, db, func(tx *store.Tx) error {
		got, err := tx.PeopleByID(ctx, ids)
		slices.SortFunc(got, func(x, y store.PersonRow) int { return cmp.Compare(x.Row, y.Row) })
		for i := range people {
			people[i] = stored(people[i])
		}
		same(t, "people", got, people)
		byKey, err2 := tx.PersonIDs(ctx, keys)
		same(t, "keys", len(byKey), many)
		same(t, "last key", byKey[keys[many-1]], []string{ids[many-1]})
		byName, err3 := tx.NameKeys(ctx, names)
		same(t, "names", len(byName), many)
		none, err4 := tx.PeopleByID(ctx, nil)
		same(t, "nobody asked for", len(none), 0)
		return errors.Join(err, err2, err3, err4)
	})
}

func testKeys(t *testing.T, db *store.DB) {
	a, b, c := person(1, "", "doc:1", "tel:+51", "doc:1"), person(2, "", "doc:1", "mail:ñ@x"), person(3, "")
	putPeople(t, db, a, b, c)
	look := func(want map[string][]string) {
		t.Helper()
		view(t, db, func(tx *store.Tx) error {
			got, err := tx.PersonIDs(ctx, []string{"doc:1", "doc:2", "tel:+51", "mail:ñ@x", "doc", ""})
			same(t, "holders", got, want)
			return err
		})
	}
	look(map[string][]string{"doc:1": {a.ID, b.ID}, "tel:+51": {a.ID}, "mail:ñ@x": {b.ID}})
	a.Keys, a.New = []string{"doc:2"}, false
	b.Keys, b.New = nil, false
	c.Keys, c.New = []string{"doc:1", "doc:2"}, false
	putPeople(t, db, a, b, c)
	look(map[string][]string{"doc:1": {c.ID}, "doc:2": {a.ID, c.ID}})
}

func testPrefixes(t *testing.T, db *store.DB) {
	putPeople(t, db, person(1, "", "doc:123:PER", "doc:124:PER"), person(2, "", "doc:1234:PER"), person(3, "", "doc:12~"),
		person(4, "", "mail:ñu@x"), person(5, "", "mail:ó@x"), person(6, "", "mail:\uD7FF"))
	view(t, db, func(tx *store.Tx) error {
		keys, err := tx.KeysOf(ctx, []store.PersonRow{{Row: 1}, {Row: 3}, {Row: 99}})
		if err != nil {
			return err
		}
		same(t, "keys of people", keys, map[int64][]string{1: {"doc:123:PER", "doc:124:PER"}, 3: {"doc:12~"}})
		for _, c := range []struct {
			prefix string
			limit  int
			want   []string
		}{
			{"doc:123:", 9, []string{"P00001"}}, {"doc:12", 9, []string{"P00001", "P00002", "P00003"}}, {"doc:12", 2, []string{"P00001", "P00002"}},
			{"doc:12~", 9, []string{"P00003"}}, {"mail:ñ", 9, []string{"P00004"}}, {"mail:\uD7FF", 9, []string{"P00006"}},
			{"z", 9, nil}, {"", 9, nil},
		} {
			got, err := tx.PersonIDsByPrefix(ctx, c.prefix, c.limit)
			if err != nil {
				return err
			}
			same(t, fmt.Sprintf("people with %q", c.prefix), got, c.want)
		}
		return nil
	})
}
