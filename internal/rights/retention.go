package rights

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
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

// Due is what is due of a person: the class, what it holds (as Class.Data), since when, and
// which fields; Whole says that the whole entry is.
type Due struct {
	Class  string
	Data   string
	Since  civil.Date
	Fields []string
	Whole  bool
}

// Asked is what is due because the person asked for it: the whole entry, or the sections
// that Erasable lists. What no entry can do without stays.
func Asked(cur *registry.Person, data string) (Due, error) {
	d := Due{Class: ClassAsked, Data: data}
	if data == wholePerson {
		if _, open := registry.Current(cur); open {
			return d, fault.New(fault.Conflict, "rights.still_registered").On("data")
		}
		d.Whole, d.Fields = true, heldFields(cur)
		return d, nil
	}
	for _, part := range strings.Fields(data) {
		if !slices.Contains(Erasable, part) {
			return d, fault.New(fault.Invalid, "rights.choose").On("data")
		}
	}
	for _, field := range heldFields(cur) {
		if covers(data, field) && !registry.Lookup(field).Must {
			d.Fields = append(d.Fields, field)
		}
	}
	if len(d.Fields) == 0 {
		return d, fault.New(fault.Conflict, "rights.nothing_held").On("data")
	}
	return d, nil
}

// ClassAsked is the class of what is erased because the person asked for it.
const ClassAsked = "asked"

// Erasable lists what a person can ask to have erased while the entry stands.
var Erasable = []string{"section:contact", "section:family", "section:profile", "section:citizenship", "section:vulnerability", "photo"}

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
				return []Due{{Class: c.Name, Data: c.Data, Since: since, Whole: true, Fields: heldFields(cur)}}
			}
			continue
		}
		d := Due{Class: c.Name, Data: c.Data}
		for _, field := range heldFields(cur) {
			since := c.since(cur, field)
			if !covers(c.Data, field) || !since.Known() || since.After(day) {
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

// covers reports whether the data of a class takes in the field.
func covers(data, field string) bool {
	f := registry.Lookup(field)
	if f == nil {
		return false
	}
	for _, d := range strings.Fields(data) {
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

// Gone tells which values must leave the log of a person once what is due was carried out:
// those of its fields that hold nothing any more, however long ago they were written, and
// the doubts that quoted them. after is the record as it is then.
func Gone(due []Due, after *registry.Person) func(*change.Set) bool {
	return func(s *change.Set) bool {
		about := s.Field
		if doubted := s.Value.Part("field"); strings.HasPrefix(s.Field, "doubt/") && doubted != "" {
			about, _, _ = strings.Cut(doubted, ".")
		}
		for _, d := range due {
			if d.Whole {
				return !registry.Counts(s.Field)
			}
			if covers(d.Data, about) && after.Fields[about].Value.Empty() {
				return true
			}
		}
		return false
	}
}
