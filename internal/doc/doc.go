// Package doc knows identity documents: which kinds there are, how their numbers are
// written and checked, and how to read and write a machine readable zone (ICAO 9303).
//
// What a country's numbers look like is data (rules.csv). A check character or a check
// digit that does not hold is reported and never stops anyone: people type from worn
// cards, and some States print their own mistakes.
package doc

import (
	"slices"

	"quipu/internal/fault"
)

// Document types, as stored.
const (
	TypeDNI             = "dni"              // national identity card of an adult
	TypeDNIMinor        = "dni_minor"        // national identity card of a minor
	TypeDNIe            = "dnie"             // electronic national identity card
	TypeCUI             = "cui"              // number given at birth registration, without a card
	TypePassport        = "passport"         // ordinary passport
	TypeSalvoconducto   = "salvoconducto"    // emergency travel document
	TypeDiplomatic      = "diplomatic"       // diplomatic passport
	TypeSpecial         = "special"          // special, official or service passport
	TypeForeignID       = "foreign_id"       // identity document of another State
	TypeMilitaryBooklet = "military_booklet" // military service booklet
	TypeBirthRecord     = "birth_record"     // number of the entry of birth
	TypeNone            = "none"             // says that the person has no document
)

// Types lists the document types in the order in which a form offers them.
func Types() []string {
	return []string{
		TypeDNI, TypeDNIMinor, TypeDNIe, TypeCUI, TypePassport, TypeSalvoconducto, TypeDiplomatic,
		TypeSpecial, TypeForeignID, TypeMilitaryBooklet, TypeBirthRecord, TypeNone,
	}
}

// KnownType reports whether t is one of Types.
func KnownType(t string) bool { return slices.Contains(Types(), t) }

// Doubt is something that a person should look at and that stops nothing. Key names a
// message of the catalogue under "doubt.".
type Doubt struct {
	Key  string
	Args []fault.Arg
}

func doubt(key string, args ...any) Doubt {
	return Doubt{Key: key, Args: fault.New(fault.Invalid, key, args...).Args}
}
