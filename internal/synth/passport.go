package synth

import "quipu/internal/doc"

// Passport is an invented passport to try the window with. Zone is what a scanner reads of
// it.
type Passport struct {
	Paternal, Maternal, Given, Number, Birth, Sex string
	Zone                                          string
}

// Registered is whom a demonstration has in its register, so that Misspelt meets somebody.
var Registered = zoned(Passport{Paternal: "Huamán", Maternal: "Condori", Given: "Yesenia Milagros", Number: "116000123", Birth: "1985-03-12", Sex: "F"},
	"HUAMAN<CONDORI", "YESENIA<MILAGROS", "850312")

// Newcomer is in no register.
var Newcomer = zoned(Passport{Paternal: "de la Cruz", Maternal: "Ñaupari", Given: "Rosa Elvira", Number: "116099887", Birth: "1990-09-30", Sex: "F"},
	"DE<LA<CRUZ<NAUPARI", "ROSA<ELVIRA", "900930")

// Misspelt is Registered with another passport, whose clerk heard another letter.
var Misspelt = zoned(Passport{Paternal: "Huamán", Maternal: "Condori", Given: "Jesenia Milagros", Number: "119000456", Birth: "1985-03-12", Sex: "F"},
	"HUAMAN<CONDORI", "JESENIA<MILAGROS", "850312")

// zoned gives the passport its zone. The texts are our own, so that what cannot be written
// is a mistake of the build, which every test meets.
func zoned(p Passport, primary, secondary, birth string) Passport {
	zone, err := doc.MakeTD3(doc.Fields{Code: "P", Issuer: "PER", Number: p.Number, Nationality: "PER", Birth: birth, Expiry: "320101",
		Sex: p.Sex, Primary: primary, Secondary: secondary})
	if err != nil {
		panic("synth: " + err.Error())
	}
	p.Zone = zone
	return p
}
