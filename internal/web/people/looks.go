package people

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"quipu/internal/app/oversight"
	"quipu/internal/i18n"
	"quipu/internal/place"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// run is what one officer did alike on one day, between two changes of the record.
type run struct {
	oversight.Read // the newest of them
	first          int64
	n              int
	saw            []string // what was shown, without repetition
}

// runs collapses reads, newest first. bounds are when the record was changed, in the order
// of the log. A photo that came with the page is no look of its own.
func runs(reads []oversight.Read, bounds []int64, clock *time.Location) []run {
	type likeness struct {
		author, office, purpose, action, day string
		gap                                  int
	}
	var out []run
	at := map[likeness]int{}
	for _, r := range reads {
		gap := 0
		for _, b := range bounds {
			if b < r.At {
				gap++
			}
		}
		key := likeness{r.Author, r.Office, r.Purpose, r.Action, time.UnixMicro(r.At).In(clock).Format(time.DateOnly), gap}
		if r.Action == "photo" {
			key.action = "read"
		}
		i, known := at[key]
		if !known {
			i = len(out)
			at[key] = i
			out = append(out, run{Read: r})
			out[i].Action, out[i].Detail = key.action, ""
		}
		out[i].first = r.At
		if r.Action != "photo" {
			out[i].n++
		}
		if r.Detail != "" && r.Action == "read" && !slices.Contains(out[i].saw, r.Detail) {
			out[i].saw = append(out[i].saw, r.Detail)
		}
	}
	return out
}

// looks tells who looked, in runs.
func (w words) looks(reads []oversight.Read, bounds []int64) (out []moment) {
	for _, r := range runs(reads, bounds, w.zone()) {
		out = append(out, moment{r.At, w.lookEvent(&r)})
	}
	return out
}

func (w words) lookEvent(r *run) ui.Event {
	who := w.T("history.from", "who", w.Who(r.Author), "office", r.Office)
	last, first := time.UnixMicro(r.At).In(w.zone()), time.UnixMicro(r.first).In(w.zone())
	e := ui.Event{Kind: "look", Time: last.Format(time.RFC3339), When: i18n.DateTime(w.Lang, last, nil)}
	if a, b := first.Format("15:04"), last.Format("15:04"); a != b {
		e.When = w.T("history.span", "date", i18n.Date(w.Lang, last.Format(time.DateOnly)), "from", a, "to", b)
	}
	switch {
	case r.Action == "read":
		e.Title = w.TN("history.looked", max(r.n, 1), "who", who)
	case r.n > 1:
		e.Title = w.T("history.did.times", "who", who, "did", w.Or("officer.did."+r.Action, r.Action), "n", r.n)
	default:
		e.Title = w.T("history.did", "who", who, "did", w.Or("officer.did."+r.Action, r.Action))
	}
	said := []string{w.T("history.purpose", "purpose", w.Code("purpose", r.Purpose))}
	for _, detail := range r.saw {
		said = append(said, w.Or("officer.saw."+detail, detail))
	}
	if r.Home != "" && r.Home != r.Office {
		said = append(said, w.T("history.outside", "home", w.Office(r.Home)))
	}
	e.Text = strings.Join(said, " · ")
	return e
}

// zone is the reader's clock, universal time when there is none.
func (w words) zone() *time.Location {
	if w.Clock == nil {
		return time.UTC
	}
	return w.Clock
}

type accessesScreen struct {
	desk.PersonHead
	Table ui.Table
	All   string // where the whole list is
}

// mostAccesses bounds the list of looks of a person's page.
const mostAccesses = 60

// accessesPage shows who looked at the person, look by look, to those who may know it.
func (s *Room) accessesPage(v *desk.Visit) error {
	_, head, err := s.OpenPerson(v, desk.TabAccesses)
	if err != nil {
		return err
	}
	reads, err := s.App.ReadsOf(v.Context(), v.Actor, head.ID, mostAccesses)
	if err != nil {
		return err
	}
	page := &accessesScreen{PersonHead: *head, All: "/accesos?ver=todas&persona=" + head.ID}
	w := words{v.Words}
	page.Table = ui.Table{Caption: w.T("officer.accesses.title"), Empty: w.T("officer.accesses.none")}
	page.Table.Head = w.Heads("officer.col.when", "officer.col.who", "officer.col.office", "officer.col.purpose", "officer.col.saw")
	for _, r := range reads {
		from := ui.Cell{Text: w.Office(r.Office)}
		if r.Home != "" && r.Home != r.Office {
			from.Note = w.T("history.outside", "home", w.Office(r.Home))
		}
		did := w.Or("officer.did."+r.Action, r.Action)
		page.Table.Rows = append(page.Table.Rows, []ui.Cell{{Text: i18n.DateTime(w.Lang, time.UnixMicro(r.At), place.Clock(r.Office))}, {Text: w.Who(r.Author)}, from,
			{Text: w.Code("purpose", r.Purpose)}, {Text: w.Or("officer.saw."+r.Detail, did)}})
	}
	return s.Show(v, http.StatusOK, "personaccesses.html", page)
}
