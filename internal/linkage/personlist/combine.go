package personlist

import (
	"slices"

	"quipu/internal/linkage"
)

// combine decides what depends on the other columns.
func (p *Plan) combine(o Options) {
	p.names()
	p.groups()
	p.birth(o)
	p.works()
	p.redundant()
	p.byHand(o)
	p.most()
}

// of are the columns in use that have one of the roles.
func (p *Plan) of(roles ...role) (out []*Column) {
	for i := range p.Columns {
		if c := &p.Columns[i]; slices.Contains(roles, c.role) {
			out = append(out, c)
		}
	}
	return out
}

// names decides what a column headed just "name" holds, and the second of two surnames.
func (p *Plan) names() {
	for _, c := range p.of("name") {
		given, family := len(p.of("given")) > 0, len(p.of("surname", "surname2")) > 0
		switch {
		case family && !given:
			c.become("given", linkage.GivenNames)
		case given && !family:
			c.become("surname", linkage.Surname)
		case given && family && c.prof.words < 1.5:
			c.role = "repeats"
			c.leave("repeats")
		default:
			c.become("full", linkage.FullName)
		}
	}
	if words := p.of("words"); len(p.of("given")) > 0 && len(p.of("surname", "full")) == 0 && len(words) > 0 {
		best := words[0]
		for _, c := range words {
			if c.prof.family > best.prof.family || c.prof.family == best.prof.family && c.prof.unique() > best.prof.unique() {
				best = c
			}
		}
		best.become("surname", linkage.Surname)
	}
	if given := p.of("given"); len(given) == 1 && len(p.of("surname", "surname2", "full", "words")) == 0 && given[0].how == saidNothing && given[0].prof.words >= 2.3 {
		given[0].become("full", linkage.FullName) // surnames that no lexicon has
	}
	if given := p.of("given"); len(given) > 1 && len(p.of("surname", "full", "surname2")) == 0 && given[1].how == saidNothing {
		given[1].become("surname", linkage.Surname) // Robert, Alan: many a surname is a given name, too
	}
	p.unknownNames()
	if births := append(p.of("maiden"), p.of("married")...); len(births) > 0 && len(p.of("surname", "full")) == 0 {
		births[0].become("surname", linkage.Surname)
	}
	surnames := p.of("surname")
	slices.SortStableFunc(surnames, func(a, b *Column) int { return int(b.how) - int(a.how) })
	for i, c := range surnames {
		switch {
		case i == 0:
		case len(p.of("surname2")) == 0:
			c.become("surname2", linkage.SecondSurname)
		default:
			c.become("maiden", linkage.MarriedName)
		}
	}
}

// unknownNames takes columns of single words for names of a people that no lexicon knows,
// where there are no others: the one with fewer different words has the given names.
func (p *Plan) unknownNames() {
	var words []*Column
	for _, c := range p.of("words") {
		if c.prof.distinct > 30 {
			words = append(words, c)
		}
	}
	given, family := p.of("given"), p.of("surname", "surname2")
	if len(p.of("full")) > 0 || len(given) > 0 && len(family) > 0 || len(words) == 0 {
		return
	}
	if len(given) == 0 && len(family) == 0 && len(words) > 1 {
		a, b := words[0], words[1]
		if a.prof.distinct > b.prof.distinct {
			a, b = b, a
		}
		a.become("given", linkage.GivenNames)
		b.become("surname", linkage.Surname)
	} else if len(given) == 0 && len(family) > 0 {
		words[0].become("given", linkage.GivenNames)
	} else if len(given) == 0 {
		words[0].become("full", linkage.FullName)
	}
}

func (c *Column) become(r role, k linkage.Kind) {
	c.role, c.Kind = r, k
	for i := range c.Args {
		if c.Args[i].Name == "what" {
			c.Args[i].Value = string(r)
		}
	}
}

