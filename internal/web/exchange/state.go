package exchange

import (
	"context"
	"net/http"
	"time"

	"quipu/internal/app/hublink"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type stateScreen struct {
	ui.Page
	Lead      ui.Status
	Refusal   string // why the hub takes nothing, in words and what to do
	Facts     []ui.Row
	Conflicts ui.Link
	Nodes     ui.Link // at the hub
	MayAct    bool    // there is a link to try
	MayExport bool    // the officer may take along what waits, and bring in what came back
	Bring     string  // what can be brought in, in words
	Line      string  // what a demonstration may do with its line: "cut", "join", or ""
	Waiting   ui.Table
	More      string // how many more wait than are shown
}

// statePage says how the office stands with the hub, and lists what waits to be sent.
func (s *Room) statePage(v *desk.Visit) error {
	page, err := s.state(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "state.html", page)
}

func (s *Room) state(v *desk.Visit) (*stateScreen, error) {
	st, err := s.Standing(v)
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return nil, err
	}
	w := words{v.Words}
	page := &stateScreen{Page: s.Frame(v, w.T("exchange.title"), desk.LinkPath), Lead: w.Link(st)}
	page.Back.Href, page.Lead.Href = "/", ""
	page.Status = ui.Status{} // the page says it itself
	if page.Lead.Text == "" {
		page.Lead.Text = w.T("exchange.alone")
	}
	if _, ok := authz.ScopeOf(v.Actor, authz.Edit); ok && (st.Conflicts > 0 || st.Role != hublink.Alone) {
		page.Conflicts = ui.Link{Text: w.TN("exchange.conflicts", int(st.Conflicts)), Href: conflicts}
	}
	if _, ok := authz.ScopeOf(v.Actor, authz.Nodes); ok && st.Role != hublink.Post {
		page.Nodes = ui.Link{Text: w.T("exchange.nodes"), Href: nodes}
	}
	if st.Role != hublink.Post {
		return page, nil
	}
	unplaced, err := s.App.Unplaced(v.Context())
	if err != nil {
		return nil, err
	}
	page.Facts = w.facts(st, unplaced)
	if st.Refusal != nil {
		page.Refusal = i18n.Fault(w.Lang, st.Refusal)
	}
	if _, ok := authz.ScopeOf(v.Actor, authz.Search); !ok {
		return page, nil
	}
	list, err := s.App.Waiting(v.Context(), v.Actor)
	if err != nil {
		return nil, err
	}
	page.MayAct = s.App.Joined()
	if by, cut := s.App.Courier.Line(); by && cut {
		page.Line, page.MayAct = "join", false
	} else if by {
		page.Line = "cut"
	}
	page.MayExport = s.App.Joined() && authz.May(v.Actor, authz.Nodes, v.Actor.Office)
	page.Bring = stickHint(w, false)
	page.Waiting = w.waiting(list)
	if rest := int(unplaced) - len(list); rest > 0 {
		page.More = w.TN("exchange.more", rest)
	}
	return page, nil
}

// facts are the state of the link line by line.
func (w words) facts(st *hublink.Status, unplaced int64) (out []ui.Row) {
	add := func(key, value, note string) {
		out = append(out, ui.Row{Key: w.T(key), Value: value, Note: note})
	}
	add("exchange.fact.until", w.Clocked(st.Until), w.T("exchange.fact.until.note"))
	add("exchange.fact.contact", w.Clocked(st.Contact), "")
	add("exchange.fact.attempt", w.Clocked(st.Attempt), "")
	oldest := ""
	if st.Unsent > 0 {
		oldest = w.T("exchange.fact.oldest", "when", w.Clocked(st.Oldest))
	}
	add("exchange.fact.unsent", w.Number(int(st.Unsent)), oldest)
	add("exchange.fact.unplaced", w.Number(int(unplaced-st.Unsent)), "")
	add("exchange.fact.risk", w.Number(int(st.AtRisk)), w.T("exchange.fact.risk.note"))
	if st.Clocks {
		add("exchange.fact.drift", w.drift(st.Drift, st.Contact), w.T("exchange.drift.note"))
	}
	if st.Backs > 0 {
		add("exchange.fact.backs", w.Number(int(st.Backs)), "")
	}
	for _, h := range st.Hubs {
		add("exchange.fact.hub", h, "")
	}
	return out
}

// waiting is the table of what the hub has not covered yet.
func (w words) waiting(list []hublink.Waiting) (t ui.Table) {
	t.Caption, t.Empty = w.T("exchange.waiting"), w.T("exchange.waiting.none")
	t.Head = w.Heads("exchange.col.written", "exchange.col.what", "exchange.col.about", "#exchange.col.size", "exchange.col.state")
	for i := range list {
		x := &list[i]
		about := ui.Cell{Text: w.Or("conflict.kind."+x.Kind, x.Kind)}
		if x.Person != nil {
			about = ui.Cell{Text: x.Person.Number, Href: "/persona/" + x.Person.ID}
		}
		state := "exchange.here"
		if x.Sent {
			state = "exchange.sent"
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: w.Moment(x.Entry.At), Note: w.Who(x.Author)}, {Text: w.Or("officer.action."+x.Action, w.Or("exchange.action."+x.Action, w.T("exchange.action"))), Note: x.Entry.ID.String()},
			about, {Text: w.TN("exchange.bytes", x.Size)}, {Text: w.T(state)}})
	}
	return t
}

// roundTime is how long a try that an officer asked for may take.
const roundTime = time.Minute

// act tries the link now.
func (s *Room) act(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	if _, ok := authz.ScopeOf(v.Actor, authz.Search); !ok {
		return authz.Check(v.Actor, authz.Search, v.Actor.Office)
	}
	do := v.PostFormValue("do")
	if by, _ := s.App.Courier.Line(); by && (do == "cut" || do == "join") {
		s.App.Courier.SetLine(do == "cut")
		if do == "cut" {
			s.try(v) //nolint:errcheck // so that the page says at once that there is no link
			return s.Done(v, desk.LinkPath, v.Words.T("exchange.line.cut.done"))
		}
		do = "retry"
	}
	if do == "export" && s.App.Joined() {
		return s.export(v)
	}
	if !s.App.Joined() || do != "retry" {
		return fault.New(fault.Invalid, "officer.bad_form")
	}
	err := s.try(v)
	if err == nil {
		return s.Done(v, desk.LinkPath, v.Words.T("exchange.retried"))
	}
	s.Log.Warn("an officer tried the link", "err", err)
	page, failed := s.state(v)
	if failed != nil {
		return failed
	}
	page.Tell("warning", v.Words.T("exchange.retry.failed"))
	return s.Show(v, http.StatusOK, "state.html", page)
}

// export gives what waits as a sealed file: only the hub opens it.
func (s *Room) export(v *desk.Visit) error {
	if ok, err := s.Fresh(v); err != nil || !ok {
		return err
	}
	return s.give(v, "")
}

// try goes one round with the hub.
func (s *Room) try(v *desk.Visit) error {
	link, err := s.App.Courier.Link(v.Context(), s.Program, s.Hubs)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(v.Context(), roundTime)
	defer cancel()
	_, err = link.Round(ctx, 0, nil)
	return err
}
