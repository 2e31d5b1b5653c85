package intake

import (
	"slices"
	"strings"

	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/registry"
)

// journey is a date of the person's way abroad, held against the birth date at the end.
type journey struct {
	field string
	date  civil.Date
	text  string
}

// ahead is how many years after the import a year of two digits may lie.
var ahead = map[string]int{"document.expires": 20, "return_when": 60, "do_not_contact_before": 10}

// parse reads a date in the order of its column.
func (w *work) parse(s *step, cell string) (civil.Date, []civil.Doubt, error) {
	g := civil.Given{Order: s.Order, Ref: w.r.ctx.AsOf, Serials: s.Serials, Ahead: ahead[s.Target]}
	return g.Parse(cell)
}

// date reads a date that may be left out when it cannot be read.
func (w *work) date(s *step, cell, field string) (civil.Date, bool) {
	if missing(cell) {
		return civil.Date{}, false
	}
	w.fact(s, cell)
	d, doubts, err := w.parse(s, cell)
	if err != nil {
		w.unread(field, "intake.date", cell)
		return d, false
	}
	w.about(field, doubts)
	return d, d.Known()
}

func readBirth(w *work, s *step, cell string) { w.bornOn(s, cell, false) }

// bornOn takes the birth date. An impossible one refuses the row: a person is known by it.
func (w *work) bornOn(s *step, cell string, parts bool) {
	if missing(cell) {
		return
	}
	var d civil.Date
	var doubts []civil.Doubt
	var err error
	if parts {
		d, doubts, err = civil.Given{Order: civil.DMY, Ref: w.r.ctx.AsOf}.Parse(cell)
	} else {
		d, doubts, err = w.parse(s, cell)
	}
	switch {
	case err != nil:
		if f := fault.As(err); f != nil {
			err = f.On("birth_date")
		}
		w.refuse(s, err)
		return
	case d.After(w.r.ctx.AsOf):
		w.refuse(s, fault.New(fault.Invalid, "intake.birth_future", "value", clip(cell)).On("birth_date"))
		return
	}
	text := d.String()
	if slices.ContainsFunc(doubts, func(o civil.Doubt) bool { return o.Key == "civil.from_age" }) {
		w.fact(s, cell) // an age says another year next year
	} else {
		w.facts = append(append(append(w.facts, "birth_date\x1f"...), text...), 0x1e)
	}
	w.about("birth_date", doubts)
	w.birth, w.d.Birth = d, text
	w.put("birth_date", text)
}

func readBirthPart(w *work, s *step, cell string) {
	if !missing(cell) && strings.Trim(cell, "0") != "" {
		w.parts[slices.Index(birthParts, s.Target)] = cellOf{s, cell}
	}
}

var birthParts = []string{"birth_day", "birth_month", "birth_year"}

// finishBirth puts together a birth date from columns of its parts.
func (w *work) finishBirth() {
	if w.d.Birth != "" || w.parts[2].text == "" {
		return
	}
	day, month, text := w.parts[0].text, w.parts[1].text, w.parts[2].text
	sep := "/"
	if strings.Trim(month, "0123456789") != "" {
		sep = " " // 7 abril 1968
	}
	if month != "" {
		if text = month + sep + text; day != "" {
			text = day + sep + text
		}
	}
	w.bornOn(w.parts[2].step, text, true)
}

func readJourney(w *work, s *step, cell string) {
	if d, ok := w.date(s, cell, s.field.Key); ok {
		w.journey = append(w.journey, journey{s.field.Key, d, cell})
	}
}

func readOpened(w *work, s *step, cell string) {
	d, ok := w.date(s, cell, s.Target)
	switch {
	case !ok:
	case d.After(w.r.ctx.AsOf):
		w.unread(s.Target, "intake.registered_future", cell)
	default:
		w.d.opened = d
	}
}

// finishDates holds the dates of the row against one another.
func (w *work) finishDates() {
	for _, j := range w.journey {
		switch {
		case j.date.After(w.r.ctx.AsOf):
			w.unread(j.field, "intake.in_future", j.text)
		case j.date.Before(w.birth):
			w.unread(j.field, "intake.before_birth", j.text)
		default:
			w.put(j.field, j.date.String())
		}
	}
	if w.d.opened.Before(w.birth) {
		w.d.Doubts = append(w.d.Doubts, registry.Doubt{Field: "birth_date", Key: "intake.born_after_registration", Args: []fault.Arg{
			{Name: "value", Value: w.d.opened.String()}}})
	}
}
