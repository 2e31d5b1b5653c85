package people

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"quipu/internal/app"
	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// The views of a timeline.
const (
	viewChanges = "cambios"
	viewLooks   = "miro"
)

// mostLooks bounds how many reads a timeline tells; the log of reads has the older ones.
const mostLooks = 500

type historyScreen struct {
	desk.PersonHead
	Views  []ui.Link // none when only changes can be seen
	Events []ui.Event
	Paging ui.Paging
	More   bool // older looks are in the log of reads
}

// historyPage is the one timeline of a person, newest first: what was changed, what the
// person asked for, and to who may know it who looked.
func (s *Room) historyPage(v *desk.Visit) error {
	p, head, err := s.OpenPerson(v, desk.TabHistory)
	if err != nil {
		return err
	}
	page := &historyScreen{PersonHead: *head}
	view := v.FormValue("ver")
	if view == viewLooks && !p.Rights.ReadLog {
		view = ""
	}
	path := "/persona/" + head.ID + "/historia"
	page.Views = historyViews(v, p.Rights.ReadLog, path, view, head.Query)
	events, more, err := s.events(v, p, view)
	if err != nil {
		return err
	}
	page.More = more
	skip, err := strconv.Atoi(v.FormValue("desde"))
	if err != nil || skip < 0 || skip >= len(events) {
		skip = 0
	}
	end := min(skip+desk.EventsAPage, len(events))
	page.Events = events[skip:end]
	page.Paging = v.Words.Paging(path, join(head.Query, view), skip, end, len(events))
	return s.Show(v, http.StatusOK, "history.html", page)
}

// join is the query of a view of a day.
func join(day, view string) string {
	switch {
	case view == "":
		return day
	case day == "":
		return "ver=" + view
	}
	return day + "&ver=" + view
}

func historyViews(v *desk.Visit, looks bool, path, view, day string) (out []ui.Link) {
	if !looks {
		return nil
	}
	for _, one := range []string{"", viewChanges, viewLooks} {
		to := path
		if q := join(day, one); q != "" {
			to += "?" + q
		}
		key := one
		if key == "" {
			key = "todo"
		}
		out = append(out, ui.Link{Text: v.Words.T("history.view." + key), Href: to, Current: one == view})
	}
	return out
}

// moment is an event that is no change of the record, and when it was.
type moment struct {
	at int64 // microseconds
	ui.Event
}

// events tells what belongs to a view, newest first. Changes stand in the order of the log,
// whatever the clocks said; the rest between them by the time.
func (s *Room) events(v *desk.Visit, p *app.PersonPage, view string) (out []ui.Event, more bool, err error) {
	receipts, err := s.App.Receipts(v.Context(), p.Changes)
	if err != nil {
		return nil, false, err
	}
	w := teller{words{v.Words}, s.App.Name(), authz.ReachOf(v.Actor, authz.Review) != authz.None, receipts, neverHeld(p.Changes)}
	var others []moment
	if view != viewChanges && p.Rights.ReadLog {
		reads, err := s.App.ReadsOf(v.Context(), v.Actor, p.Person.Entity.ID, mostLooks)
		if err != nil {
			return nil, false, err
		}
		more = len(reads) == mostLooks
		var bounds []int64
		for i := range p.Changes {
			bounds = append(bounds, p.Changes[i].At.Micros)
		}
		others = w.looks(reads, bounds)
	}
	if view == viewLooks {
		p.Changes = nil
	} else {
		asked, err := s.requests(v, w.words, p.Person.Entity.ID)
		if err != nil {
			return nil, false, err
		}
		others = append(others, asked...)
	}
	if !p.AsOf.IsZero() {
		others = slices.DeleteFunc(others, func(m moment) bool { return m.at > p.AsOf.UnixMicro() })
	}
	slices.SortStableFunc(others, func(x, y moment) int { return int(min(max(y.at-x.at, -1), 1)) })
	for i := len(p.Changes) - 1; i >= 0; i-- {
		c := &p.Changes[i]
		for len(others) > 0 && others[0].at > c.At.Micros {
			out, others = append(out, others[0].Event), others[1:]
		}
		out = append(out, w.event(c))
	}
	for _, m := range others {
		out = append(out, m.Event)
	}
	return out, more, nil
}

// requests are what the person asked about the own data, on the day when it came in and on
// the day when it was answered.
func (s *Room) requests(v *desk.Visit, w words, person string) (out []moment, err error) {
	lines, err := s.App.RequestsOf(v.Context(), v.Actor, person)
	for _, r := range lines {
		for _, day := range [][2]string{{r.Received, "history.asked"}, {r.Closed, "history.answered"}} {
			d, err := civil.Parse(day[0])
			if day[0] == "" || err != nil || !d.Full() {
				continue
			}
			at := time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, w.Clock)
			out = append(out, moment{at.UnixMicro(), ui.Event{Title: w.T(day[1], "kind", w.T("rights.kind."+r.Kind)), By: r.Office, When: w.T("history.day", "date", d),
				Time: at.Format(time.DateOnly), Href: "/datos/solicitudes/" + r.ID, LinkText: w.T("history.request")}})
		}
	}
	return out, err
}
