package synth

import (
	"strconv"
	"strings"

	"quipu/internal/name"
)

// fill replaces # by a digit and A by a letter.
func (g *gen) fill(pattern string) string {
	b := []byte(pattern)
	for i, c := range b {
		switch c {
		case '#':
			b[i] = byte('0' + g.r.IntN(10))
		case 'A':
			b[i] = "ABCDEFGHJKLMNPRSTUVWXYZ"[g.r.IntN(23)]
		}
	}
	return string(b)
}

func (g *gen) country(code string) country {
	if c, ok := g.t.countries[code]; ok {
		return c
	}
	return g.t.countries["ES"].elsewhere()
}

// elsewhere is what is written of a country that the table does not have: Spanish street
// names, and a phone of the network +883, which belongs to no country.
func (c country) elsewhere() country {
	c.mobiles, c.postcodes = []string{"+883510#########"}, []string{""}
	return c
}

// phone draws a mobile number of the country: one of the numbers set aside for fiction
// where there are enough (North America's 555, Britain's and France's), else a likely one.
func (g *gen) phone(code string) string { return g.fill(pick(g.r, g.country(code).mobiles)) }

// address draws lines and postcode; the streets are made up from common nouns.
func (g *gen) address(code string) (lines, postcode string) {
	c := g.country(code)
	s := g.t.streets[c.language]
	road := strings.Replace(pick(g.r, s.forms), "{x}", pick(g.r, s.names), 1)
	road = strings.Replace(road, " de el ", " del ", 1)
	unit := ""
	if chance(g.r, 0.5) {
		unit = pick(g.r, s.units)
	}
	n := strconv.Itoa(1 + g.r.IntN(1+g.r.IntN(999)))
	lines = strings.NewReplacer("{s}", road, "{n}", n, "{u}", unit).Replace(c.address)
	return lines, g.fill(pick(g.r, c.postcodes))
}

// mail makes an address at a domain that RFC 2606 keeps for examples.
func (g *gen) mail(p *Person) string {
	clean := func(s string) string {
		s = strings.ToLower(name.Fold(s))
		return strings.ReplaceAll(strings.ReplaceAll(s, " ", ""), "'", "")
	}
	b := make([]byte, 0, 48)
	b = append(b, clean(firstName(p.Given))...)
	b = append(b, '.')
	b = append(b, clean(p.Paternal)...)
	b = strconv.AppendInt(b, int64(g.r.IntN(10000)), 10)
	b = append(b, '@')
	return string(append(b, pick(g.r, []string{"example.org", "example.com"})...))
}

// settle gives a person somewhere to live at a post.
func (g *gen) settle(p *Person) {
	p.Address, p.Postcode = g.address(p.Post.Country)
	p.Phone = g.phone(p.Post.Country)
}

// kinAtHome names somebody in Peru to be told in an emergency: a parent or a sibling.
func (g *gen) kinAtHome(p *Person) {
	sex := pick(g.r, []string{"F", "F", "M"})
	given := firstName(g.givenNames(sex, p.Birth.Year-between(g.r, -5, 28)))
	second := p.Maternal
	if chance(g.r, 0.4) {
		second = g.t.surnames.draw(g.r).text
	}
	p.ContactName = given + " " + p.Paternal + " " + second
	p.ContactPhone = g.fill("+519########")
}
