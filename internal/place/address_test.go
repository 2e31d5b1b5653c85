package place

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"quipu/internal/fault"
)

func TestAddressCheck(t *testing.T) {
	good := Address{Lines: []string{"Calle Mayor 3", "2.º B"}, City: "Madrid", Postcode: "28013", Country: "ES",
		Precision: PrecisionExact, At: &Point{40.4165, -3.7026, PrecisionExact}, AsOf: date(t, "2026-05")}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	if got, want := good.Text("es"), "Calle Mayor 3, 2.º B, 28013 Madrid, España"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := (Address{Country: "DE"}).Text("en"); got != "Germany" {
		t.Errorf("%q", got)
	}
	if good.Empty() || !(Address{AsOf: good.AsOf}).Empty() {
		t.Error("Empty is wrong")
	}
	for key, change := range map[string]func(*Address){
		"place.address_country_missing": func(a *Address) { a.Country = "" },
		"place.address_country":         func(a *Address) { a.Country = "España" },
		"place.address_country_then":    func(a *Address) { a.Country = "YU" },
		"place.address_precision":       func(a *Address) { a.Precision = "about" },
		"place.address_point":           func(a *Address) { a.At = &Point{91, 0, PrecisionCity} },
	} {
		a := good
		change(&a)
		if err := a.Check(); !fault.Is(err, key) {
			t.Errorf("%v, want %s", err, key)
		}
	}
}

func TestCoarsen(t *testing.T) {
	p := Point{40.416498, -3.702561, PrecisionExact}
	for to, want := range map[Precision]Point{
		PrecisionExact:    {40.4165, -3.70256, PrecisionExact},
		PrecisionStreet:   {40.416, -3.703, PrecisionStreet},
		PrecisionCity:     {40.4, -3.7, PrecisionCity},
		PrecisionDistrict: {40, -4, PrecisionDistrict},
		"nonsense":        {40, -4, PrecisionDistrict},
	} {
		if got := p.Coarsen(to); got != want {
			t.Errorf("%s: %v, want %v", to, got, want)
		}
	}
	if got := (Point{40.4, -3.7, PrecisionCity}).Coarsen(PrecisionExact); got.Precision != PrecisionCity {
		t.Errorf("made finer: %v", got)
	}
}

func TestCoarsenForgets(t *testing.T) {
	levels := []Precision{PrecisionExact, PrecisionStreet, PrecisionCity, PrecisionDistrict}
	rapid.Check(t, func(t *rapid.T) {
		p := Point{rapid.Float64Range(-90, 90).Draw(t, "lat"), rapid.Float64Range(-180, 180).Draw(t, "lon"),
			rapid.SampledFrom(levels).Draw(t, "own")}
		to := rapid.SampledFrom(levels).Draw(t, "to")
		q := p.Coarsen(to)
		if q != q.Coarsen(to) || !q.Valid() {
			t.Fatalf("%v → %v → %v", p, q, q.Coarsen(to))
		}
		if f := decimals[to]; math.Abs(q.Lat*f-math.Round(q.Lat*f)) > 1e-6*f {
			t.Fatalf("%v keeps digits at %s", q, to)
		}
	})
}

func TestKilometres(t *testing.T) {
	n := Network()
	mad, _ := n.Office("ESMAD")
	bue, _ := n.Office("ARBUE")
	if d := mad.At.Kilometres(bue.At); d < 10000 || d > 10100 {
		t.Errorf("Madrid to Buenos Aires is about 10,050 km, got %.0f", d)
	}
	if d := mad.At.Kilometres(mad.At); d != 0 {
		t.Errorf("%v", d)
	}
}
