// Package registry holds the rules of the consular register of persons: which values a
// person's record may hold, and what may follow what. It is pure: functions take the
// record, a command and a date, and return changes or the reason for a refusal.
package registry

import "strings"

// Kind says how a value is written, checked and compared.
type Kind string

// The kinds of value.
const (
	KText   Kind = "text"   // one line, NFC
	KLong   Kind = "long"   // several lines
	KName   Kind = "name"   // part of a person's name, as in the document
	KDate   Kind = "date"   // EDTF, partial dates allowed
	KCode   Kind = "code"   // code of the list named in List
	KPlace  Kind = "place"  // a code with its scheme, "inei:150101", or free text
	KOffice Kind = "office" // code of an office of the network
	KPhone  Kind = "phone"  // E.164
	KEmail  Kind = "email"
	KFlag   Kind = "flag"  // "yes" or "no"
	KCount  Kind = "count" // whole number from 0
	KNumber Kind = "docno" // number of a document, in its normal form
	KGeo    Kind = "geo"   // "lat,lon" in decimal degrees
	KMRZ    Kind = "mrz"   // machine-readable zone, lines joined by a line feed
	KHash   Kind = "hash"  // SHA-256 of an attachment, in hex
	KRef    Kind = "ref"   // id of another entity
)

// Tier says who may read a value. T1 ordinary; T2 need to know inside the office and
// purpose; T3 sensitive: sealed under its own key, a right of its own, every read logged.
type Tier int

// The tiers of a person's record; T4 lives in stores of its own.
const (
	T1 Tier = 1 + iota
	T2
	T3
)

// Section is the layer of the record that a field belongs to.
type Section string

// The layers of the record.
const (
	Identity      Section = "identity"
	Documents     Section = "documents"
	Registration  Section = "registration"
	Contact       Section = "contact"
	Family        Section = "family"
	Profile       Section = "profile"
	Citizenship   Section = "citizenship"
	Vulnerability Section = "vulnerability"
	Lifecycle     Section = "lifecycle"
)

// Sections lists the layers in the order of the page.
var Sections = []Section{Identity, Documents, Registration, Contact, Family, Profile, Citizenship, Vulnerability, Lifecycle}

// Field is one row of the data dictionary. A Field with Parts is a group: the record
// holds any number of items of it under "key/item". Row is the row of the dictionary in
// docs/dictionary.md that the field comes from.
type Field struct {
	Row     int
	Key     string
	Section Section
	Kind    Kind
	List    string // code list, for KCode
	Tier    Tier
	Must    bool // a complete record needs it
	Derived bool // written by the program, never typed
	Many    bool // several codes in one text, separated by a space
	Parts   []Part
}

// Part is one named text of a group.
type Part struct {
	Key  string
	Kind Kind
	List string
	Must bool
	// Names marks the parts whose values make two items the same item.
	Names bool
}

// IsGroup reports whether the field is a list of items.
func (f *Field) IsGroup() bool { return len(f.Parts) > 0 }

// Part returns the named part, or nil.
func (f *Field) Part(key string) *Part {
	for i := range f.Parts {
		if f.Parts[i].Key == key {
			return &f.Parts[i]
		}
	}
	return nil
}

// Lookup finds the dictionary row of a record's field: "sex" or "document/7QK3".
func Lookup(field string) *Field {
	key, _, _ := strings.Cut(field, "/")
	return byKey[key]
}

var byKey = func() map[string]*Field {
	m := make(map[string]*Field, len(Dictionary))
	for i := range Dictionary {
		m[Dictionary[i].Key] = &Dictionary[i]
	}
	return m
}()
