package finder

import (
	"testing"
)

// people is a small register; the row is the place in it.
var people = []Entry{
	{Given: "Rosa María", Paternal: "Quispe", Maternal: "Mamani", Birth: "1985-03-27", Documents: []string{"44425941-3"}, Place: "Milan"},
	{Given: "Jesenia", Paternal: "De la Cruz", Maternal: "Huamán", Birth: "1990-11-05", Phones: []string{"+51 951 513 603"}},
	{Given: "José Luis", Paternal: "Flores", Maternal: "Quispe", Birth: "1968-04", Emails: []string{"jose@example.org"}},
	{Given: "Juan", Paternal: "Quispe", Maternal: "Mamani", Birth: "1960-07-04", Documents: []string{"44425949"}},
	{Given: "Juan", Paternal: "Mamani", Maternal: "Quispe", Birth: "1961-01-12"},
	{Given: "Keiko", Paternal: "Kanashiro", Maternal: "Wong", Other: []string{"de Flores"}, Documents: []string{"PA123456"}},
	{Given: "Ana", Paternal: "Ccahuana", Maternal: "Delacruz", Birth: "1999"},
	{Given: "Rosamaria", Paternal: "Vásquez", Birth: "2001-02-10"},
	{Given: "Francisco", Paternal: "Núñez", Maternal: "Ñahui", Birth: "1985-12-03"},
}

func small() *Index {
	x := New()
	for row, e := range people {
		x.Put(uint32(row), e)
	}
	return x
}

func TestSearchForgives(t *testing.T) {
	x := small()
	for _, c := range []struct {
		text string
		row  uint32
		why  string
	}{
		{"rosa maria quispe mamani", 0, "paternal_same"},
		{"Mamani Rosa Quispe", 0, "shuffled"},
		{"QUISPE MAMANI ROSA", 0, "given_same"},
		{"rosa qispe mamani", 0, "paternal_sound"},
		{"rosa quispr", 0, "paternal_near"},
		{"Yesenia de la Cruz", 1, "given_variant"},
		{"yesenia delacruz", 1, "paternal_joined"},
		{"kispe mamani 1985", 0, "birth_part"},
		{"quispe 27/03/1985", 0, "birth_same"},
		{"quispe 27 de marzo de 1985", 0, "birth_same"},
		{"rosa 1985-03-27", 0, "birth_same"},
		{"44425941", 0, "document_same"},
		{"444259413", 0, "document_near"},
		{"44425914", 0, "document_near"},
		{"951513603", 1, "phone_same"},
		{"jose@example.org", 2, "email_same"},
		{"pepe flores", 2, "given_variant"},
		{"Guaman", 1, "maternal_sound"},
		{"canashiro", 5, "paternal_sound"},
		{"huang", 5, "maternal_variant"},
		{"keiko flores", 5, "other_same"},
		{"ccahua", 6, "paternal_begins"},
		{"ana de la cruz", 6, "maternal_joined"},
		{"rosa maria vasquez", 7, "given_joined"},
		{"basques", 7, "paternal_sound"},
		{"nunez nahui", 8, "paternal_same"},
		{"paco nuñez", 8, "given_variant"},
		{"juan quispe mamani", 3, "given_same"},
		{"juan mamani quispe", 4, "given_same"},
		{"pa-123456", 5, "document_same"},
		{"rosa milan", 0, "place_same"},
	} {
		hits := x.Search(Query{Text: c.text}, 5)
		if len(hits) == 0 || hits[0].Row != c.row {
			t.Errorf("%q finds %+v, not row %d", c.text, hits, c.row)
			continue
		}
		found := false
		for _, r := range hits[0].Reasons {
			found = found || r.Key == c.why
		}
		if !found || hits[0].Score > 1 {
			t.Errorf("%q: score %v, reasons %v, not %s", c.text, hits[0].Score, hits[0].Reasons, c.why)
		}
	}
}
