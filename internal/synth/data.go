package synth

import (
	"embed"
	"encoding/csv"
	"math"
	"strconv"
	"strings"
	"sync"
)

//go:embed data/*.csv
var files embed.FS

// readTable returns the rows of an embedded table without its header. The tables are
// part of the program, so a broken one is a programmer's error.
func readTable(name string) [][]string {
	f, err := files.Open("data/" + name)
	if err != nil {
		panic("synth: " + err.Error())
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		panic("synth: " + name + ": " + err.Error())
	}
	return rows[1:]
}

func number(s string) float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic("synth: not a number in an embedded table: " + s)
	}
	return f
}

// stock is the table that a surname was drawn from. Surnames of one stock go together
// in couples and with regions, which is all it is for.
type stock uint8

const (
	spanish stock = iota
	quechua
	aymara
	japanese
	chinese
	italian
	stocks int = iota
)

var stockCodes = map[string]stock{"es": spanish, "qu": quechua, "ay": aymara, "jp": japanese, "cn": chinese, "it": italian}

type surname struct {
	text   string
	weight float64
	stock  stock
}

type given struct {
	text   string
	weight float64
	year   float64 // mean year of birth of its bearers
	whole  bool    // two names already: JUAN CARLOS
}

type district struct {
	inei     string
	people   float64
	language string
}

type street struct {
	forms, units, names []string
}

type country struct {
	language                    string
	mobiles, postcodes, tongues []string
	address                     string
}

type occupation struct {
	code     string
	weight   [2]float64 // men, women
	min, max int        // ISCED levels
}

// The names' cohorts: one table for each ten years of birth.
const (
	firstCohort = 1920
	cohorts     = 11
	nameSpread  = 11.0 // years, standard deviation of a name's fashion
)

// tables is everything that is drawn from.
type tables struct {
	surnames    table[surname]
	byStock     [stocks]table[surname]
	given       [2][cohorts]table[given] // by sex (men, women) and cohort
	single      [2][cohorts]table[given] // without the double names
	districts   table[district]
	byLanguage  map[string]table[district]
	lima        table[district]
	streets     map[string]street
	countries   map[string]country
	occupations []occupation
	variants    map[string][]variant
}

var load = sync.OnceValue(func() *tables {
	t := &tables{byLanguage: map[string]table[district]{}, streets: map[string]street{}, countries: map[string]country{}}
	t.loadSurnames()
	t.loadGiven()
	t.loadDistricts()
	t.loadAddresses()
	for _, r := range readTable("occupations.csv") {
		t.occupations = append(t.occupations, occupation{r[0], [2]float64{number(r[1]), number(r[2])}, int(number(r[3])), int(number(r[4]))})
	}
	t.loadVariants()
	return t
})

func (t *tables) loadSurnames() {
	var all []surname
	var parts [stocks][]surname
	for _, r := range readTable("surnames.csv") {
		s := surname{r[0], number(r[1]), stockCodes[r[2]]}
		all = append(all, s)
		parts[s.stock] = append(parts[s.stock], s)
	}
	weight := func(s surname) float64 { return s.weight }
	t.surnames = newTable(all, weight)
	for i, p := range parts {
		t.byStock[i] = newTable(p, weight)
	}
}

func (t *tables) loadGiven() {
	var all, single [2][]given
	for _, r := range readTable("given_names.csv") {
		g := given{text: r[0], weight: number(r[2]), year: number(r[3]), whole: strings.Contains(r[0], " ")}
		s := sexIndex(r[1])
		all[s] = append(all[s], g)
		if !g.whole {
			single[s] = append(single[s], g)
		}
	}
	for s := range all {
		for c := range cohorts {
			mid := float64(firstCohort + 10*c + 5)
			fashion := func(g given) float64 {
				d := (mid - g.year) / nameSpread
				return g.weight * (math.Exp(-d*d/2) + 0.01)
			}
			t.given[s][c] = newTable(all[s], fashion)
			t.single[s][c] = newTable(single[s], fashion)
		}
	}
}

func (t *tables) loadDistricts() {
	var all, lima []district
	parts := map[string][]district{}
	for _, r := range readTable("districts.csv") {
		d := district{r[0], number(r[1]), r[3]}
		all = append(all, d)
		parts[d.language] = append(parts[d.language], d)
		if strings.HasPrefix(d.inei, "1501") || strings.HasPrefix(d.inei, "07") {
			lima = append(lima, d)
		}
	}
	people := func(d district) float64 { return d.people }
	t.districts, t.lima = newTable(all, people), newTable(lima, people)
	for l, p := range parts {
		t.byLanguage[l] = newTable(p, people)
	}
}

func (t *tables) loadAddresses() {
	split := func(s string) []string { return strings.Split(s, "|") }
	for _, r := range readTable("streets.csv") {
		t.streets[r[0]] = street{split(r[1]), split(r[2]), split(r[3])}
	}
	for _, r := range readTable("countries.csv") {
		t.countries[r[0]] = country{r[1], split(r[2]), split(r[3]), split(r[5]), r[4]}
	}
}

func sexIndex(sex string) int {
	if sex == "F" {
		return 1
	}
	return 0
}

func cohortOf(year int) int { return min(max((year-firstCohort)/10, 0), cohorts-1) }
