// Package linkage finds the same person: how much two records look alike, and why.
package linkage

import (
	"slices"
	"strings"
	"unicode"

	"quipu/internal/civil"
	"quipu/internal/doc"
	"quipu/internal/fault"
	"quipu/internal/name"
	"quipu/internal/registry"
)

// Traits are what two records are compared by. Keys are those of registry.Keys; Birth is EDTF.
type Traits struct {
	Paternal, Maternal, Given string
	Birth, Sex                string
	Keys                      []string
}

// TraitsOf are the traits of a record.
func TraitsOf(p *registry.Person) Traits {
	return Traits{Paternal: p.Text("surname_paternal"), Maternal: p.Text("surname_maternal"), Given: p.Text("given_names"),
		Birth: p.Text("birth_date"), Sex: p.Text("sex"), Keys: registry.Keys(p)}
}

// Reason is why two records look like one person, or not. Key names a message of the
// catalogue under "alike."; Weight is what it adds.
type Reason struct {
	Key    string
	Args   []fault.Arg
	Weight int
}

// Likeness is how much two records look alike: the sum of the weights, in half units of
// evidence that have no scale of their own, and the reasons, the weightiest first.
type Likeness struct {
	Weight  int
	Reasons []Reason
}

// From these weights a record is worth a look, and stops a registration until an officer
// has decided. The rules are simple on purpose; they find the same document, the same
// person under a misspelt name or a swapped date, and tell twins and namesakes apart.
const (
	WorthALook = 10
	StrongLike = 18
)

// Strong reports whether an officer must decide before the entry is made: somebody who
// holds the same document always is such a case, whatever else differs.
func (l Likeness) Strong() bool {
	return l.Weight >= StrongLike || slices.ContainsFunc(l.Reasons, func(r Reason) bool { return r.Key == "document" })
}

// Alike compares two records.
func Alike(a, b Traits) Likeness {
	var l Likeness
	add := func(weight int, key string, args ...fault.Arg) {
		l.Weight += weight
		l.Reasons = append(l.Reasons, Reason{key, args, weight})
	}
	documents(a, b, add)
	surnamesAlike(a, b, add)
	givenAlike(a.Given, b.Given, add)
	birthAlike(a.Birth, b.Birth, add)
	if a.Sex != "" && b.Sex != "" && a.Sex != "N" && b.Sex != "N" && a.Sex != b.Sex {
		add(-3, "sex_other")
	}
	slices.SortStableFunc(l.Reasons, func(x, y Reason) int { return y.Weight - x.Weight })
	return l
}

// Score is the weight between 0 and 1: 0.5 is worth a look, 0.9 stops a registration.
func (l Likeness) Score() float64 {
	return max(0, min(1, 0.5+0.4*float64(l.Weight-WorthALook)/(StrongLike-WorthALook)))
}

type adder func(weight int, key string, args ...fault.Arg)

// documents weighs documents, telephones and addresses that both records hold.
func documents(a, b Traits, add adder) {
	with := func(keys []string, prefix string) (out []string) {
		for _, k := range keys {
			if strings.HasPrefix(k, prefix) {
				out = append(out, k)
			}
		}
		return out
	}
	shared := func(prefix string) bool {
		mine := with(a.Keys, prefix)
		return slices.ContainsFunc(with(b.Keys, prefix), func(k string) bool { return slices.Contains(mine, k) })
	}
	switch mine, theirs := with(a.Keys, "doc:"), with(b.Keys, "doc:"); {
	case shared("doc:"):
		add(20, "document")
	case oneOff(mine, theirs):
		add(6, "document_near")
	case national(mine) != "" && national(theirs) != "":
		add(-6, "document_other")
	}
	if shared("tel:") {
		add(5, "phone")
	}
	if shared("mail:") {
		add(6, "email")
	}
}

// national is the number of the first document that carries the national number.
func national(keys []string) string {
	for _, k := range keys {
		if strings.HasSuffix(k, ":"+registry.TypeClass(doc.TypeDNI)) {
			number, _, _ := strings.Cut(strings.TrimPrefix(k, "doc:"), ":")
			return number
		}
	}
	return ""
}

// oneOff reports two documents of one numbering whose numbers differ by one slip.
func oneOff(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			nx, sx, _ := strings.Cut(strings.TrimPrefix(x, "doc:"), ":")
			ny, sy, _ := strings.Cut(strings.TrimPrefix(y, "doc:"), ":")
			if sx == sy && name.Slips(nx, ny, 1) == 1 {
				return true
			}
		}
	}
	return false
}

func surnamesAlike(a, b Traits, add adder) {
	ap, am, bp, bm := name.Fold(a.Paternal), name.Fold(a.Maternal), name.Fold(b.Paternal), name.Fold(b.Maternal)
	if ap == "" || bp == "" {
		return
	}
	if ap != bp && ap == bm && am == bp {
		add(7, "surnames_swapped")
		return
	}
	one(ap, bp, "paternal", a.Paternal, b.Paternal, 4, -4, add)
	if am != "" && bm != "" {
		one(am, bm, "maternal", a.Maternal, b.Maternal, 4, -4, add)
	}
}

// one compares a surname: the same, one slip apart, or another.
func one(x, y, key, sayX, sayY string, same, other int, add adder) {
	switch {
	case x == y:
		add(same, key)
	case near(x, y):
		add(same-1, key+"_near", fault.Arg{Name: "a", Value: sayX}, fault.Arg{Name: "b", Value: sayY})
	default:
		add(other, key+"_other")
	}
}

// near reports one slip between Latin words long enough for a slip to be one.
func near(x, y string) bool {
	return min(len(x), len(y)) >= 4 && latin(x) && latin(y) && name.Slips(x, y, 1) == 1
}

func latin(folded string) bool {
	return !strings.ContainsFunc(folded, func(c rune) bool { return c > unicode.MaxASCII })
}

func givenAlike(a, b string, add adder) {
	x, y := name.Tokens(a), name.Tokens(b)
	if len(x) == 0 || len(y) == 0 {
		return
	}
	same, slip := 0, [2]string{}
	for _, w := range x {
		if slices.Contains(y, w) {
			same++
			continue
		}
		for _, v := range y {
			if near(w, v) && !slices.Contains(x, v) {
				slip = [2]string{w, v}
			}
		}
	}
	switch {
	case same == len(x) && same == len(y):
		add(6, "given")
	case slip[0] != "":
		add(5, "given_near", fault.Arg{Name: "a", Value: title(slip[0])}, fault.Arg{Name: "b", Value: title(slip[1])})
	case same > 0:
		add(4, "given_some")
	default:
		add(-6, "given_other")
	}
}

// title writes a folded word as a name.
func title(w string) string { return w[:1] + strings.ToLower(w[1:]) }

func birthAlike(a, b string, add adder) {
	x, errX := civil.Parse(a)
	y, errY := civil.Parse(b)
	if errX != nil || errY != nil || !x.Known() || !y.Known() {
		return
	}
	switch {
	case x.Full() && y.Full() && x.Year == y.Year && x.Month == y.Month && x.Day == y.Day:
		add(8, "birth")
	case !x.Full() || !y.Full():
		if x.Latest().Before(y.Earliest()) || y.Latest().Before(x.Earliest()) {
			add(-6, "birth_other")
			return
		}
		add(3, "birth_compatible")
	case x.Year == y.Year && x.Month == y.Day && x.Day == y.Month:
		add(6, "birth_swapped")
	case name.Slips(x.String(), y.String(), 1) == 1:
		add(4, "birth_near")
	default:
		add(-8, "birth_other")
	}
}
