package registry

import (
	"strings"
	"sync"

	"quipu/internal/code"
	"quipu/internal/fault"
	"quipu/internal/place"
)

// office takes the code of an office of the network.
func office(v probe, text string) (string, []Doubt, error) {
	text = strings.ToUpper(text)
	o, ok := place.Network().Office(text)
	if !ok {
		return "", nil, v.refuse("registry.office_unknown", text)
	}
	if v.asOf.Known() && !o.Period.Contains(v.asOf) {
		return text, []Doubt{v.doubt("registry.office_closed", fault.Arg{Name: "value", Value: text})}, nil
	}
	return text, nil, nil
}

// phone reads a local number as one of the country where the person lives, then as one
// of the country of the pack.
func phone(v probe, text string) (string, []Doubt, error) {
	countries := []string{homeCountry()}
	if v.country != "" {
		countries = []string{v.country, homeCountry()}
	}
	e164, odd, err := place.Phone(text, countries...)
	if err != nil {
		return "", nil, v.about(err)
	}
	var doubts []Doubt
	for _, o := range odd {
		doubts = append(doubts, v.doubt(o.Key, o.Args...))
	}
	return e164, doubts, nil
}

// homeCountry is the country whose register this is, ISO 3166-1 alpha-2.
func homeCountry() string { return strings.ToUpper(place.DefaultPack) }

// homeIssuer is the same country as the issuer of documents.
var homeIssuer = sync.OnceValue(func() string {
	for _, c := range code.Map("country", "doc_issuer", homeCountry()) {
		return c
	}
	return ""
})

// districtOf is the district of an office on a date, "" when it is not known.
func districtOf(office string, v probe) string {
	d, _ := place.Network().DistrictOf(office, v.asOf)
	return d.Code
}
