package rights

import (
	"net/http"
	"slices"
	"strings"

	app "quipu/internal/app/rights"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/place"
	"quipu/internal/rights"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type termsScreen struct {
	ui.Page
	Tabs         []ui.Link
	Classes      ui.Table
	Proposals    ui.Table
	Looked       bool
	Found        ui.Table
	Said, Office string
	Offices      []ui.Option // for who may propose at every office
	MayPropose   bool
}

// termsPage shows how long each class of data is kept, and what was proposed to be erased.
func (s *Room) termsPage(v *desk.Visit) error {
	page, err := s.termsScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "terms.html", page)
}

func (s *Room) termsScreen(v *desk.Visit) (*termsScreen, error) {
	all, err := s.App.Proposals(v.Context(), v.Actor, mostLines)
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return nil, err
	}
	w := words{v.Words}
	page := &termsScreen{Page: s.Frame(v, w.T("rights.terms.title"), home), Tabs: w.tabs(v, home+"/plazos"), Office: v.Actor.Office, MayPropose: true}
	page.Classes = ui.Table{Caption: w.T("rights.terms.classes"), Head: w.Heads("rights.terms.class", "rights.terms.source")}
	for _, c := range rights.Home().Classes {
		row := []ui.Cell{{Text: w.T("rights.class." + c.Name)}, {Text: c.Source}}
		if c.Acts() {
			row[0].Tag = ui.Tag{Text: w.T("rights.terms.acts"), Colour: "green"}
		}
		page.Classes.Rows = append(page.Classes.Rows, row)
	}
	page.Proposals = ui.Table{Caption: w.T("rights.terms.proposals"), Empty: w.T("rights.terms.noproposals"),
		Head: append(w.Heads("rights.terms.proposal", "rights.col.state", "officer.col.office", "rights.terms.by", "rights.terms.approver"), ui.Column{Text: w.T("rights.terms.people"), Numeric: true})}
	for _, p := range all {
		page.Proposals.Rows = append(page.Proposals.Rows, []ui.Cell{{Text: w.day(p.Day), Href: home + "/plazos/" + p.ID, Note: rights.Reference(p.ID)}, {Tag: w.stage(p.State)},
			{Text: w.Office(p.Office)}, {Text: w.Who(p.Author)}, {Text: w.Who(p.Approver)}, {Text: w.Number(int(p.People)), Numeric: true}})
	}
	if scope, _ := authz.ScopeOf(v.Actor, authz.Retention); scope.All {
		page.Offices = w.offices()
	}
	return page, nil
}

func (w words) stage(s string) ui.Tag {
	colour := map[string]string{string(rights.Proposed): "yellow", string(rights.Done): "green", string(rights.Rejected): "grey"}[s]
	return ui.Tag{Text: w.Or("rights.stage."+s, s), Colour: colour}
}

// lookOrPropose counts what is kept no longer at an office, or proposes to erase it.
func (s *Room) lookOrPropose(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	office := v.PostFormValue("office")
	if office == "" {
		office = v.Actor.Office
	}
	w := words{v.Words}
	if v.PostFormValue("do") == "propose" {
		proposal, people, err := s.App.ProposeRetention(v.Context(), v.Actor, office)
		if err == nil {
			return s.Done(v, home+"/plazos/"+proposal, w.TN("rights.terms.proposed", people))
		}
		if fault.KindOf(err) != fault.Conflict {
			return err
		}
		return s.termsAgain(v, office, func(page *termsScreen) { page.Fail(err) })
	}
	found, err := s.App.WhatIsDue(v.Context(), v.Actor, office, 0, nil)
	if err != nil {
		return err
	}
	return s.termsAgain(v, office, func(page *termsScreen) { w.found(page, found) })
}

func (s *Room) termsAgain(v *desk.Visit, office string, more func(*termsScreen)) error {
	page, err := s.termsScreen(v)
	if err != nil {
		return err
	}
	page.Office = office
	more(page)
	status := http.StatusOK
	if len(page.Errors) > 0 {
		status = http.StatusConflict
	}
	return s.Show(v, status, "terms.html", page)
}

func (w words) found(page *termsScreen, found app.DueReport) {
	page.Looked = true
	page.Said = w.TN("rights.terms.looked", found.People, "office", w.Office(page.Office))
	page.Found = ui.Table{Caption: w.T("rights.terms.due"), Empty: w.T("rights.terms.nothing"),
		Head: []ui.Column{{Text: w.T("rights.terms.class")}, {Text: w.T("rights.terms.people"), Numeric: true}}}
	for _, c := range rights.Home().Classes {
		if n := found.Classes[c.Name]; n > 0 {
			page.Found.Rows = append(page.Found.Rows, []ui.Cell{{Text: w.T("rights.class." + c.Name)}, {Text: w.Number(n), Numeric: true}})
		}
	}
}

