package window

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"quipu/internal/app"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/registry"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// form is what was typed. The names of the inputs are the register's own.
type form struct {
	Scan, MRZ                                               string
	Kind                                                    string
	DocType, DocNumber, DocIssuer, Verification             string
	DocExpires, Birth                                       ui.DateParts
	IDNumber                                                string // national number beside another document
	Paternal, Maternal, Given, Married                      string
	Sex, Basis, BirthCountry, BirthPlace                    string
	Country, City, Lines, Postcode                          string
	Phone, Email, Arrival, Occupation                       string
	Languages, Consents                                     []string
	ContactName, ContactRelation, ContactPhone, ContactTold string
	ReadIn                                                  string // language of the texts of consent
	NoPapers                                                bool
	Note                                                    string
	Alike                                                   []registry.Verdict
}

// inputOf is the input of a register's field, where the two have different names.
var inputOf = map[string]string{"document": "document.number", "nationality_evidence": "document.number",
	"address": "address.city", "phone": "phone.number", "email": "email.address", "emergency_contact": "emergency_contact.name",
	"registration": "kind", "registration.kind": "kind", "language.code": "language", "surname_paternal": "surname_paternal",
	"surname_maternal": "surname_maternal", "given_names": "given_names", "surname_married": "surname_married", "birth_date": "birth_date",
	"birth_country": "birth_country", "birth_place": "birth_place", "sex": "sex", "nationality_basis": "nationality_basis",
	"residence_country": "residence_country", "arrival_in_country": "arrival_in_country", "occupation_host": "occupation_host",
	"language": "language", "consent": "consent"}

func read(r *http.Request) form {
	get := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	f := form{Scan: get("scan"), MRZ: get("document.mrz"), Kind: get("kind"), DocType: get("document.type"), DocNumber: get("document.number"),
		DocIssuer: get("document.issuer"), Verification: get("document.verification"), DocExpires: ui.FormDate(r, "document.expires"),
		Birth: ui.FormDate(r, "birth_date"), IDNumber: get("id.number"),
		Paternal: get("surname_paternal"), Maternal: get("surname_maternal"), Given: get("given_names"), Married: get("surname_married"),
		Sex: get("sex"), Basis: get("nationality_basis"), BirthCountry: get("birth_country"), BirthPlace: get("birth_place"),
		Country: get("residence_country"), City: get("address.city"), Lines: get("address.lines"), Postcode: get("address.postcode"),
		Phone: get("phone.number"), Email: get("email.address"), Arrival: get("arrival_in_country"), Occupation: get("occupation_host"),
		Languages: r.PostForm["language"], Consents: r.PostForm["consent"],
		ContactName: get("emergency_contact.name"), ContactRelation: get("emergency_contact.relation"),
		ContactPhone: get("emergency_contact.phone"), ContactTold: get("emergency_contact.may_be_told"),
		NoPapers: get("no_papers") != "", Note: get("note")}
	for _, text := range r.PostForm["alike"] {
		if q, err := url.ParseQuery(text); err == nil && q.Get("p") != "" {
			f.Alike = append(f.Alike, registry.Verdict{Person: q.Get("p"), Number: q.Get("n"), Reason: q.Get("r"), Unsure: q.Get("u") == "1"})
		}
	}
	return f
}

// carried is a verdict as the next page carries it.
func carried(v registry.Verdict) string {
	q := url.Values{"p": {v.Person}, "n": {v.Number}, "r": {v.Reason}}
	if v.Unsure {
		q.Set("u", "1")
	}
	return q.Encode()
}

// command turns the form into what app registers. A person without papers has no
// document, and the nationality is presumed.
func (f form) command(office string, today civil.Date) registry.RegisterCmd {
	cmd := registry.RegisterCmd{Office: office, Kind: f.Kind, Channel: "window", Note: f.Note, Alike: f.Alike,
		Prov: change.Provenance{Source: f.source()}}
	text := func(field, value string) {
		if value != "" {
			cmd.Inputs = append(cmd.Inputs, registry.Input{Field: field, Value: change.Text(value)})
		}
	}
	group := func(key string, pairs ...string) {
		cmd.Inputs = append(cmd.Inputs, registry.Input{Field: key + "/new", Value: change.Group(pairs...)})
	}
	for _, p := range [][2]string{{"surname_paternal", f.Paternal}, {"surname_maternal", f.Maternal}, {"given_names", f.Given},
		{"surname_married", f.Married}, {"birth_date", f.Birth.Text()}, {"birth_country", f.BirthCountry}, {"birth_place", f.BirthPlace},
		{"sex", f.Sex}, {"residence_country", f.Country}, {"arrival_in_country", f.Arrival}} {
		text(p[0], p[1])
	}
	f.papers(text, group)
	f.reached(group, today)
	if f.Occupation != "" {
		if _, known := code.List("isco08").Recognise(f.Occupation); known {
			text("occupation_host", f.Occupation)
		} else { // nobody waits at a window for the name of a code
			cmd.Note = strings.TrimSpace(cmd.Note + "\n" + f.Occupation)
		}
	}
	for _, c := range f.Languages {
		group("language", "code", c)
	}
	for _, c := range f.Consents {
		group("consent", "purpose", c, "version", app.ConsentVersion, "language", f.ReadIn, "granted", today.String())
	}
	return cmd
}

func (f form) papers(text func(field, value string), group func(key string, pairs ...string)) {
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

// reached is how the person can be reached, and who else may be told.
func (f form) reached(group func(key string, pairs ...string), today civil.Date) {
	if f.City != "" || f.Lines != "" || f.Postcode != "" {
		group("address", "lines", f.Lines, "city", f.City, "postcode", f.Postcode, "country", f.Country, "date", today.String())
	}
	if f.Phone != "" {
		group("phone", "number", f.Phone)
	}
	if f.Email != "" {
		group("email", "address", f.Email)
	}
	if f.ContactName != "" || f.ContactPhone != "" {
		group("emergency_contact", "name", f.ContactName, "relation", f.ContactRelation, "phone", f.ContactPhone, "may_be_told", f.ContactTold)
	}
}

func (f form) source() string {
	switch {
	case f.NoPapers:
		return "declared"
	case f.MRZ != "":
		return "mrz"
	}
	return "document_seen"
}

// birthDate is the typed date in the stored form.
func (f form) birthDate(today civil.Date) (edtf string, ok bool) {
	d, _, err := civil.ParseGiven(f.Birth.Text(), civil.DMY, today)
	return d.String(), err == nil && d.Known()
}

type hidden struct{ Name, Value string }

// carry keeps a form's answers for the next page, in the order of their names. What the
// buttons of a page say is not an answer.
func carry(v *desk.Visit, f form) (out []hidden) {
	buttons := []string{"do", "same", "apart", "unsure", "verdict.reason", "alike", "take", "scan"}
	for name, values := range v.PostForm {
		if slices.Contains(buttons, name) || strings.HasPrefix(name, "base:") {
			continue
		}
		for _, value := range values {
			out = append(out, hidden{name, value})
		}
	}
	for _, a := range f.Alike {
		out = append(out, hidden{"alike", carried(a)})
	}
	slices.SortStableFunc(out, func(a, b hidden) int { return strings.Compare(a.Name, b.Name) })
	return out
}
