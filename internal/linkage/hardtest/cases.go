package hardtest

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"

	"quipu/internal/civil"
	"quipu/internal/doc"
	"quipu/internal/synth"
)

func newMaker(seed uint64) (*maker, func()) {
	people := synth.People(synth.Options{Persons: 2_000_000, Seed: seed + 1000, Families: true, Threads: 1})
	next, stop := iter.Pull(people)
	return &maker{r: rand.New(rand.NewPCG(seed, 7)), next: next}, stop
}

// cases are in the order in which they are made.
var cases = []struct {
	name string
	same bool
	make func(m *maker) (a, b person)
}{
	{"twins", false, twins}, {"twins without papers", false, twinsWithoutPapers},
	{"father and son of one name", false, namesakeSon}, {"cousins with the same surnames", false, cousins},
	{"cousins with the same name", false, cousinsOfOneName}, {"namesakes born on one day in one district", false, namesakes},
	{"default date and number", false, defaults}, {"no surname known", false, noSurname}, {"sisters at one telephone", false, sisters},
	{"consecutive numbers", false, consecutive},

	{"married name for the maternal one", true, marriedForMaternal}, {"married name for the paternal one", true, marriedForPaternal},
	{"surnames swapped", true, swapped}, {"one surname", true, oneSurname}, {"one surname, misspelt", true, oneSurnameMisspelt},
	{"day and month swapped", true, dayMonth}, {"date by default", true, dateByDefault}, {"number by default", true, numberByDefault},
	{"a wrong digit", true, wrongDigit}, {"second given name left out", true, oneGivenName}, {"particles", true, particles},
	{"only the year", true, onlyTheYear}, {"two errors", true, twoErrors},
}

func dni(number int) string {
	s := fmt.Sprintf("%08d", number%100_000_000)
	check, _ := doc.DNICheck(s)
	return s + "-" + string(check)
}

func number(p person) (n int) {
	fmt.Sscanf(p.dni, "%d", &n) //nolint:errcheck // a generated number
	return n
}

// moved registers the person again in another city under another telephone.
func moved(m *maker, p person) person {
	o := m.other()
	p.city, p.phone = o.city, o.phone
	return p
}

// forgetNumber leaves out the number of one record in two.
func (m *maker) forgetNumber(p *person) {
	if m.chance(0.5) {
		p.dni = ""
	}
}

// givenUnlike gives a given name of the same sex that has no word in common.
func givenUnlike(m *maker, p person) string {
	return m.draw(func(q person) bool {
		return q.sex == p.sex && !slices.ContainsFunc(strings.Fields(q.given), func(w string) bool { return strings.Contains(p.given, w) })
	}).given
}

func withDay(d civil.Date, year, month, day int) civil.Date {
	d.Year, d.Month, d.Day = year, month, day
	return d
}

func twins(m *maker) (a, b person) {
	a = m.other()
	b = a
	b.given, b.dni = givenUnlike(m, a), dni(number(a)+1)
	return a, b
}

func twinsWithoutPapers(m *maker) (a, b person) {
	a, b = twins(m)
	a.dni = ""
	m.forgetNumber(&b)
	return a, b
}

func namesakeSon(m *maker) (a, b person) {
	a = m.draw(func(p person) bool { return p.sex == "M" && p.birth.Year < 1975 })
	b = a
	o := m.other()
	b.maternal, b.dni = o.maternal, o.dni
	b.birth = withDay(b.birth, a.birth.Year+21+m.r.IntN(15), o.birth.Month, min(o.birth.Day, 28))
	if m.chance(0.3) {
		b.dni = ""
	}
	return a, b
}

// cousins are children of two brothers who married two sisters.
func cousins(m *maker) (a, b person) {
	a, b = m.other(), m.other()
	b.paternal, b.maternal, b.district, b.sex = a.paternal, a.maternal, a.district, a.sex
	b.given = givenUnlike(m, a)
	b.birth = withDay(b.birth, a.birth.Year+m.r.IntN(7)-3, b.birth.Month, min(b.birth.Day, 28))
	return a, b
}

// cousinsOfOneName are named after the same grandparent.
func cousinsOfOneName(m *maker) (a, b person) {
	a, b = cousins(m)
	b.given = a.given
	if b.birth == a.birth {
		b.birth.Year++
	}
	return a, b
}

// common says whether a name is one that thousands bear.
func common(p person) bool {
	return slices.Contains([]string{"QUISPE", "FLORES", "SANCHEZ", "SÁNCHEZ", "ROJAS", "GARCIA", "GARCÍA", "RODRIGUEZ", "RODRÍGUEZ", "MAMANI", "HUAMAN", "HUAMÁN", "DIAZ", "DÍAZ", "RAMOS"}, p.paternal)
}

func namesakes(m *maker) (a, b person) {
	a = m.draw(common)
	b = m.draw(func(p person) bool { return p.maternal != a.maternal })
	b.paternal, b.given, b.sex, b.birth, b.district = a.paternal, a.given, a.sex, a.birth, a.district
	return a, b
}

func byDefault(p person) person {
	p.birthText, p.dni = "1900-01-01", "00000000"
	return p
}

func defaults(m *maker) (a, b person) {
	a, b = m.draw(common), m.draw(common)
	b.sex, b.city = a.sex, a.city
	b.given = givenUnlike(m, a)
	return byDefault(a), byDefault(b)
}

