package rights

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/registry"
)

// Class is a class of data: from which event it is kept how long, and what happens then.
type Class struct {
	Name, Data, Event string
	Keep              int
	Unit              string // years, months, days
	Then              string // anonymise, delete, keep, cycle, archive, seal, destroy
	Source            string
}

// The units of a term of keeping, and what happens at its end.
var (
	keepUnits = []string{"years", "months", "days"}
	events    = []string{"closed", "opened", "confirmed", "consent", "read", "made"}
	endings   = []string{"anonymise", "delete", "keep", "cycle", "archive", "seal", "destroy"}
)

func parseClass(v []string) (c Class, err error) {
	c = Class{Name: v[0], Data: v[1], Event: v[2], Unit: v[4], Then: v[5], Source: v[6]}
	c.Keep, err = strconv.Atoi(v[3])
	if err != nil || c.Keep < 0 || !slices.Contains(keepUnits, c.Unit) || !slices.Contains(events, c.Event) || !slices.Contains(endings, c.Then) {
		return c, fmt.Errorf("%q is not a class", v)
	}
	for _, f := range strings.Fields(c.Data) {
		if registry.Lookup(f) == nil && c.Data != wholePerson && !strings.HasPrefix(f, sectionMark) {
			return c, fmt.Errorf("%q is not a field", f)
		}
	}
	return c, nil
}

const (
	wholePerson = "person"
	sectionMark = "section:"
)

// Acts reports whether the program carries the class out on people's records.
func (c Class) Acts() bool { return c.Data != "" }

// ends is the first day on which what began on a day is kept no more; unknown for what
// never ends. A day that is known in part counts from its last day.
func (c Class) ends(from civil.Date) civil.Date {
	from = from.Latest()
	switch c.Unit {
	case "years":
		return from.AddYears(c.Keep)
	case "months":
		return addMonths(from, c.Keep)
	}
	return from.AddDays(c.Keep)
}

// addMonths moves a full date by n months, to the last day of a shorter one.
func addMonths(d civil.Date, n int) civil.Date {
	if !d.Full() {
		return civil.Date{}
	}
	months := d.Month - 1 + n
	to := civil.Date{Year: d.Year + months/12, Month: months%12 + 1}
	to.Day = min(d.Day, civil.DaysIn(to.Year, to.Month))
	return to
}

// Due is what is due of a person: the class, since when, and which fields; Whole says that
// the whole entry is.
type Due struct {
	Class  string
	Since  civil.Date
	Fields []string
	Whole  bool
}

// DueOn lists what is kept no longer of a person on a day. When the whole entry is due,
// nothing else is listed.
func (p *Pack) DueOn(cur *registry.Person, day civil.Date) []Due {
	if cur.Head.IsZero() || registry.Erased(cur) {
		return nil
	}
	var out []Due
	for _, c := range p.Classes {
		if c.Data == wholePerson {
			if since := c.ends(c.wholeSince(cur)); since.Known() && !since.After(day) {
				return []Due{{Class: c.Name, Since: since, Whole: true, Fields: heldFields(cur)}}
			}
			continue
		}
		d := Due{Class: c.Name}
		for _, field := range heldFields(cur) {
			since := c.since(cur, field)
			if !c.has(field) || !since.Known() || since.After(day) {
				continue
			}
			if d.Fields = append(d.Fields, field); !d.Since.Known() || since.Before(d.Since) {
				d.Since = since
			}
		}
		if len(d.Fields) > 0 {
			out = append(out, d)
		}
	}
	return out
}

// heldFields lists the fields that say something, sorted.
func heldFields(p *registry.Person) []string {
	var out []string
	for f, h := range p.Fields {
		if !h.Value.Empty() {
			out = append(out, f)
		}
	}
	slices.Sort(out)
	return out
}

// has reports whether the class is about the field.
func (c Class) has(field string) bool {
	f := registry.Lookup(field)
	if f == nil {
		return false
	}
	for _, d := range strings.Fields(c.Data) {
		if d == f.Key || d == sectionMark+string(f.Section) {
			return true
		}
	}
	return false
}

// wholeSince is the event of a class about whole entries, unknown while it did not come.
func (c Class) wholeSince(p *registry.Person) civil.Date {
	all := registry.Episodes(p)
	if p.Text("entry") == registry.EntryWithdrawn && c.Event == "closed" {
		return civil.FromTime(p.Updated.Time())
	}
	if len(all) == 0 {
		return civil.Date{}
	}
	last := civil.Date{}
	for _, e := range all {
		switch c.Event {
		case "closed":
			if e.Open() {
				return civil.Date{}
			}
			last = later(last, e.Closed)
		case "opened":
			if e.Kind != "crisis" {
				return civil.Date{}
			}
			last = later(last, e.Opened)
		}
	}
	return last
}

// since is the day from which one field's value is kept no longer, unknown while its term
// does not run.
func (c Class) since(p *registry.Person, field string) civil.Date {
	written := civil.FromTime(p.Fields[field].At.Time())
	switch c.Event {
	case "closed":
		return c.ends(c.wholeSince(p))
	case "confirmed":
		for _, e := range registry.Episodes(p) {
			written = later(written, e.Confirmed)
		}
		return c.ends(later(written, DayOf(p.Fields[field].Value.Part("date"))))
	case "consent":
		return sooner(c.ends(written), withdrawn(p, written))
	}
	return civil.Date{}
}

// withdrawn is when the consent for studies was taken back after a value was written.
func withdrawn(p *registry.Person, written civil.Date) civil.Date {
	for _, s := range registry.Consents(p) {
		if s.Purpose == "research" && s.Withdrawn.Known() && !s.Withdrawn.Before(written) {
			return s.Withdrawn.Latest()
		}
	}
	return civil.Date{}
}

func later(a, b civil.Date) civil.Date {
	if !a.Known() || b.Known() && b.Latest().After(a.Latest()) {
		return b
	}
	return a
}

func sooner(a, b civil.Date) civil.Date {
	if !a.Known() || b.Known() && b.Before(a) {
		return b
	}
	return a
}

// Fields lists all fields of what is due, each once, sorted.
func Fields(due []Due) []string {
	var out []string
	for _, d := range due {
		out = append(out, d.Fields...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// CarryOut is the change that ends what is due of a person: the values are emptied, or of a
// whole entry everything but what counts it.
func CarryOut(cur *registry.Person, due []Due, note string) (change.Change, error) {
	if slices.ContainsFunc(due, func(d Due) bool { return d.Whole }) {
		return registry.Erase(cur, note)
	}
	return registry.EraseFields(cur, Fields(due), note)
}
