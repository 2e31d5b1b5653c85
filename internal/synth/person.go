package synth

import (
	"math/rand/v2"

	"quipu/internal/civil"
)

// gen makes the persons of one chunk.
type gen struct {
	w       *world
	t       *tables
	r       *rand.Rand
	numbers numbers
	family  int64 // kindreds, households and sibships numbered so far in this chunk
}

// ageBand is a share of the persons with the age in from..to.
type ageBand struct {
	share    float64
	from, to int
}

// ages is the structure of emigrants that INEI published for 1990-2017.
var ages = []ageBand{{11.2, 0, 14}, {30.7, 15, 29}, {40.4, 30, 49}, {12.6, 50, 64}, {4.1, 65, 79}, {1.0, 80, 94}}

func drawAge(r *rand.Rand, t table[ageBand]) int {
	b := t.draw(r)
	return between(r, b.from, b.to)
}

// bornAt draws a birthday of somebody who has that age today.
func (g *gen) bornAt(age int) civil.Date {
	return g.w.today.AddYears(-age).AddDays(-g.r.IntN(365))
}

// person makes somebody of that name and birth; names empty are drawn.
func (g *gen) person(sex string, birth civil.Date, post Post, k kin) *Person {
	p := &Person{Sex: sex, Birth: birth, Post: post, Given: k.given, Paternal: k.paternal, Maternal: k.maternal, stock: k.stock}
	if p.Given == "" {
		p.Given = g.givenNames(sex, birth.Year)
	}
	p.BirthCountry, p.Language = g.w.home, "spa"
	g.profile(p)
	return p
}

// bornInPeru gives a place of birth that goes with the surnames, and a first language
// that goes with the place and the age.
func (g *gen) bornInPeru(p *Person) {
	d := g.t.districts.draw(g.r)
	switch {
	case p.stock == quechua && chance(g.r, 0.55):
		d = g.t.byLanguage["qu"].draw(g.r)
	case p.stock == aymara && chance(g.r, 0.65):
		d = g.t.byLanguage["ay"].draw(g.r)
	case (p.stock == japanese || p.stock == chinese) && chance(g.r, 0.85):
		d = g.t.lima.draw(g.r)
	}
	p.BirthPlace = d.inei
	g.firstLanguage(p, d.language)
}

func (g *gen) firstLanguage(p *Person, region string) {
	share := 0.10
	if p.Birth.Year < 1980 {
		share = 0.30
	}
	switch {
	case p.stock != quechua && p.stock != aymara:
	case region == "qu" && chance(g.r, share):
		p.Language = "que"
	case region == "ay" && chance(g.r, share):
		p.Language = "aym"
	}
}

// bornAbroad makes a person a national by descent, with the tongue of the country now
// and then.
func (g *gen) bornAbroad(p *Person) {
	p.BirthCountry, p.BirthPlace, p.Arrival = p.Post.Country, "", 0
	if chance(g.r, 0.4) {
		p.Language = g.country(p.Post.Country).tongues[0]
	}
}

// arrive draws the year of arrival: after birth, most between 1995 and 2019.
func (g *gen) arrive(p *Person) {
	from, to := max(p.Birth.Year, 1965), g.w.today.Year
	y := between(g.r, from, to)
	if y < 1990 && chance(g.r, 0.8) {
		y = between(g.r, max(from, 1990), to)
	}
	p.Arrival = y
}

// register draws the day of registration, between arrival (or birth) and today; the
// network of electronic registers is taken to begin in 2000.
func (g *gen) register(p *Person) {
	from := civil.Date{Year: max(p.Arrival, p.Birth.Year, 2000), Month: 1, Day: 1}
	if civil.Compare(from, p.Birth) < 0 {
		from = p.Birth
	}
	p.Registered = g.dayBetween(from, g.w.today)
	x := g.r.Float64()
	switch {
	case x < 0.80:
		p.Kind = "resident"
	case x < 0.93:
		p.Kind = "transient"
	case x < 0.98:
		p.Kind = "traveller"
	default:
		p.Kind = "seasonal"
	}
}

func (g *gen) dayBetween(from, to civil.Date) civil.Date {
	n, ok := civil.DaysBetween(from, to)
	if !ok || n <= 0 {
		return to
	}
	return from.AddDays(g.r.IntN(n + 1))
}

// finish adds what follows from the rest: papers, contacts, and dates that the person
// does not know to the day.
func (g *gen) finish(p *Person, bornHere bool) {
	if bornHere {
		g.bornAbroad(p)
	} else {
		g.bornInPeru(p)
		g.arrive(p)
	}
	g.register(p)
	if p.DNI == "" {
		p.setDNI(g.numbers.take(g, p.Birth.Year, 1)[0])
	}
	if p.Address == "" {
		g.settle(p)
	}
	if chance(g.r, 0.55) && p.Birth.Year < g.w.today.Year-13 {
		p.Email = g.mail(p)
	}
	if chance(g.r, 0.8) {
		g.kinAtHome(p)
	}
	g.forget(p)
}

// forget leaves only the year, or the month, of some old people's birth.
func (g *gen) forget(p *Person) {
	if p.Birth.Year > 1955 || p.twin != nil {
		return
	}
	switch x := g.r.Float64(); {
	case x < 0.03:
		p.Birth = civil.Date{Year: p.Birth.Year}
	case x < 0.04:
		p.Birth = civil.Date{Year: p.Birth.Year, Approx: true}
	case x < 0.05:
		p.Birth.Day = 0
	}
}
