// Package fieldwork knows what became of the cases of a sample: final dispositions by the
// codes of AAPOR, and the rates of response, cooperation, refusal and contact that follow.
// Source: American Association for Public Opinion Research, Standard Definitions: Final
// Dispositions of Case Codes and Outcome Rates for Surveys, 10th edition, 2023.
package fieldwork

import (
	"strings"

	"quipu/internal/fault"
)

// Class is what a disposition counts as in a rate.
type Class string

const (
	Interview     Class = "I"  // complete
	Partial       Class = "P"  // enough answers to be used
	Refusal       Class = "R"  // refused, or broke off before it was enough
	NonContact    Class = "NC" // eligible, never spoken to
	Other         Class = "O"  // eligible, spoken to, no interview for another reason
	UnknownHouse  Class = "UH" // not known whether there is a home
	UnknownPerson Class = "UO" // a home, or a person, not known whether eligible
	NotEligible   Class = "NE" // not of the population
)

// A Disposition is a final outcome of a case. What it says is in the catalogue, under
// "fieldwork.disposition." and its code with an underscore for the point.
type Disposition struct {
	Code  string
	Class Class
}

// dispositions in the order of their codes; those that only one way of asking has are in
// as well, since a survey may ask in several.
var dispositions = []Disposition{
	{"1.1", Interview}, {"1.2", Partial},
	{"2.10", Refusal}, {"2.11", Refusal}, {"2.111", Refusal}, {"2.112", Refusal}, {"2.12", Refusal},
	{"2.20", NonContact}, {"2.21", NonContact}, {"2.22", NonContact}, {"2.23", NonContact}, {"2.24", NonContact}, {"2.25", NonContact}, {"2.27", NonContact},
	{"2.30", Other}, {"2.31", Other}, {"2.32", Other}, {"2.33", Other}, {"2.34", Other}, {"2.35", Other}, {"2.36", Other},
	{"3.10", UnknownHouse}, {"3.11", UnknownHouse}, {"3.12", UnknownHouse}, {"3.13", UnknownHouse}, {"3.14", UnknownHouse}, {"3.15", UnknownHouse}, {"3.16", UnknownHouse}, {"3.17", UnknownHouse}, {"3.18", UnknownHouse}, {"3.19", UnknownHouse},
	{"3.20", UnknownPerson}, {"3.21", UnknownPerson}, {"3.30", UnknownPerson}, {"3.90", UnknownPerson},
	{"4.10", NotEligible}, {"4.20", NotEligible}, {"4.30", NotEligible}, {"4.40", NotEligible}, {"4.50", NotEligible}, {"4.60", NotEligible}, {"4.70", NotEligible}, {"4.80", NotEligible}, {"4.90", NotEligible},
}

// Dispositions are all final outcomes in the order of their codes.
func Dispositions() []Disposition { return append([]Disposition(nil), dispositions...) }

// Find gives the disposition of a code. "2.1", "2.10" and "2.1.0" are one; a code that is
// finer than the list (2.113) counts as the next coarser one.
func Find(code string) (Disposition, error) {
	for key := digits(code); len(key) >= 2; key = key[:len(key)-1] {
		for _, d := range dispositions {
			if digits(d.Code) == key {
				return d, nil
			}
		}
		if len(key) == 2 {
			for _, d := range dispositions {
				if digits(d.Code) == key+"0" {
					return d, nil
				}
			}
		}
	}
	return Disposition{}, fault.New(fault.Invalid, "fieldwork.code", "code", code)
}

// digits is a code as figures alone; a code of other signs is "".
func digits(code string) string {
	s := strings.ReplaceAll(strings.TrimSpace(code), ".", "")
	if strings.Trim(s, "0123456789") != "" || strings.TrimSpace(code) == s {
		return ""
	}
	return s
}

// Key is where the catalogue has what the disposition says.
func (d Disposition) Key() string {
	return "fieldwork.disposition." + strings.ReplaceAll(d.Code, ".", "_")
}
