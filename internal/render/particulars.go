package render

import (
	"fmt"
	"strings"

	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/constancy"
	"quipu/internal/i18n"
	"quipu/internal/place"
)

// Particular is one thing that a statement says. Label is the key of its name in the
// catalogue, Value is in words.
type Particular struct{ Label, Value string }

// Particulars are what a statement says in a language, in the order of the paper and
// without what the paper has elsewhere: its kind, its serial and its key.
func Particulars(lang i18n.Lang, st *constancy.Statement) []Particular {
	out := []Particular{{"constancy.label.surnames", st.Surnames}, {"constancy.label.given", st.Given}}
	if st.Given == "" || st.Surnames == "" {
		out = []Particular{{"constancy.label.name", st.Natural()}}
	}
	until := i18n.T(lang, "constancy.no_expiry")
	if st.Until.Known() {
		until = dated(lang, st.Until)
	}
	out = append(out, Particular{"constancy.label.latin", st.Latin}, Particular{"constancy.label.birth", i18n.Date(lang, st.Birth.String())},
		Particular{"constancy.label.document", ending(lang, st.Document)}, Particular{"constancy.label.number", st.Number},
		Particular{"constancy.label.office", OfficeName(lang, st.Office)}, Particular{"constancy.label.since", dated(lang, st.Since)},
		Particular{"constancy.label.closed", dated(lang, st.Closed)}, Particular{"constancy.label.issued", dated(lang, st.Issued)},
		Particular{"constancy.label.until", until})
	said := out[:0]
	for _, p := range out {
		if p.Value != "" {
			said = append(said, p)
		}
	}
	return said
}

// Marks are what tells one paper from every other: its serial and the key that signed it.
func Marks(st *constancy.Statement) []Particular {
	return []Particular{{"constancy.label.serial", st.Serial}, {"constancy.label.key", fmt.Sprintf("%08x", st.Key)}}
}

// dated is a date in words, "" when it is not known.
func dated(lang i18n.Lang, d civil.Date) string {
	if !d.Known() {
		return ""
	}
	return i18n.Date(lang, d.String())
}

// ending puts "dni 678" into words.
func ending(lang i18n.Lang, document string) string {
	typ, digits, _ := strings.Cut(document, " ")
	if typ == "" {
		return ""
	}
	return i18n.T(lang, "constancy.ending_in", "type", code.List("doc_type").Label(typ, string(lang)), "digits", digits)
}

// OfficeName is the name of an office in a language; its code when the pack lacks it.
func OfficeName(lang i18n.Lang, office string) string {
	if o, ok := place.Network().Office(office); ok {
		return o.Name(string(lang))
	}
	return office
}
