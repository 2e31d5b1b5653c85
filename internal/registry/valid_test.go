package registry

import (
	"testing"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/id"
)

func TestValidOn(t *testing.T) {
	at := func(n int64, field, text, from, to, written string) change.Change {
		s, err := change.ParseStamp(written + "T12:00:00.000000Z")
		if err != nil {
			t.Fatal(err)
		}
		return change.Change{ID: id.Change{Node: "AA", N: n}, Entity: change.Ref{Kind: change.Person, ID: "P"}, At: s,
			Sets: []change.Set{{Field: field, Value: change.Text(text), Prov: change.Provenance{From: from, To: to}}}}
	}
	log := []change.Change{
		at(1, "civil_status", "single", "", "", "2020-01-10"),
		at(2, "civil_status", "married", "2018-06-02", "", "2021-03-01"), // told three years late
		at(3, "residence_country", "ES", "", "2019", "2020-01-10"),
		at(4, "residence_country", "US", "2020", "", "2022-01-01"),
	}
	for _, c := range []struct{ day, field, want string }{
		{"2017-01-01", "civil_status", "single"},
		{"2018-07", "civil_status", "married"}, // not yet known then, but so it was
		{"2019-12-31", "residence_country", "ES"},
		{"2020-05-01", "residence_country", "US"},
	} {
		day, err := civil.Parse(c.day)
		if err != nil {
			t.Fatal(err)
		}
		p := ValidOn(log, day)
		if got := p.Text(c.field); got != c.want {
			t.Errorf("on %s %s was %q, want %q", c.day, c.field, got, c.want)
		}
	}
}
