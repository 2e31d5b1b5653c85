package synth

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/doc"
	"quipu/internal/place"
)

const sample = 60_000

func TestAliasDrawsByWeight(t *testing.T) {
	weights := []float64{1, 0, 3, 6, 0.5}
	a, r := newAlias(weights), rand.New(rand.NewPCG(1, 2))
	got := make([]float64, len(weights))
	const n = 200_000
	for range n {
		got[a.draw(r)]++
	}
	for i, w := range weights {
		p := w / 10.5
		if sd := math.Sqrt(n * p * (1 - p)); math.Abs(got[i]-n*p) > 5*sd {
			t.Errorf("weight %v drawn %v times, expected %.0f", w, got[i], n*p)
		}
	}
}

// shares counts what holds of a sample of persons.
func shares(o Options, test map[string]func(*Person) bool) map[string]float64 {
	got := map[string]float64{}
	for p := range People(o) {
		for k, f := range test {
			if f(p) {
				got[k] += 1 / float64(o.Persons)
			}
		}
	}
	return got
}

func TestProportions(t *testing.T) {
	age := func(lo, hi int) func(*Person) bool {
		return func(p *Person) bool { a := 2025 - p.Birth.Year; return a >= lo && a <= hi }
	}
	test := map[string]func(*Person) bool{
		"0-14": age(0, 14), "15-29": age(15, 29), "30-49": age(30, 49), "50-64": age(50, 64), "65+": age(65, 120),
		"women":       func(p *Person) bool { return p.Sex == "F" },
		"QUISPE":      func(p *Person) bool { return p.Paternal == "QUISPE" },
		"passport":    func(p *Person) bool { return p.Passport != "" },
		"resident":    func(p *Person) bool { return p.Kind == "resident" },
		"US":          func(p *Person) bool { return p.Post.Country == "US" },
		"two names":   func(p *Person) bool { return len(strings.Fields(p.Given)) == 2 },
		"single":      func(p *Person) bool { return p.CivilStatus == "single" },
		"part known":  func(p *Person) bool { return !p.Birth.Full() },
		"married use": func(p *Person) bool { return p.Married != "" },
	}
	alone := map[string][2]float64{"0-14": {.112, .01}, "15-29": {.307, .01}, "30-49": {.404, .01}, "50-64": {.126, .01}, "65+": {.051, .005},
		"women": {.515, .01}, "QUISPE": {.0155, .002}, "passport": {.7, .01}, "resident": {.8, .01}, "US": {.312, .012}, "two names": {.66, .05},
		"single": {.636, .04}, "part known": {.003, .0025}, "married use": {.025, .02}}
	families := map[string][2]float64{"0-14": {.112, .03}, "15-29": {.307, .04}, "30-49": {.404, .04}, "50-64": {.126, .03}, "65+": {.051, .015},
		"women": {.515, .015}, "QUISPE": {.0155, .003}, "US": {.312, .015}, "part known": {.003, .0025}}
	for _, c := range []struct {
		families bool
		want     map[string][2]float64
	}{{false, alone}, {true, families}} {
		got := shares(Options{Persons: sample, Seed: 11, Families: c.families}, test)
		for k, w := range c.want {
			if math.Abs(got[k]-w[0]) > w[1] {
				t.Errorf("families %v: %s is %.4f, expected %.4f ± %.4f", c.families, k, got[k], w[0], w[1])
			}
		}
	}
}

func TestSurnamesGoTogether(t *testing.T) {
	stockOf := map[string]stock{}
	for _, s := range load().surnames.items {
		stockOf[s.text] = s.stock
	}
	andean := func(s string) bool { return stockOf[s] == quechua || stockOf[s] == aymara }
	var n, first, both, jp, jpHome, high, highAll float64
	for p := range People(Options{Persons: sample, Seed: 5}) {
		n++
		a := andean(p.Paternal)
		if a {
			first++
			if andean(p.Maternal) {
				both++
			}
		}
		if p.Post.Country == "JP" {
			jp++
			if stockOf[p.Paternal] == japanese {
				jpHome++
			}
		}
		if strings.HasPrefix(p.BirthPlace, "21") || strings.HasPrefix(p.BirthPlace, "08") {
			highAll++
			if a {
				high++
			}
		}
	}
	if both/first < 2*first/n {
		t.Errorf("both surnames Andean %.3f of %.3f", both/first, first/n)
	}
	if high/highAll < 2*first/n {
		t.Errorf("Andean surnames: %.3f in Cusco and Puno, %.3f in all", high/highAll, first/n)
	}
	if jpHome/jp < 0.4 || jpHome/jp > 0.65 {
		t.Errorf("%.3f of the people in Japan have a Japanese first surname", jpHome/jp)
	}
}

