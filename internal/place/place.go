// Package place has the places of the register: the consular offices and their
// districts, addresses, points on the map and telephone numbers.
//
// Offices and districts are data of the country pack (pack/COUNTRY/*.csv, read its
// README.md). A district is a legal object with dates: the law moves cities from one
// office to another, and a record keeps the district of its day. What is not known is
// empty, never guessed.
package place

import (
	"time"

	"quipu/internal/civil"
	"quipu/internal/code"
)

// Category is a code of the list office_category.
type Category string

// The categories of an office.
const (
	ConsulateGeneral Category = "consulate_general"
	Consulate        Category = "consulate"
	ConsularSection  Category = "consular_section" // of an embassy
	ConsularAgency   Category = "consular_agency"
	Honorary         Category = "honorary" // reports to a career post
)

// Office is one consular office.
type Office struct {
	Code     string // UN/LOCODE of the city, "ESMAD"; the second there is "ESMAD-2"
	Category Category
	ES, EN   string // names
	Country  string // ISO 3166-1 alpha-2
	City     string
	Zone     string // IANA time zone
	Hours    Hours  // when officers work
	At       Point
	Parent   string       // code of the career post that an honorary one reports to
	Period   civil.Period // opened and closed; unknown ends when not known
	Electors int          // published electors on the roll; 0 when not published for the office
	Year     int          // of Electors; 0 when there is none
	Weight   float64      // estimated electors, for demonstrations; never a statistic
	Source   string       // where the row comes from
}

// Name is the office's name in a language: "en", or Spanish for any other.
func (o Office) Name(lang string) string {
	if lang == "en" {
		return o.EN
	}
	return o.ES
}

// Open reports whether the office may have been open on a date. An unknown date counts.
func (o Office) Open(on civil.Date) bool {
	return o.Period.Overlaps(civil.Period{From: on, To: on})
}

// Career reports whether career officers serve there. Records are kept in career posts.
func (o Office) Career() bool { return o.Category != Honorary }

// Location loads the office's time zone; the binary must carry time/tzdata for machines
// that have none.
func (o Office) Location() (*time.Location, error) { return time.LoadLocation(o.Zone) }

// District is the territory that the law gives an office for a time.
type District struct {
	Code    string // office code, "-D", a number: "CLANF-D1"
	Office  string
	Act     string       // the legal act; "" when not known
	Period  civil.Period // of validity; unknown ends when not known
	Whole   []string     // countries that lie in it whole, alpha-2
	Part    []string     // countries of which a part lies in it
	Regions []string     // that part, as ISO 3166-2 codes; empty when not known
	ES, EN  string       // the territory in words
	Source  string
}

// Known reports whether the limits of the district are known.
func (d District) Known() bool { return len(d.Whole) > 0 || len(d.Regions) > 0 }

// Valid reports whether the district may have been in force on a date.
func (d District) Valid(on civil.Date) bool {
	return d.Period.Overlaps(civil.Period{From: on, To: on})
}

// ActText is the legal act in words, which is "not known" when we do not know it.
func (d District) ActText(lang string) string {
	switch {
	case d.Act != "":
		return d.Act
	case lang == "en":
		return "not known"
	}
	return "no se conoce"
}

// validCategory is a category that the code list has.
func validCategory(c Category) bool { return code.List("office_category").Has(string(c)) }
