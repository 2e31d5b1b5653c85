package personlist

import (
	_ "embed"
	"encoding/csv"
	"strings"
	"sync"

	"quipu/internal/linkage"
	"quipu/internal/name"
)

//go:embed headings.csv
var headingsCSV string

// role is what a heading says of its column; roles.go says which kind that is.
type role string

// phrases are the headings of headings.csv by their words run together.
var phrases = sync.OnceValue(func() map[string]role {
	rows, err := csv.NewReader(strings.NewReader(headingsCSV)).ReadAll()
	if err != nil {
		panic("personlist: headings.csv: " + err.Error())
	}
	out := map[string]role{}
	for _, r := range rows[1:] {
		for h := range strings.SplitSeq(r[2], "|") {
			key := strings.Join(words(h), "")
			if old, ok := out[key]; ok && old != role(r[0]) {
				panic("personlist: headings.csv: " + h + " is both " + string(old) + " and " + r[0])
			}
			out[key] = role(r[0])
		}
	}
	return out
})

// fills are words of headings that say nothing.
var fills = set("DE DEL LA EL LOS LAS DU DES LE DER DIE DAS OF THE DI DELLA DELLO DO DA DOS EN")

// numbering are the words for "number".
var numbering = set("NUMBER NUMERO NUM NRO NO NR NUMMER")

// words are those of a heading: folded, letters and digits parted, without articles and
// the S of plurals; "number" is one word in all languages.
func words(heading string) []string {
	const most = 120 // bytes: what is longer is no heading
	var out []string
	for _, w := range name.HeadingWords(heading[:min(len(heading), most)]) {
		for _, p := range parts(w) {
			if len(p) > 3 && strings.HasSuffix(p, "S") {
				p = p[:len(p)-1]
			}
			if numbering[p] || p == "N" && len(out) == 0 {
				p = "NUMERO"
			}
			if !fills[p] {
				out = append(out, p)
			}
		}
	}
	return out
}

// parts cuts a word where letters and digits meet.
func parts(w string) (out []string) {
	start := 0
	for i := 1; i < len(w); i++ {
		if isDigit(w[i]) != isDigit(w[i-1]) {
			out, start = append(out, w[start:i]), i
		}
	}
	return append(out, w[start:])
}

// said is how sure a heading is of its role.
type said uint8

const (
	saidNothing said = iota
	saidSomewhere
	saidInPart
	saidWhole
)

// overriding are roles that one word of a heading gives to all of it: the telephone of a
// contact is not the person's.
var overriding = map[role]bool{"parent": true, "other": true}

// identifies are words that make a heading the name of an identifier of its own: what it
// identifies nobody knows, and it may be the truth.
var identifies = set("ID UID GUID UUID KEY IDENTIFIER IDENTIFICADOR IDENTIFIANT")

// longest is the most words that a phrase has.
const longest = 5

// lookup is the role of a heading, the number of the part it names ("fname_c2", "address
// 2"; 0 when it names none), and how sure that is.
func lookup(heading string) (r role, part int, how said) {
	w := words(heading)
	if len(w) == 0 {
		return "", 0, saidNothing
	}
	table := phrases()
	if r, ok := table[strings.Join(w, "")]; ok {
		return r, 0, saidWhole
	}
	if n := len(w) - 1; n > 0 && len(w[n]) == 1 && isDigit(w[n][0]) {
		part = int(w[n][0] - '0')
		if w = w[:n]; n > 1 && (w[n-1] == "C" || w[n-1] == "PART" || w[n-1] == "LINE") {
			w = w[:n-1]
		}
		if r, ok := table[strings.Join(w, "")]; ok {
			return r, part, saidWhole
		}
	}
	if r := within(w, table); r != "" {
		return r, part, saidInPart
	}
	if identifies[w[len(w)-1]] || identifies[w[0]] {
		return "id", part, saidInPart
	}
	if r := inside(strings.Join(w, ""), table); r != "" {
		return r, part, saidSomewhere
	}
	return "", 0, saidNothing
}

// within finds the longest phrase among the words; the later of two equally long ones.
func within(w []string, table map[string]role) role {
	var best role
	size := 0
	for i := range w {
		for j := i + 1; j <= min(len(w), i+longest); j++ {
			phrase := strings.Join(w[i:j], "")
			r, ok := table[phrase]
			if !ok || len(phrase) < 3 {
				continue
			}
			if overriding[r] {
				return r
			}
			if score := 100*(j-i) + len(phrase); score >= size {
				best, size = r, score
			}
		}
	}
	return best
}

// inside finds the longest phrase of some length within words run together, as in
// "custlastname".
func inside(run string, table map[string]role) role {
	const least = 6
	for n := len(run) - 1; n >= least; n-- {
		for i := 0; i+n <= len(run); i++ {
			if r, ok := table[run[i:i+n]]; ok {
				return r
			}
		}
	}
	return ""
}

// kinds are the roles that are compared; every other is a reason to leave a column out.
var kinds = map[role]linkage.Kind{
	"given": linkage.GivenNames, "middle": linkage.GivenNames, "surname": linkage.Surname, "surname2": linkage.SecondSurname,
	"married": linkage.MarriedName, "maiden": linkage.MarriedName, "full": linkage.FullName, "name": linkage.FullName,
	"birth": linkage.Date, "birth_year": linkage.Year, "birth_month": linkage.Month, "birth_day": linkage.Day,
	"year": linkage.Year, "month": linkage.Month, "day": linkage.Day, "age": linkage.Number,
	"document": linkage.Document, "sex": linkage.Sex, "city": linkage.Place, "region": linkage.Place, "postcode": linkage.Place,
	"country": linkage.Place, "birthplace": linkage.Place, "birthcountry": linkage.Place, "nationality": linkage.Category,
	"street": linkage.Street, "number": linkage.Street, "phone": linkage.Phone, "email": linkage.Email,
	"parent": linkage.Text, "text": linkage.Text, "measure": linkage.Number, "occupation": linkage.Text, "suffix": linkage.Category, "areacode": linkage.Category,
}

func isDigit(c byte) bool { return c-'0' <= 9 }

func set(text string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(text) {
		out[w] = true
	}
	return out
}
