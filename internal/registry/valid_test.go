package registry

import (
	"testing"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/id"
)

func TestValidOn(t *testing.T) {
	at := func(n, base int64, field, text, from, to, written string) change.Change {
		s, err := change.ParseStamp(written + "T12:00:00.000000Z")
		if err != nil {
			t.Fatal(err)
		}
		c := change.Change{ID: id.Change{Node: "AA", N: n}, Entity: change.Ref{Kind: change.Person, ID: "P"}, At: s,
			Sets: []change.Set{{Field: field, Value: change.Text(text), Prov: change.Provenance{From: from, To: to}}}}
		if base > 0 {
			c.Sets[0].Base = id.Change{Node: "AA", N: base}
		}
		return c
	}
	log := []change.Change{
		at(1, 0, "number", "0000-000-0017", "", "", "2020-01-10"),
		at(2, 0, "civil_status", "single", "", "", "2020-01-10"),
		at(3, 2, "civil_status", "married", "2018-06-02", "", "2021-03-01"), // told three years late
		at(4, 0, "residence_country", "ES", "", "2019", "2020-01-10"),
		at(5, 4, "residence_country", "US", "2020", "", "2022-01-01"),
		at(6, 4, "residence_country", "IT", "2019", "", "2022-01-01"), // who wrote it had not seen the other
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

// TestValidOnItems: what says itself since when it is so holds since then, and has not
// ended before it did.
func TestValidOnItems(t *testing.T) {
	asOf := civil.Date{Year: 2024, Month: 3, Day: 1}
	c, _, err := Register(RegisterCmd{Office: "ESMAD", Inputs: []Input{{Field: "given_names", Value: change.Text("Ana")},
		{Field: "document/new", Value: change.Group("type", "passport", "number", "116012345", "issued", "2023-02-01", "verification", "seen_original")}}}, asOf)
	if err != nil {
		t.Fatal(err)
	}
	stamp := func(c change.Change, n int64, written string) change.Change {
		s, err := change.ParseStamp(written + "T12:00:00.000000Z")
		if err != nil {
			t.Fatal(err)
		}
		c.ID, c.At, c.Entity = id.Change{Node: "AA", N: n}, s, change.Ref{Kind: change.Person, ID: "P"}
		return c
	}
	log := []change.Change{stamp(c, 1, "2024-03-01")}
	cur := Load(log)
	died, err := Decease(&cur, civil.Date{Year: 2025, Month: 6, Day: 2}, "", "", civil.Date{Year: 2026, Month: 1, Day: 1})
	if err != nil {
		t.Fatal(err)
	}
	log = append(log, stamp(died, 2, "2026-01-01"))
	for _, c := range []struct {
		day                        civil.Date
		document, registered, dead bool
	}{
		{civil.Date{Year: 2022, Month: 1, Day: 1}, false, false, false},
		{civil.Date{Year: 2023, Month: 5, Day: 1}, true, false, false},
		{civil.Date{Year: 2024, Month: 5, Day: 1}, true, true, false},
		{civil.Date{Year: 2025, Month: 7, Day: 1}, true, true, true}, // the office closed the registration in 2026
		{civil.Date{Year: 2026, Month: 2, Day: 1}, true, false, true},
	} {
		p := ValidOn(log, c.day)
		_, registered := Current(&p)
		if got := len(p.Items("document")) == 1; got != c.document || registered != c.registered || Deceased(&p) != c.dead {
			t.Errorf("on %s: document %v, registered %v, dead %v", c.day, got, registered, Deceased(&p))
		}
	}
}
