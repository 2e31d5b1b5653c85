package storetest

import (
	"errors"
	flags "flag"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"quipu/internal/change"
	"quipu/internal/store"
)

// model is what a database should hold, in plain maps.
type model struct {
	db      *store.DB
	changes []change.Change
	people  map[string]store.PersonRow
}

var errBack = errors.New("storetest: taken back")

// Check runs random transactions against databases and against the model, and compares.
func Check(t *testing.T, open func(t *testing.T) *store.DB) {
	for flag, few := range map[string]string{"rapid.checks": "8", "rapid.steps": "25"} { // each check makes a database
		f := flags.Lookup(flag)
		was := f.Value.String()
		if was == f.DefValue {
			defer flags.Set(flag, was) //nolint:errcheck // it was its value
			if err := flags.Set(flag, few); err != nil {
				t.Fatal(err)
			}
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{db: open(t), people: map[string]store.PersonRow{}}
		rt.Repeat(map[string]func(*rapid.T){"write": m.write, "": m.compare})
		checkTree(t, m.db, m.changes)
	})
}

// write runs one transaction of several steps, which may be taken back at its end.
func (m *model) write(rt *rapid.T) {
	changes, people := slices.Clone(m.changes), maps.Clone(m.people)
	back := rapid.IntRange(0, 3).Draw(rt, "back") == 0
	err := m.db.Update(ctx, func(tx *store.Tx) error {
		for range rapid.IntRange(1, 3).Draw(rt, "steps") {
			if err := step(rt, tx, &changes, people); err != nil {
				return err
			}
		}
		if back {
			return errBack
		}
		return nil
	})
	switch {
	case back && !errors.Is(err, errBack), !back && err != nil:
		rt.Fatal(err)
	case !back:
		m.changes, m.people = changes, people
	}
}

var (
	modelNames = []string{"ROSA", "JOSE", "QUISPE", "QUIROZ", "田中", ""}
	modelKeys  = []string{"doc:1", "doc:12", "doc:2", "tel:+51", "tel:+511"}
)

// step makes new people, or changes some who are there.
func step(rt *rapid.T, tx *store.Tx, changes *[]change.Change, people map[string]store.PersonRow) error {
	var rows []store.PersonRow
	isNew := len(people) == 0 || rapid.Bool().Draw(rt, "new")
	there := slices.Sorted(maps.Keys(people))
	picked := map[string]bool{}
	for range rapid.IntRange(0, 4).Draw(rt, "people") {
		row := int64(len(*changes) + 1)
		if !isNew {
			row = people[rapid.SampledFrom(there).Draw(rt, "who")].Row
		}
		p := person(row, rapid.SampledFrom(modelNames).Draw(rt, "name")+" "+rapid.SampledFrom(modelNames).Draw(rt, "name"),
			rapid.SliceOfNDistinct(rapid.SampledFrom(modelKeys), 0, 3, rapid.ID).Draw(rt, "keys")...)
		p.City, p.Entry = rapid.StringMatching(`[a-zñ '"\\]{0,5}`).Draw(rt, "city"), rapid.SampledFrom([]string{"complete", "withdrawn"}).Draw(rt, "entry")
		p.Office, p.NameKey, p.New = rapid.SampledFrom([]string{"ESMAD", "USPAT"}).Draw(rt, "office"), p.SearchText, isNew
		if picked[p.ID] {
			continue
		}
		picked[p.ID] = true
		*changes = append(*changes, made("AA", int64(len(*changes)+1), p.ID))
		rows = append(rows, p)
		people[p.ID] = p
	}
	if err := tx.Append(ctx, (*changes)[len(*changes)-len(rows):]); err != nil {
		return err
	}
	return tx.PutPeople(ctx, rows)
}

// compare looks at the database in every way that the model can follow.
func (m *model) compare(rt *rapid.T) {
	err := m.db.View(ctx, func(tx *store.Tx) error {
		got, err := tx.People(ctx, 0, 1<<30)
		want := m.rows(func(store.PersonRow) bool { return true })
		sameModel(rt, "people", got, want)
		size, err2 := tx.Size(ctx)
		sameModel(rt, "size", size, int64(len(m.changes)))
		office, err3 := tx.PeopleOfOffice(ctx, "ESMAD", 0, 1<<30)
		sameModel(rt, "office", office, m.rows(func(p store.PersonRow) bool { return p.Office == "ESMAD" }))
		count, err4 := tx.CountPeople(ctx, "")
		sameModel(rt, "count", count, int64(len(m.rows(func(p store.PersonRow) bool { return p.Entry != "withdrawn" }))))
		named, err5 := tx.MatchNames(ctx, []string{"ROSA", "QUI*"}, 1<<30)
		sameModel(rt, "names", named, m.rows(func(p store.PersonRow) bool {
			return p.SearchText == "ROSA QUISPE" || p.SearchText == "ROSA QUIROZ" || p.SearchText == "QUISPE ROSA" || p.SearchText == "QUIROZ ROSA"
		}))
		return errors.Join(err, err2, err3, err4, err5, m.compareKeys(rt, tx))
	})
	if err != nil {
		rt.Fatal(err)
	}
}

func (m *model) compareKeys(rt *rapid.T, tx *store.Tx) error {
	want := map[string][]string{}
	for _, who := range slices.Sorted(maps.Keys(m.people)) {
		for _, k := range m.people[who].Keys {
			want[k] = append(want[k], who)
		}
	}
	got, err := tx.PersonIDs(ctx, modelKeys)
	sameModel(rt, "keys", got, want)
	var begins []string
	for _, who := range slices.Sorted(maps.Keys(m.people)) {
		if slices.ContainsFunc(m.people[who].Keys, func(k string) bool { return k == "doc:1" || k == "doc:12" }) {
			begins = append(begins, who)
		}
	}
	found, err2 := tx.PersonIDsByPrefix(ctx, "doc:1", 1<<30)
	sameModel(rt, "prefix", found, begins)
	return errors.Join(err, err2)
}

// rows are the people of the model who are so, as a store would return them.
func (m *model) rows(so func(store.PersonRow) bool) (out []store.PersonRow) {
	for _, who := range slices.Sorted(maps.Keys(m.people)) {
		if so(m.people[who]) {
			out = append(out, stored(m.people[who]))
		}
	}
	return out
}

func sameModel(rt *rapid.T, what string, got, want any) {
	if a, b := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); a != b {
		rt.Fatalf("%s:\n got %s\nwant %s", what, a, b)
	}
}
