package personlist

import (
	"slices"
	"strconv"
	"strings"

	"quipu/internal/civil"
	"quipu/internal/linkage"
)

// source makes the value of one field from the cells of a row.
type source struct {
	field   linkage.Field
	columns []int // indices of cells
	clean   func(cell string) string
	join    func(cells []string) string // for a date in parts; nil otherwise
}

func (s *source) value(cells []string) string {
	if s.join != nil {
		var v [3]string
		for i, c := range s.columns {
			if c >= 0 && c < len(cells) {
				v[i] = cells[c]
			}
		}
		return s.join(v[:])
	}
	if i := s.columns[0]; i < len(cells) {
		return s.clean(cells[i])
	}
	return ""
}

// build makes the fields of the columns in use.
func (p *Plan) build(o Options) {
	p.fields = nil
	year, month, day := first(p.of("birth_year")), first(p.of("birth_month")), first(p.of("birth_day"))
	for i := range p.Columns {
		c := &p.Columns[i]
		if c.Kind == linkage.Ignore {
			continue
		}
		f := source{field: linkage.Field{Name: c.title(), Kind: c.Kind}, columns: []int{i}}
		switch c.Kind {
		case linkage.Year, linkage.Month, linkage.Day:
			if c != year {
				continue // read with its year
			}
			f.field.Kind = linkage.Date
			f.columns = []int{i, index(month), index(day)}
			f.join = joiner(o.Today)
		case linkage.Date:
			f.clean = dates(c.prof, o.Today)
		case linkage.Sex:
			f.clean = sexCoder(c.prof)
		default:
			f.clean = cleaners[c.Kind]
		}
		if f.clean == nil && f.join == nil {
			f.clean = plain
		}
		p.fields = append(p.fields, f)
	}
	p.nameApart()
}

// title is what a column is called in reports.
func (c *Column) title() string {
	if c.Header != "" {
		return c.Header
	}
	return "#" + strconv.Itoa(c.Number)
}

func index(c *Column) int {
	if c == nil {
		return -1
	}
	return c.Number - 1
}

// nameApart makes the names of the fields differ: two columns may have the same heading.
func (p *Plan) nameApart() {
	seen := map[string]bool{}
	for i := range p.fields {
		f := &p.fields[i]
		if seen[f.field.Name] {
			f.field.Name += " #" + strconv.Itoa(f.columns[0]+1)
		}
		seen[f.field.Name] = true
	}
}

// Used are the numbers, from 1, of the columns that field i is made of.
func (p *Plan) Used(field int) (out []int) {
	for _, c := range p.fields[field].columns {
		if c >= 0 {
			out = append(out, c+1)
		}
	}
	slices.Sort(out)
	return out
}

// dates reads the dates of a column in its order.
func dates(prof *profile, today civil.Date) func(string) string {
	g := civil.Given{Order: prof.dates, Serials: prof.serials, Ref: today}
	return func(cell string) string {
		cell = strings.TrimSpace(cell)
		if blank(cell) {
			return ""
		}
		d, _, err := g.Parse(cell)
		if err != nil {
			return unreadable(cell, prof.dates)
		}
		return linkage.DateText(d)
	}
}

// unreadable keeps what is no date of the calendar in the form of a date when its parts can
// be told from one another; anything else is missing.
func unreadable(cell string, order civil.Order) string {
	if f := strings.FieldsFunc(cell, func(c rune) bool { return c == '-' || c == '/' || c == '.' || c == ' ' }); len(f) == 3 {
		switch {
		case len(f[0]) == 4:
		case order == civil.MDY:
			f[0], f[1], f[2] = f[2], f[0], f[1]
		default:
			f[0], f[2] = f[2], f[0]
		}
		if text, ok := parted(f[0], f[1], f[2]); ok {
			return text
		}
	}
	digits := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, cell)
	if len(digits) != 8 || digits[:2] != "19" && digits[:2] != "20" {
		return ""
	}
	return digits[:4] + "-" + digits[4:6] + "-" + digits[6:]
}

// joiner puts a date together from its year, month and day; what is missing stays open.
func joiner(today civil.Date) func([]string) string {
	g := civil.Given{Order: civil.DMY, Ref: today}
	return func(v []string) string {
		year, month, day := part(v[0]), part(v[1]), part(v[2])
		if year == "" {
			return ""
		}
		text, sep := year, "/"
		if month != "" && !isNumber(month) {
			sep = " " // 7 abril 1968
		}
		if month != "" {
			if text = month + sep + text; day != "" {
				text = day + sep + text
			}
		}
		d, _, err := g.Parse(text)
		if err == nil {
			return linkage.DateText(d)
		}
		if mistyped, ok := parted(year, month, day); ok {
			return mistyped
		}
		if d, _, err = g.Parse(year); err != nil {
			return ""
		}
		return linkage.DateText(d)
	}
}

// parted is a date of no calendar (9185-10-14, the 13th month) in the form of a date: what
// was typed wrongly in one part still agrees in the others.
func parted(year, month, day string) (string, bool) {
	for part, most := range map[string]int{year: 4, month: 2, day: 2} {
		if !isNumber(part) || part == "" || len(part) > most {
			return "", false
		}
	}
	return pad(year, 4) + "-" + pad(month, 2) + "-" + pad(day, 2), true
}

func pad(digits string, n int) string { return strings.Repeat("0", n-len(digits)) + digits }

// part is a part of a date; "", 0 and 00 are missing, and so is "7.0" 7.
func part(s string) string {
	s = strings.TrimSuffix(strings.TrimSpace(s), ".0")
	if blank(s) || strings.Trim(s, "0") == "" {
		return ""
	}
	return s
}
