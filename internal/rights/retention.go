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
	switch {
	case data == "":
		return d, fault.New(fault.Invalid, "rights.choose").On("data")
	case registry.Erased(cur):
		return d, fault.New(fault.Conflict, "rights.nothing_held").On("data")
	}
	if data == wholePerson {
		if _, open := registry.Current(cur); open {
			return d, fault.New(fault.Conflict, "rights.still_registered").On("data")
		}
		d.Whole, d.Fields = true, registry.Held(cur)
		return d, nil
	}
	for _, part := range strings.Fields(data) {
		if !slices.Contains(Erasable, part) {
			return d, fault.New(fault.Invalid, "rights.choose").On("data")
		}
	}
	for _, field := range registry.Held(cur) {
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
	if cur.Head.IsZero() || registry.Erased(cur) || registry.Merged(cur) { // what was merged goes with the entry that stands
		return nil
	}
	l := storyOf(cur)
	var out []Due
	for _, c := range p.Classes {
		if c.Data != wholePerson {
			continue
		}
		if since := c.ends(l.whole(c.Event)); since.Known() && !since.After(day) {
			return []Due{{Class: c.Name, Data: c.Data, Since: since, Whole: true, Fields: registry.Held(cur)}}
		}
	}
	held := registry.Held(cur)
	for _, c := range p.Classes {
		if !c.Acts() || c.Data == wholePerson {
			continue
		}
		d := Due{Class: c.Name, Data: c.Data}
		for _, field := range held {
			if !covers(c.Data, field) {
				continue
			}
			since := c.since(&l, field)
			if !since.Known() || since.After(day) {
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

// covers reports whether the data of a class takes in the field.
func covers(data, field string) bool {
	f := registry.Lookup(field)
	if f == nil {
		return false
	}
	for d := range strings.FieldsSeq(data) {
		if d == f.Key {
			return true
		}
		if section, ok := strings.CutPrefix(d, sectionMark); ok && section == string(f.Section) {
			return true
		}
	}
	return false
}

// story is what the terms of a person's data run from.
type story struct {
	p                 *registry.Person
	episodes          []registry.Episode
	confirmed, closed civil.Date // closed is unknown while a registration is in force
	withdrawn         civil.Date // when the consent for studies was taken back
}

func storyOf(p *registry.Person) story {
	l := story{p: p, episodes: registry.Episodes(p)}
	open := false
	for _, e := range l.episodes {
		open = open || e.Open()
		l.confirmed, l.closed = later(l.confirmed, e.Confirmed), later(l.closed, e.Closed)
	}
	if open {
		l.closed = civil.Date{}
	}
	for _, c := range registry.Consents(p) {
		if c.Purpose == "research" && c.Withdrawn.Known() {
			l.withdrawn = c.Withdrawn.Latest()
		}
	}
	return l
}

// whole is the event of a class about whole entries, unknown while it did not come.
func (l *story) whole(event string) civil.Date {
	if event == "closed" {
		if l.p.Text("entry") == registry.EntryWithdrawn {
			return civil.FromTime(l.p.Updated.Time())
		}
		return l.closed
	}
	last := civil.Date{}
	for _, e := range l.episodes {
		if e.Kind != "crisis" {
			return civil.Date{}
		}
		last = later(last, e.Opened)
	}
	return last
}

// since is the day from which one field's value is kept no longer, unknown while its term
// does not run.
func (c Class) since(l *story, field string) civil.Date {
	if c.Event == "closed" {
		return c.ends(l.whole(c.Event))
	}
	held := l.p.Fields[field]
	written := civil.FromTime(held.At.Time())
	switch c.Event {
	case "confirmed":
		return c.ends(later(later(written, l.confirmed), DayOf(held.Value.Part("date"))))
	case "consent":
		if l.withdrawn.Known() && !l.withdrawn.Before(written) {
			return sooner(c.ends(written), l.withdrawn)
		}
		return c.ends(written)
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

// Also is what else is due of an entry that was merged into that of which due was said: the
// same values, and others of the kind that only the merged entry still has.
func Also(due []Due, entry, merged *registry.Person) (out []Due) {
	for _, d := range due {
		here := d.Fields
		d.Fields = slices.DeleteFunc(registry.Held(merged), func(f string) bool {
			only := covers(d.Data, f) && !registry.Lookup(f).Must && entry.Fields[f].Value.Empty()
			return !d.Whole && !slices.Contains(here, f) && !only
		})
		if len(d.Fields) > 0 {
			out = append(out, d)
		}
	}
	return out
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
