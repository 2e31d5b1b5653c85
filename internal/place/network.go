package place

import (
	"bytes"
	"cmp"
	"embed"
	"slices"
	"strings"
	"sync"

	"quipu/internal/civil"
)

//go:embed pack/*/*.csv
var packs embed.FS

// DefaultPack is the country pack that Network reads.
const DefaultPack = "pe"

// Net is a network of offices with their districts. It is read-only and safe for use by
// many goroutines.
type Net struct {
	offices   []Office // by code
	districts []District
	byCode    map[string]int
}

// Network returns the network of the default country pack.
func Network() *Net { return network() }

var network = sync.OnceValue(func() *Net {
	offices, err := packs.ReadFile("pack/" + DefaultPack + "/offices.csv")
	if err != nil {
		panic("place: " + err.Error())
	}
	districts, err := packs.ReadFile("pack/" + DefaultPack + "/districts.csv")
	if err != nil {
		panic("place: " + err.Error())
	}
	n, err := Read(bytes.NewReader(offices), bytes.NewReader(districts))
	if err != nil {
		panic("place: pack " + DefaultPack + ": " + err.Error())
	}
	return n
})

// Offices returns all offices, sorted by code.
func (n *Net) Offices() []Office { return slices.Clone(n.offices) }

// Office returns the office of that code.
func (n *Net) Office(code string) (Office, bool) {
	i, ok := n.byCode[code]
	if !ok {
		return Office{}, false
	}
	return n.offices[i], true
}

// OfficesIn returns the offices in a country (alpha-2), sorted by code.
func (n *Net) OfficesIn(country string) []Office {
	return n.filter(func(o Office) bool { return o.Country == country })
}

// Reporting returns the honorary posts that report to an office.
func (n *Net) Reporting(parent string) []Office {
	return n.filter(func(o Office) bool { return o.Parent == parent && parent != "" })
}

func (n *Net) filter(keep func(Office) bool) []Office {
	var out []Office
	for _, o := range n.offices {
		if keep(o) {
			out = append(out, o)
		}
	}
	return out
}

// Keeper is the office that keeps the records of an office: itself, or the career post
// that an honorary one reports to.
func (n *Net) Keeper(code string) (Office, bool) {
	o, ok := n.Office(code)
	if ok && o.Parent != "" {
		return n.Office(o.Parent)
	}
	return o, ok
}

// Districts returns the districts in force on a date, sorted by code; all for an unknown
// date.
func (n *Net) Districts(on civil.Date) []District {
	return n.districtsWhere(on, func(District) bool { return true })
}

// DistrictOf returns the district of an office on a date.
func (n *Net) DistrictOf(office string, on civil.Date) (District, bool) {
	ds := n.districtsWhere(on, func(d District) bool { return d.Office == office })
	if len(ds) == 0 {
		return District{}, false
	}
	return ds[len(ds)-1], true
}

// Covering returns the districts on a date that a place may lie in: the sure ones when
// the country lies whole in them or they name the region (ISO 3166-2, may be ""), else
// those of the country whose limits are not known or could not be compared.
func (n *Net) Covering(country, region string, on civil.Date) (ds []District, sure bool) {
	ds = n.districtsWhere(on, func(d District) bool {
		return slices.Contains(d.Whole, country) || region != "" && slices.Contains(d.Regions, region)
	})
	if len(ds) > 0 {
		return ds, true
	}
	return n.districtsWhere(on, func(d District) bool {
		return slices.Contains(d.Part, country) && (region == "" || !d.Known())
	}), false
}

func (n *Net) districtsWhere(on civil.Date, keep func(District) bool) []District {
	var out []District
	for _, d := range n.districts {
		if d.Valid(on) && keep(d) {
			out = append(out, d)
		}
	}
	return out
}

// Nearest returns up to limit career offices by distance from a point, nearest first.
func (n *Net) Nearest(p Point, limit int) []Office {
	out := n.filter(Office.Career)
	slices.SortStableFunc(out, func(a, b Office) int {
		return cmp.Or(cmp.Compare(p.Kilometres(a.At), p.Kilometres(b.At)), strings.Compare(a.Code, b.Code))
	})
	return out[:min(limit, len(out))]
}
