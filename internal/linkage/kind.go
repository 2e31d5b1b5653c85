package linkage

import (
	"fmt"
	"slices"
)

// Kind says what a column of a list holds, and with that how two of its values are compared.
type Kind uint8

const (
	Ignore        Kind = iota
	GivenNames         // one or several given names, initials too; several columns are read as one
	Surname            // the paternal surname, the only one, or both in one column
	SecondSurname      // the maternal surname
	MarriedName        // the surname taken in marriage, with or without "DE"
	FullName           // all names in one column, in any order
	Date               // YYYY-MM-DD, YYYYMMDD, or a part: YYYY, YYYY-MM; days before months otherwise
	Year               // parts of one date in three columns
	Month
	Day
	Document // a number or code that one person has: DNI, passport, social security, patient number
	Sex
	Place // a town, district, postal code or its code
	Phone
	Email
	Street   // an address or a part of it
	Text     // words: a title, an occupation in free text
	Category // few values that are equal or not
	Number
)

var kindNames = []string{"ignore", "given_names", "surname", "second_surname", "married_name", "full_name", "date", "year", "month", "day",
	"document", "sex", "place", "phone", "email", "street", "text", "category", "number"}

// Kinds are all kinds, in a fixed order.
func Kinds() []Kind {
	out := make([]Kind, len(kindNames))
	for i := range out {
		out[i] = Kind(i)
	}
	return out
}

// String is the kind's name in models and map files: lower case with underscores.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// ParseKind is the inverse of String; not ok when there is no such kind.
func ParseKind(s string) (Kind, bool) {
	i := slices.Index(kindNames, s)
	return Kind(max(i, 0)), i >= 0
}

// MarshalText writes the kind's name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a kind's name.
func (k *Kind) UnmarshalText(b []byte) error {
	v, ok := ParseKind(string(b))
	if !ok {
		return fmt.Errorf("linkage: no kind of column is called %q", b)
	}
	*k = v
	return nil
}

// Field is one column of a list: its name, for reports, and what it holds.
type Field struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
}
