package synth

import (
	"slices"

	"quipu/internal/civil"
)

// heads is the age structure of those who lead a household: with their children added
// the whole comes near the published ages.
var heads = []ageBand{{34, 19, 29}, {47, 30, 49}, {13.5, 50, 64}, {4.6, 65, 79}, {0.9, 80, 94}}

// parents are the two names that children are called after, and the persons when they
// are in the register themselves.
type parents struct {
	father, mother   kin
	fatherP, motherP *Person
}

func (g *gen) nextFamily() int64 {
	g.family++
	return int64(g.numbers.chunk)<<20 | g.family
}

// kindred makes one extended family: a household, now and then two of cousins.
func (g *gen) kindred() []*Person {
	post := g.w.posts.draw(g.r)
	kindred := g.nextFamily()
	age := drawAge(g.r, g.w.heads)
	k := g.newKin(post.Country)
	out := g.home(post, k, age, "", kin{})
	if len(out) > 1 && age < 60 && chance(g.r, 0.12) {
		out = append(out, g.cousins(out, k, age)...)
	}
	for _, p := range out {
		p.Kindred = kindred
	}
	return out
}

// cousins makes the household of a brother or sister of the first one's head. One time
// in twelve two siblings married two siblings, so the cousins share all four surnames.
func (g *gen) cousins(first []*Person, k kin, age int) []*Person {
	head := first[0]
	var inlaw kin
	sex := ""
	if head.spouse != nil && chance(g.r, 1.0/12) {
		inlaw = kin{paternal: head.spouse.Paternal, maternal: head.spouse.Maternal, stock: head.spouse.stock}
		sex = head.Sex
	}
	post := head.Post
	if chance(g.r, 0.4) {
		post = g.w.posts.draw(g.r)
	}
	second := g.home(post, k, min(max(age+between(g.r, -9, 9), 20), 70), sex, inlaw)
	if head.Sibship == 0 {
		head.Sibship = g.nextFamily()
	}
	join(second, second[0].Sibship, head.Sibship)
	second[0].Sibship = head.Sibship
	return second
}

// home makes one household: somebody alone, a couple, a couple or a parent with
// children, or grown siblings. inlaw forces a partner of that name.
func (g *gen) home(post Post, k kin, age int, sex string, inlaw kin) []*Person {
	if sex == "" {
		sex = g.sex()
	}
	head := g.person(sex, g.bornAt(age), post, k)
	out := []*Person{head}
	x := g.r.Float64()
	switch {
	case inlaw.paternal != "":
		out = g.couple(head, inlaw, 1+g.r.IntN(3))
	case x < 0.46:
		g.finish(head, false)
	case x < 0.56:
		out = g.couple(head, g.partnerKin(head), 0)
	case x < 0.82:
		out = g.couple(head, g.partnerKin(head), 1+g.r.IntN(3))
	case x < 0.90:
		out = g.alone(head, 1+g.r.IntN(2))
	default:
		out = g.siblings(head)
	}
	g.share(out)
	return out
}

func (g *gen) sex() string {
	if chance(g.r, 0.515) {
		return "F"
	}
	return "M"
}

func (g *gen) partnerKin(head *Person) kin {
	p := g.partner(head.stock, head.Post.Country)
	return kin{paternal: p.text, maternal: g.partner(p.stock, head.Post.Country).text, stock: p.stock}
}

// couple gives head a spouse of the other sex and n births.
func (g *gen) couple(head *Person, k kin, n int) []*Person {
	sex := "F"
	if head.Sex == "F" {
		sex = "M"
	}
	birth := head.Birth.AddDays(between(g.r, -5*365, 5*365))
	if oldest := g.w.today.AddYears(-18); birth.After(oldest) {
		birth = oldest
	}
	spouse := g.person(sex, birth, head.Post, k)
	head.spouse, spouse.spouse = spouse, head
	g.finish(head, false)
	spouse.Address, spouse.Postcode, spouse.Phone = g.sharedHome(head)
	g.finish(spouse, false)
	husband, wife := head, spouse
	if head.Sex == "F" {
		husband, wife = spouse, head
	}
	g.wed(husband, wife)
	ps := parents{husband.kin(), wife.kin(), husband, wife}
	return append([]*Person{head, spouse}, g.children(ps, wife, n)...)
}

// wed sets the civil status of a couple; one wife in four uses her husband's surname.
func (g *gen) wed(husband, wife *Person) {
	husband.CivilStatus, wife.CivilStatus = "cohabiting", "cohabiting"
	if chance(g.r, 0.68) {
		husband.CivilStatus, wife.CivilStatus = "married", "married"
		if chance(g.r, 0.25) {
			wife.Married = "DE " + husband.Paternal
		}
	}
}

// alone gives head n births with somebody who is not in the register.
func (g *gen) alone(head *Person, n int) []*Person {
	g.finish(head, false)
	other := g.partnerKin(head)
	ps := parents{father: other, mother: head.kin(), motherP: head}
	if head.Sex == "M" {
		ps = parents{father: head.kin(), mother: other, fatherP: head}
	}
	if ps.father.given == "" {
		ps.father.given = g.givenNames("M", head.Birth.Year)
	}
	return append([]*Person{head}, g.children(ps, head, n)...)
}