func TestNumbersAreRightAndDifferent(t *testing.T) {
	dni, pass := map[string]bool{}, map[string]bool{}
	for p := range People(Options{Persons: sample, Seed: 9, Families: true}) {
		if doc.CheckDNI(p.DNI, p.DNICheck) != doc.CheckRight {
			t.Fatalf("%s-%c", p.DNI, p.DNICheck)
		}
		if dni[p.DNI] || pass[p.Passport] && p.Passport != "" {
			t.Fatalf("number given twice: %s %s", p.DNI, p.Passport)
		}
		dni[p.DNI], pass[p.Passport] = true, true
	}
}

func TestNumbersLastForTheLargestRegister(t *testing.T) {
	w := newWorld(Options{Persons: MaxPersons, Seed: 1, Families: true, Posts: network(), Today: civil.Date{Year: 2025, Month: 12, Day: 31}})
	seen := map[string]bool{}
	for _, c := range []int{0, 1, w.chunks / 2, w.chunks - 1} {
		for _, p := range w.chunk(c) {
			if seen[p.DNI] || len(p.DNI) != 8 || len(p.Passport) != 9 && p.Passport != "" {
				t.Fatalf("%q %q", p.DNI, p.Passport)
			}
			seen[p.DNI] = true
		}
	}
}

func TestFamiliesAreFamilies(t *testing.T) {
	o := Options{Persons: sample, Seed: 21, Families: true}
	all := make([]*Person, 1, sample+1)
	for p := range People(o) {
		all = append(all, p)
	}
	var twins, namesakes, sameAddress, children int
	for _, p := range all[1:] {
		if p.Twin != 0 {
			twins++
			twinsAgree(t, p, all[p.Twin])
		}
		if p.Spouse != 0 && (all[p.Spouse].Spouse != p.ID || all[p.Spouse].Sex == p.Sex) {
			t.Errorf("spouses %+v %+v", p, all[p.Spouse])
		}
		if p.Father != 0 {
			children++
			childAgrees(t, p, all[p.Father], true)
			if firstName(p.Given) == firstName(all[p.Father].Given) && p.Sex == "M" {
				namesakes++
			}
			if p.Address == all[p.Father].Address {
				sameAddress++
			}
		}
		if p.Mother != 0 {
			childAgrees(t, p, all[p.Mother], false)
		}
	}
	if twins < sample/200 || namesakes < children/30 || sameAddress < children/2 {
		t.Errorf("%d twins, %d children, %d named after the father, %d at his address", twins, children, namesakes, sameAddress)
	}
}

func twinsAgree(t *testing.T, p, q *Person) {
	t.Helper()
	a, _ := strconv.Atoi(p.DNI)
	b, _ := strconv.Atoi(q.DNI)
	if q.Twin != p.ID || p.Birth != q.Birth || a-b != 1 && b-a != 1 || p.Paternal != q.Paternal || p.Maternal != q.Maternal ||
		p.Sibship != q.Sibship || p.Sibship == 0 || p.Given == q.Given {
		t.Errorf("twins %+v and %+v", p, q)
	}
}

func childAgrees(t *testing.T, p, parent *Person, father bool) {
	t.Helper()
	got := p.Maternal
	if father {
		got = p.Paternal
	}
	least, _ := civil.AgeRange(parent.Birth.Earliest(), p.Birth.Earliest())
	if got != parent.Paternal || (parent.Sex == "M") != father || least < 12 {
		t.Errorf("%d is %+v, parent of %+v", parent.ID, parent, p)
	}
}

func TestEverythingIsInTheCodeLists(t *testing.T) {
	phones := map[string]bool{}
	for p := range People(Options{Persons: 20_000, Seed: 4, Families: true}) {
		r := p.row()
		for list, text := range map[string]string{"country": r[colCountry], "civil_status": r[colCivil], "isced11": r[colEducation],
			"isco08": r[colOccupation], "language": r[colLanguage], "reg_kind": r[colKind], "sex": r[colSex], "doc_type": r[colDocType], "ubigeo-inei": p.BirthPlace} {
			if text == "" {
				continue
			}
			if _, ok := code.List(list).Recognise(text); !ok {
				t.Fatalf("%s does not know %q", list, text)
			}
		}
		if p.Registered.Before(p.Birth.Earliest()) || p.Registered.Year < p.Arrival || p.Arrival != 0 && p.Arrival < p.Birth.Year || p.BirthCountry == "" {
			t.Errorf("out of order: %+v", p)
		}
		if _, _, err := place.Phone(p.Phone); err != nil && !phones[p.Post.Country] {
			phones[p.Post.Country] = true
			t.Errorf("%s: phone %s: %v", p.Post.Country, p.Phone, err)
		}
		if !strings.HasSuffix(p.Email, "@example.org") && !strings.HasSuffix(p.Email, "@example.com") && p.Email != "" {
			t.Errorf("mail %s", p.Email)
		}
	}
}
