package synth

// profile draws civil status, education and occupation for somebody single; a couple
// changes the first.
func (g *gen) profile(p *Person) {
	age := g.w.today.Year - p.Birth.Year
	p.CivilStatus = g.civilStatus(age)
	level := g.level(age)
	p.Education = string(rune('0' + level))
	if age >= 15 && age < 70 {
		p.Occupation = g.occupation(p.Sex, age, level)
	}
}

func (g *gen) civilStatus(age int) string {
	x := g.r.Float64()
	switch {
	case age < 18 || x < 0.36:
		return "single"
	case age < 30 && x < 0.84:
		return "single"
	case x < 0.50 && age < 60:
		return "single"
	case x < 0.78:
		return "married"
	case x < 0.87:
		return "cohabiting"
	case x < 0.92:
		return "divorced"
	case x < 0.95:
		return "separated"
	case age > 60:
		return "widowed"
	}
	return "married"
}

// schooling is the share of each ISCED level 0..8 among adults; emigrants are taken to be
// somewhat better schooled than those who stay.
var schooling = []float64{1, 7, 12, 40, 5, 14, 17, 3.5, 0.5}

func (g *gen) level(age int) int {
	switch {
	case age < 6:
		return 0
	case age < 12:
		return between(g.r, 0, 1)
	case age < 17:
		return between(g.r, 1, 2)
	case age < 22:
		return between(g.r, 2, 4)
	}
	return g.w.schooling.draw(g.r)
}

// occupation draws one that goes with sex and schooling; "" for students, those who keep
// the house, and those who do not say.
func (g *gen) occupation(sex string, age, level int) string {
	if age < 24 && chance(g.r, 0.7) || chance(g.r, 0.15) || sex == "F" && chance(g.r, 0.15) {
		return ""
	}
	return g.w.jobs[sexIndex(sex)][level].draw(g.r).code
}
