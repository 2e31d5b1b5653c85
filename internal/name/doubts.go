package name

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"quipu/internal/fault"
)

// Doubt is something that a person should look at though the name can be kept. Key names
// a message in the catalogue under "doubt.", Args fill its {name} places; the argument
// "part" is given, paternal, maternal or married.
type Doubt struct {
	Key  string
	Args []fault.Arg
}

// Missing reports whether s says that there is no such name: it is empty, has no letter,
// or is a word that clerks type for that (NN, S/N, NO TIENE, XXX, DESCONOCIDO). "Na" and "Sn." of real names
// differ from "N/A": a slash or stop makes the difference only for NA.
func Missing(s string) bool { return known(s) == "" }

func allX(folded string) bool { return strings.Trim(folded, "X ") == "" }

// Doubts lists what is odd about n, in the order of its parts.
func Doubts(n Name) []Doubt {
	var out []Doubt
	for _, p := range []struct{ part, value string }{
		{"given", n.Given}, {"paternal", n.Paternal}, {"maternal", n.Maternal}, {"married", n.Married},
	} {
		if key := oddity(p.value); key != "" {
			out = append(out, Doubt{key, []fault.Arg{{Name: "part", Value: p.part}, {Name: "value", Value: p.value}}})
		}
	}
	if Missing(n.Paternal) && Missing(n.Maternal) {
		out = append(out, Doubt{Key: "name.no_surname"})
	}
	if Missing(n.Given) {
		out = append(out, Doubt{Key: "name.no_given"})
	}
	return out
}

// oddity is the key of what is odd about one part, "" when nothing is.
func oddity(value string) string {
	folded := Fold(value)
	switch {
	case value == "":
		return ""
	case Missing(value):
		return "name.filler"
	case strings.ContainsFunc(folded, unicode.IsDigit):
		return "name.digits"
	case strings.ContainsFunc(value, isStray):
		return "name.symbols"
	case Script(value) == Mixed:
		return "name.mixed_script"
	case initial(folded):
		return "name.initial"
	case oneLetter(folded):
		return "name.one_letter"
	}
	return ""
}

// isStray is a mark that no name has; a stop, an apostrophe and a hyphen it may have.
func isStray(c rune) bool {
	return unicode.IsSymbol(c) && !isApostrophe(c) || strings.ContainsRune("@#%&*_\\/\"?!:;[]{}=<>|\uFFFD", c)
}

// initial is true when a Latin token is one letter; one Chinese character is a name.
func initial(folded string) bool {
	for t := range strings.FieldsSeq(folded) {
		if len(t) == 1 && t != "Y" && t != "E" && t != "D" && t != "O" {
			return true
		}
	}
	return false
}

// oneLetter is true for a Latin text of three letters or more that are all the same.
func oneLetter(folded string) bool {
	c, size := utf8.DecodeRuneInString(folded)
	return size == 1 && len(folded) > 2 && strings.Trim(folded, string(c)+" ") == ""
}