func noSurname(m *maker) (a, b person) {
	a, b = m.other(), m.other()
	b.given, b.sex = a.given, a.sex
	a.maternal, b.maternal = "SIN APELLIDO", "SIN APELLIDO"
	if m.chance(0.5) {
		a.dni, b.dni = "00000000", "00000000"
	}
	return a, b
}

func sisters(m *maker) (a, b person) {
	a = m.other()
	b = a
	b.given, b.dni = givenUnlike(m, a), m.other().dni
	b.birth = withDay(b.birth, a.birth.Year+1+m.r.IntN(6), 1+m.r.IntN(12), 1+m.r.IntN(28))
	m.forgetNumber(&b)
	return a, b
}

// consecutive are strangers who stood in one queue for their cards.
func consecutive(m *maker) (a, b person) {
	a, b = m.draw(common), m.draw(common)
	b.paternal, b.dni = a.paternal, dni(number(a)+1)
	return a, b
}

func woman(p person) bool { return p.sex == "F" }

func marriedForMaternal(m *maker) (a, b person) {
	a = m.draw(woman)
	b = moved(m, a)
	husband := m.other().paternal
	b.maternal = "DE " + husband
	if m.chance(0.5) {
		b.maternal = husband
	}
	m.forgetNumber(&b)
	return a, b
}

// marriedForPaternal is how offices write where wives take their husband's surname.
func marriedForPaternal(m *maker) (a, b person) {
	a = m.draw(woman)
	b = moved(m, a)
	b.paternal, b.maternal = m.other().paternal, ""
	return a, b
}

func swapped(m *maker) (a, b person) {
	a = m.other()
	b = moved(m, a)
	b.paternal, b.maternal = a.maternal, a.paternal
	m.forgetNumber(&b)
	return a, b
}

func oneSurname(m *maker) (a, b person) {
	a = m.other()
	b = moved(m, a)
	b.maternal = ""
	m.forgetNumber(&b)
	return a, b
}

func oneSurnameMisspelt(m *maker) (a, b person) {
	a, b = oneSurname(m)
	b.paternal = misspelt(m, b.paternal)
	return a, b
}

// misspelt has one letter left out, doubled, or in the place of its neighbour.
func misspelt(m *maker, s string) string {
	r := []rune(s)
	if len(r) < 4 {
		return s + "A"
	}
	i := 1 + m.r.IntN(len(r)-2)
	switch m.r.IntN(3) {
	case 0:
		return string(slices.Delete(r, i, i+1))
	case 1:
		return string(slices.Insert(r, i, r[i]))
	}
	r[i], r[i+1] = r[i+1], r[i]
	return string(r)
}

func dayMonth(m *maker) (a, b person) {
	a = m.draw(func(p person) bool { return p.birth.Day <= 12 && p.birth.Day != p.birth.Month })
	b = moved(m, a)
	b.birth = withDay(b.birth, a.birth.Year, a.birth.Day, a.birth.Month)
	m.forgetNumber(&b)
	return a, b
}

func dateByDefault(m *maker) (a, b person) {
	a = m.other()
	b = moved(m, a)
	b.birthText = "1900-01-01"
	return a, b
}

func numberByDefault(m *maker) (a, b person) {
	a = m.other()
	b = moved(m, a)
	b.dni = "00000000"
	return a, b
}

func wrongDigit(m *maker) (a, b person) {
	a = m.other()
	b = moved(m, a)
	d := []byte(a.dni[:8])
	i := m.r.IntN(8)
	d[i] = '0' + (d[i]-'0'+1+byte(m.r.IntN(9)))%10
	b.dni = string(d)
	return a, b
}

func oneGivenName(m *maker) (a, b person) {
	a = m.draw(func(p person) bool { return strings.Contains(p.given, " ") })
	b = moved(m, a)
	words := strings.Fields(a.given)
	b.given = words[m.r.IntN(2)]
	m.forgetNumber(&b)
	return a, b
}

func particles(m *maker) (a, b person) {
	a = m.other()
	a.paternal = []string{"DE LA CRUZ", "DE LA ROSA", "DEL AGUILA", "DE LOS SANTOS", "DE LA TORRE", "DEL CASTILLO"}[m.r.IntN(6)]
	b = moved(m, a)
	switch m.r.IntN(3) {
	case 0:
		b.paternal = strings.ReplaceAll(a.paternal, " ", "")
	case 1:
		b.paternal = a.paternal[strings.LastIndexByte(a.paternal, ' ')+1:]
	default:
		b.paternal, b.maternal = a.paternal[strings.LastIndexByte(a.paternal, ' ')+1:], a.maternal+" "+a.paternal[:strings.LastIndexByte(a.paternal, ' ')]
	}
	m.forgetNumber(&b)
	return a, b
}

func onlyTheYear(m *maker) (a, b person) {
	a = m.other()
	b = moved(m, a)
	b.birthText = fmt.Sprint(a.birth.Year)
	if m.chance(0.5) {
		b.birthText += "-01-01"
	}
	return a, b
}

func twoErrors(m *maker) (a, b person) {
	a = m.other()
	b = moved(m, a)
	b.paternal, b.dni = misspelt(m, a.paternal), ""
	b.given = misspelt(m, a.given)
	return a, b
}
