package synth

import "strings"

// kin are the names that a parent hands down, whether or not the parent is registered.
type kin struct {
	given, paternal, maternal string
	stock                     stock
}

// sameStock is how much oftener than by chance both surnames are of one stock.
const sameStock = 0.45

// stockAt is the share of a country's Peruvians that are there because of the surname's
// origin, over and above the general mix (Japan called descendants back from 1990).
var stockAt = map[string]struct {
	stock stock
	share float64
}{
	"JP": {japanese, 0.50}, "IT": {italian, 0.02}, "HK": {chinese, 0.35}, "CN": {chinese, 0.25}, "BO": {aymara, 0.25},
}

// surname draws a first surname for somebody at a post.
func (g *gen) surname(country string) surname {
	if at, ok := stockAt[country]; ok && chance(g.r, at.share) {
		return g.t.byStock[at.stock].draw(g.r)
	}
	return g.t.surnames.draw(g.r)
}

// partner draws the surname of the other side of a family whose first is of stock s:
// the mix as a whole stays what it is, as the same share is drawn again within each.
func (g *gen) partner(s stock, country string) surname {
	if chance(g.r, sameStock) {
		return g.t.byStock[s].draw(g.r)
	}
	return g.surname(country)
}

// givenNames draws one to three given names in the fashion of a year of birth.
func (g *gen) givenNames(sex string, year int) string {
	s, c := sexIndex(sex), cohortOf(year)
	first := g.t.given[s][c].draw(g.r)
	more := 0.66
	if first.whole {
		more = 0.06
	}
	names := first.text
	for range 2 {
		if !chance(g.r, more) {
			return names
		}
		next := g.t.single[s][c].draw(g.r).text
		if strings.Contains(" "+names+" ", " "+next+" ") {
			return names
		}
		names, more = names+" "+next, 0.05
	}
	return names
}

// firstName is the first of several given names.
func firstName(given string) string {
	first, _, _ := strings.Cut(given, " ")
	return first
}

// newKin draws the surnames of somebody whose parents are not in the register.
func (g *gen) newKin(country string) kin {
	p := g.surname(country)
	return kin{paternal: p.text, maternal: g.partner(p.stock, country).text, stock: p.stock}
}

// childOf is the name of a child in the Spanish way: the father's first surname, then
// the mother's first.
func childOf(father, mother kin) kin {
	return kin{paternal: father.paternal, maternal: mother.paternal, stock: father.stock}
}

func (p *Person) kin() kin { return kin{p.Given, p.Paternal, p.Maternal, p.stock} }
