package rights

import (
	"net/http"
	"strings"

	"quipu/internal/fault"
	"quipu/internal/rights"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type othersScreen struct {
	ui.Page
	Tabs  []ui.Link
	Table ui.Table
}

// othersPage is the register of those who asked from outside for data of people.
func (s *Room) othersPage(v *desk.Visit) error {
	all, err := s.App.Disclosures(v.Context(), v.Actor, mostLines)
	if err != nil {
		return err
	}
	w := words{v.Words}
	page := &othersScreen{Page: s.Frame(v, w.T("rights.other.title"), home), Tabs: w.tabs(v, home+"/terceros")}
	page.Table = ui.Table{Caption: w.T("rights.other.title"), Empty: w.T("rights.other.none"),
		Head: w.Heads("rights.other.asker", "rights.other.aim", "rights.col.state", "rights.col.clock", "rights.col.received", "officer.col.office")}
	for i := range all {
		d := &all[i].Disclosure
		page.Table.Rows = append(page.Table.Rows, []ui.Cell{{Text: d.AskerName, Href: home + "/terceros/" + d.Entity.ID, Note: w.T("rights.asker." + string(d.Asker))},
			{Text: w.T("rights.aim." + string(d.Aim))}, {Tag: w.state(d.State)}, {Tag: w.clock(all[i].Clock)}, {Text: w.day(d.Text("received"))}, {Text: w.Office(d.Office)}})
	}
	return s.Show(v, http.StatusOK, "others.html", page)
}

type newOtherScreen struct {
	ui.Page
	Askers, Aims                                []ui.Option
	Asker, Aim, AskerName, Basis, Wants, Person string
	Received                                    ui.DateParts
}

func (s *Room) newOtherPage(v *desk.Visit) error {
	page, err := s.newOtherScreen(v)
	if err != nil {
		return err
	}
	page.Received = ui.PartsOf(v.Words.Today.String())
	return s.Show(v, http.StatusOK, "newother.html", page)
}

func (s *Room) newOtherScreen(v *desk.Visit) (*newOtherScreen, error) {
	if _, err := s.App.Disclosures(v.Context(), v.Actor, 1); err != nil {
		return nil, err
	}
	w := words{v.Words}
	page := &newOtherScreen{Page: s.Frame(v, w.T("rights.other.new"), home), Askers: desk.Choices(w.Words, "rights.asker.", rights.Askers), Aims: desk.Choices(w.Words, "rights.aim.", rights.Aims)}
	page.Back.Href, page.Narrow = home+"/terceros", true
	return page, nil
}

// newOther takes a request from outside in. A person is named by the registry number.
func (s *Room) newOther(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	get := v.PostFormValue
	cmd := rights.DisclosureCmd{Asker: rights.Asker(get("asker")), AskerName: get("asker_name"), Basis: get("basis"), Aim: rights.Aim(get("aim")), Wants: get("wants")}
	var err error
	if cmd.Received, err = v.Day("received"); err == nil && strings.TrimSpace(get("number")) != "" {
		if cmd.Person, err = s.App.FindNumber(v.Context(), v.Actor, strings.TrimSpace(get("number"))); fault.KindOf(err) == fault.NotFound {
			err = fault.New(fault.Invalid, "rights.number").On("number")
		}
	}
	disclosure := ""
	if err == nil {
		disclosure, err = s.App.OpenDisclosure(v.Context(), v.Actor, cmd)
	}
	if err == nil {
		return s.Done(v, home+"/terceros/"+disclosure, v.Words.T("rights.opened"))
	}
	if fault.KindOf(err) != fault.Invalid {
		return err
	}
	page, err2 := s.newOtherScreen(v)
	if err2 != nil {
		return err2
	}
	page.Fail(err)
	page.Asker, page.Aim, page.AskerName, page.Basis, page.Wants, page.Person = get("asker"), get("aim"), get("asker_name"), get("basis"), get("wants"), get("number")
	page.Received = ui.FormDate(v.Request, "received")
	return s.Show(v, http.StatusUnprocessableEntity, "newother.html", page)
}

type otherScreen struct {
	ui.Page
	ID, Reference, Seen, Person string
	State, Clock                ui.Tag
	Rows                        []ui.Row
	Events                      []ui.Event
	Open                        bool
	Proposed                    string // the answer that the register proposes, in words
	Answers                     []ui.Option
	Answer, Reason, Given       string
}

func (s *Room) otherPage(v *desk.Visit) error {
	page, err := s.otherScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "other.html", page)
}

func (s *Room) otherScreen(v *desk.Visit) (*otherScreen, error) {
	p, err := s.App.Disclosure(v.Context(), v.Actor, v.PathValue("disclosure"))
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return nil, err
	}
	w, d := words{v.Words}, &p.Disclosure
	page := &otherScreen{Page: s.Frame(v, w.T("rights.other.one"), home), ID: d.Entity.ID, Reference: rights.Reference(d.Entity.ID), Seen: d.Head.String(), Person: d.Person,
		State: w.state(d.State), Clock: w.clock(p.Clock), Events: w.events(p.Changes, "reason", "given"), Open: d.State.Open(), Answers: desk.Choices(w.Words, "rights.answer.", rights.Answers)}
	page.Back.Href = home + "/terceros"
	page.Rows = []ui.Row{{Key: w.T("rights.other.asker"), Value: d.AskerName, Note: w.T("rights.asker." + string(d.Asker))}, {Key: w.T("rights.other.aim"), Value: w.T("rights.aim." + string(d.Aim))},
		{Key: w.T("rights.other.wants"), Value: d.Wants}, {Key: w.T("rights.other.basis"), Value: d.Basis}, {Key: w.T("rights.row.received"), Value: w.day(d.Text("received")), Note: w.Office(d.Office)},
		{Key: w.T("rights.row.due"), Value: w.until(p.Clock), Tag: page.Clock}}
	if d.Person != "" {
		page.Rows = append(page.Rows, ui.Row{Key: w.T("rights.col.person"), Value: called(p.Who), Note: p.Who.Number})
	}
	if d.Reason != "" {
		page.Rows = append(page.Rows, ui.Row{Key: w.T("rights.row.reason"), Value: d.Reason, Note: w.day(d.Text("closed"))})
	}
	if d.Given != "" {
		page.Rows = append(page.Rows, ui.Row{Key: w.T("rights.other.given"), Value: d.Given})
	}
	answer, final := rights.ProposedAnswer(d.Aim)
	if page.Open && answer != "" {
		page.Answer, page.Proposed = string(answer), w.T("rights.other.proposed")
	}
	if page.Open && final {
		page.Proposed, page.Answers = w.T("rights.other.final"), page.Answers[len(page.Answers)-1:]
	}
	return page, nil
}

func (s *Room) onOther(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	last, err := v.Seen()
	if err != nil {
		return err
	}
	get := v.PostFormValue
	err = s.App.AnswerDisclosure(v.Context(), v.Actor, v.PathValue("disclosure"), rights.State(get("state")), get("reason"), get("given"), last)
	if err == nil {
		return s.Done(v, home+"/terceros/"+v.PathValue("disclosure"), v.Words.T("rights.done"))
	}
	if k := fault.KindOf(err); k != fault.Invalid && !fault.Is(err, "rights.never_given") {
		return err
	}
	page, err2 := s.otherScreen(v)
	if err2 != nil {
		return err2
	}
	page.Fail(err)
	page.Answer, page.Reason, page.Given = get("state"), get("reason"), get("given")
	return s.Show(v, http.StatusUnprocessableEntity, "other.html", page)
}
