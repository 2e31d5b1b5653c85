package api

import (
	"net/http"

	"quipu/internal/app/rights"
	"quipu/internal/change"
	"quipu/internal/i18n"
	"quipu/internal/id"
	rules "quipu/internal/rights"
)

// clockBody is a term as it stands: in working days to the end of due, or in hours to due_at.
type clockBody struct {
	Pace  string `json:"pace"`
	Unit  string `json:"unit"`
	Left  int    `json:"left"`
	Due   string `json:"due"`
	DueAt string `json:"due_at"`
}

func clockOf(k rules.Clock) clockBody {
	return clockBody{string(k.Pace), string(k.Unit), k.Left, dateText(k.Due), stampText(k.DueAt)}
}

// stampText is "" for a moment that did not come.
func stampText(s change.Stamp) string {
	if s.Micros == 0 {
		return ""
	}
	return s.String()
}

// eventBody is one change of something that is decided about.
type eventBody struct {
	Version string `json:"version"`
	At      string `json:"at"`
	Author  string `json:"author"`
	Action  string `json:"action"`
}

func events(changes []change.Change) []eventBody {
	out := []eventBody{}
	for _, x := range changes {
		out = append(out, eventBody{x.ID.String(), x.At.String(), x.Author, x.Action})
	}
	return out
}

// requestLine is a request in a list.
type requestLine struct {
	Request  string    `json:"request"`
	Kind     string    `json:"kind"`
	State    string    `json:"state"`
	Person   string    `json:"person"`
	Office   string    `json:"office"`
	Received string    `json:"received"`
	Closed   string    `json:"closed"`
	Clock    clockBody `json:"clock"`
}

func requestLines(all []rights.RequestLine) []requestLine {
	out := []requestLine{}
	for _, q := range all {
		out = append(out, requestLine{q.ID, q.Kind, q.State, q.Person, q.Office, q.Received, q.Closed, clockOf(q.Clock)})
	}
	return out
}

// inbox lists requests that wait, or with answered=true those that were answered.
func inbox(c *call) (*reply, error) {
	limit, err := c.number("limit", 1, 500, 100)
	if err != nil {
		return nil, err
	}
	answered, err := c.yes("answered")
	if err != nil {
		return nil, err
	}
	all, err := c.app().Inbox(c.Context(), c.actor, answered, int(limit))
	if err != nil {
		return nil, err
	}
	return ok(map[string]any{"requests": requestLines(all)})
}

func requestsOf(c *call) (*reply, error) {
	person, err := c.person()
	if err != nil {
		return nil, err
	}
	all, err := c.app().RequestsOf(c.Context(), c.actor, person)
	if err != nil {
		return nil, err
	}
	return ok(map[string]any{"person": person, "requests": requestLines(all)})
}

func countRequests(c *call) (*reply, error) {
	type tally struct {
		Kind     string `json:"kind"`
		Received int64  `json:"received"`
		Attended int64  `json:"attended"`
		Denied   int64  `json:"denied"`
		Waiting  int64  `json:"waiting"`
	}
	all, err := c.app().CountRequests(c.Context(), c.actor)
	if err != nil {
		return nil, err
	}
	out := []tally{}
	for _, t := range all {
		out = append(out, tally{string(t.Kind), t.Received, t.Attended, t.Denied, t.Waiting})
	}
	return ok(map[string]any{"counts": out})
}

