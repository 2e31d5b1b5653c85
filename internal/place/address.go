package place

import (
	"strings"

	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/fault"
)

// Address is where a person lives or can be reached, as of a date. It is a list of lines
// as the country writes them; only what the register counts by has a field.
type Address struct {
	Lines     []string // street, number, flat: as written
	City      string
	Region    string // ISO 3166-2 when known, else as written
	Postcode  string
	Country   string // ISO 3166-1 alpha-2
	Precision Precision
	At        *Point     // nil when nobody placed it on the map
	AsOf      civil.Date // the day it was true; unknown when nobody said
}

// Check refuses what cannot be an address: no country, a country that is not in the list
// or was not on that day, a precision that is not in its list, a point off the Earth.
func (a Address) Check() error {
	countries := code.List("country")
	switch {
	case a.Country == "":
		return fault.New(fault.Invalid, "place.address_country_missing").On("country")
	case !countries.Has(a.Country):
		return fault.New(fault.Invalid, "place.address_country", "value", a.Country).On("country")
	case !validOn(countries, a.Country, a.AsOf):
		return fault.New(fault.Invalid, "place.address_country_then", "country", countries.Label(a.Country, "es"), "date", a.AsOf.String()).On("country")
	case a.Precision != "" && !a.Precision.Valid():
		return fault.New(fault.Invalid, "place.address_precision", "value", string(a.Precision)).On("precision")
	case a.At != nil && !a.At.Valid():
		return fault.New(fault.Invalid, "place.address_point", "lat", a.At.Lat, "lon", a.At.Lon).On("at")
	}
	return nil
}

func validOn(t *code.Table, c string, on civil.Date) bool {
	_, ok := t.Lookup(c, on)
	return ok
}

// Text is the address in one line, country last, in a language.
func (a Address) Text(lang string) string {
	parts := append([]string{}, a.Lines...)
	parts = append(parts, strings.TrimSpace(a.Postcode+" "+a.City), a.Region)
	if a.Country != "" {
		parts = append(parts, code.List("country").Label(a.Country, lang))
	}
	var out []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, ", ")
}

// Empty reports whether nothing at all is known of the address.
func (a Address) Empty() bool {
	return len(a.Lines) == 0 && a.City == "" && a.Region == "" && a.Postcode == "" && a.Country == ""
}
