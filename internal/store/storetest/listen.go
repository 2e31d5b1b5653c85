package storetest

import (
	"errors"
	"testing"

	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/store"
)

// testListen: who listens hears of what was saved, with its place, and of nothing else;
// and can stop what would take values out of the log.
func testListen(t *testing.T, db *store.DB) {
	var heard []store.Saved
	var refuse error
	asked := 0
	db.Listen(store.Listener{Erasing: func() error { asked++; return refuse }, Saved: func(s store.Saved) { heard = append(heard, s) }})
	p := person(1, "ROSA", "doc:1")
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.Append(ctx, []change.Change{made("AA", 1, p.ID)}), tx.PutPeople(ctx, []store.PersonRow{p}))
	})
	update(t, db, func(tx *store.Tx) error { return tx.PutSetting(ctx, "s", "1") })
	no := errors.New("no")
	if err := db.Update(ctx, func(tx *store.Tx) error {
		return errors.Join(tx.Append(ctx, []change.Change{made("AA", 2, p.ID)}), tx.PutPeople(ctx, []store.PersonRow{person(2, "JUAN")}), no)
	}); !errors.Is(err, no) {
		t.Fatal(err)
	}
	same(t, "what was heard", heard, []store.Saved{{From: 0, To: 1, People: []store.PersonRow{p}}})
	same(t, "asked before nothing was erased", asked, 0)
	erase := func(tx *store.Tx) error {
		c := change.Erase(p.ID, nil)
		c.ID = id.Change{Node: "AA", N: 2}
		return errors.Join(tx.Redact(ctx, id.Change{Node: "AA", N: 1}, []byte("{}")), tx.Append(ctx, []change.Change{c}))
	}
	refuse = no
	if err := db.Update(ctx, erase); !errors.Is(err, no) {
		t.Fatal("it was erased although what holds a copy said no:", err)
	}
	refuse = nil
	update(t, db, erase)
	same(t, "asked before it was erased", asked, 2)
	same(t, "heard in all", len(heard), 2)
}

func testTouched(t *testing.T, db *store.DB) {
	married := made("AA", 3, "Q")
	married.Sets = []change.Set{{Field: "surname_married", Value: change.Text("Vda. de Ñahui")}}
	used := made("AA", 5, "R")
	used.Sets = []change.Set{{Field: "name_other/alias", Value: change.Group("text", "Kiko")}}
	erasure := change.Erase("P", nil)
	erasure.ID = id.Change{Node: "AA", N: 4}
	update(t, db, func(tx *store.Tx) error {
		return tx.Append(ctx, []change.Change{made("AA", 1, "P"), made("AA", 2, "P"), married, erasure, used})
	})
	view(t, db, func(tx *store.Tx) error {
		for _, c := range []struct {
			after, until int64
			ids, renamed []string
			erased       bool
		}{{0, 2, []string{"P"}, nil, false}, {2, 4, []string{"Q"}, []string{"Q"}, true}, {0, 5, []string{"P", "Q", "R"}, []string{"Q", "R"}, true},
			{5, 9, nil, nil, false}} {
			ids, erased, err := tx.Touched(ctx, c.after, c.until)
			renamed, err2 := tx.Renamed(ctx, c.after, c.until)
			if err = errors.Join(err, err2); err != nil {
				return err
			}
			same(t, "people touched", ids, c.ids)
			same(t, "erased", erased, c.erased)
			same(t, "people with other names", renamed, c.renamed)
		}
		first, err := tx.Mark(ctx, 1)
		second, err2 := tx.Mark(ctx, 2)
		beyond, err3 := tx.Mark(ctx, 6)
		if first == "" || first == second || beyond != "" {
			t.Errorf("marks %q %q %q", first, second, beyond)
		}
		return errors.Join(err, err2, err3)
	})
}
