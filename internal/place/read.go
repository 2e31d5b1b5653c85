package place

import (
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/fault"
)

var (
	officeColumns   = strings.Split("code,category,name_es,name_en,country,city,time_zone,lat,lon,parent,opened,closed,electors,electors_year,weight,source,position_source,hours", ",")
	districtColumns = strings.Split("code,office,legal_act,valid_from,valid_to,whole_countries,part_of,regions,territory_es,territory_en,source", ",")

	officeCode = regexp.MustCompile(`^[A-Z]{2}[A-Z2-9]{3}(-[2-9][0-9]*)?$`)
	zoneName   = regexp.MustCompile(`^[A-Z][A-Za-z_]+(/[A-Za-z_-]+){1,2}$`)
)

// Read reads a network from the two CSV files of a country pack. The first fault names
// the file, the line and what is wrong.
func Read(offices, districts io.Reader) (*Net, error) {
	n := &Net{byCode: map[string]int{}}
	err := eachRow("offices.csv", offices, officeColumns, func(r row) error {
		o, err := r.office()
		n.offices = append(n.offices, o)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(n.offices, func(a, b Office) int { return strings.Compare(a.Code, b.Code) })
	for i, o := range n.offices {
		if _, twice := n.byCode[o.Code]; twice {
			return nil, fault.New(fault.Invalid, "place.office_twice", "office", o.Code)
		}
		n.byCode[o.Code] = i
	}
	for _, o := range n.offices {
		if p, ok := n.Office(o.Parent); !o.Career() && (!ok || !p.Career()) {
			return nil, fault.New(fault.Invalid, "place.office_parent", "office", o.Code, "parent", o.Parent)
		}
	}
	err = eachRow("districts.csv", districts, districtColumns, func(r row) error {
		d, err := r.district()
		if _, ok := n.byCode[d.Office]; !ok && err == nil {
			err = r.fault("office", d.Office)
		}
		n.districts = append(n.districts, d)
		return err
	})
	slices.SortFunc(n.districts, func(a, b District) int { return strings.Compare(a.Code, b.Code) })
	if err != nil {
		return nil, err
	}
	return n, nil
}

// row is one line of a file, by column name.
type row struct {
	file   string
	line   int
	values map[string]string
}

func (r row) fault(column, value string) error {
	return fault.New(fault.Invalid, "place.row", "file", r.file, "line", r.line, "column", column, "value", value)
}

func eachRow(file string, in io.Reader, columns []string, use func(row) error) error {
	c := csv.NewReader(in)
	for first := true; ; first = false {
		rec, err := c.Read()
		if err == io.EOF && !first {
			return nil
		}
		if first && (err != nil || !slices.Equal(rec, columns)) {
			return fault.New(fault.Invalid, "place.header", "file", file, "columns", strings.Join(columns, ","))
		}
		if err != nil {
			var pe *csv.ParseError
			line := 0
			if errors.As(err, &pe) {
				line = pe.Line
			}
			return fault.New(fault.Invalid, "place.csv", "file", file, "line", line).Because(err)
		}
		if first {
			continue
		}
		line, _ := c.FieldPos(0)
		r := row{file, line, map[string]string{}}
		for i, k := range columns {
			r.values[k] = rec[i]
		}
		if err := use(r); err != nil {
			return err
		}
	}
}

func (r row) office() (Office, error) {
	v := r.values
	o := Office{Code: v["code"], Category: Category(v["category"]), ES: v["name_es"], EN: v["name_en"],
		Country: v["country"], City: v["city"], Zone: v["time_zone"], Parent: v["parent"], Source: v["source"]}
	o.At.Precision = PrecisionCity
	for _, c := range []struct {
		column string
		ok     bool
	}{
		{"code", officeCode.MatchString(o.Code)},
		{"category", validCategory(o.Category)},
		{"name_es", o.ES != ""}, {"name_en", o.EN != ""},
		{"country", code.List("country").Has(o.Country)},
		{"city", o.City != ""},
		{"time_zone", zoneName.MatchString(o.Zone)},
		{"lat", r.number("lat", &o.At.Lat)}, {"lon", r.number("lon", &o.At.Lon)},
		{"lat", o.At.Valid()},
		{"opened", r.date("opened", &o.Period.From)}, {"closed", r.date("closed", &o.Period.To)},
		{"closed", o.Period.Valid()},
		{"electors", r.count("electors", &o.Electors)}, {"electors_year", r.count("electors_year", &o.Year)},
		{"electors_year", o.Electors == 0 || o.Year > 0},
		{"weight", r.number("weight", &o.Weight) && o.Weight >= 0},
		{"source", o.Source != ""}, {"hours", r.hours("hours", &o.Hours)},
	} {
		if !c.ok {
			return o, r.fault(c.column, v[c.column])
		}
	}
	return o, nil
}

func (r row) district() (District, error) {
	v := r.values
	d := District{Code: v["code"], Office: v["office"], Act: v["legal_act"], Whole: split(v["whole_countries"]),
		Part: split(v["part_of"]), Regions: split(v["regions"]), ES: v["territory_es"], EN: v["territory_en"], Source: v["source"]}
	for _, c := range []struct {
		column string
		ok     bool
	}{
		{"code", strings.HasPrefix(d.Code, d.Office+"-D")},
		{"valid_from", r.date("valid_from", &d.Period.From)}, {"valid_to", r.date("valid_to", &d.Period.To)},
		{"valid_to", d.Period.Valid()},
		{"whole_countries", countries(d.Whole) && len(d.Whole)+len(d.Part) > 0}, {"part_of", countries(d.Part)},
		{"regions", regionsOf(d.Part, d.Regions)},
		{"territory_es", d.ES != ""}, {"territory_en", d.EN != ""}, {"source", d.Source != ""},
	} {
		if !c.ok {
			return d, r.fault(c.column, v[c.column])
		}
	}
	return d, nil
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "|")
}

func countries(cs []string) bool {
	return !slices.ContainsFunc(cs, func(c string) bool { return !code.List("country").Has(c) })
}

func regionsOf(part, regions []string) bool {
	return !slices.ContainsFunc(regions, func(r string) bool {
		country, _, ok := strings.Cut(r, "-")
		return !ok || !slices.Contains(part, country)
	})
}

func (r row) number(column string, to *float64) bool {
	f, err := strconv.ParseFloat(r.values[column], 64)
	*to = f
	return err == nil
}

// hours are the usual ones when nothing else is said.
func (r row) hours(column string, to *Hours) (ok bool) {
	if *to = UsualHours; r.values[column] != "" {
		*to, ok = ParseHours(r.values[column])
		return ok
	}
	return true
}

// count and date leave what is empty unknown.
func (r row) count(column string, to *int) bool {
	if r.values[column] == "" {
		return true
	}
	n, err := strconv.Atoi(r.values[column])
	*to = n
	return err == nil && n >= 0
}

func (r row) date(column string, to *civil.Date) bool {
	if r.values[column] == "" {
		return true
	}
	d, err := civil.Parse(r.values[column])
	*to = d
	return err == nil
}
