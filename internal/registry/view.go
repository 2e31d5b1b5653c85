package registry

import (
	"slices"
	"strings"

	"quipu/internal/civil"
)

// Summary is what lists and searches show of a person. It does not depend on the day.
type Summary struct {
	Number      string
	Display     string // "Quispe Mamani, Juan Carlos"
	NameUsed    string
	Birth       string // EDTF
	Sex         string
	Office      string // of the registration in force, else of the last one
	District    string
	RegKind     string
	Expires     string // EDTF
	Open        bool   // there is a registration in force
	City        string
	Country     string
	Vital       string
	Entry       string
	Deceased    bool
	Provisional bool
	Doubts      int
	Document    string // "dni 12345678": the one that names the person best
}

// Summarise reads the summary of a record.
func Summarise(p *Person) Summary {
	s := Summary{Number: p.Text("number"), Display: p.Name().Display(), NameUsed: p.Text("name_used"),
		Birth: p.Text("birth_date"), Sex: p.Text("sex"), Country: p.Text("residence_country"),
		Vital: VitalOf(p).Status, Entry: p.Text("entry"), Provisional: p.Text("entry") == EntryProvisional,
		Doubts: len(p.Items("doubt")), Document: mainDocument(p), City: cityOf(p)}
	s.Deceased = s.Vital == Dead
	var e Episode
	e, s.Open = Latest(p)
	s.Office, s.District, s.RegKind, s.Expires = e.Office, e.District, e.Kind, e.parts["expires"]
	if s.Display == "" {
		s.Display = s.NameUsed
	}
	return s
}

// cityOf is the city of the newest address in the country of residence, else of the newest.
func cityOf(p *Person) string {
	var city string
	var best civil.Date
	found, home := false, false
	for _, it := range p.Items("address") {
		v := it.Value
		at, here := dateOf(v.Part("date")), v.Part("country") == p.Text("residence_country")
		if !found || here && !home || here == home && civil.Compare(at, best) > 0 {
			city, best, home, found = v.Part("city"), at, here, true
		}
	}
	return city
}

// mainDocument is the document that names the person best: by class, those in force first.
func mainDocument(p *Person) string {
	rank := []string{classID, "passport"}
	best, out := 99, ""
	for _, it := range p.Items("document") {
		typ, num := it.Value.Part("type"), it.Value.Part("number")
		r := slices.Index(rank, TypeClass(typ))
		if r < 0 {
			r = len(rank)
		}
		if st := it.Value.Part("status"); st != "" && st != "valid" {
			r += 10
		}
		if num != "" && r < best {
			best, out = r, strings.TrimSpace(typ+" "+num)
		}
	}
	return out
}

// Outline is the head of a person's page on a day.
type Outline struct {
	Summary
	Status         State
	AgeMin, AgeMax int // completed years; 0 to civil.MaxAge when the birth date is unknown
	Minor          bool
	ContactStale   bool
}

// OutlineOn reads the head of the page.
func OutlineOn(p *Person, asOf civil.Date) Outline {
	o := Outline{Summary: Summarise(p), Status: Status(p, asOf), Minor: Minor(p, asOf), ContactStale: ContactStale(p, asOf)}
	on := asOf
	if v := VitalOf(p); v.Status == Dead && v.Date.Known() {
		on = v.Date // age at death
	}
	o.AgeMin, o.AgeMax = civil.AgeRange(p.date("birth_date"), on)
	return o
}
