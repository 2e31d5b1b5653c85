package linkage

// trait is how a kind of column behaves in two relatives before anything is learnt.
type trait uint8

const (
	half    trait = iota // shared now and then
	shared               // as in two records of one person
	chance               // as in two strangers
	differs              // as in two strangers, and never equal but by chance, whatever is learnt
	equal                // at least as often as in two records of one person
)

// start is the share of pairs in which a trait is common to begin with.
func (t trait) start() float64 {
	return [...]float64{half: 0.5, shared: 0.95, chance: 0.05, differs: 0, equal: 1}[t]
}

// kinship is a way in which two persons look like one. What tells them apart is fixed;
// how often the rest agrees is learnt from the list.
type kinship struct {
	name   string
	leads  bool           // the others are there only if one of these is
	traits map[Kind]trait // of other kinds of columns: half
}

// kinships are those tried, in this order. All of them hold for any list: a column that
// the list does not have says nothing.
var kinships = []kinship{
	{"sibling", true, map[Kind]trait{Surname: equal, SecondSurname: equal, GivenNames: differs, Date: differs, Year: differs, Document: differs, Email: differs, Sex: chance}},
	{"household", true, map[Kind]trait{Surname: chance, SecondSurname: differs, GivenNames: chance, Date: differs, Year: differs, Document: differs, Email: differs, Sex: chance,
		Place: shared, Phone: shared, Street: shared}},
	{"parent", false, map[Kind]trait{Surname: shared, SecondSurname: differs, Date: differs, Year: differs, Document: differs, Email: differs, Sex: chance}},
	{"twin", false, map[Kind]trait{Surname: equal, SecondSurname: equal, GivenNames: differs, Date: equal, Year: equal, Document: differs, Email: differs, Sex: chance, Place: shared}},
}

// fits reports whether a list has the columns to see a kinship: some that tell relatives
// apart and some that they share.
func (k kinship) fits(cs []Comparison) bool {
	apart, common := false, false
	for _, c := range cs {
		switch k.traits[c.Kind] {
		case differs:
			apart = true
		case shared, equal:
			common = true
		}
	}
	return apart && common
}

// class is the kinship as a class of pairs to begin with, n of them expected.
func (k kinship) class(cs []Comparison, n float64) *ingredient {
	p := &ingredient{name: k.name, leads: k.leads, n: n, level: make([][]float64, len(cs)), fixed: make([]bool, len(cs)), equal: make([]bool, len(cs)), named: make([]bool, len(cs))}
	for i, c := range cs {
		t := k.traits[c.Kind]
		p.level[i] = make([]float64, len(c.Levels))
		for l := 1; l < len(c.Levels); l++ {
			p.level[i][l] = t.start()*c.Levels[l].M + (1-t.start())*c.Levels[l].U
		}
		p.fixed[i], p.equal[i] = t == differs, t == equal
		p.named[i] = t == differs && c.Kind == GivenNames
	}
	p.start = clone(p.level)
	return p
}

func clone(levels [][]float64) [][]float64 {
	out := make([][]float64, len(levels))
	for i := range levels {
		out[i] = append([]float64(nil), levels[i]...)
	}
	return out
}

// bound keeps the chance that values differ below its highest and scales the others.
func (p *ingredient) bound(k int) {
	if p.most == nil || p.most[k] == 0 || p.level[k][different] <= p.most[k] {
		return
	}
	ls, start, rest := p.level[k], p.start, 0.0
	for l := int(different) + 1; l < len(ls); l++ {
		if start != nil {
			ls[l] += 1e-3 * start[k][l] // so that something is there to scale
		}
		rest += ls[l]
	}
	for l := int(different) + 1; l < len(ls) && rest > 0; l++ {
		ls[l] *= (1 - p.most[k]) / rest
	}
	ls[different] = p.most[k]
}

// mostDifferent is the largest share of the records of one person in which values of a kind
// can differ wholly; 0 for any. Whatever shows more is not one person: in a list where siblings
// outnumber those who are there twice, it is they whom the most pairs alike would show.
func mostDifferent(k Kind) float64 {
	switch k {
	case GivenNames:
		return 0.25
	case Sex:
		return 0.1
	case Date, Year:
		return 0.3
	case Document:
		return 0.6
	}
	return 0
}

// forbid gives the level under a veto its chance and scales the others.
func (p *ingredient) forbid(k int) {
	ls, l := p.level[k], p.veto[k]
	scale := (1 - vetoed) / (1 - ls[l])
	for i := range ls {
		ls[i] *= scale
	}
	ls[l] = vetoed
}

const (
	// vetoed is the chance that one person has two numbers with right check characters: a
	// slip of the pen makes the character wrong.
	vetoed = 1e-6
	// meantAsCheck is how often two strangers' numbers both have a right check character when
	// the list's numbers have one; by chance it is one in a hundred.
	meantAsCheck = 0.04
)

// veto is the level of a comparison that rules one person out, or 0.
func (c *Comparison) veto() int {
	if c.Kind == Document && len(c.Levels) > int(docConflict) && c.Levels[docConflict].U >= meantAsCheck {
		return int(docConflict)
	}
	return 0
}
