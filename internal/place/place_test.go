package place

import (
	"os"
	"strings"
	"testing"
	_ "time/tzdata"

	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/fault"
)

func date(t testing.TB, s string) civil.Date {
	t.Helper()
	d, err := civil.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestNetworkIsSound(t *testing.T) {
	n := Network()
	countries, careerCountries := map[string]bool{}, map[string]bool{}
	career, weight := 0, 0.0
	for _, o := range n.Offices() {
		if _, err := o.Location(); err != nil {
			t.Errorf("%s: %v", o.Code, err)
		}
		if c := o.Code[:2]; c != o.Country {
			t.Errorf("%s lies in %s", o.Code, o.Country)
		}
		countries[o.Country] = true
		weight += o.Weight
		if !o.Career() {
			if o.Weight != 0 || o.Electors != 0 {
				t.Errorf("%s is honorary and has a roll", o.Code)
			}
			continue
		}
		career++
		careerCountries[o.Country] = true
		if o.Electors > 0 && float64(o.Electors) != o.Weight {
			t.Errorf("%s: weight %v but %d electors", o.Code, o.Weight, o.Electors)
		}
		if o.Weight <= 0 {
			t.Errorf("%s: weight %v", o.Code, o.Weight)
		}
		if ds, sure := n.Covering(o.Country, "", date(t, "2026-11")); !sure && len(ds) == 0 {
			t.Errorf("no district may cover %s", o.Country)
		}
		if d, ok := n.DistrictOf(o.Code, date(t, "2026-11")); !ok || d.Office != o.Code {
			t.Errorf("%s has no district", o.Code)
		}
	}
	if career != 121 || len(careerCountries) != 66 || len(countries) != 78 || weight != 1210813 {
		t.Errorf("%d career offices in %d countries, %d countries in all, weights %v",
			career, len(careerCountries), len(countries), weight)
	}
}

// The facts that the sources publish.
func TestPublishedFacts(t *testing.T) {
	n := Network()
	for c, electors := range map[string]int{"ARBUE": 115097, "CLSCL": 113887, "ESMAD": 105493, "ESBCN": 79606,
		"ITMIL": 64623, "USPAT": 63799, "USMIA": 55530, "USNYC": 47896, "USLAX": 40180} {
		if o, ok := n.Office(c); !ok || o.Electors != electors || o.Year != 2026 {
			t.Errorf("%s: %+v", c, o)
		}
	}
	career := map[string]int{}
	for _, o := range n.Offices() {
		if o.Career() {
			career[o.Country]++
		}
	}
	for c, want := range map[string]int{"ES": 5, "EC": 5, "BR": 5, "AR": 4} {
		if career[c] != want {
			t.Errorf("%s: %d career offices, want %d", c, career[c], want)
		}
	}
}

func TestDistrictsHaveDates(t *testing.T) {
	n := Network()
	if o, _ := n.Office("CLANF"); o.Open(date(t, "2024-12-31")) || !o.Open(date(t, "2025")) {
		t.Error("Antofagasta opened again in January 2025")
	}
	if ds, sure := n.Covering("CL", "CL-AT", date(t, "2026-01-01")); !sure || len(ds) != 1 || ds[0].Office != "CLANF" {
		t.Errorf("Atacama in 2026: %v %v", ds, sure)
	}
	before, sure := n.Covering("CL", "CL-AT", date(t, "2020-01-01"))
	if sure || len(before) != 4 {
		t.Errorf("Atacama in 2020 could be any of the other four, got %d, sure %v", len(before), sure)
	}
	if ds, sure := n.Covering("PY", "", date(t, "2026")); !sure || len(ds) != 1 {
		t.Errorf("Paraguay has one office: %v", ds)
	}
	if ds, _ := n.Covering("AQ", "", civil.Date{}); ds != nil {
		t.Errorf("Antarctica: %v", ds)
	}
	if d, ok := n.DistrictOf("ESMAD", date(t, "2026")); !ok || d.Known() || d.ActText("es") != "no se conoce" || d.ActText("en") != "not known" {
		t.Errorf("Madrid's limits are not known to us: %+v", d)
	}
	if d, ok := n.DistrictOf("CLANF", date(t, "2020")); ok {
		t.Errorf("Antofagasta had no district in 2020: %+v", d)
	}
	if d, _ := n.DistrictOf("USSLC", date(t, "2012")); !strings.Contains(d.ActText("es"), "013-2011-RE") {
		t.Errorf("Utah: %+v", d)
	}
}

func TestOffices(t *testing.T) {
	n := Network()
	if got := len(n.OfficesIn("AR")); got != 5 {
		t.Errorf("Argentina: %d offices with the honorary one", got)
	}
	if o, ok := n.Keeper("ESPMI"); !ok || o.Code != "ESBCN" {
		t.Errorf("Palma's records are kept in %s", o.Code)
	}
	if o, ok := n.Keeper("ESMAD"); !ok || o.Code != "ESMAD" {
		t.Errorf("Madrid's records are kept in %s", o.Code)
	}
	if _, ok := n.Keeper("XXXXX"); ok {
		t.Error("no such office")
	}
	if got := n.Reporting("USMIA"); len(got) != 1 || got[0].Code != "PRSJU" {
		t.Errorf("Miami's honorary posts: %v", got)
	}
	newark := Point{Lat: 40.7357, Lon: -74.1724, Precision: PrecisionCity}
	if near := n.Nearest(newark, 2); len(near) != 2 || near[0].Code != "USNYC" || near[1].Code != "USPAT" {
		t.Errorf("near Newark: %v", near)
	}
	o, _ := n.Office("USMIA")
	if o.Name("en") != "Consulate General of Peru in Miami" || o.Name("qu") != "Consulado General del Perú en Miami" {
		t.Errorf("names %q, %q", o.ES, o.EN)
	}
	list := n.Offices()
	list[0].Code = "changed"
	if n.Offices()[0].Code == "changed" {
		t.Error("Offices lends its own slice")
	}
}

func TestCategoriesMatchTheList(t *testing.T) {
	for _, c := range []Category{ConsulateGeneral, Consulate, ConsularSection, ConsularAgency, Honorary} {
		if !validCategory(c) {
			t.Errorf("%s is not in office_category", c)
		}
	}
	for _, p := range []Precision{PrecisionExact, PrecisionStreet, PrecisionCity, PrecisionDistrict} {
		if !p.Valid() {
			t.Errorf("%s is not in address_precision", p)
		}
	}
	if got := len(code.List("address_precision").Items(civil.Date{})); got != len(decimals) {
		t.Errorf("%d precisions in the list", got)
	}
}

func TestReadRefuses(t *testing.T) {
	offices, err := os.ReadFile("pack/pe/offices.csv")
	if err != nil {
		t.Fatal(err)
	}
	districts, err := os.ReadFile("pack/pe/districts.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ file, old, new, key string }{
		{"o", "code,category", "category,code", "place.header"},
		{"o", "USMIA,consulate_general", "USMIA,embassy", "place.row"},
		{"o", "\nESMAD,", "\nesmad,", "place.row"},
		{"o", "40.41650", "95.41650", "place.row"},
		{"o", "Europe/Madrid", "+01:00", "place.row"},
		{"o", "2025-01-22", "2025-13-22", "place.row"},
		{"o", "ESBCN,,,,,0", "USXXX,,,,,0", "place.office_parent"},
		{"o", "ESBCN,consulate_general", "ESMAD,consulate_general", "place.office_twice"},
		{"o", "ESBCN,consulate_general", "ESBCN,\"consulate", "place.csv"},
		{"o", "position_source,hours", "position_source", "place.header"},
		{"o", "\"GeoNames, CC BY 4.0\",\n", "\"GeoNames, CC BY 4.0\",always\n", "place.row"},
		{"d", "ESMAD-D1,ESMAD", "ESMAD-D1,ESXXX", "place.row"},
		{"d", "CL-AN|CL-AT", "CL-AN|AR-X", "place.row"},
		{"d", ",PY,", ",PQ,", "place.row"},
		{"d", "code,office", "", "place.header"},
	} {
		o, d := string(offices), string(districts)
		if tc.file == "o" {
			o = strings.Replace(o, tc.old, tc.new, 1)
		} else {
			d = strings.Replace(d, tc.old, tc.new, 1)
		}
		if o == string(offices) && d == string(districts) {
			t.Errorf("%q is not in the file", tc.old)
		}
		if _, err := Read(strings.NewReader(o), strings.NewReader(d)); !fault.Is(err, tc.key) {
			t.Errorf("%q → %q: %v, want %s", tc.old, tc.new, err, tc.key)
		}
	}
	if _, err := Read(strings.NewReader(""), strings.NewReader("")); !fault.Is(err, "place.header") {
		t.Errorf("an empty file: %v", err)
	}
}
