package synth

import "strings"

// sharedHome is the address of somebody in the same household, and the phone two times
// in three: a family often leaves one number.
func (g *gen) sharedHome(p *Person) (lines, postcode, phone string) {
	phone = p.Phone
	if chance(g.r, 0.35) {
		phone = g.phone(p.Post.Country)
	}
	return p.Address, p.Postcode, phone
}

// share numbers the household, and the siblings that registered on one day: some of the
// brothers and sisters got their identity cards together, with numbers in a row.
func (g *gen) share(home []*Person) {
	id := g.nextFamily()
	for _, p := range home {
		p.Household = id
		if p.Address != home[0].Address {
			p.Household = g.nextFamily()
		}
	}
	for i := 1; i < len(home); i++ {
		a, b := home[i-1], home[i]
		together := a.Sibship != 0 && a.Sibship == b.Sibship && a.twin == nil && b.twin == nil
		if together && spanOf(a.Birth.Year) == spanOf(b.Birth.Year) && chance(g.r, 0.12) {
			pair := g.numbers.take(g, a.Birth.Year, 2)
			a.setDNI(pair[0])
			b.setDNI(pair[1])
			i++ // a number is taken once
		}
	}
}

// nameSiblingsApart gives a second try to children who got all the names of another:
// parents do not call two living children the same.
func (g *gen) nameSiblingsApart(siblings []*Person) {
	seen := map[string]bool{}
	for _, p := range siblings {
		for try := 0; try < 8 && (seen[p.Given] || seen[firstName(p.Given)] && !strings.Contains(p.Given, " ")); try++ {
			p.Given = g.givenNames(p.Sex, p.Birth.Year)
		}
		seen[p.Given] = true
	}
}

func repeats(given string) bool {
	seen := map[string]bool{}
	for _, n := range strings.Fields(given) {
		if seen[n] {
			return true
		}
		seen[n] = true
	}
	return false
}

// join makes two groups of siblings one.
func join(people []*Person, from, to int64) {
	for _, p := range people {
		if from != 0 && p.Sibship == from {
			p.Sibship = to
		}
	}
}
