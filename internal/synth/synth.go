// Package synth invents nationals abroad: a register with its families, its people who
// were registered twice, and its clerks' errors, for demonstrations, tests and
// measurements. No row is about anybody.
//
// A seed decides every byte. Persons are made in chunks, each from its own stream of
// random numbers, so neither the number of threads nor the memory matters to the result.
package synth

import (
	"iter"
	"runtime"

	"quipu/internal/civil"
	"quipu/internal/fault"
)

// MaxPersons is as many as identity numbers of eight digits can tell apart here.
const MaxPersons = 30_000_000

// Post is a consular office as the generator sees it. Weight is proportional to the
// number of people registered there.
type Post struct {
	Office, City, Country string
	Weight                float64
}

// Options say what to make. The same Options give the same bytes, but for Threads,
// which changes nothing.
type Options struct {
	Persons    int
	Seed       uint64
	Families   bool       // couples, children, siblings, twins, cousins instead of persons alone
	Duplicates float64    // share of persons registered twice or more, 0..1
	Today      civil.Date // the day of the export; 2025-12-31 when not known to the day
	Posts      []Post     // nil for the network of the country pack
	Inline     bool       // add the true person as last column "truth" of the rows
	Threads    int        // 0 for as many as the machine has
}

func (o Options) check() (Options, error) {
	if o.Persons < 1 || o.Persons > MaxPersons {
		return o, fault.New(fault.Invalid, "synth.persons", "value", o.Persons, "max", MaxPersons).On("persons")
	}
	if !(o.Duplicates >= 0 && o.Duplicates <= 1) {
		return o, fault.New(fault.Invalid, "synth.duplicates", "value", o.Duplicates).On("duplicates")
	}
	if !o.Today.Full() {
		o.Today = civil.Date{Year: 2025, Month: 12, Day: 31}
	}
	if len(o.Posts) == 0 {
		o.Posts = network()
	}
	if o.Threads < 1 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	return o, nil
}

// Person is one true person. Codes are those of the code lists; 0 and "" mean none.
// ID counts from 1. Persons with the same Household live together, with the same
// Sibship have the same parents, with the same Kindred are of one extended family.
// Father, Mother, Spouse and Twin are IDs, 0 when that person is not in the register.
type Person struct {
	ID, Household, Sibship, Kindred int64
	Father, Mother, Spouse, Twin    int64

	Given, Paternal, Maternal, Married string // Married as "DE QUISPE"
	Sex                                string // F or M
	Birth                              civil.Date
	BirthCountry, BirthPlace           string // place: UBIGEO of INEI when born in Peru
	DNI                                string // 8 digits
	DNICheck                           byte   // its check digit
	Passport                           string

	Post                               Post
	Address, Postcode, Phone, Email    string
	CivilStatus, Education, Occupation string
	Language                           string // ISO 639-3
	Arrival                            int    // year of arrival in the country
	Registered                         civil.Date
	Kind                               string // reg_kind
	ContactName, ContactPhone          string // in case of emergency, in Peru

	father, mother, spouse, twin *Person
	stock                        stock // which table the surname is from: never written out
}

// People makes the persons one by one, a family's members after one another. It stops
// at once, empty, when the options are wrong: Check tells.
func People(o Options) iter.Seq[*Person] {
	return func(yield func(*Person) bool) {
		o, err := o.check()
		if err != nil {
			return
		}
		w := newWorld(o)
		for c := range w.chunks {
			for _, p := range w.chunk(c) {
				if !yield(p) {
					return
				}
			}
		}
	}
}

// Check says whether the options can be met.
func (o Options) Check() error { _, err := o.check(); return err }
