package finder

import (
	"cmp"
	"slices"
	"strings"

	"quipu/internal/fault"
)

var roleNames = [...]string{given: "given", paternal: "paternal", maternal: "maternal", other: "other", place: "place"}

var wayNames = [...]string{exact: "same", joined: "joined", variant: "variant", sound: "sound", near: "near", far: "far", begins: "begins", initial: "initial"}

// reasons words a verdict: the numbers first, then names by their role, the date, and what
// is odd. The keys are complete in the catalogue: why.given_same, why.paternal_near ...
func (c *scorer) reasons(v verdict) []Reason {
	var out []Reason
	add := func(key string, args ...fault.Arg) { out = append(out, Reason{key, args}) }
	for _, n := range v.numbers {
		switch {
		case n.exact:
			add(kindNames[n.kind] + "_same")
		case n.worth == numberNear:
			add(kindNames[n.kind] + "_near")
		}
	}
	for as := given; as <= place; as++ {
		c.wordReasons(v, as, add)
	}
	switch v.birth {
	case dateSame, datePart, dateSwapped, dateNear, dateYear:
		if c.dates > 0 {
			add(dateNames[v.birth])
		}
	}
	if c.crossed(v) {
		add("surnames_crossed")
	} else if v.shuffled {
		add("shuffled")
	}
	return out
}

var kindNames = map[keyKind]string{document: "document", phone: "phone", email: "email"}

var dateNames = map[agreement]string{dateSame: "birth_same", datePart: "birth_part", dateSwapped: "birth_swapped", dateNear: "birth_near", dateYear: "birth_year"}

// wordReasons gives one reason for all words of a role that are the same, and one for each
// that is not.
func (c *scorer) wordReasons(v verdict, as role, add func(string, ...fault.Arg)) {
	pairs := slices.Clone(v.pairs)
	slices.SortFunc(pairs, func(p, q pair) int { return cmp.Compare(p.token, q.token) })
	var same []string
	for _, p := range pairs {
		if t := c.s.rec.tokens[p.token]; t.role == as && p.how == exact {
			same = append(same, plainText(c.x.words.text[t.id]))
		}
	}
	if len(same) > 0 {
		add(roleNames[as]+"_same", fault.Arg{Name: "found", Value: strings.Join(same, " ")})
	}
	for _, p := range pairs {
		if t := c.s.rec.tokens[p.token]; t.role == as && p.how != exact {
			add(roleNames[as]+"_"+wayNames[p.how], fault.Arg{Name: "asked", Value: c.a.words[p.word].text}, fault.Arg{Name: "found", Value: c.x.words.text[t.id]})
		}
	}
}

// crossed reports whether the surnames of a form stand in each other's fields.
func (c *scorer) crossed(v verdict) bool {
	for _, p := range v.pairs {
		w, r := c.a.words[p.word], c.s.rec.tokens[p.token].role
		if w.asked && (w.role == paternal && r == maternal || w.role == maternal && r == paternal) {
			return true
		}
	}
	return false
}
