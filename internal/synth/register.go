package synth

import "strings"

// entry is one row with what is true of it.
type entry struct {
	row    Row
	person *Person
	kind   string // "first" or "again"
	errors []string
}

// entries makes the rows of one chunk: every person once, some of them again.
func (w *world) entries(c int) []entry {
	people := w.chunk(c)
	r := w.stream(c, 2)
	k := &clerk{r, &gen{w: w, t: w.t, r: r}}
	out := make([]entry, 0, len(people)+len(people)/8)
	for _, p := range people {
		out = append(out, k.first(p))
		for range k.times() {
			out = append(out, k.again(p))
		}
	}
	return out
}

// times is how often a person was registered again.
func (k *clerk) times() int {
	if !chance(k.r, k.g.w.o.Duplicates) {
		return 0
	}
	switch x := k.r.Float64(); {
	case x < 0.85:
		return 1
	case x < 0.97:
		return 2
	}
	return 3
}

// first is a registration made with care: a few have an error, more leave things out.
func (k *clerk) first(p *Person) entry {
	e := entry{row: p.row(), person: p, kind: "first"}
	if chance(k.r, 0.04) {
		e.errors = k.err(p, &e.row, 1)
	}
	k.leaveOut(&e, 1)
	return e
}

// leaveOut empties what people do not give; more, times as often.
func (k *clerk) leaveOut(e *entry, more float64) {
	for _, c := range [...]struct {
		col   int
		share float64
	}{{colPhone, 0.15}, {colPostcode, 0.1}, {colOccupation, 0.08}, {colEducation, 0.05}, {colContactName, 0.1},
		{colCivil, 0.03}, {colLanguage, 0.1}, {colArrival, 0.1}, {colDocNumber, 0.04}, {colBirthPlace, 0.05}, {colPassport, 0.1}} {
		if !chance(k.r, c.share*more) {
			continue
		}
		e.row[c.col] = ""
		switch c.col {
		case colDocNumber:
			e.row[colDocType] = ""
		case colContactName:
			e.row[colContactPhone] = ""
		}
	}
}

// again is a later or earlier registration of the same person: at another post as a
// rule, years apart, with the errors of another clerk.
func (k *clerk) again(p *Person) entry {
	q := *p
	var moved []string
	if chance(k.r, 0.65) {
		q.Post = k.g.w.posts.draw(k.r)
	}
	if q.Post.Office != p.Post.Office || chance(k.r, 0.6) {
		k.g.settle(&q)
		moved = []string{"moved"}
		if q.Post.Country == p.Post.Country && chance(k.r, 0.5) {
			q.Phone = p.Phone
		}
	}
	if q.Passport != "" && chance(k.r, 0.6) {
		q.Passport = passport(p.ID + MaxPersons) // the book before or after
	}
	if q.Email != "" && chance(k.r, 0.4) {
		q.Email = k.g.mail(p)
	}
	k.elsewhen(&q)
	e := entry{row: q.row(), person: p, kind: "again"}
	e.errors = append(moved, k.err(p, &e.row, k.errorsOf())...)
	k.leaveOut(&e, 1.6)
	return e
}

// elsewhen moves the registration to another time and lets life go on in between.
func (k *clerk) elsewhen(q *Person) {
	k.g.register(q)
	if chance(k.r, 0.25) && q.CivilStatus != "" {
		q.CivilStatus = k.g.civilStatus(k.g.w.today.Year - q.Birth.Year)
	}
	if chance(k.r, 0.3) && q.Occupation != "" {
		q.Occupation = k.g.occupation(q.Sex, 40, int(q.Education[0]-'0'))
	}
	if q.Post.Country != "" && q.Arrival != 0 && chance(k.r, 0.3) {
		q.Arrival = between(k.r, max(q.Birth.Year, q.Registered.Year-15), q.Registered.Year)
	}
}

func (k *clerk) errorsOf() int {
	switch x := k.r.Float64(); {
	case x < 0.12:
		return 0
	case x < 0.60:
		return 1
	case x < 0.88:
		return 2
	}
	return 3
}

// TruthHeader is the first line of the truth. row counts the register's rows from 1
// after the header; truth is the person's ID; kind is "first" or "again"; the family
// columns are as in Person, with the IDs of people in the register; errors lists what
// the clerk did, separated by spaces.
var TruthHeader = []string{"row", "truth", "kind", "household", "sibship", "kindred", "twin", "father", "mother", "spouse", "errors"}

// appendTruth writes everything but the row number.
func (e *entry) appendTruth(b []byte) []byte {
	p := e.person
	b = append(appendInt(b, p.ID), ',')
	b = append(append(b, e.kind...), ',')
	for _, id := range [...]int64{p.Household, p.Sibship, p.Kindred, p.Twin, p.Father, p.Mother, p.Spouse} {
		if id != 0 {
			b = appendInt(b, id)
		}
		b = append(b, ',')
	}
	b = append(b, strings.Join(e.errors, " ")...)
	return append(b, '\n')
}
