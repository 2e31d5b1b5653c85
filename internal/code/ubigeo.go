package code

import (
	"strings"

	"quipu/internal/fault"
)

// The two numberings of Peru's departments, provinces and districts. They look alike and
// disagree on nine districts of ten, so a code never travels without its scheme.
const (
	INEI   = "inei"   // National Institute of Statistics
	RENIEC = "reniec" // National Registry of Identification, on identity cards
)

// Ubigeo is a place of Peru: six digits, of a department (xx0000), a province (xxxx00)
// or a district, in one of the two schemes. The zero value is no place.
type Ubigeo struct{ Scheme, Code string }

// String is the stored form, "inei:150101"; "" for no place.
func (u Ubigeo) String() string {
	if u == (Ubigeo{}) {
		return ""
	}
	return u.Scheme + ":" + u.Code
}

// ParseUbigeo reads the stored form, "inei:150101" or "reniec:140101". The code must be
// in the scheme's list. A bare number is refused: nobody can say what it means.
func ParseUbigeo(s string) (Ubigeo, error) {
	scheme, digits, ok := strings.Cut(s, ":")
	if !ok || scheme != INEI && scheme != RENIEC {
		return Ubigeo{}, fault.New(fault.Invalid, "code.ubigeo_scheme", "value", s)
	}
	if !ubigeoList(scheme).Has(digits) {
		return Ubigeo{}, fault.New(fault.Invalid, "code.ubigeo_unknown", "value", digits, "scheme", strings.ToUpper(scheme))
	}
	return Ubigeo{scheme, digits}, nil
}

// In gives the same place in another scheme; false when that scheme has no code for it.
func (u Ubigeo) In(scheme string) (Ubigeo, bool) {
	if u.Scheme == scheme {
		return u, u != Ubigeo{}
	}
	to := Map("ubigeo-"+u.Scheme, "ubigeo-"+scheme, u.Code)
	if len(to) != 1 {
		return Ubigeo{}, false
	}
	return Ubigeo{scheme, to[0]}, true
}

// Path is the place in words, widest first: "LIMA/LIMA/MIRAFLORES". "" when unknown.
func (u Ubigeo) Path() string {
	if u.Scheme != INEI && u.Scheme != RENIEC {
		return ""
	}
	it, ok := ubigeoList(u.Scheme).Get(u.Code)
	if !ok {
		return ""
	}
	return pathOf(ubigeoList(u.Scheme), it)
}

// Department is the department around the place.
func (u Ubigeo) Department() Ubigeo { return u.cut(2) }

// Province is the province around the place; of a department, the department itself.
func (u Ubigeo) Province() Ubigeo { return u.cut(4) }

func (u Ubigeo) cut(digits int) Ubigeo {
	if len(u.Code) != 6 {
		return Ubigeo{}
	}
	return Ubigeo{u.Scheme, u.Code[:digits] + "000000"[digits:]}
}

func ubigeoList(scheme string) *Table { return List("ubigeo-" + scheme) }

// pathOf joins the names of a place and those around it, widest first.
func pathOf(t *Table, it Item) string {
	path := it.ES
	for up := it.Field("parent"); up != ""; {
		p, ok := t.Get(up)
		if !ok {
			break
		}
		path, up = p.ES+"/"+path, p.Field("parent")
	}
	return path
}
