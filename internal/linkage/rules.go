package linkage

import (
	"fmt"
	"strings"
)

// blocking makes the rules for the comparisons that a list has: whatever two records of one
// person may have kept in common. Those that usually bring most come first; in a large list
// later ones are left out when a trial shows that they bring nothing new.
func (p *plan) blocking() []rule {
	b := ruleMaker{plan: p}
	b.find()
	b.numbers()
	b.dates()
	b.names()
	b.years()
	b.texts()
	b.slips()
	b.places()
	if len(b.rules) == 0 {
		b.anything()
	}
	return b.rules
}

// ruleMaker collects rules; its lists are comparisons by what they hold.
type ruleMaker struct {
	*plan
	rules                                            []rule
	given, surnames, dated, exact, mails, bags, wide []int
	split                                            []atom
}

func (b *ruleMaker) find() {
	for i := range b.cmps {
		switch c := &b.cmps[i]; c.Kind {
		case GivenNames:
			b.given = append(b.given, i)
		case Surname, SecondSurname:
			b.surnames = append(b.surnames, i)
		case Date:
			b.dated = append(b.dated, i)
		case Document, Phone:
			b.exact = append(b.exact, i)
		case Email:
			b.mails = append(b.mails, i)
		case FullName, Text, Street:
			b.bags = append(b.bags, i)
		case Place, Number, Year:
			b.wide = append(b.wide, i)
		}
	}
	for _, c := range b.surnames {
		b.split = append(b.split, atom{partSound, c})
	}
	for _, c := range b.dated {
		b.split = append(b.split, atom{partYear, c}, atom{partMonthDay, c})
	}
	for _, c := range b.given {
		b.split = append(b.split, atom{partSound, c})
	}
	for _, c := range b.bags {
		b.split = append(b.split, atom{partExact, c})
	}
	for _, c := range b.wide {
		b.split = append(b.split, atom{partExact, c})
	}
}

// add makes a rule of parts.
func (b *ruleMaker) add(r rule) {
	var names []string
	atoms := r.parts
	if r.drop != nil {
		atoms = append(atoms[:len(atoms):len(atoms)], *r.drop)
	}
	for i, a := range atoms {
		r.own |= 1 << a.c
		s := b.label(a)
		if r.drop != nil && i == len(atoms)-1 {
			s = b.cmps[a.c].Name + " less one"
			if b.cmps[a.c].op == opBag {
				s = "two words of " + b.cmps[a.c].Name
			}
		}
		names = append(names, s)
	}
	r.name = strings.Join(names, " + ")
	if r.either {
		r.name = fmt.Sprintf("%s, either order", r.name)
	}
	r.seed = hashText(r.name)
	for _, s := range b.split {
		if r.own&(1<<s.c) == 0 || b.cmps[s.c].op == opDate && s.part == partMonthDay && !r.has(s.c, partDay, partMonthDay) {
			r.split = append(r.split, s)
		}
	}
	b.rules = append(b.rules, r)
}

func (r *rule) has(c int, parts ...part) bool {
	for _, a := range r.parts {
		for _, p := range parts {
			if a.c == c && a.part == p {
				return true
			}
		}
	}
	return false
}

// numbers: documents, telephones and addresses of mail as they are.
func (b *ruleMaker) numbers() {
	for _, c := range b.exact {
		b.add(rule{parts: []atom{{partExact, c}}})
	}
	for _, c := range b.mails {
		b.add(rule{parts: []atom{{partExact, c}}})
		b.add(rule{parts: []atom{{partLocal, c}}})
	}
}

func (b *ruleMaker) dates() {
	for _, d := range b.dated {
		b.add(rule{parts: []atom{{partDay, d}}})
	}
}

// names: any two of the names.
func (b *ruleMaker) names() {
	all := append(append([]int(nil), b.given...), b.surnames...)
	for i, x := range all {
		for _, y := range all[:i] {
			b.add(rule{parts: []atom{{partSound, y}, {partSound, x}}, either: true})
		}
	}
	if len(all) == 1 {
		b.add(rule{parts: []atom{{partSound, all[0]}}})
	}
}

// years: a name with the year of birth, or with day and month.
func (b *ruleMaker) years() {
	for _, part := range []part{partYear, partMonthDay} {
		for _, x := range append(append([]int(nil), b.given...), b.surnames...) {
			for _, d := range b.dated {
				b.add(rule{parts: []atom{{partSound, x}, {part, d}}})
			}
		}
	}
}

// slips: a document with a symbol left out, a date with a digit left out beside a first
// letter, a name with a letter left out beside another name.
func (b *ruleMaker) slips() {
	for _, c := range b.exact {
		if b.cmps[c].Kind == Document {
			b.add(rule{drop: &atom{partExact, c}, small: true})
		}
	}
	all := append(append([]int(nil), b.given...), b.surnames...)
	for _, d := range b.dated {
		for _, x := range all {
			b.add(rule{parts: []atom{{partInitial, x}}, drop: &atom{partExact, d}, small: true})
		}
	}
	for _, x := range all {
		for _, y := range all {
			if x != y {
				b.add(rule{parts: []atom{{partSound, y}}, drop: &atom{partExact, x}, small: true})
			}
		}
		if len(all) == 1 {
			b.add(rule{drop: &atom{partExact, x}, small: true})
		}
	}
}

// places: a name and a place, a street or a number; for lists with little else.
func (b *ruleMaker) places() {
	all := append(append([]int(nil), b.given...), b.surnames...)
	for _, x := range all {
		for _, c := range b.wide {
			if b.cmps[c].Kind == Place {
				b.add(rule{parts: []atom{{partSound, x}, {partExact, c}}, small: true})
			}
		}
		for _, c := range b.bags {
			if b.cmps[c].Kind == Street {
				b.add(rule{parts: []atom{{partSound, x}, {partExact, c}}, small: true})
			}
		}
	}
}

// anything: any two columns, for lists that have nothing else.
func (b *ruleMaker) anything() {
	for i := range b.cmps {
		for k := range i {
			b.add(rule{parts: []atom{{partExact, k}, {partExact, i}}})
		}
	}
	if len(b.cmps) == 1 {
		b.add(rule{parts: []atom{{partExact, 0}}})
	}
}

// texts: two words in common; a full name with the year, or its first letter with a date
// without one digit.
func (b *ruleMaker) texts() {
	for _, c := range b.bags {
		k, named := b.cmps[c].Kind, len(b.given)+len(b.surnames) > 0
		if k == FullName || !named {
			b.add(rule{drop: &atom{partToken, c}, small: k != FullName})
		}
		if k == FullName {
			for _, d := range b.dated {
				b.add(rule{parts: []atom{{partExact, c}, {partYear, d}}})
				b.add(rule{parts: []atom{{partInitial, c}}, drop: &atom{partExact, d}, small: true})
			}
		}
	}
}
