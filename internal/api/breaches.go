package api

import (
	"net/http"
	"time"

	"quipu/internal/app/rights"
	"quipu/internal/change"
	"quipu/internal/registry"
	rules "quipu/internal/rights"
)

// breachIn is what is known of an incident.
type breachIn struct {
	What         string   `json:"what" must:"yes" most:"2000"`
	Consequences string   `json:"consequences" most:"2000"`
	Measures     string   `json:"measures" most:"2000"`
	Happened     string   `json:"happened" most:"20"`
	Noticed      string   `json:"noticed" must:"yes" most:"40"`
	Data         []string `json:"data" must:"yes" most:"50"`
	People       int      `json:"people" range:"0-100000000"`
	Certainty    string   `json:"certainty" must:"yes" most:"40"`
}

func (in *breachIn) command() (cmd rules.BreachCmd, err error) {
	cmd = rules.BreachCmd{What: in.What, Consequences: in.Consequences, Measures: in.Measures, People: in.People, Certainty: rules.Certainty(in.Certainty)}
	if cmd.Happened, err = dateIn(in.Happened, "/happened"); err != nil {
		return cmd, err
	}
	for _, s := range in.Data {
		cmd.Data = append(cmd.Data, registry.Section(s))
	}
	cmd.Noticed, err = moment(in.Noticed, "/noticed")
	return cmd, err
}

// moment reads a member that is a moment.
func moment(text, at string) (change.Stamp, error) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return change.Stamp{}, refuse(http.StatusBadRequest, "api.moment").at(at)
	}
	return change.StampOf(t), nil
}

// breachBody is an incident with its clocks. Moments are "" while they did not come.
type breachBody struct {
	Breach       string      `json:"breach"`
	Version      string      `json:"version"`
	Office       string      `json:"office"`
	What         string      `json:"what"`
	Consequences string      `json:"consequences"`
	Measures     string      `json:"measures"`
	Happened     string      `json:"happened"`
	Noticed      string      `json:"noticed"`
	Data         []string    `json:"data"`
	People       int         `json:"people"`
	Certainty    string      `json:"certainty"`
	Authority    string      `json:"authority"`
	Reference    string      `json:"reference"`
	Delay        string      `json:"delay"`
	Exempt       string      `json:"exempt"`
	Told         string      `json:"told"`
	ToldHow      string      `json:"told_how"`
	Untold       string      `json:"untold"`
	Closed       string      `json:"closed"`
	OfAuthority  clockBody   `json:"authority_clock"`
	OfPeople     clockBody   `json:"people_clock"`
	History      []eventBody `json:"history"`
}

func breachOf(p *rights.BreachPage) breachBody {
	b := &p.Breach
	data := []string{}
	for _, s := range b.Data {
		data = append(data, string(s))
	}
	return breachBody{b.Entity.ID, b.Head.String(), b.Office, b.What, b.Consequences, b.Measures, dateText(b.Happened), stampText(b.Noticed), data,
		b.People, string(b.Certainty), stampText(b.Authority), b.AuthorityReference, b.DelayReason, b.Exempt, stampText(b.Told), b.ToldHow, b.Untold,
		dateText(b.Closed), clockOf(p.Clocks.Authority), clockOf(p.Clocks.People), events(p.Changes)}
}

func breaches(c *call) (*reply, error) {
	limit, err := c.number("limit", 1, 200, 50)
	if err != nil {
		return nil, err
	}
	all, err := c.app().Breaches(c.Context(), c.actor, int(limit))
	if err != nil {
		return nil, err
	}
	out := []breachBody{}
	for i := range all {
		out = append(out, breachOf(&all[i]))
	}
	return ok(map[string]any{"breaches": out})
}

func getBreach(c *call) (*reply, error) {
	b, err := c.entity("breach", "breach")
	if err != nil {
		return nil, err
	}
	p, err := c.app().Breach(c.Context(), c.actor, b)
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusOK, headers: etag(p.Breach.Head), body: breachOf(p)}, nil
}

func openBreach(c *call) (*reply, error) {
	var in breachIn
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	c.point = members(&in)
	cmd, err := in.command()
	if err != nil {
		return nil, err
	}
	b, err := c.app().OpenBreach(c.Context(), c.actor, cmd)
	return begun("breach", "/breaches/", b, err)
}

func updateBreach(c *call) (*reply, error) {
	var in breachIn
	b, seen, err := c.decide(&in, "breach")
	if err != nil {
		return nil, err
	}
	cmd, err := in.command()
	if err != nil {
		return nil, err
	}
	return done(c.app().UpdateBreach(c.Context(), c.actor, b, cmd, seen))
}

func notifyAuthority(c *call) (*reply, error) {
	var in struct {
		At        string `json:"at" must:"yes" most:"40" field:"authority_at"`
		Reference string `json:"reference" most:"2000"`
		Delay     string `json:"delay" most:"2000"`
	}
	b, seen, err := c.decide(&in, "breach")
	if err != nil {
		return nil, err
	}
	at, err := moment(in.At, "/at")
	if err != nil {
		return nil, err
	}
	return done(c.app().NotifyAuthority(c.Context(), c.actor, b, at, in.Reference, in.Delay, seen))
}

func notifyPeople(c *call) (*reply, error) {
	var in struct {
		At  string `json:"at" must:"yes" most:"40" field:"told_at"`
		How string `json:"how" must:"yes" most:"2000" field:"told_how"`
	}
	b, seen, err := c.decide(&in, "breach")
	if err != nil {
		return nil, err
	}
	at, err := moment(in.At, "/at")
	if err != nil {
		return nil, err
	}
	return done(c.app().NotifyPeople(c.Context(), c.actor, b, at, in.How, seen))
}

// excuseBreach records why the authority, or the people, need not be told.
func excuseBreach(c *call) (*reply, error) {
	var in struct {
		People bool   `json:"people" must:"yes"`
		Reason string `json:"reason" must:"yes" most:"2000" field:"exempt,untold"`
	}
	b, seen, err := c.decide(&in, "breach")
	if err != nil {
		return nil, err
	}
	return done(c.app().ExcuseBreach(c.Context(), c.actor, b, in.People, in.Reason, seen))
}

func closeBreach(c *call) (*reply, error) {
	b, seen, err := c.decide(&struct{}{}, "breach")
	if err != nil {
		return nil, err
	}
	return done(c.app().CloseBreach(c.Context(), c.actor, b, seen))
}
