package storetest

import (
	"fmt"
	"testing"

	"quipu/internal/name"
	"quipu/internal/store"
)

// find checks who has the terms.
func find(t testing.TB, db *store.DB, limit int, want []int64, terms ...string) {
	t.Helper()
	view(t, db, func(tx *store.Tx) error {
		people, err := tx.MatchNames(ctx, terms, limit)
		var rows []int64
		for _, p := range people {
			rows = append(rows, p.Row)
		}
		same(t, fmt.Sprintf("people with %q", terms), rows, want)
		return err
	})
}

func testNames(t *testing.T, db *store.DB) {
	for i, s := range []string{"José Ñahui Quispe", "JOSE QUISPE", "María Quispe-Mamani", "Patrick O'Higgins", "Ana", "D\"Angelo \\ Luz", ""} {
		putPeople(t, db, person(int64(i+1), name.Fold(s)))
	}
	find(t, db, 9, []int64{1, 2}, "JOSE")
	find(t, db, 9, []int64{1}, "JOSE", "NAHUI")
	find(t, db, 9, []int64{1, 2, 3}, "QUIS*")
	find(t, db, 9, []int64{1, 2, 3}, "Q*")
	find(t, db, 9, []int64{3}, "MAMANI", "QUISPE")
	find(t, db, 9, []int64{4}, "OHIGGINS")
	find(t, db, 9, nil, "QUIS")
	find(t, db, 9, nil, "JOSE", "MAMANI")
	find(t, db, 9, []int64{6}, "LUZ", "D*")
	// Whatever is asked for, it is words and nothing of the index's language.
	find(t, db, 9, nil)
	find(t, db, 9, nil, "", "*", "'", "\"", "\\")
	find(t, db, 9, []int64{5}, "\"ANA\"")
	find(t, db, 9, []int64{5}, "'ANA", "*")
	find(t, db, 9, nil, "ANA OR JOSE")
	find(t, db, 9, nil, "NOT", "ANA")
	find(t, db, 9, []int64{3}, "QUISPE-MAMANI")
	find(t, db, 9, []int64{3}, "QUISPE-MAM*")
	find(t, db, 9, []int64{5}, "A\x00*", "ANA:*")
	find(t, db, 9, nil, "names:ANA")
	find(t, db, 9, nil, "\xff\xfe", "ANA & JOSE")
	// An update takes the old words away.
	p := person(5, "EVA")
	p.New = false
	putPeople(t, db, p)
	find(t, db, 9, nil, "ANA")
	find(t, db, 9, []int64{5}, "EVA")
	p.SearchText = ""
	putPeople(t, db, p)
	find(t, db, 9, nil, "EVA")
}

func testScripts(t *testing.T, db *store.DB) {
	scripts := []string{"Θεόδωρος Παπαδόπουλος", "Наталья Ёлкина", "明子 田中", "محمد علي", "דָּוִד כהן", "देवी शर्मा", "ศรีสุวรรณ สมชาย", "한지민", "Łukasz Ünal Ægir", "ქეთევან", "A1 B2"}
	for i, s := range scripts {
		putPeople(t, db, person(int64(i+1), name.Fold(s)))
	}
	for i, s := range scripts {
		find(t, db, 9, []int64{int64(i + 1)}, name.Tokens(s)...)
		for _, w := range name.Tokens(s) {
			find(t, db, 9, []int64{int64(i + 1)}, w)
			find(t, db, 9, []int64{int64(i + 1)}, string([]rune(w)[:2])+"*")
		}
	}
}

func testNameOrder(t *testing.T, db *store.DB) {
	var people []store.PersonRow
	var want []int64
	for i := range int64(700) {
		people = append(people, person(i+1, "ROSA FLORES"))
		want = append(want, i+1)
	}
	// Written last to first, and some again: the order is still that of the rows.
	for i := 699; i >= 0; i -= 100 {
		putPeople(t, db, people[i-99:i+1]...)
	}
	again := people[200]
	again.New = false
	putPeople(t, db, again)
	find(t, db, 1000, want, "FLORES", "ROSA")
	find(t, db, 650, want[:650], "FLOR*")
	find(t, db, 3, want[:3], "ROSA")
}