// birth finds the date of birth among the dates, or its parts, and leaves out the days on
// which records were made.
func (p *Plan) birth(o Options) {
	dates := p.of("date")
	for _, c := range p.of("record") { // headed just "date"
		if c.how == saidWhole && c.prof.date >= 0.7 {
			dates = append(dates, c)
		}
	}
	if len(p.of("birth")) == 0 && len(dates) > 0 {
		best := dates[0]
		for _, c := range dates {
			if c.prof.years[0] < best.prof.years[0] {
				best = c
			}
		}
		if best.role == "date" || best.prof.years[1]-best.prof.years[0] >= 15 {
			reason, args := best.Reason, best.Args
			if best.role == "record" {
				reason, args = "values", nil
			}
			best.take(linkage.Date, reason, "what", "birth")
			best.Args = append(best.Args, args...)
			best.role = "birth"
		}
	}
	for _, c := range p.of("date") {
		if c.prof.years[0] >= o.Today.Year-30 || c.prof.years[1]-c.prof.years[0] < 15 {
			c.role = "record"
			c.leave("record")
		}
	}
	p.parts(o)
}

// parts makes a date of columns of day, month and year.
func (p *Plan) parts(o Options) {
	full := len(p.of("birth")) > 0
	p.unnamedParts(full)
	year := first(p.of("birth_year"), p.of("year"))
	month, day := first(p.of("birth_month"), p.of("month")), first(p.of("birth_day"), p.of("day"))
	for _, c := range p.of("birth_year", "birth_month", "birth_day", "year", "month", "day") {
		part := c == year || c == month || c == day
		spread := c.prof.greatest-c.prof.least >= 40 && c.prof.least <= float64(o.Today.Year-40)
		bare := c == year && (month == nil || day == nil)
		switch {
		case full && c.role != "year":
			c.role = "repeats"
			c.leave("repeats")
		case !full && part && (!bare || c.role == "birth_year" || spread):
			c.role = map[linkage.Kind]role{linkage.Year: "birth_year", linkage.Month: "birth_month", linkage.Day: "birth_day"}[c.Kind]
		case c.role == "year" && len(p.of("text")) > 0:
			c.take(linkage.Category, "values", "what", "year")
			c.role = "category"
		default:
			c.role = "record"
			c.leave("record")
		}
	}
}

// unnamedParts finds a day and a month without headings beside a year of birth: numbers
// that go to 12 and to 31.
func (p *Plan) unnamedParts(full bool) {
	if full || len(p.of("year", "birth_year")) == 0 || len(p.of("month", "birth_month", "day", "birth_day")) > 0 {
		return
	}
	var month, day *Column
	for _, c := range p.of("category", "number", "code") {
		switch {
		case c.how != saidNothing:
		case month == nil && c.prof.month >= 0.98 && c.prof.distinct >= 10 && c.prof.distinct <= 14:
			month = c
		case day == nil && c.prof.day >= 0.98 && c.prof.distinct >= 25 && c.prof.distinct <= 35:
			day = c
		}
	}
	if month != nil && day != nil {
		month.become("month", linkage.Month)
		day.become("day", linkage.Day)
	}
}

func first(lists ...[]*Column) *Column {
	for _, l := range lists {
		if len(l) > 0 {
			return l[0]
		}
	}
	return nil
}

// works takes "title" for that of a work where the list has titles long enough.
func (p *Plan) works() {
	for _, c := range p.of("salutation") {
		if c.prof.words >= 3 && c.prof.unique() > 0.2 {
			c.take(linkage.Text, "values", "what", "text")
			c.role = "text"
		}
	}
}