type proposalScreen struct {
	ui.Page
	ID, Reference, Seen        string
	State                      ui.Tag
	Rows                       []ui.Row
	People                     ui.Table
	Events                     []ui.Event
	MayApprove, MayReject, Own bool
	Reason                     string
	Request                    string
}

func (s *Room) proposalPage(v *desk.Visit) error {
	page, err := s.proposalScreen(v)
	if err != nil {
		return err
	}
	if page.MayApprove { // what is erased does not come back: the password once more
		if ok, err := s.Fresh(v); err != nil || !ok {
			return err
		}
	}
	return s.Show(v, http.StatusOK, "proposal.html", page)
}

func (s *Room) proposalScreen(v *desk.Visit) (*proposalScreen, error) {
	p, err := s.App.Proposal(v.Context(), v.Actor, v.PathValue("proposal"))
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return nil, err
	}
	w, x := words{v.Words}, &p.Proposal
	page := &proposalScreen{Page: s.Frame(v, w.T("rights.proposal.title"), home), ID: x.Entity.ID, Reference: rights.Reference(x.Entity.ID), Seen: x.Head.String(),
		State: w.stage(string(x.Stage)), Events: w.events(p.Changes, "reason"), MayApprove: p.May.Approve, MayReject: p.May.Reject,
		Own: x.Stage == rights.Proposed && x.Created.Author == v.Actor.Login, Request: x.Request}
	page.Back.Href = home + "/plazos"
	page.Rows = []ui.Row{{Key: w.T("officer.col.office"), Value: w.Office(x.Office)}, {Key: w.T("rights.terms.by"), Value: w.Who(x.Created.Author), Note: w.Stamp(x.Created.At)}}
	if x.Reason != "" {
		page.Rows = append(page.Rows, ui.Row{Key: w.T("rights.reason"), Value: x.Reason})
	}
	if x.Stage != rights.Proposed {
		page.Rows = append(page.Rows, ui.Row{Key: w.T("rights.terms.approver"), Value: w.Who(x.Approver), Note: w.Stamp(x.Updated)})
	}
	if x.Stage == rights.Done {
		page.Rows = append(page.Rows, ui.Row{Key: w.T("rights.terms.people"), Value: w.Number(x.Erased)})
	}
	page.People = w.items(x, p.People)
	return page, nil
}

// shownPeople bounds the weight of the page.
const shownPeople = 200

// items lists whom a proposal is about, and what of them.
func (w words) items(x *rights.Proposal, people map[string]app.PersonRow) ui.Table {
	t := ui.Table{Caption: w.TN("rights.proposal.people", len(x.Items)), Head: w.Heads("officer.col.number", "officer.col.name", "rights.proposal.what")}
	for i, it := range x.Items {
		if i == shownPeople {
			break
		}
		p := people[it.Person]
		var what []string
		for _, c := range it.Classes {
			if c != rights.ClassAsked || it.Data == "" {
				what = append(what, w.T("rights.short."+c))
			}
		}
		for _, d := range strings.Fields(it.Data) {
			what = append(what, w.dataName(d))
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: p.Number, Href: "/persona/" + it.Person}, {Text: called(p)}, {Text: strings.Join(what, ", ")}})
	}
	return t
}

func (s *Room) onProposal(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	last, err := v.Seen()
	if err != nil {
		return err
	}
	proposal, reason := v.PathValue("proposal"), v.PostFormValue("reason")
	said := v.Words.T("rights.done")
	if v.PostFormValue("do") == "approve" {
		if ok, err := s.Fresh(v); err != nil || !ok {
			return err
		}
		var people int
		people, err = s.App.ApproveProposal(v.Context(), v.Actor, proposal, last)
		said = words{v.Words}.TN("rights.proposal.erased", people)
	} else {
		err = s.App.RejectProposal(v.Context(), v.Actor, proposal, reason, last)
	}
	if err == nil {
		return s.Done(v, home+"/plazos/"+proposal, said)
	}
	if fault.KindOf(err) != fault.Invalid {
		return err
	}
	page, err2 := s.proposalScreen(v)
	if err2 != nil {
		return err2
	}
	page.Fail(err)
	page.Reason = reason
	return s.Show(v, http.StatusUnprocessableEntity, "proposal.html", page)
}

// offices are the career posts, by name.
func (w words) offices() (out []ui.Option) {
	for _, o := range place.Network().Offices() {
		if o.Career() {
			out = append(out, ui.Option{Value: o.Code, Label: o.Name(string(w.Lang)) + " (" + o.Code + ")"})
		}
	}
	slices.SortFunc(out, func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	return out
}
