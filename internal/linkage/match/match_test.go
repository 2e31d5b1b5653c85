package match

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quipu/internal/linkage"
)

func listOf(fields []linkage.Field, rows ...string) *linkage.List {
	l := linkage.NewList(fields)
	for _, r := range rows {
		l.Append(strings.Split(r, "|"))
	}
	return l
}

var parts = []linkage.Field{{Name: "nombres", Kind: linkage.GivenNames}, {Name: "paterno", Kind: linkage.Surname}, {Name: "materno", Kind: linkage.SecondSurname},
	{Name: "nacimiento", Kind: linkage.Date}, {Name: "dni", Kind: linkage.Document}, {Name: "calle", Kind: linkage.Street}}

var whole = []linkage.Field{{Name: "person", Kind: linkage.FullName}, {Name: "dob", Kind: linkage.Date}, {Name: "id", Kind: linkage.Document}, {Name: "address", Kind: linkage.Street}}

func small() *linkage.List {
	return listOf(parts,
		"ROSA MARIA|QUISPE|MAMANI|1985-03-27|444259413|AV LOS OLIVOS 123",
		"JUAN CARLOS|FLORES|HUAMAN|1990-11-05|42317766|CALLE LAS FLORES 45",
		"YESENIA|DE LA CRUZ|CCAHUANA|1979-06-30|45127789|JIRON PUNO 778",
		"|||1950-01-01|70113355|PASAJE TITICACA 9")
}

func TestListsWithOtherColumns(t *testing.T) {
	found, err := Match(small(), listOf(whole,
		"Mamani Rosa Quispe|||", "Delacruz, Jesenia|||", "|1990-11-05||", "||44425941|", "||42317767|", "|||titicaca 9", "||||"), Options{Top: 2})
	if err != nil {
		t.Fatal(err)
	}
	for q, want := range []int32{0, 2, 1, 0, 1, 3} {
		if len(found[q]) == 0 || found[q][0].Row != want {
			t.Errorf("query %d finds %v, not %d first", q, found[q], want)
		}
	}
	if len(found[6]) != 0 {
		t.Error("a query of nothing finds", found[6])
	}
	for q, cs := range found {
		if len(cs) > 2 {
			t.Errorf("query %d has %d candidates", q, len(cs))
		}
	}
}

func TestFreeText(t *testing.T) {
	text := []linkage.Field{{Name: "consulta", Kind: linkage.Text}}
	found, err := Match(small(), listOf(text, "qispe mamani rosa 1985", "flores 5/11/1990", "45127789", "", "puno"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for q, want := range []int32{0, 1, 2} {
		if len(found[q]) == 0 || found[q][0].Row != want {
			t.Errorf("query %d finds %v, not %d first", q, found[q], want)
		}
	}
}

// TestThreadsChangeNothing matches lists of chance: threads and the other queries of a small
// list change nothing, candidates are in order, and a row is a candidate once.
func TestThreadsChangeNothing(t *testing.T) {
	word := rapid.SampledFrom(strings.Fields("ROSA MARIA JUAN JOSE QUISPE KISPE MAMANI FLORES CRUZ HUAMAN GUAMAN LEE"))
	row := rapid.Custom(func(t *rapid.T) string {
		return word.Draw(t, "g") + "|" + word.Draw(t, "p") + "|" + word.Draw(t, "m") + "|" + rapid.SampledFrom([]string{"", "1985", "1985-03-27", "1958-03-27"}).Draw(t, "d") +
			"|" + rapid.StringMatching(`(4442594[0-3])?`).Draw(t, "n") + "|"
	})
	rapid.Check(t, func(t *rapid.T) {
		index, queries := rapid.SliceOfN(row, 0, 30).Draw(t, "index"), rapid.SliceOfN(row, 1, 6).Draw(t, "queries")
		one, err := Match(listOf(parts, index...), listOf(parts, queries...), Options{Top: 5})
		if err != nil {
			t.Fatal(err)
		}
		many, err := Match(listOf(parts, index...), listOf(parts, queries...), Options{Top: 5, Threads: 3})
		if err != nil || !reflect.DeepEqual(one, many) {
			t.Fatalf("%v with one thread, %v with three (%v)", one, many, err)
		}
		alone, err := Match(listOf(parts, index...), listOf(parts, queries[0]), Options{Top: 5})
		if err != nil || !reflect.DeepEqual(one[0], alone[0]) {
			t.Fatalf("%v among others, %v alone (%v)", one[0], alone[0], err)
		}
		for _, cs := range one {
			seen := map[int32]bool{}
			for i, c := range cs {
				if seen[c.Row] || c.Score < 0 || c.Score > 1 || i > 0 && c.Score > cs[i-1].Score {
					t.Fatalf("candidates %v", cs)
				}
				seen[c.Row] = true
			}
		}
	})
}
