// Package hardtest makes the list on which a matcher is easily wrong: an invented register
// with its families and duplicates, and in it many instances of each hard case: twins, a
// son with his father's name, a woman under two surnames, clerks' defaults. For tests only.
package hardtest

import (
	"bytes"
	"encoding/csv"
	"io"
	"math/rand/v2"
	"strconv"

	"quipu/internal/civil"
	"quipu/internal/linkage"
	"quipu/internal/synth"
)

// Fields are the columns of the list.
var Fields = []linkage.Field{
	{Name: "apellido_paterno", Kind: linkage.Surname}, {Name: "apellido_materno", Kind: linkage.SecondSurname},
	{Name: "nombres", Kind: linkage.GivenNames}, {Name: "apellido_casada", Kind: linkage.MarriedName},
	{Name: "sexo", Kind: linkage.Sex}, {Name: "fecha_nacimiento", Kind: linkage.Date},
	{Name: "ubigeo_nacimiento", Kind: linkage.Place}, {Name: "dni", Kind: linkage.Document},
	{Name: "ciudad", Kind: linkage.Place}, {Name: "telefono", Kind: linkage.Phone},
}

// Case is a kind of pair that is one person, or is not, and its instances: rows of the list.
type Case struct {
	Name  string
	Same  bool
	Pairs [][2]int
}

// List is the rows, in an order that says nothing, who they are, and the cases.
type List struct {
	Rows  [][]string // as Fields
	Truth []string   // rows of one person have the same
	Cases []Case
}

// person is a row before it is written down.
type person struct {
	paternal, maternal, given, married, sex string
	birth                                   civil.Date
	birthText                               string // stands for birth when set
	district, dni, city, phone              string
}

func (p person) row() []string {
	birth := p.birthText
	if birth == "" {
		birth = p.birth.String()
	}
	return []string{p.paternal, p.maternal, p.given, p.married, p.sex, birth, p.district, p.dni, p.city, p.phone}
}

// maker draws people whom the register below does not hold.
type maker struct {
	r    *rand.Rand
	next func() (*synth.Person, bool)
}

// draw gives a person who pleases. The people of a family stand one after another, so some
// are left out between two.
func (m *maker) draw(pleases func(p person) bool) person {
	for {
		for range 7 {
			m.next()
		}
		s, ok := m.next()
		if !ok {
			panic("hardtest: nobody is left to draw")
		}
		p := person{paternal: s.Paternal, maternal: s.Maternal, given: s.Given, sex: s.Sex, birth: s.Birth,
			district: s.BirthPlace, dni: s.DNI + "-" + string(s.DNICheck), city: s.Post.City, phone: s.Phone}
		if p.maternal != "" && p.birth.Full() && p.district != "" && (pleases == nil || pleases(p)) {
			return p
		}
	}
}

// other draws another person's DNI, or surname, or names.
func (m *maker) other() person { return m.draw(nil) }

func (m *maker) chance(p float64) bool { return m.r.Float64() < p }

// Register is an invented register with families, without any case; duplicates is the share
// of persons who stand in it twice or more.
func Register(seed uint64, persons int, duplicates float64) (l List) {
	var register, truth bytes.Buffer
	o := synth.Options{Persons: persons, Seed: seed, Families: true, Duplicates: duplicates, Inline: true, Threads: 1}
	if _, err := synth.Generate(o, &register, &truth); err != nil {
		panic(err)
	}
	in := csv.NewReader(&register)
	header, err := in.Read()
	if err != nil {
		panic(err)
	}
	at := map[string]int{}
	for i, h := range header {
		at[h] = i
	}
	for {
		row, err := in.Read()
		if err == io.EOF {
			return l
		} else if err != nil {
			panic(err)
		}
		get := func(column string) string { return row[at[column]] }
		l.add(get("truth"), []string{get("apellido_paterno"), get("apellido_materno"), get("nombres"), get("apellido_casada"), get("sexo"),
			get("fecha_nacimiento"), get("ubigeo_nacimiento"), get("numero_documento"), get("ciudad"), get("telefono")})
	}
}

// Make makes the list: persons in a register and instances of each case.
func Make(seed uint64, persons, instances int) List {
	l := Register(seed, persons, 0.1)
	m, stop := newMaker(seed)
	defer stop()
	for _, c := range cases {
		found := Case{Name: c.name, Same: c.same}
		for i := range instances {
			a, b := c.make(m)
			who := c.name + " " + strconv.Itoa(i)
			also := who
			if !c.same {
				also += " the other"
			}
			found.Pairs = append(found.Pairs, [2]int{l.add(who, a.row()), l.add(also, b.row())})
		}
		l.Cases = append(l.Cases, found)
	}
	l.shuffle(m.r)
	return l
}

func (l *List) add(who string, row []string) int {
	l.Rows, l.Truth = append(l.Rows, row), append(l.Truth, who)
	return len(l.Rows) - 1
}

// shuffle puts the rows in another order, so that no case stands together.
func (l *List) shuffle(r *rand.Rand) {
	to := r.Perm(len(l.Rows))
	rows, truth := make([][]string, len(l.Rows)), make([]string, len(l.Rows))
	for i, j := range to {
		rows[j], truth[j] = l.Rows[i], l.Truth[i]
	}
	l.Rows, l.Truth = rows, truth
	for _, c := range l.Cases {
		for i, p := range c.Pairs {
			c.Pairs[i] = [2]int{to[p[0]], to[p[1]]}
		}
	}
}

// Linkage is the list as the matcher takes it.
func (l List) Linkage() *linkage.List {
	out := linkage.NewList(Fields)
	for _, r := range l.Rows {
		out.Append(r)
	}
	return out
}
