package oversight

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"quipu/internal/access"
	"quipu/internal/app"
	"quipu/internal/app/oversight"
	"quipu/internal/authz"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type dayScreen struct {
	ui.Page
	Office   string
	Window   []ui.Figure // what was done today
	Waiting  []ui.Figure
	Looks    []ui.Figure
	Chart    ui.Bars
	Hours    ui.Table
	Sessions ui.Table
	Imports  []importLine
}

// importLine is an import that did not end, in words.
type importLine struct {
	File, Href, When string
	Tag              ui.Tag
	Todo             string
}

// dayPage shows who answers for an office how its day goes.
func (s *Room) dayPage(v *desk.Visit) error {
	day, err := s.App.OverseeDay(v.Context(), v.Actor)
	if err != nil {
		return err
	}
	waiting, err := s.App.OfficeDay(v.Context(), v.Actor)
	if err != nil {
		return err
	}
	if err := s.LearnNames(v); err != nil {
		return err
	}
	w := words{v.Words}
	page := &dayScreen{Page: s.Frame(v, w.T("day.title"), "/jefatura"), Office: w.Office(v.Actor.Office)}
	page.Window = w.window(&day)
	page.Waiting = w.waits(&day, waiting)
	page.Looks = w.looks(&day)
	counts := countHours(&day)
	page.Hours, page.Chart = w.hoursTable(counts), drawHours(counts)
	page.Sessions = w.sessions(v, &day)
	for _, r := range day.Imports {
		page.Imports = append(page.Imports, w.importLine(&r))
	}
	return s.Show(v, http.StatusOK, "day.html", page)
}

func (w words) figure(n int, key, href string) ui.Figure {
	f := ui.Figure{Value: w.Number(n), Label: w.T(key)}
	if n > 0 {
		f.Href = href
	}
	return f
}

func (w words) window(day *oversight.Day) []ui.Figure {
	median := ui.Figure{Value: "–", Label: w.T("day.median"), Note: w.T("day.median.none")}
	if day.Timed > 0 {
		median.Value, median.Note = w.minutes(day.Median), w.TN("day.median.of", day.Timed)
	}
	return []ui.Figure{w.figure(len(day.Registrations), "day.registrations", ""), median}
}

// minutes is a time as a stopwatch shows it: "2:35 min".
func (w words) minutes(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	return w.T("day.minutes", "clock", fmt.Sprintf("%d:%02d", s/60, s%60))
}

func (w words) waits(day *oversight.Day, n app.OfficeDay) []ui.Figure {
	out := []ui.Figure{w.figure(int(n.Due), "officer.day.due", "/vencen"), w.figure(int(n.Stale), "officer.day.stale", "/vencen"),
		w.figure(int(n.Doubtful), "officer.day.doubts", "/dudas"), w.figure(day.Requests, "day.requests", "/datos")}
	if day.Late > 0 {
		out[len(out)-1].Note = w.TN("day.requests.late", day.Late)
	}
	return out
}

func (w words) looks(day *oversight.Day) []ui.Figure {
	at := func(why access.Reason) string {
		return "/accesos?" + asked{Day: day.Begins.Format(time.DateOnly), Reason: string(why)}.query(viewAll, 0)
	}
	return []ui.Figure{w.figure(day.Marked[access.Reserved], "day.reserved", at(access.Reserved)),
		w.figure(day.Marked[access.Outside], "day.outside", at(access.Outside)), w.figure(day.Marked[access.Hours], "day.hours", at(access.Hours)),
		w.figure(day.Marked[access.Refused], "day.refused", at(access.Refused))}
}

func (w words) sessions(v *desk.Visit, day *oversight.Day) ui.Table {
	_, may := authz.ScopeOf(v.Actor, authz.Sessions)
	t := ui.Table{Caption: w.T("day.sessions"), Empty: w.T("day.sessions.none"),
		Head: []ui.Column{{Text: w.T("officer.col.who")}, {Text: w.T("day.sessions.open"), Numeric: true}, {Text: w.T("day.sessions.seen")}}}
	for _, s := range day.Sessions {
		who := ui.Cell{Text: w.Who(s.Login)}
		if may {
			who.Href = "/cuentas/" + s.Login
		}
		t.Rows = append(t.Rows, []ui.Cell{who, {Text: strconv.FormatInt(s.Open, 10), Numeric: true},
			{Text: time.UnixMicro(s.Seen).In(day.Clock).Format("15:04")}})
	}
	return t
}

func (w words) importLine(r *oversight.RunningImport) importLine {
	l := importLine{File: r.File, Href: "/importacion/" + r.ID, When: w.T("day.import.since", "when", w.Moment(r.Started), "who", w.Who(r.Author))}
	l.Tag, l.Todo = ui.Tag{Text: w.T("officer.import.state.running"), Colour: "blue"}, w.T("day.import.running")
	if r.Cut {
		l.Tag, l.Todo = ui.Tag{Text: w.T("day.import.cut"), Colour: "orange"}, w.T("day.import.todo")
	}
	return l
}
