package people

import (
	"net/http"
	"strings"

	"quipu/internal/app"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/registry"
	"quipu/internal/web/ui"
)

// consentPurposes are asked one by one; none of them is a condition of being registered.
var consentPurposes = []string{"alerts", "research", "events"}

// registerForm is what was typed. The names of the inputs are the register's own.
type registerForm struct {
	Kind                                                    string
	MRZ                                                     string
	DocType, DocNumber, DocIssuer, Verification             string
	DocExpires, Birth                                       ui.DateParts
	IDNumber                                                string // national number beside another document
	Paternal, Maternal, Given, Married                      string
	Sex, Basis, BirthCountry, BirthPlace                    string
	Country, City, Lines, Postcode                          string
	Phone, Email                                            string
	Languages, Consents                                     []string
	ContactName, ContactRelation, ContactPhone, ContactTold string
	ReadIn                                                  string // language of the texts of consent
	NoPapers                                                bool
	Note                                                    string
}

// registerFields are the inputs whose names differ from the register's fields.
var registerFields = map[string]string{"document": "document.number", "nationality_evidence": "document.number",
	"address": "address.city", "phone": "phone.number", "email": "email.address", "emergency_contact": "emergency_contact.name",
	"registration.kind": "kind", "language.code": "language"}

func readRegister(r *http.Request) registerForm {
	get := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	return registerForm{Kind: get("kind"), MRZ: get("document.mrz"), DocType: get("document.type"), DocNumber: get("document.number"),
		DocIssuer: get("document.issuer"), Verification: get("document.verification"), DocExpires: ui.FormDate(r, "document.expires"),
		Birth: ui.FormDate(r, "birth_date"), IDNumber: get("id.number"),
		Paternal: get("surname_paternal"), Maternal: get("surname_maternal"), Given: get("given_names"), Married: get("surname_married"),
		Sex: get("sex"), Basis: get("nationality_basis"), BirthCountry: get("birth_country"), BirthPlace: get("birth_place"),
		Country: get("residence_country"), City: get("address.city"), Lines: get("address.lines"), Postcode: get("address.postcode"),
		Phone: get("phone.number"), Email: get("email.address"), Languages: r.PostForm["language"], Consents: r.PostForm["consent"],
		ContactName: get("emergency_contact.name"), ContactRelation: get("emergency_contact.relation"),
		ContactPhone: get("emergency_contact.phone"), ContactTold: get("emergency_contact.may_be_told"),
		NoPapers: get("no_papers") != "", Note: get("note")}
}

// command turns the form into what app registers. A person without papers has no
// document, and the nationality is presumed.
func (f registerForm) command(office string, today civil.Date) registry.RegisterCmd {
	cmd := registry.RegisterCmd{Office: office, Kind: f.Kind, Channel: "window", Note: f.Note, Prov: change.Provenance{Source: f.source()}}
	text := func(field, value string) {
		if value != "" {
			cmd.Inputs = append(cmd.Inputs, registry.Input{Field: field, Value: change.Text(value)})
		}
	}
	group := func(key string, pairs ...string) {
		cmd.Inputs = append(cmd.Inputs, registry.Input{Field: key + "/new", Value: change.Group(pairs...)})
	}
	text("surname_paternal", f.Paternal)
	text("surname_maternal", f.Maternal)
	text("given_names", f.Given)
	text("surname_married", f.Married)
	text("birth_date", f.Birth.Text())
	text("birth_country", f.BirthCountry)
	text("birth_place", f.BirthPlace)
	text("sex", f.Sex)
	text("residence_country", f.Country)
	f.papers(text, group)
	if f.City != "" || f.Lines != "" || f.Postcode != "" {
		group("address", "lines", f.Lines, "city", f.City, "postcode", f.Postcode, "country", f.Country, "date", today.String())
	}
	if f.Phone != "" {
		group("phone", "number", f.Phone)
	}
	if f.Email != "" {
		group("email", "address", f.Email)
	}
	for _, c := range f.Languages {
		group("language", "code", c)
	}
	if f.ContactName != "" || f.ContactPhone != "" {
		group("emergency_contact", "name", f.ContactName, "relation", f.ContactRelation, "phone", f.ContactPhone, "may_be_told", f.ContactTold)
	}
	for _, c := range f.Consents {
		group("consent", "purpose", c, "version", app.ConsentVersion, "language", f.ReadIn, "granted", today.String())
	}
	return cmd
}

func (f registerForm) papers(text func(field, value string), group func(key string, pairs ...string)) {
	if f.NoPapers {
		text("nationality_basis", registry.Presumed)
		return
	}
	text("nationality_basis", f.Basis)
	if f.DocNumber != "" || f.MRZ != "" {
		group("document", "type", f.DocType, "number", f.DocNumber, "issuer", f.DocIssuer, "expires", f.DocExpires.Text(),
			"mrz", f.MRZ, "verification", f.Verification)
	}
	if f.IDNumber != "" {
		group("document", "type", "dni", "number", f.IDNumber, "verification", f.Verification)
	}
}

func (f registerForm) source() string {
	switch {
	case f.NoPapers:
		return "declared"
	case f.MRZ != "":
		return "mrz"
	}
	return "document_seen"
}

// birthDate is the typed date in the stored form.
func (f registerForm) birthDate(today civil.Date) (edtf string, ok bool) {
	d, _, err := civil.ParseGiven(f.Birth.Text(), civil.DMY, today)
	return d.String(), err == nil && d.Known()
}
