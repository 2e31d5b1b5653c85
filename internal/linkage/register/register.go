// Package register says how the people of the register stand in a list that linkage
// compares, and puts into words what a comparison says about two of them.
package register

import (
	"strings"

	"quipu/internal/civil"
	"quipu/internal/doc"
	"quipu/internal/linkage"
	"quipu/internal/registry"
)

// Traits are what two records are compared by. Keys are those of registry.Keys; Birth is EDTF.
type Traits struct {
	Paternal, Maternal, Given string
	Birth, Sex                string
	Keys                      []string
}

// TraitsOf are the traits of a record.
func TraitsOf(p *registry.Person) Traits {
	return Traits{Paternal: p.Text("surname_paternal"), Maternal: p.Text("surname_maternal"), Given: p.Text("given_names"),
		Birth: p.Text("birth_date"), Sex: p.Text("sex"), Keys: registry.Keys(p)}
}

// The columns, in the order of Values. Where somebody is registered is none of them: people
// move. A person with several documents of a kind, telephones or addresses is compared by
// the first in the order of the keys.
const (
	given    = "given_names"
	paternal = "surname_paternal"
	maternal = "surname_maternal"
	birth    = "birth_date"
	sex      = "sex"
	national = "dni"
	document = "document"
	phone    = "phone"
	email    = "email"
)

// Fields are the columns of the list.
func Fields() []linkage.Field {
	return []linkage.Field{{Name: given, Kind: linkage.GivenNames}, {Name: paternal, Kind: linkage.Surname}, {Name: maternal, Kind: linkage.SecondSurname},
		{Name: birth, Kind: linkage.Date}, {Name: sex, Kind: linkage.Sex}, {Name: national, Kind: linkage.Document},
		{Name: document, Kind: linkage.Document}, {Name: phone, Kind: linkage.Phone}, {Name: email, Kind: linkage.Email}}
}

// Values are a record's values by column.
func (t *Traits) Values() []string {
	out := []string{t.Given, t.Paternal, t.Maternal, dateOf(t.Birth), t.Sex, "", "", "", ""}
	if t.Sex == "N" { // not known is no value
		out[4] = ""
	}
	put := func(at int, v string) {
		if out[at] == "" {
			out[at] = v
		}
	}
	for _, k := range t.Keys {
		kind, rest, _ := strings.Cut(k, ":")
		switch kind {
		case "doc":
			number, series, _ := strings.Cut(rest, ":")
			if strings.HasSuffix(series, ":"+registry.TypeClass(doc.TypeDNI)) {
				put(5, number)
			} else {
				put(6, strings.TrimPrefix(series, ":")+" "+number) // a passport's nine digits are no national number with its check
			}
		case "tel":
			put(7, rest)
		case "mail":
			put(8, rest)
		}
	}
	return out
}

// dateOf is a stored date as lists have it.
func dateOf(edtf string) string {
	d, err := civil.Parse(edtf)
	if err != nil {
		return ""
	}
	return linkage.DateText(d)
}

// Shared reports whether two records hold the same document.
func Shared(a, b *Traits) bool {
	for _, k := range a.Keys {
		if !strings.HasPrefix(k, "doc:") {
			continue
		}
		for _, other := range b.Keys {
			if k == other {
				return true
			}
		}
	}
	return false
}