// redundant leaves out what another column says: their agreement would count twice.
func (p *Plan) redundant() {
	drop := func(because bool, roles ...role) {
		if because {
			for _, c := range p.of(roles...) {
				c.role = "repeats"
				c.leave("repeats")
			}
		}
	}
	given, family := len(p.of("given")) > 0, len(p.of("surname")) > 0
	drop(given && family, "full")
	drop(len(p.of("birth", "birth_year")) > 0, "age")
	drop(len(p.of("city", "postcode")) > 0, "country")
	drop(len(p.of("birthplace")) > 0, "birthcountry")
	drop(len(p.of("phone")) > 0, "areacode")
	drop(p.wholeAddress() && len(p.of("birth", "birth_year", "document")) > 0, "city", "region", "postcode")
	if used := p.inUse(); used-len(p.of("occupation")) >= plenty {
		for _, c := range p.of("occupation") {
			c.role = "changing"
			c.leave("changing")
		}
	}
	for _, c := range p.of("full")[min(1, len(p.of("full"))):] {
		c.become("text", linkage.Text)
	}
}

// plenty is how many columns in use make an occupation superfluous: it changes in a life,
// but where little else is known it tells people apart.
const plenty = 7

func (p *Plan) inUse() (n int) {
	for i := range p.Columns {
		if p.Columns[i].Kind != linkage.Ignore {
			n++
		}
	}
	return n
}

// wholeAddress reports whether one column holds street and number: it names a house, and
// the town and its code only say so again.
func (p *Plan) wholeAddress() bool {
	streets := p.of("street", "number")
	return len(streets) == 1 && streets[0].prof.mixed >= 0.6
}

// byHand applies what a person has said.
func (p *Plan) byHand(o Options) {
	for i := range p.Columns {
		c := &p.Columns[i]
		kind, mapped := o.Map[c.Number]
		if !mapped || c.role == "truth" || c.role == "refused" || c.role == "source" {
			continue
		}
		k, _ := linkage.ParseKind(kind)
		c.fixed, c.Unsure = true, false
		c.role = mappedRole[k]
		c.take(k, "hand", "what", string(c.role))
		if k == linkage.Ignore {
			c.leave("left_by_hand")
		}
	}
}

// mappedRole is the role of a column whose kind a person has said.
var mappedRole = map[linkage.Kind]role{
	linkage.Ignore: "left", linkage.GivenNames: "given", linkage.Surname: "surname", linkage.SecondSurname: "surname2", linkage.MarriedName: "married",
	linkage.FullName: "full", linkage.Date: "birth", linkage.Year: "birth_year", linkage.Month: "birth_month", linkage.Day: "birth_day",
	linkage.Document: "document", linkage.Sex: "sex", linkage.Place: "city", linkage.Phone: "phone", linkage.Email: "email",
	linkage.Street: "street", linkage.Text: "text", linkage.Category: "category", linkage.Number: "number_plain",
}

// budget is how many columns are compared at most: a comparison more costs time for every
// pair, and the weakest add noise.
const budget = 14

// rank orders roles by how much they tell of a person; a role that is not here comes last.
var rank = func() map[role]int {
	out := map[role]int{}
	for i, r := range []role{"surname", "given", "full", "birth", "birth_year", "birth_month", "birth_day", "surname2", "document", "sex", "middle",
		"email", "phone", "birthplace", "married", "maiden", "street", "postcode", "city", "number", "parent", "region", "suffix", "occupation", "text",
		"birthcountry", "nationality", "country", "words", "code", "category"} {
		out[r] = i + 1
	}
	return out
}()

// most keeps the columns that tell most of a person when there are too many.
func (p *Plan) most() {
	var used []*Column
	for i := range p.Columns {
		c := &p.Columns[i]
		if c.Kind == linkage.Ignore || c.role == "birth_month" || c.role == "birth_day" || c.role == "middle" {
			continue
		}
		used = append(used, c)
	}
	slices.SortStableFunc(used, func(a, b *Column) int { return a.place() - b.place() })
	for _, c := range used[min(budget, len(used)):] {
		c.role = "surplus"
		c.leave("surplus", "most", budget)
	}
}

func (c *Column) place() int {
	const last = 1000
	switch r := rank[c.role]; {
	case c.fixed:
		return 0
	case r == 0:
		return last
	default:
		return r
	}
}
