package rights

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"quipu/internal/place"
)

//go:embed pack/*/*.csv
var files embed.FS

// Unit is what a clock counts in.
type Unit string

// The units.
const (
	WorkingDays Unit = "working_days"
	Hours       Unit = "hours"
)

// Term is how long the answer to a matter may take.
type Term struct {
	Matter            string
	Unit              Unit
	Length, Extension int  // units; 0 for none
	Confirmed         bool // the figure was read in a source for the norm in force
	Source            string
}

// The matters besides the kinds of request.
const (
	MatterAuthority  = "breach_authority"
	MatterPeople     = "breach_people"
	MatterThirdParty = "third_party"
)

// Pack is what a country pack says.
type Pack struct {
	Terms    []Term
	Calendar Calendar
	Classes  []Class
}

// Term is the clock of a matter; without one in the pack its Length is 0.
func (p *Pack) Term(matter string) Term {
	for _, t := range p.Terms {
		if t.Matter == matter {
			return t
		}
	}
	return Term{Matter: matter, Unit: WorkingDays}
}

// Home is the pack of the country whose register this is.
var Home = sync.OnceValue(func() *Pack {
	p, err := readPack(place.DefaultPack)
	if err != nil {
		panic("rights: " + err.Error()) // the files are part of the program; a test reads them
	}
	return p
})

func readPack(country string) (*Pack, error) {
	p := &Pack{}
	err := eachRow(country, "clocks.csv", "matter,unit,length,extension,confirmed,source", func(v []string) error {
		length, err1 := strconv.Atoi(v[2])
		extension, err2 := strconv.Atoi(v[3])
		if err1 != nil || err2 != nil || length < 0 || extension < 0 || Unit(v[1]) != WorkingDays && Unit(v[1]) != Hours {
			return fmt.Errorf("%q is not a clock", v)
		}
		p.Terms = append(p.Terms, Term{Matter: v[0], Unit: Unit(v[1]), Length: length, Extension: extension, Confirmed: v[4] == "yes", Source: v[5]})
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = eachRow(country, "holidays.csv", "rule,es,en,valid_from,valid_to,source", func(v []string) error {
		h, err := parseHoliday(v[0], v[3], v[4])
		p.Calendar.holidays = append(p.Calendar.holidays, h)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = eachRow(country, "retention.csv", "class,data,event,keep,unit,then,source", func(v []string) error {
		c, err := parseClass(v)
		p.Classes = append(p.Classes, c)
		return err
	})
	return p, err
}

// eachRow reads a file of the pack, whose header must be the columns.
func eachRow(country, file, columns string, use func([]string) error) error {
	path := "pack/" + country + "/" + file
	raw, err := files.ReadFile(path)
	if err != nil {
		return err
	}
	rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if len(rows) == 0 || !slices.Equal(rows[0], strings.Split(columns, ",")) {
		return fmt.Errorf("%s: the header must be %s", path, columns)
	}
	for i, row := range rows[1:] {
		if err := use(row); err != nil {
			return fmt.Errorf("%s row %d: %w", path, i+1, err)
		}
	}
	return nil
}
