package synth

import (
	"math/rand/v2"

	"quipu/internal/civil"
)

// chunkSize is the number of persons made from one stream of random numbers.
const chunkSize = 2048

// world is what all chunks share; nothing in it changes once it is made.
type world struct {
	o           Options
	t           *tables
	today       civil.Date
	home        string // the country whose nationals these are
	chunks      int
	posts       table[Post]
	ages, heads table[ageBand]
	schooling   alias
	jobs        [2][9]table[occupation]
}

func newWorld(o Options) *world {
	share := func(b ageBand) float64 { return b.share }
	w := &world{o: o, t: load(), today: o.Today, home: "PE",
		chunks: (o.Persons + chunkSize - 1) / chunkSize,
		posts:  newTable(o.Posts, func(p Post) float64 { return p.Weight }),
		ages:   newTable(ages, share), heads: newTable(heads, share),
		schooling: newAlias(schooling)}
	for sex := range w.jobs {
		for level := range w.jobs[sex] {
			w.jobs[sex][level] = newTable(w.t.occupations, func(o occupation) float64 {
				if level < o.min || level > o.max {
					return 0
				}
				return o.weight[sex]
			})
		}
	}
	return w
}

// whole stands for a chunk in streams that are not of one.
const whole = 1 << 24

// stream is a source of random numbers for one use in one chunk.
func (w *world) stream(chunk int, use uint64) *rand.Rand {
	return rand.New(rand.NewPCG(w.o.Seed, uint64(chunk)<<8|use))
}

// chunk makes the persons of one chunk; the last family is cut where the chunk is full.
func (w *world) chunk(c int) []*Person {
	g := &gen{w: w, t: w.t, r: w.stream(c, 1), numbers: numbers{chunk: c, chunks: w.chunks}}
	n := min(chunkSize, w.o.Persons-c*chunkSize)
	people := make([]*Person, 0, n+12)
	for len(people) < n {
		if w.o.Families {
			people = append(people, g.kindred()...)
		} else {
			people = append(people, g.stranger())
		}
	}
	people = people[:n]
	first := int64(c)*chunkSize + 1
	for i, p := range people {
		p.ID = first + int64(i)
		if p.Passport = ""; chance(g.r, 0.7) {
			p.Passport = passport(p.ID)
		}
	}
	for _, p := range people {
		p.Father, p.Mother, p.Spouse, p.Twin = idOf(p.father), idOf(p.mother), idOf(p.spouse), idOf(p.twin)
	}
	return people
}

func idOf(p *Person) int64 {
	if p == nil {
		return 0
	}
	return p.ID
}

// stranger makes somebody without relatives in the register.
func (g *gen) stranger() *Person {
	post := g.w.posts.draw(g.r)
	age := drawAge(g.r, g.w.ages)
	p := g.person(g.sex(), g.bornAt(age), post, g.newKin(post.Country))
	if p.Sex == "F" && (p.CivilStatus == "married" || p.CivilStatus == "widowed") && chance(g.r, 0.2) {
		p.Married = "DE " + g.partner(p.stock, post.Country).text
	}
	abroad := 0.0
	if age < 18 {
		abroad = 0.4
	}
	g.finish(p, chance(g.r, abroad))
	return p
}
