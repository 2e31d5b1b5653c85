package doc

import (
	"strings"
)

// MRZ is what a machine readable zone says. A field that could not be made out is empty;
// nothing is corrected or guessed, and Lines keeps what was read.
type MRZ struct {
	Format      string   // "TD1", "TD2" or "TD3"
	Lines       []string // 3x30, 2x36 or 2x44 characters A-Z 0-9 <
	Code        string   // document code without fillers: "P", "I", "PD"...
	Issuer      string   // as printed; three letters, but Germany prints "D"
	Number      string   // without fillers; long numbers put together again
	Nationality string
	Birth       MRZDate
	Sex         string // "M", "F", "X" (not specified, printed "<"), or "" when it is none of them
	Expiry      MRZDate
	Optional    string // optional data, without the fillers at its end
	Optional2   string // TD1 only: the optional data of the second line
	Primary     string // surname group, raw, with "<" between words
	Secondary   string // given names, raw, with "<" between words
	Truncated   bool   // the name field is full to its last character, so it may be cut
	Checks      []Check
}

// Check is the result of one check digit. Field is number, birth, expiry, optional or
// composite.
type Check struct {
	Field         string
	Expected, Got byte
	OK            bool
}

// AllRight reports whether every check digit holds.
func (m MRZ) AllRight() bool { return len(m.Failed()) == 0 }

// Failed names the fields whose check digit does not hold.
func (m MRZ) Failed() []string {
	var out []string
	for _, c := range m.Checks {
		if !c.OK {
			out = append(out, c.Field)
		}
	}
	return out
}

// Type is the document type that the code and the issuing State stand for: the second
// letters of passports are those of ICAO Doc 9303-4; a card is the State's national card
// when rules.csv knows one, else the identity document of another State.
func (m MRZ) Type() string {
	switch {
	case m.Code == "PD":
		return TypeDiplomatic
	case m.Code == "PO" || m.Code == "PS":
		return TypeSpecial
	case m.Code == "PE":
		return TypeSalvoconducto
	case strings.HasPrefix(m.Code, "P"):
		return TypePassport
	case hasRule(m.Issuer, TypeDNI):
		return TypeDNI
	}
	return TypeForeignID
}

// NationalNumber returns the national number that some States put into the optional data
// of their passports, and its document type, when rules.csv says so and the data is one
// beyond doubt.
func (m MRZ) NationalNumber() (typ, number string, ok bool) {
	r := ruleFor(m.Issuer, m.Type())
	if r.optional == "" || m.Optional == "" {
		return "", "", false
	}
	n, doubts, err := Normalize(r.optional, m.Issuer, strings.ReplaceAll(m.Optional, "<", " "))
	if err != nil || len(doubts) > 0 {
		return "", "", false
	}
	return r.optional, n, true
}

// Parse reads a machine readable zone out of pasted or scanned text: with or without line
// breaks, in lower case, with stray spaces, "«" for "<<", the ";" that a scanner set to
// another keyboard sends for "<", or fillers missing at a line's end. refYear resolves the
// two-digit years. Check digits that fail are reported in Checks; err is a
// fault.Invalid only when there is no zone to be found, or it is a visa's.
func Parse(text string, refYear int) (MRZ, error) {
	lines, l, err := readZone(text)
	if err != nil {
		return MRZ{}, err
	}
	get := func(s span) string { return s.of(lines) }
	trim := func(s span) string { return strings.TrimRight(get(s), "<") }
	m := MRZ{
		Format: l.name, Lines: lines,
		Code: trim(l.code), Issuer: trim(l.issuer), Nationality: trim(l.nationality),
		Birth:  readDate(get(l.birth), func(yy int) int { return latestYear(yy, refYear) }),
		Expiry: readDate(get(l.expiry), func(yy int) int { return nearestYear(yy, refYear) }),
		Sex:    readSex(get(l.sex)), Optional2: trim(l.optional2),
	}
	number, optional, numberCheck := l.readNumber(lines)
	m.Number = strings.ReplaceAll(number, "<", "")
	m.Optional = strings.TrimRight(optional, "<")
	m.Primary, m.Secondary, m.Truncated = readNames(get(l.names))
	m.Checks = l.checks(lines, number, numberCheck)
	return m, nil
}

func readSex(s string) string {
	switch s {
	case "M", "F", "X":
		return s
	case "<":
		return "X"
	}
	return ""
}
