package linkage

import (
	"fmt"
	"slices"
	"strings"
)

// op is how a comparison works: what it keeps of a row and how it looks at two rows.
type op uint8

const (
	opName  op = iota // first word, second word, all words
	opBag             // all words, bits of the words, the words
	opDate            // eight decimal digits, four bits each
	opDoc             // ten symbols of six bits, a hash
	opPhone           // the last eight digits, four bits each
	opEmail           // hashes of all and of the part before the @, the end of that
	opWord            // one word
	opSex             // one word
)

// String names the op in the catalogue keys of levels.
func (o op) String() string {
	return [...]string{"name", "text", "date", "document", "phone", "email", "word", "sex"}[o]
}

// comparer is a comparison made ready: where its values stand in a row.
type comparer struct {
	*Comparison
	op    op
	at, n int   // its slots of a row
	cross []int // slots of the first words of the other names
}

// plan is everything about a list that does not depend on what was learnt: comparisons,
// slots, blocking rules. It follows from the fields and comparisons of a model alone.
type plan struct {
	fields []Field
	cmps   []comparer
	width  int // slots of a row
	rules  []rule
}

// most is the number of comparisons that a pattern holds.
const most = 16

func opOf(k Kind) (op, int) {
	switch k {
	case GivenNames, Surname, SecondSurname, MarriedName:
		return opName, 3
	case FullName:
		return opBag, 2 + 5
	case Street:
		return opBag, 2 + 6
	case Text:
		return opBag, 2 + 12
	case Date, Year:
		return opDate, 1
	case Document:
		return opDoc, 3
	case Phone:
		return opPhone, 1
	case Email:
		return opEmail, 4
	case Sex:
		return opSex, 1
	}
	return opWord, 1
}

// compile makes a plan of comparisons, which must be those of choose or of a model.
func compile(fields []Field, cs []Comparison) (*plan, error) {
	p := &plan{fields: fields, cmps: make([]comparer, len(cs))}
	if len(cs) > most {
		return nil, fmt.Errorf("linkage: a model of %d comparisons, at most %d", len(cs), most)
	}
	for i := range cs {
		c := &p.cmps[i]
		c.Comparison = &cs[i]
		for _, f := range cs[i].Fields {
			if f < 0 || f >= len(fields) {
				return nil, fmt.Errorf("linkage: comparison %q is of column %d of %d", cs[i].Name, f, len(fields))
			}
		}
		c.op, c.n = opOf(c.Kind)
		if len(c.Levels) != len(levelKeys(c.Kind)) {
			return nil, fmt.Errorf("linkage: comparison %q has %d levels, not %d", c.Name, len(c.Levels), len(levelKeys(c.Kind)))
		}
		c.at = p.width
		p.width += c.n
	}
	for i := range p.cmps {
		if p.cmps[i].op != opName {
			continue
		}
		for j := range p.cmps {
			if j != i && p.cmps[j].op == opName {
				p.cmps[i].cross = append(p.cmps[i].cross, p.cmps[j].at)
			}
		}
	}
	p.width = aligned(p.width)
	p.rules = p.blocking()
	return p, nil
}

// lineSlots is how many slots a line of the processor's cache holds.
const lineSlots = 16

// aligned is the width of a row that is made wider to begin at a line of the cache, unless that
// is more than an eighth wider: a row of 15 slots lies on two lines where one of 16 lies on one.
func aligned(width int) int {
	if whole := (width + lineSlots - 1) / lineSlots * lineSlots; whole-width <= width/8 {
		return whole
	}
	return width
}

// choose makes comparisons of the fields of a list: those that can tell two records apart,
// the most telling when there are too many. Levels have no weights yet.
func choose(l *List) []Comparison {
	var out []Comparison
	add := func(k Kind, fields ...int) {
		names := make([]string, len(fields))
		for i, f := range fields {
			names[i] = l.fields[f].Name
		}
		c := newComparison(strings.Join(names, " "), k, fields)
		c.Checked = k == Document && l.checked(fields[0])
		out = append(out, c)
	}
	joined := map[Kind][]int{}
	for i, f := range l.fields {
		if !l.tells(i) {
			continue
		}
		switch f.Kind {
		case Ignore:
		case GivenNames, Surname, SecondSurname, MarriedName, Year, Month, Day:
			joined[f.Kind] = append(joined[f.Kind], i)
		default:
			add(f.Kind, i)
		}
	}
	for _, k := range []Kind{MarriedName, SecondSurname, Surname, GivenNames} {
		if len(joined[k]) > 0 {
			add(k, joined[k]...)
		}
	}
	if y := joined[Year]; len(y) > 0 {
		k, parts := Year, y[:1]
		if m, d := joined[Month], joined[Day]; len(m) > 0 && len(d) > 0 {
			k, parts = Date, []int{y[0], m[0], d[0]}
		}
		add(k, parts...)
	}
	slices.Reverse(out)
	if len(out) > most {
		slices.SortStableFunc(out, func(a, b Comparison) int { return rank(a.Kind)*1e6 - rank(b.Kind)*1e6 })
		out = out[:most]
	}
	return out
}

// rank orders kinds by how much they usually tell, the most telling first.
func rank(k Kind) int {
	return slices.Index([]Kind{GivenNames, Surname, FullName, SecondSurname, Date, Document, Phone, Email, Sex, Year, Place, Street, MarriedName, Text, Category, Number}, k)
}

func newComparison(name string, k Kind, fields []int) Comparison {
	c := Comparison{Name: name, Kind: k, Fields: fields}
	for _, l := range levelKeys(k) {
		c.Levels = append(c.Levels, Level{Key: l.key, TF: l.tf})
	}
	return c
}

// tells reports whether a column can say anything: it has two values at least, and some
// value twice, unless it is of a kind whose values may be nearly equal.
func (l *List) tells(field int) bool {
	n, present := l.Distinct(field), l.Present(field)
	if n < 2 {
		return false
	}
	switch l.fields[field].Kind {
	case Category, Number, Sex, Place:
		return n < present
	case Document:
		return n < present || !l.serial(field)
	}
	return true
}

// serial reports whether all values are numbers that somebody counted up: an id of the list.
func (l *List) serial(field int) bool {
	d := l.dicts[field]
	low, high := ^uint64(0), uint64(0)
	for c := uint32(1); int(c) <= d.Len(); c++ {
		n := uint64(0)
		for _, b := range d.raw(c) {
			if b < '0' || b > '9' || n > 1e15 {
				return false
			}
			n = n*10 + uint64(b-'0')
		}
		low, high = min(low, n), max(high, n)
	}
	return d.Len() > 20 && high-low < 2*uint64(d.Len())
}
