package rights

import (
	"net/http"
	"slices"

	app "quipu/internal/app/rights"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/rights"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type requestScreen struct {
	ui.Page
	ID, Person, Reference, Seen string
	Clock, State                ui.Tag
	Rows                        []ui.Row
	Events                      []ui.Event
	Open, MayBegin, MayExtend   bool
	MayDecide, MayErase, MayOwn bool
	Answers, Outcomes, Data     []ui.Option
	Handed                      []string
	Erasures                    []ui.Link
	F                           requestForm
}

// requestForm is what was typed, when it must be typed again.
type requestForm struct {
	State, Reason, Outcome, ExtendReason, WithdrawReason, EraseData, EraseReason string
	Told                                                                         bool
}

func (s *Room) requestPage(v *desk.Visit) error {
	page, err := s.requestScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "request.html", page)
}

func (s *Room) requestScreen(v *desk.Visit) (*requestScreen, error) {
	p, err := s.App.Request(v.Context(), v.Actor, v.PathValue("request"))
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return nil, err
	}
	w, q := words{v.Words}, &p.Request
	page := &requestScreen{Page: s.Frame(v, w.T("rights.kind."+string(q.Kind))+" – "+called(p.Who), home), ID: q.Entity.ID, Person: q.Person,
		Reference: rights.Reference(q.Entity.ID), Seen: q.Head.String(), Clock: w.clock(p.Clock), State: w.state(q.State),
		Open: q.State.Open(), Events: w.events(p.Changes, "extend_reason", "reason")}
	page.Back.Href = home
	page.Rows = w.requestRows(p)
	open := q.State.Open() && p.May.Decide
	page.MayDecide = open
	page.MayBegin = open && q.State == rights.Received
	page.MayExtend = open && q.State != rights.Extended && p.Term.Extension > 0 && !v.Words.Today.After(q.Due)
	page.MayOwn = q.State.Open() && p.May.Disclose && (q.Kind == rights.Access || q.Kind == rights.Portability)
	page.MayErase = q.State.Open() && p.May.Erase && (q.Kind == rights.Cancellation || q.Kind == rights.Opposition)
	page.Answers = desk.Choices(w.Words, "rights.answer.", rights.Answers)
	for _, d := range p.Outcomes {
		page.Outcomes = append(page.Outcomes, ui.Option{Value: d.Change.String(), Label: w.Or("officer.action."+d.Action, w.Or("rights.did."+d.Action, d.Action)) + " · " + w.Stamp(d.At) + " · " + w.Who(d.Author)})
	}
	for _, d := range slices.Concat([]string{"person"}, rights.Erasable) {
		page.Data = append(page.Data, ui.Option{Value: d, Label: w.dataName(d)})
	}
	for _, d := range p.Handed {
		page.Handed = append(page.Handed, w.day(d.Received))
	}
	for _, e := range p.Erasures {
		page.Erasures = append(page.Erasures, ui.Link{Text: w.T("rights.stage."+e.State) + " · " + w.day(e.Day), Href: home + "/plazos/" + e.ID})
	}
	return page, nil
}

// dataName names what can be erased.
func (w words) dataName(data string) string {
	switch data {
	case "person":
		return w.T("rights.data.person")
	case "photo":
		return w.Label("photo")
	}
	return w.T("section." + data[len("section:"):])
}

func (w words) requestRows(p *app.RequestPage) []ui.Row {
	q := &p.Request
	rows := []ui.Row{{Key: w.T("rights.col.person"), Value: called(p.Who), Note: p.Who.Number},
		{Key: w.T("rights.row.received"), Value: w.day(q.Text("received")), Note: w.T("rights.channel."+q.Channel) + " · " + w.Office(q.Office)},
		{Key: w.T("rights.row.due"), Value: w.until(p.Clock), Tag: w.clock(p.Clock)}}
	add := func(key, value, note string) {
		if value != "" {
			rows = append(rows, ui.Row{Key: w.T(key), Value: value, Note: note})
		}
	}
	add("rights.row.wants", q.Wants, "")
	add("rights.row.representative", q.Representative, q.Shown)
	add("rights.row.extended", q.ExtendReason, "")
	add("rights.row.reason", q.Reason, w.day(q.Text("closed")))
	if !q.Outcome.IsZero() {
		for _, d := range p.Outcomes {
			if d.Change == q.Outcome {
				add("rights.row.outcome", w.Or("officer.action."+d.Action, w.Or("rights.did."+d.Action, d.Action)), w.Stamp(d.At)+" · "+d.Change.String())
			}
		}
	}
	if q.Told {
		add("rights.row.told", w.T("ui.yes"), "")
	}
	return rows
}

// onRequest does what the button says.
func (s *Room) onRequest(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	last, err := v.Seen()
	if err != nil {
		return err
	}
	request, get := v.PathValue("request"), v.PostFormValue
	f := requestForm{State: get("state"), Reason: get("reason"), Outcome: get("outcome"), ExtendReason: get("extend_reason"), WithdrawReason: get("withdraw_reason"),
		EraseData: get("data"), EraseReason: get("erase_reason"), Told: get("told") != ""}
	to := home + "/solicitudes/" + request
	switch get("do") {
	case "begin":
		err = s.App.BeginRequest(v.Context(), v.Actor, request, last)
	case "extend":
		err = s.App.ExtendRequest(v.Context(), v.Actor, request, f.ExtendReason, last)
	case "withdraw":
		err = on(s.App.WithdrawRequest(v.Context(), v.Actor, request, f.WithdrawReason, last), "reason", "withdraw_reason")
	case "erase":
		var proposal string
		proposal, err = s.App.ProposeErasure(v.Context(), v.Actor, request, f.EraseData, f.EraseReason)
		err = on(err, "reason", "erase_reason")
		if proposal != "" {
			to = home + "/plazos/" + proposal
		}
	default:
		var outcome id.Change
		if outcome, err = id.ParseChange(f.Outcome); err != nil {
			return fault.New(fault.Invalid, "officer.bad_form").Because(err)
		}
		err = s.App.AnswerRequest(v.Context(), v.Actor, request, rights.Answer{State: rights.State(f.State), Reason: f.Reason, Told: f.Told, Outcome: outcome}, last)
	}
	if err == nil {
		return s.Done(v, to, v.Words.T("rights.done"))
	}
	page, err := s.again(v, err)
	if err != nil {
		return err
	}
	page.F = f
	return s.Show(v, http.StatusUnprocessableEntity, "request.html", page)
}

// again is the page once more with what is wrong, when the officer can mend it there.
func (s *Room) again(v *desk.Visit, problem error) (*requestScreen, error) {
	if fault.KindOf(problem) != fault.Invalid && (fault.KindOf(problem) != fault.Conflict || fault.Is(problem, "rights.moved")) {
		return nil, problem
	}
	page, err := s.requestScreen(v)
	if err == nil {
		page.Fail(problem)
	}
	return page, err
}

// on is a fault about another input: two forms of a page ask for a reason.
func on(err error, field, input string) error {
	if f := fault.As(err); f != nil && f.Field == field {
		return f.On(input)
	}
	return err
}
