package rights

import (
	"net/http"

	app "quipu/internal/app/rights"
	"quipu/internal/authz"
	"quipu/internal/rights"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// mostLines bounds the weight of a list.
const mostLines = 100

type inboxScreen struct {
	ui.Page
	Tabs  []ui.Link
	Table ui.Table
	Count ui.Table
}

// inboxPage lists the requests that wait for an answer, or those that were answered.
func (s *Room) inboxPage(answered bool) desk.Handler {
	return func(v *desk.Visit) error {
		lines, err := s.App.Inbox(v.Context(), v.Actor, answered, mostLines)
		if err != nil {
			return err
		}
		counts, err := s.App.CountRequests(v.Context(), v.Actor)
		if err != nil {
			return err
		}
		w := words{v.Words}
		page := &inboxScreen{Page: s.Frame(v, w.T("rights.inbox.title"), home), Count: w.tallies(counts)}
		here := home
		if answered {
			here += "/respondidas"
		}
		page.Tabs = w.tabs(v, here)
		page.Table = w.requests(lines, true)
		page.Table.Caption, page.Table.Empty = w.T("rights.inbox.waiting"), w.T("rights.inbox.nothing")
		if answered {
			page.Table.Caption = w.T("rights.inbox.answered")
		}
		return s.Show(v, http.StatusOK, "inbox.html", page)
	}
}

// tabs lead through the room, as far as the officer's rights go.
func (w words) tabs(v *desk.Visit, here string) (out []ui.Link) {
	for _, t := range []struct {
		path, key string
		needs     authz.Action
	}{{home, "rights.tab.waiting", authz.Rights}, {home + "/respondidas", "rights.tab.answered", authz.Rights}, {home + "/terceros", "rights.tab.others", authz.Disclose},
		{home + "/incidentes", "rights.tab.breaches", authz.Breach}, {home + "/plazos", "rights.tab.terms", authz.Retention}} {
		if _, ok := authz.ScopeOf(v.Actor, t.needs); ok {
			out = append(out, ui.Link{Text: w.T(t.key), Href: t.path, Current: t.path == here})
		}
	}
	return out
}

// requests is a table of requests; named says whose they are.
func (w words) requests(lines []app.RequestLine, named bool) (t ui.Table) {
	t.Head = w.Heads("rights.col.request", "rights.col.clock", "rights.col.state", "rights.col.received", "officer.col.office")
	if named {
		t.Head = append(t.Head, ui.Column{Text: w.T("rights.col.person")})
	}
	for _, l := range lines {
		row := []ui.Cell{{Text: w.T("rights.kind." + l.Kind), Href: home + "/solicitudes/" + l.ID, Note: rights.Reference(l.ID)},
			{Tag: w.clock(l.Clock), Note: w.until(l.Clock)}, {Tag: w.state(rights.State(l.State))}, {Text: w.day(l.Received)}, {Text: w.Office(l.Office)}}
		if named {
			row = append(row, ui.Cell{Text: called(l.Who), Note: l.Who.Number})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// tallies are how many requests came in since the year before, and what became of them.
func (w words) tallies(counts []app.Tally) (t ui.Table) {
	t.Caption, t.Head = w.T("rights.count.title"), w.Heads("rights.count.kind")
	for _, k := range []string{"rights.count.received", "rights.count.attended", "rights.count.denied", "rights.count.waiting"} {
		t.Head = append(t.Head, ui.Column{Text: w.T(k), Numeric: true})
	}
	for _, c := range counts {
		row := []ui.Cell{{Text: w.T("rights.kind." + string(c.Kind))}}
		for _, n := range []int64{c.Received, c.Attended, c.Denied, c.Waiting} {
			row = append(row, ui.Cell{Text: w.Number(int(n)), Numeric: true})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
