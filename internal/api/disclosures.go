package api

import (
	"net/http"

	"quipu/internal/app/rights"
	"quipu/internal/id"
	rules "quipu/internal/rights"
)

// disclosureBody is a request of somebody else for data of a person.
type disclosureBody struct {
	Disclosure string      `json:"disclosure"`
	Version    string      `json:"version"`
	Office     string      `json:"office"`
	Person     string      `json:"person"`
	Asker      string      `json:"asker"`
	AskerName  string      `json:"asker_name"`
	Basis      string      `json:"basis"`
	Aim        string      `json:"aim"`
	Wants      string      `json:"wants"`
	State      string      `json:"state"`
	Reason     string      `json:"reason"`
	Given      string      `json:"given"`
	Received   string      `json:"received"`
	Closed     string      `json:"closed"`
	Clock      clockBody   `json:"clock"`
	Proposed   string      `json:"proposed_state"`
	Final      bool        `json:"final"`
	History    []eventBody `json:"history"`
}

func disclosureOf(p *rights.DisclosurePage) disclosureBody {
	d := &p.Disclosure
	proposed, final := rules.ProposedAnswer(d.Aim)
	return disclosureBody{d.Entity.ID, d.Head.String(), d.Office, d.Person, string(d.Asker), d.AskerName, d.Basis, string(d.Aim), d.Wants,
		string(d.State), d.Reason, d.Given, dateText(d.Received), dateText(d.Closed), clockOf(p.Clock), string(proposed), final, events(p.Changes)}
}

func disclosures(c *call) (*reply, error) {
	limit, err := c.number("limit", 1, 200, 50)
	if err != nil {
		return nil, err
	}
	all, err := c.app().Disclosures(c.Context(), c.actor, int(limit))
	if err != nil {
		return nil, err
	}
	out := []disclosureBody{}
	for i := range all {
		out = append(out, disclosureOf(&all[i]))
	}
	return ok(map[string]any{"disclosures": out})
}

func getDisclosure(c *call) (*reply, error) {
	d, err := c.entity("disclosure", "disclosure")
	if err != nil {
		return nil, err
	}
	p, err := c.app().Disclosure(c.Context(), c.actor, d)
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusOK, headers: etag(p.Disclosure.Head), body: disclosureOf(p)}, nil
}

func openDisclosure(c *call) (*reply, error) {
	var in struct {
		Person    string `json:"person" most:"26"`
		Asker     string `json:"asker" must:"yes" most:"40"`
		AskerName string `json:"asker_name" must:"yes" most:"2000"`
		Basis     string `json:"basis" most:"2000"`
		Aim       string `json:"aim" must:"yes" most:"40"`
		Wants     string `json:"wants" must:"yes" most:"2000"`
		Received  string `json:"received" most:"10"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	c.point = members(&in)
	received, err := c.dayIn(in.Received, "/received")
	if err != nil {
		return nil, err
	}
	if in.Person != "" && !id.Entity(in.Person).Valid() {
		return nil, missing("person", in.Person)
	}
	d, err := c.app().OpenDisclosure(c.Context(), c.actor, rules.DisclosureCmd{Person: in.Person, AskerName: in.AskerName, Basis: in.Basis, Wants: in.Wants,
		Asker: rules.Asker(in.Asker), Aim: rules.Aim(in.Aim), Received: received})
	return begun("disclosure", "/disclosures/", d, err)
}

func answerDisclosure(c *call) (*reply, error) {
	var in struct {
		State  string `json:"state" must:"yes" most:"40"`
		Reason string `json:"reason" must:"yes" most:"2000"`
		Given  string `json:"given" most:"2000"`
	}
	d, seen, err := c.decide(&in, "disclosure")
	if err != nil {
		return nil, err
	}
	return done(c.app().AnswerDisclosure(c.Context(), c.actor, d, rules.State(in.State), in.Reason, in.Given, seen))
}
