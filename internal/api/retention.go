package api

import (
	"net/http"

	"quipu/internal/fault"
	rules "quipu/internal/rights"
)

// dueBody is a person of whom something is kept no longer.
type dueBody struct {
	Person  string   `json:"person"`
	Number  string   `json:"number"`
	Classes []string `json:"classes"`
}

// retentionDue lists what is kept no longer at the officer's office. It looks at people one
// after another until the list is full, so one runs at a time.
func retentionDue(c *call) (*reply, error) {
	limit, err := c.number("limit", 1, 500, 50)
	if err != nil {
		return nil, err
	}
	leave, err := c.alone()
	if err != nil {
		return nil, err
	}
	defer leave()
	r, err := c.app().WhatIsDue(c.Context(), c.actor, c.actor.Office, int(limit), nil)
	if err != nil {
		return nil, err
	}
	out := []dueBody{}
	for _, l := range r.Lines {
		b := dueBody{l.Who.ID, l.Who.Number, []string{}}
		for _, d := range l.Due {
			b.Classes = append(b.Classes, d.Class)
		}
		out = append(out, b)
	}
	return ok(map[string]any{"office": c.actor.Office, "looked_at": r.People, "more": r.More, "people": out})
}

// alone lets one long piece of work run at a time.
func (c *call) alone() (leave func(), err error) {
	select {
	case c.server.verify <- struct{}{}:
		return func() { <-c.server.verify }, nil
	default:
		return nil, fault.New(fault.Unavailable, "api.verifying")
	}
}

type proposalLine struct {
	Proposal string `json:"proposal"`
	Office   string `json:"office"`
	State    string `json:"state"`
	Day      string `json:"day"`
	Author   string `json:"author"`
	Approver string `json:"approver"`
	People   int64  `json:"people"`
	Request  string `json:"request"`
}

func proposals(c *call) (*reply, error) {
	limit, err := c.number("limit", 1, 200, 50)
	if err != nil {
		return nil, err
	}
	all, err := c.app().Proposals(c.Context(), c.actor, int(limit))
	if err != nil {
		return nil, err
	}
	out := []proposalLine{}
	for _, p := range all {
		out = append(out, proposalLine{p.ID, p.Office, p.State, p.Day, p.Author, p.Approver, p.People, p.Request})
	}
	return ok(map[string]any{"proposals": out})
}

// proposalItem is a person in a proposal: the classes that are kept no longer, and what a
// person asked to have erased.
type proposalItem struct {
	Person  string   `json:"person"`
	Number  string   `json:"number"`
	Classes []string `json:"classes"`
	Data    string   `json:"data"`
}

func getProposal(c *call) (*reply, error) {
	e, err := c.entity("proposal", "proposal")
	if err != nil {
		return nil, err
	}
	page, err := c.app().Proposal(c.Context(), c.actor, e)
	if err != nil {
		return nil, err
	}
	p, items := &page.Proposal, []proposalItem{}
	for _, it := range p.Items {
		items = append(items, proposalItem{it.Person, page.People[it.Person].Number, filled(it.Classes), it.Data})
	}
	people := int64(len(items))
	if p.Stage == rules.Done {
		people = int64(p.Erased)
	}
	return &reply{status: http.StatusOK, headers: etag(p.Head), body: struct {
		proposalLine
		Version string         `json:"version"`
		Reason  string         `json:"reason"`
		Items   []proposalItem `json:"items"`
		History []eventBody    `json:"history"`
	}{proposalLine{e, p.Office, string(p.Stage), dateText(p.Day), p.Created.Author, p.Approver, people, p.Request}, p.Head.String(), p.Reason,
		items, events(page.Changes)}}, nil
}

// proposeRetention proposes to erase what is kept no longer at the officer's office; another
// officer approves it, on the screen.
func proposeRetention(c *call) (*reply, error) {
	if err := c.decode(&struct{}{}); err != nil {
		return nil, err
	}
	leave, err := c.alone()
	if err != nil {
		return nil, err
	}
	defer leave()
	p, _, err := c.app().ProposeRetention(c.Context(), c.actor, c.actor.Office)
	return begun("proposal", "/retention/proposals/", p, err)
}

// proposeErasure proposes to erase what a person asked for.
func proposeErasure(c *call) (*reply, error) {
	var in struct {
		Data   string `json:"data" must:"yes" most:"400"`
		Reason string `json:"reason" must:"yes" most:"2000"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	c.point = members(&in)
	q, err := c.entity("request", "request")
	if err != nil {
		return nil, err
	}
	p, err := c.app().ProposeErasure(c.Context(), c.actor, q, in.Data, in.Reason)
	return begun("proposal", "/retention/proposals/", p, err)
}

func rejectProposal(c *call) (*reply, error) {
	var in struct {
		Reason string `json:"reason" must:"yes" most:"2000"`
	}
	p, seen, err := c.decide(&in, "proposal")
	if err != nil {
		return nil, err
	}
	return done(c.app().RejectProposal(c.Context(), c.actor, p, in.Reason, seen))
}
