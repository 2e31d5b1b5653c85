package people

import (
	"net/http"
	"strconv"

	"quipu/internal/app"
	"quipu/internal/app/oversight"
	"quipu/internal/authz"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// waitingAPage is how many people a page of the lists of the day holds.
const waitingAPage = 50

type waitingScreen struct {
	ui.Page
	Text  string
	Table ui.Table
	Next  string
	First string // back to the first page, empty on it
}

// waiting are the figures of the day; a list that is empty has no link.
func (w words) waiting(v *desk.Visit, day app.OfficeDay, m oversight.Morning, pairs int64) []ui.Figure {
	figure := func(n int64, key, href string) ui.Figure {
		f := ui.Figure{Value: w.Number(int(n)), Label: w.T(key)}
		if n > 0 {
			f.Href = href
		}
		return f
	}
	to := func(action authz.Action, href string) string {
		if authz.May(v.Actor, action, v.Actor.Office) {
			return href
		}
		return ""
	}
	out := []ui.Figure{figure(int64(m.Registrations), "day.registrations", to(authz.Supervise, "/jefatura")), figure(day.Registered, "officer.day.registered", ""),
		figure(day.Due, "officer.day.due", "/vencen"), figure(day.Stale, "officer.day.stale", "/vencen"), figure(day.Doubtful, "officer.day.doubts", "/dudas")}
	if m.Own > 0 {
		out[0].Note = w.TN("day.own", m.Own)
	}
	if queue := to(authz.Review, "/revision"); queue != "" {
		out = append(out, figure(pairs, "day.pairs", queue))
	}
	if inbox := to(authz.Rights, "/datos"); inbox != "" {
		f := figure(int64(m.Requests), "day.requests", inbox)
		if m.Late > 0 {
			f.Note = w.TN("day.requests.late", m.Late)
		}
		out = append(out, f)
	}
	return out
}

// expiringPage lists people who are to be asked whether they still live here.
func (s *Room) expiringPage(v *desk.Visit) error {
	after := startOf(v)
	hits, err := s.App.ExpiringPeople(v.Context(), v.Actor, after, waitingAPage+1)
	if err != nil {
		return err
	}
	w := words{v.Words}
	page := &waitingScreen{Page: s.Frame(v, w.T("officer.day.expiring"), "/"), Text: w.T("officer.day.expiring.text")}
	today := w.Today.String()
	page.fill(w, "/vencen", after, hits, "officer.col.expires", func(h *app.Hit) ui.Cell {
		state := registry.StateDue
		if h.Expires < today {
			state = registry.StateStale
		}
		return ui.Cell{Text: i18n.Date(w.Lang, h.Expires), Tag: ui.Tag{Text: w.T("officer.state." + string(state)), Colour: desk.StateColours[state]}}
	})
	return s.Show(v, http.StatusOK, "waiting.html", page)
}

// doubtfulPage lists people with doubts that nobody settled.
func (s *Room) doubtfulPage(v *desk.Visit) error {
	after := startOf(v)
	hits, err := s.App.DoubtfulPeople(v.Context(), v.Actor, after, waitingAPage+1)
	if err != nil {
		return err
	}
	w := words{v.Words}
	page := &waitingScreen{Page: s.Frame(v, w.T("officer.day.doubtful"), "/"), Text: w.T("officer.day.doubtful.text")}
	page.fill(w, "/dudas", after, hits, "officer.col.doubts", func(h *app.Hit) ui.Cell {
		return ui.Cell{Text: w.Number(h.Doubts)}
	})
	return s.Show(v, http.StatusOK, "waiting.html", page)
}

// startOf is the row after which a page begins.
func startOf(v *desk.Visit) int64 {
	n, err := strconv.ParseInt(v.FormValue("desde"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// fill makes the table; one person more than a page holds says that there is a next one.
func (p *waitingScreen) fill(w words, path string, after int64, hits []app.Hit, last string, cell func(*app.Hit) ui.Cell) {
	p.Back.Href = "/"
	if after > 0 {
		p.First = path
	}
	if len(hits) > waitingAPage {
		hits = hits[:waitingAPage]
		p.Next = path + "?desde=" + strconv.FormatInt(hits[waitingAPage-1].Row, 10)
	}
	p.Table = ui.Table{Caption: p.Title, Empty: w.T("officer.day.none")}
	p.Table.Head = w.Heads("officer.col.name", "officer.col.number", "officer.col.birth", "officer.col.city", last)
	for i := range hits {
		h := &hits[i]
		name := ui.Cell{Text: h.DisplayName(), Href: "/persona/" + h.ID}
		if name.Text == "" {
			name.Text = h.Number
		}
		birth := ""
		if h.Birth != "" {
			birth = i18n.Date(w.Lang, h.Birth)
		}
		p.Table.Rows = append(p.Table.Rows, []ui.Cell{name, {Text: h.Number}, {Text: birth}, {Text: h.City}, cell(h)})
	}
}