// siblings makes grown brothers and sisters who share a home; their parents stayed.
func (g *gen) siblings(head *Person) []*Person {
	ship := g.nextFamily()
	head.Sibship = ship
	k := kin{paternal: head.Paternal, maternal: head.Maternal, stock: head.stock}
	out := []*Person{head}
	if chance(g.r, 0.08) {
		out = append(out, g.twinOf(head, k))
	}
	g.finish(head, false)
	for range between(g.r, 1, 2) {
		birth := head.Birth.Latest().AddDays(between(g.r, -9*365, 9*365))
		if days, _ := civil.DaysBetween(birth, head.Birth.Latest()); days > -300 && days < 300 {
			birth = birth.AddYears(-2)
		}
		if age, _ := civil.AgeRange(birth, g.w.today); age < 18 {
			continue
		}
		out = append(out, g.person(g.sex(), birth, head.Post, k))
	}
	for _, p := range out[1:] {
		p.Sibship = ship
		if p.Address == "" {
			p.Address, p.Postcode, p.Phone = g.sharedHome(head)
			g.finish(p, false)
			p.BirthPlace = head.BirthPlace
		}
	}
	return out
}

// twinOf makes a twin born on the same day with the next identity number. Twins' names
// often begin alike.
func (g *gen) twinOf(p *Person, k kin) *Person {
	sex := p.Sex
	if chance(g.r, 0.33) {
		sex = g.sex()
	}
	k.given = ""
	t := g.person(sex, p.Birth, p.Post, k)
	if sex == p.Sex {
		g.twinName(t, p)
	}
	p.twin, t.twin = t, p
	pair := g.numbers.take(g, p.Birth.Year, 2)
	p.setDNI(pair[0])
	t.setDNI(pair[1])
	return t
}

// twinName gives half of the twins a shared first name with another second one, and
// never both names alike.
func (g *gen) twinName(t, p *Person) {
	for range 8 {
		if chance(g.r, 0.3) {
			t.Given = firstName(p.Given) + " " + firstName(g.givenNames(t.Sex, t.Birth.Year))
		}
		if firstName(t.Given) != p.Given && t.Given != p.Given && !repeats(t.Given) {
			return
		}
		t.Given = g.givenNames(t.Sex, t.Birth.Year)
	}
}

// children makes n births of a mother (or of a father alone), at the ages at which
// people have children, and drops those that the parent's age does not allow.
func (g *gen) children(ps parents, bearer *Person, n int) []*Person {
	var births []civil.Date
	born := bearer.Birth.Earliest()
	for range n {
		if d := born.AddYears(between(g.r, 18, 38)).AddDays(g.r.IntN(365)); d.Before(g.w.today.AddDays(-60)) {
			births = append(births, d)
		}
	}
	slices.SortFunc(births, civil.Compare)
	var out []*Person
	ship := g.nextFamily()
	for i, d := range births {
		if i > 0 {
			if gap, _ := civil.DaysBetween(births[i-1], d); gap < 330 {
				continue
			}
		}
		out = append(out, g.birth(ps, bearer, d, ship, len(out) == 0)...)
	}
	g.nameSiblingsApart(out)
	return out
}

// birth makes one child, or twins; grown children live elsewhere every other time and
// three in ten of them are not registered at all.
func (g *gen) birth(ps parents, bearer *Person, d civil.Date, ship int64, first bool) []*Person {
	age := g.w.today.Year - d.Year
	if age > 22 && chance(g.r, 0.3) {
		return nil
	}
	k := childOf(ps.father, ps.mother)
	sex := g.sex()
	if sex == "M" && chance(g.r, map[bool]float64{true: 0.30, false: 0.04}[first]) {
		k.given = g.namesake(ps.father.given, d.Year)
	}
	out := []*Person{g.person(sex, d, bearer.Post, k)}
	if chance(g.r, 0.015) {
		out = append(out, g.twinOf(out[0], k))
	}
	bornHere := bearer.Arrival > 0 && d.Year > bearer.Arrival
	moved := age > 22 && chance(g.r, 0.5)
	for _, p := range out {
		p.father, p.mother, p.Sibship = ps.fatherP, ps.motherP, ship
		if !moved {
			p.Address, p.Postcode, p.Phone = g.sharedHome(bearer)
		}
		g.finish(p, bornHere)
		if p != out[0] {
			p.BirthPlace, p.Registered, p.Arrival = out[0].BirthPlace, out[0].Registered, out[0].Arrival
		} else if !bornHere && chance(g.r, 0.7) {
			p.BirthPlace = bearer.BirthPlace
		}
	}
	return out
}

// namesake is a son's name after his father: the same, or the first name and another.
func (g *gen) namesake(father string, year int) string {
	if chance(g.r, 0.5) {
		return father
	}
	first := firstName(father)
	if second := firstName(g.givenNames("M", year)); second != first {
		return first + " " + second
	}
	return first
}