func openRequest(c *call) (*reply, error) {
	var in struct {
		Kind           string `json:"kind" must:"yes" most:"40"`
		Channel        string `json:"channel" must:"yes" most:"40"`
		Representative string `json:"representative" most:"2000"`
		Shown          string `json:"shown" most:"2000"`
		Wants          string `json:"wants" most:"2000"`
		Received       string `json:"received" most:"10"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	c.point = members(&in)
	received, err := c.dayIn(in.Received, "/received")
	if err != nil {
		return nil, err
	}
	person, err := c.person()
	if err != nil {
		return nil, err
	}
	request, err := c.app().OpenRequest(c.Context(), c.actor, rules.RequestCmd{Kind: rules.Kind(in.Kind), Person: person, Channel: in.Channel,
		Representative: in.Representative, Shown: in.Shown, Wants: in.Wants, Received: received})
	return begun("request", "/requests/", request, err)
}

// begun answers that something was taken in, which has a version of its own from now on.
func begun(name, at, entity string, err error) (*reply, error) {
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusCreated, headers: map[string]string{"Location": Prefix + at + entity}, body: map[string]any{name: entity}}, nil
}

// requestBody is a request as who answers it sees it.
type requestBody struct {
	requestLine
	Version        string      `json:"version"`
	Channel        string      `json:"channel"`
	Representative string      `json:"representative"`
	Shown          string      `json:"shown"`
	Wants          string      `json:"wants"`
	ExtendReason   string      `json:"extend_reason"`
	Reason         string      `json:"reason"`
	Told           bool        `json:"told"`
	Outcome        string      `json:"outcome"`
	Outcomes       []eventBody `json:"outcomes"`
	History        []eventBody `json:"history"`
}

func getRequest(c *call) (*reply, error) {
	request, err := c.entity("request", "request")
	if err != nil {
		return nil, err
	}
	p, err := c.app().Request(c.Context(), c.actor, request)
	if err != nil {
		return nil, err
	}
	q := &p.Request
	b := requestBody{requestLine: requestLine{request, string(q.Kind), string(q.State), q.Person, q.Office, dateText(q.Received), dateText(q.Closed), clockOf(p.Clock)},
		Version: q.Head.String(), Channel: q.Channel, Representative: q.Representative, Shown: q.Shown, Wants: q.Wants, ExtendReason: q.ExtendReason,
		Reason: q.Reason, Told: q.Told, Outcome: versionText(q.Outcome), Outcomes: []eventBody{}, History: events(p.Changes)}
	for _, d := range p.Outcomes {
		b.Outcomes = append(b.Outcomes, eventBody{d.Change.String(), d.At.String(), d.Author, d.Action})
	}
	return &reply{status: http.StatusOK, headers: etag(q.Head), body: b}, nil
}

func versionText(v id.Change) string {
	if v.IsZero() {
		return ""
	}
	return v.String()
}

// decide reads the body, and what was seen of the entity that the path names.
func (c *call) decide(in any, name string) (entity string, seen id.Change, err error) {
	if err = c.decode(in); err != nil {
		return "", seen, err
	}
	c.point = members(in)
	if seen, err = c.seen(); err != nil {
		return "", seen, err
	}
	entity, err = c.entity(name, name)
	return entity, seen, err
}

func beginRequest(c *call) (*reply, error) {
	q, seen, err := c.decide(&struct{}{}, "request")
	if err != nil {
		return nil, err
	}
	return done(c.app().BeginRequest(c.Context(), c.actor, q, seen))
}

func extendRequest(c *call) (*reply, error) {
	var in struct {
		Reason string `json:"reason" must:"yes" most:"2000" field:"extend_reason"`
	}
	q, seen, err := c.decide(&in, "request")
	if err != nil {
		return nil, err
	}
	return done(c.app().ExtendRequest(c.Context(), c.actor, q, in.Reason, seen))
}

func answerRequest(c *call) (*reply, error) {
	var in struct {
		State   string `json:"state" must:"yes" most:"40"`
		Reason  string `json:"reason" must:"yes" most:"2000"`
		Told    bool   `json:"told"`
		Outcome string `json:"outcome" most:"60"`
	}
	q, seen, err := c.decide(&in, "request")
	if err != nil {
		return nil, err
	}
	outcome, err := id.ParseChange(in.Outcome)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "api.base").at("/outcome")
	}
	return done(c.app().AnswerRequest(c.Context(), c.actor, q, rules.Answer{State: rules.State(in.State), Reason: in.Reason, Told: in.Told, Outcome: outcome}, seen))
}

func withdrawRequest(c *call) (*reply, error) {
	var in struct {
		Reason string `json:"reason" must:"yes" most:"2000"`
	}
	q, seen, err := c.decide(&in, "request")
	if err != nil {
		return nil, err
	}
	return done(c.app().WithdrawRequest(c.Context(), c.actor, q, in.Reason, seen))
}

// ownData hands out everything that the register holds about a person. It is put on record
// each time, and no copy of it is kept for a repeat.
func ownData(c *call) (*reply, error) {
	var in struct {
		Request  string `json:"request" most:"26"`
		Language string `json:"language" most:"2"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	c.point = members(&in)
	lang := c.lang
	if in.Language != "" {
		known, ok := i18n.Known(in.Language)
		if !ok {
			return nil, refuse(http.StatusUnprocessableEntity, "api.language").at("/language")
		}
		lang = known
	}
	person, err := c.person()
	if err != nil {
		return nil, err
	}
	if in.Request != "" && !id.Entity(in.Request).Valid() {
		return nil, missing("request", in.Request)
	}
	out, err := c.app().HandOut(c.Context(), c.actor, person, rights.FormatJSON, in.Request, lang)
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusOK, body: out, passing: true}, nil
}
